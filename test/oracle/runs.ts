// How many random histories a property sees: few by default, so that CI stays short; QUIPU_PROPERTY_RUNS asks for more.
// QUIPU_PROPERTY_SEED repeats a run, or `random` lets fast-check choose a seed, which it prints when a property fails. Without it the
// seed is fixed, so that a check of the same code says the same thing twice.

const numRuns = Number(process.env.QUIPU_PROPERTY_RUNS ?? 100)
const wanted = process.env.QUIPU_PROPERTY_SEED ?? '20261124'
const seed = wanted === 'random' ? {} : { seed: Number(wanted) }

export const RUNS = { numRuns, ...seed }
/** For properties that fold a history many times over. */
export const FEW_RUNS = { numRuns: Math.ceil(numRuns / 5), ...seed }
