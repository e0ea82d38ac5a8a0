// The same portfolio of 100,000 fills under another lot method, its facts and rates in memory: the fold that a lens costs.
import { performance } from 'node:perf_hooks'
import { createBook } from '../src/domain/book/book.ts'
import { Reference } from '../src/domain/book/reference.ts'
import { story } from './fill-story.ts'
import { median } from './support/house.ts'
import type { BenchResult } from './run.ts'

const FILLS = 100_000
const ROUNDS = 5

export async function run(): Promise<BenchResult> {
  const { reference: shared, opening, fills } = story({ fills: FILLS, symbols: 250, currencies: ['USD', 'EUR', 'GBP'] })
  const reference = new Reference()
  for (const unit of shared) reference.learn(unit)
  const once = (lotMethod: 'lifo' | 'average' | 'hifo') => {
    const started = performance.now()
    const book = createBook({ portfolio: 'P', reference, lens: { lotMethod } })
    book.learnAll([...opening, ...fills])
    return performance.now() - started
  }
  once('lifo')
  const lifo = Array.from({ length: ROUNDS }, () => once('lifo'))
  const hifo = Array.from({ length: ROUNDS }, () => once('hifo'))
  return {
    value: median(lifo),
    unit: 'ms',
    goal: '<= 500',
    notes: [
      `${FILLS} fills recorded under FIFO, folded under LIFO: ${Math.round(median(lifo))} ms, under HIFO: ${Math.round(median(hifo))} ms; the fold alone, without reading the facts`,
    ],
  }
}
