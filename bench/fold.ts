// The book's own speed: fills folded one by one as the projector does, each with its difference and its journal lines.
import { performance } from 'node:perf_hooks'
import { createBook } from '../src/domain/book/book.ts'
import { Reference } from '../src/domain/book/reference.ts'
import { story } from './fill-story.ts'
import type { BenchResult } from './run.ts'

const FILLS = 400_000

/** 250 symbols in three currencies of a dollar book, all rates known, in the order of trading. */
export async function run(): Promise<BenchResult> {
  const { reference: shared, opening, fills } = story({ fills: FILLS, symbols: 250, currencies: ['USD', 'EUR', 'GBP'] })
  const once = (count: number) => {
    const reference = new Reference()
    for (const unit of shared) reference.learn(unit)
    const book = createBook({ portfolio: 'P', reference })
    for (const unit of opening) book.learn(unit)
    const started = performance.now()
    let lines = 0
    for (let i = 0; i < count; i++) {
      const unit = fills[i]
      if (unit !== undefined) lines += book.learn(unit).postings.length
    }
    return { seconds: (performance.now() - started) / 1000, lines }
  }
  once(20_000)
  const { seconds, lines } = once(FILLS)
  return {
    value: FILLS / seconds,
    unit: 'fills/s',
    goal: '>= 800000',
    notes: [`${FILLS} fills as single units, ${lines} journal lines, ${seconds.toFixed(2)} s on one core`],
  }
}
