// How many random histories a property sees: few by default, so that CI stays short; QUIPU_PROPERTY_RUNS asks for more.

export const RUNS = { numRuns: Number(process.env.QUIPU_PROPERTY_RUNS ?? 200) }
