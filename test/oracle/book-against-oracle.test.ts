// The book against the oracle on random histories: sums of differences = one fold = the oracle, at any (effectiveAt, asAt).
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Book, createBook, foldBook } from '../../src/domain/book/book.ts'
import type { Difference, KnownEvent, Unit } from '../../src/domain/book/knowledge.ts'
import type { Posting } from '../../src/domain/book/posting.ts'
import { Reference } from '../../src/domain/book/reference.ts'
import { instrumentEvents } from '../../src/domain/instrument/events.ts'
import { loadCalendar } from '../../src/domain/kernel/calendar.ts'
import { withCalendars } from '../../src/domain/kernel/calendars.ts'
import { marketEvents } from '../../src/domain/market/events.ts'
import { portfolioEvents } from '../../src/domain/portfolio/events.ts'
import { transferEvents } from '../../src/domain/transfer/events.ts'
import { type Decimal, decimal, sum } from './arithmetic.ts'
import { dateIn } from './days.ts'
import { HOLIDAYS, histories, PORTFOLIO } from './histories.ts'
import { type Balance, counts, type Dimensions, groupBy, keyOf } from './journal.ts'
import { oracleBook } from './oracle.ts'
import { RUNS } from './runs.ts'
import type { OracleUnit, Policy } from './shapes.ts'
import { everyDay } from './world.ts'

const WEEKDAYS = loadCalendar({
  id: 'WEEKDAYS',
  kind: 'currency',
  name: 'Monday to Friday',
  from: '2020-01-01',
  to: '2030-12-31',
  source: 'the histories of test/oracle',
  closures: Object.fromEntries([...HOLIDAYS].map((day) => [day, 'holiday'])),
})
const newReference = () => new Reference({ calendars: withCalendars(new Map(), [WEEKDAYS]) })

const SCHEMAS = { ...portfolioEvents, ...transferEvents, ...instrumentEvents, ...marketEvents }

/** As the codec would hand them over: every event passes its schema, so the histories are what the log could hold. */
const decoded = (units: readonly OracleUnit[]): Unit[] =>
  units.map((unit) => ({
    ...unit,
    events: unit.events.map((event) => ({ ...event, data: SCHEMAS[event.type].parse(event.data) }) as KnownEvent),
  }))

interface Told {
  readonly book: Book
  readonly differences: readonly Difference[]
}
/** Unit by unit, as the projector does it. */
function told(units: readonly Unit[], options: { functional?: string; lens?: Partial<Policy> } = {}): Told {
  const reference = newReference()
  const book = createBook({ portfolio: PORTFOLIO, reference, ...options })
  const differences: Difference[] = []
  for (const unit of units) {
    const own = unit.events.some(({ type }) => type in portfolioEvents || type in transferEvents)
    if (!own) reference.learn(unit)
    if (own || book.wants(unit)) differences.push(book.learn(unit))
  }
  return { book, differences }
}

const dimensionsOf = (posting: Posting): Dimensions => ({
  ...posting,
  // Which states an 8000 line names is the other lines' affair; what it says is how many units are outside.
  state: posting.account === 8000 ? null : posting.state,
})

