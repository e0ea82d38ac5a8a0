// One trade backdated to the start of 100,000 fills that are all in one symbol.
import { backdated } from './support/backdated.ts'
import type { BenchResult } from './run.ts'

export function run(): Promise<BenchResult> {
  return backdated({ symbols: 1, currencies: ['USD'] }, { times: 1, goal: '<= 5000' })
}
