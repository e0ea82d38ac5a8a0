// One trade backdated to the start of 100,000 fills over 250 symbols and three foreign currencies.
import { backdated } from './support/backdated.ts'
import type { BenchResult } from './run.ts'

export function run(): Promise<BenchResult> {
  return backdated({ symbols: 250, currencies: ['EUR', 'GBP', 'CHF'] }, { times: 5, goal: '<= 1000' })
}