/** Balances of postings, differences summed: base is known when nothing in it is pending. */
function balancesOf(postings: readonly Posting[], effectiveAt?: string): Record<string, string> {
  const instant = effectiveAt?.includes('T') ? effectiveAt : null
  const at = effectiveAt === undefined ? null : { date: instant ? dateIn('UTC', instant) : effectiveAt, instant }
  const there = at === null ? postings : postings.filter((posting) => counts(posting, at))
  return shown(
    [...groupBy(there, (posting) => keyOf(dimensionsOf(posting)))].map(([key, group]) => {
      const total = (of: (posting: Posting) => string | null): Decimal =>
        sum(group.map((each) => decimal(of(each) ?? '0')))
      const pending = group.reduce((count, { pending }) => count + pending, 0)
      return [
        key,
        { units: total((p) => p.units), local: total((p) => p.local), base: pending > 0 ? null : total((p) => p.base) },
      ]
    }),
  )
}
type Sums = { readonly units: Decimal; readonly local: Decimal; readonly base: Decimal | null }
const shown = (sums: readonly (readonly [string, Sums])[]): Record<string, string> =>
  Object.fromEntries(
    sums
      .filter(([, { units, local, base }]) => !(units.isZero() && local.isZero() && base?.isZero()))
      .map(([key, { units, local, base }]): [string, string] => [
        key,
        `${units.toFixed()}u ${local.toFixed()} / ${base?.toFixed() ?? 'pending'}`,
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
const shownOracle = (balances: ReadonlyMap<string, Balance>): Record<string, string> =>
  shown(
    [...balances].map(([key, { units, local, base }]) => [
      key,
      { units: decimal(units), local: decimal(local), base: base === null ? null : decimal(base) },
    ]),
  )

/** Where to ask: a part of the log, and a date, an instant, or everything. */
const question = fc.record({
  known: fc.nat(1000),
  effectiveAt: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 3, arbitrary: fc.constantFrom(...everyDay) },
    { weight: 1, arbitrary: fc.constantFrom(...everyDay.map((day) => `${day}T12:30:00Z`)) },
  ),
})
const asAtOf = (units: readonly OracleUnit[], known: number): bigint =>
  units[Math.min(units.length - 1, Math.ceil((known / 1000) * units.length))]!.position

describe('the book against the oracle', () => {
  it('sums of differences = one fold = the oracle, at any date and any part of the log', () => {
    fc.assert(
      fc.property(histories(), fc.array(question, { minLength: 2, maxLength: 4 }), (history, questions) => {
        const units = decoded(history)
        const postings = told(units).differences.flatMap((difference) => difference.postings)
        for (const { known, effectiveAt } of [...questions, { known: 1000, effectiveAt: undefined }]) {
          const asAt = asAtOf(history, known)
          const at = effectiveAt === undefined ? {} : { effectiveAt }
          const oracle = shownOracle(oracleBook(history, { portfolio: PORTFOLIO, asAt, holidays: HOLIDAYS, ...at }))
          const folded = foldBook({ portfolio: PORTFOLIO, reference: newReference() }, units, asAt)
          expect(balancesOf(folded, effectiveAt), `fold ${effectiveAt} ${asAt}`).toStrictEqual(oracle)
          const summed = postings.filter((posting) => posting.knownFrom <= asAt)
          expect(balancesOf(summed, effectiveAt), `sums ${effectiveAt} ${asAt}`).toStrictEqual(oracle)
        }
      }),
      RUNS,
    )
  })

  it('counts gains in another functional currency and under another lot method by folding again', () => {
    const lens = fc.constantFrom(
      {},
      { lotMethod: 'lifo' as const },
      { lotMethod: 'hifo' as const },
      { lotMethod: 'average' as const },
    )
    fc.assert(
      fc.property(histories(), fc.constantFrom('USD', 'EUR', 'GBP'), lens, (history, functional, through) => {
        const options = { functional, lens: through }
        const asAt = asAtOf(history, 1000)
        const oracle = shownOracle(oracleBook(history, { portfolio: PORTFOLIO, asAt, holidays: HOLIDAYS, ...options }))
        const reference = newReference()
        expect(
          balancesOf(foldBook({ portfolio: PORTFOLIO, reference, ...options }, decoded(history), asAt)),
        ).toStrictEqual(oracle)
      }),
      RUNS,
    )
  })

  it('balances every difference of every entry per sleeve, with 8000, and base all known or all unknown', () => {
    fc.assert(
      fc.property(histories(), (history) => {
        for (const { postings } of told(decoded(history)).differences)
          for (const [entry, lines] of groupBy(postings, (posting) => posting.entry)) {
            const totals = (of: (posting: Posting) => string, by: (posting: Posting) => string | null): string[] =>
              [...groupBy(lines, (line) => `${line.sleeve} ${by(line)}`)]
                .filter(([, group]) => !sum(group.map((line) => decimal(of(line)))).isZero())
                .map(([key]) => `${entry} ${key}`)
            expect(
              totals(
                (l) => l.base ?? '0',
                () => 'base',
              ),
            ).toStrictEqual([])
            expect(
              totals(
                (l) => (l.account === 9000 ? (l.base ?? '0') : '0'),
                () => 'base of 9000',
              ),
            ).toStrictEqual([])
            expect(
              totals(
                (l) => l.local,
                (l) => l.currency,
              ),
            ).toStrictEqual([])
            expect(
              totals(
                (l) => l.units,
                (l) => l.instrument,
              ),
            ).toStrictEqual([])
          }
      }),
      RUNS,
    )
  })
})
