// The US tax view with wash sales of a portfolio of 100,000 fills, facts and rates in memory: the fold in dollars, the lots read off it,
// the regime. A quarter, half and all of the fills: linear, or it shows.
import { performance } from 'node:perf_hooks'
import { createBook } from '../src/domain/book/book.ts'
import { Reference } from '../src/domain/book/reference.ts'
import { taxEventsOf } from '../src/domain/tax/core/tax-events.ts'
import { us } from '../src/domain/tax/us/us.ts'
import { story } from './fill-story.ts'
import { median } from './support/house.ts'
import type { BenchResult } from './run.ts'

const FILLS = 100_000
const ROUNDS = 2

interface Took {
  readonly fold: number
  readonly read: number
  readonly regime: number
  readonly all: number
  readonly lines: number
  readonly washed: number
}

function viewOf(fills: number, symbols: number): Took {
  const told = story({ fills, symbols, currencies: ['USD'] })
  const reference = new Reference()
  for (const unit of told.reference) reference.learn(unit)
  const started = performance.now()
  const book = createBook({ portfolio: 'P', reference, functional: us.currency })
  book.learnAll([...told.opening, ...told.fills])
  const folded = performance.now()
  const holder = { owner: 'ann', taxStatus: 'taxable' } as const
  const source = { portfolio: 'P', changes: book.journal.lotChanges, holderOn: () => holder }
  const events = taxEventsOf([source], '9999-12-31')
  const read = performance.now()
  const view = us.view(events, {
    owner: 'ann',
    affiliates: [],
    effectiveAt: '9999-12-31',
    horizon: '9999-12-31',
    instrument: () => ({ type: 'equity', underlying: null, actions: [] }),
    conventions: {},
  })
  const done = performance.now()
  const washed = view.lines.filter(({ code }) => code === 'W').length
  const times = { fold: folded - started, read: read - folded, regime: done - read, all: done - started }
  return { ...times, lines: view.lines.length, washed }
}

export async function run(): Promise<BenchResult> {
  viewOf(FILLS / 10, 250)
  const rounds = Array.from({ length: ROUNDS }, () => viewOf(FILLS, 250))
  const half = viewOf(FILLS / 2, 250)
  const quarter = viewOf(FILLS / 4, 250)
  const [first] = rounds
  const ms = (pick: (took: Took) => number) => Math.round(median(rounds.map(pick)))
  const of = ({ fold, read, regime, all, lines, washed }: Took): string =>
    `${Math.round(all)} ms (fold ${Math.round(fold)}, lots read ${Math.round(read)}, regime ${Math.round(regime)}; ${lines} lines, ${washed} of them washed)`
  return {
    value: median(rounds.map(({ all }) => all)),
    unit: 'ms',
    goal: '<= 2000 for 100000 fills, linear',
    notes: [
      `${FILLS} fills in 250 symbols: fold ${ms(({ fold }) => fold)} ms, lots read ${ms(({ read }) => read)} ms, regime ${ms(({ regime }) => regime)} ms; ${first?.lines} lines, ${first?.washed} of them washed`,
      `half of them: ${of(half)}`,
      `a quarter: ${of(quarter)}`,
      'every symbol is bought or sold each day, so that nearly every loss is washed and lots part into ever smaller ones: several lines a fill',
    ],
  }
}
