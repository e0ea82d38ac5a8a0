// FIFO on one symbol: the shape on which a naive ledger is quadratic (Beancount 2.3.5 takes 121 s for 30,000 trades).
import { performance } from 'node:perf_hooks'
import { createBook } from '../src/domain/book/book.ts'
import { Reference } from '../src/domain/book/reference.ts'
import { story } from './fill-story.ts'
import type { BenchResult } from './run.ts'

export async function run(): Promise<BenchResult> {
  const timed = (count: number): number => {
    const { reference: shared, opening, fills } = story({ fills: count, symbols: 1, currencies: ['USD'] })
    const reference = new Reference()
    for (const unit of shared) reference.learn(unit)
    const book = createBook({ portfolio: 'P', reference })
    for (const unit of opening) book.learn(unit)
    const started = performance.now()
    for (const unit of fills) book.learn(unit)
    return (performance.now() - started) / 1000
  }
  timed(5_000)
  const thirty = timed(30_000)
  const million = timed(1_000_000)
  return {
    value: thirty,
    unit: 's',
    goal: '< 0.5 for 30000 trades, linear to 1000000',
    notes: [
      `1,000,000 trades: ${million.toFixed(2)} s, ${(million / thirty / (1_000_000 / 30_000)).toFixed(2)}x of linear`,
    ],
  }
}
