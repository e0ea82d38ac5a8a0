// How many random histories a property sees: few by default, so that CI stays short; QUIPU_PROPERTY_RUNS asks for more.
// QUIPU_PROPERTY_SEED repeats a run; without it fast-check chooses one and prints it when a property fails.

const numRuns = Number(process.env.QUIPU_PROPERTY_RUNS ?? 200)
const seed = process.env.QUIPU_PROPERTY_SEED === undefined ? {} : { seed: Number(process.env.QUIPU_PROPERTY_SEED) }

export const RUNS = { numRuns, ...seed }
/** For properties that fold a history many times over. */
export const FEW_RUNS = { numRuns: Math.ceil(numRuns / 5), ...seed }
