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
import { changesOf } from './accounting.ts'
import { inOtherOrder } from './arrival.ts'
import { HOLIDAYS, histories, PORTFOLIO } from './histories.ts'
import { type Balance, counts, groupBy, keyOf } from './journal.ts'
import { oracleBook } from './oracle.ts'
import { FEW_RUNS, RUNS } from './runs.ts'
import type { OracleUnit, Policy } from './shapes.ts'
import { fill } from './story.ts'
import { everyDay, INSTRUMENTS } from './world.ts'

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

const postingsOf = ({ differences }: Told): Posting[] => differences.flatMap(({ postings }) => postings)

/** Balances of postings, differences summed: base is known when nothing in it is pending. */
function balancesOf(postings: readonly Posting[], effectiveAt?: string): Record<string, string> {
  const instant = effectiveAt?.includes('T') ? effectiveAt : null
  const at = effectiveAt === undefined ? null : { date: instant ? dateIn('UTC', instant) : effectiveAt, instant }
  const there = at === null ? postings : postings.filter((posting) => counts(posting, at))
  return shown(
    [...groupBy(there, (posting) => keyOf(posting))].map(([key, group]) => {
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

/** Plain amounts with rates that are late or missing, and pennies with every rate there. */
const KINDS = [
  ['plain', {}],
  ['pennies', { pennies: true }],
] as const

describe.each(KINDS)('the book against the oracle: %s', (_, kind) => {
  const arbitrary = histories(kind)

  it('sums of differences = one fold = the oracle, at any date and any part of the log', () => {
    fc.assert(
      fc.property(arbitrary, fc.array(question, { minLength: 2, maxLength: 4 }), (history, questions) => {
        const units = decoded(history)
        const postings = postingsOf(told(units))
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
  }, 120_000)

  it('counts gains in another functional currency and under another lot method by folding again', () => {
    const lens = fc.constantFrom<Partial<Policy>>(
      {},
      { lotMethod: 'lifo' },
      { lotMethod: 'hifo' },
      { lotMethod: 'average' },
    )
    fc.assert(
      fc.property(arbitrary, fc.constantFrom('USD', 'EUR', 'GBP'), lens, (history, functional, through) => {
        const options = { functional, lens: through }
        const asAt = asAtOf(history, 1000)
        const oracle = shownOracle(oracleBook(history, { portfolio: PORTFOLIO, asAt, holidays: HOLIDAYS, ...options }))
        const folded = foldBook({ portfolio: PORTFOLIO, reference: newReference(), ...options }, decoded(history), asAt)
        expect(balancesOf(folded)).toStrictEqual(oracle)
      }),
      RUNS,
    )
  })

  it('dates what becomes known after a seal on the day after it', () => {
    const neverReopened = histories({ ...kind, without: ['reopen'] })
    fc.assert(
      fc.property(neverReopened, fc.constantFrom(...everyDay), (history, through) => {
        const oracle = changesOf(history, { portfolio: PORTFOLIO, asAt: asAtOf(history, 1000), holidays: HOLIDAYS })
        const inTime = oracle.filter(({ accountingDate }) => accountingDate <= through)
        const expected = shown(
          [...groupBy(inTime, ({ key }) => key)].map(([key, group]) => [
            key,
            {
              units: sum(group.map(({ units }) => units)),
              local: sum(group.map(({ local }) => local)),
              base:
                group.reduce((count, { pending }) => count + pending, 0) > 0
                  ? null
                  : sum(group.map(({ base }) => base)),
            },
          ]),
        )
        const postings = postingsOf(told(decoded(history)))
        expect(balancesOf(postings.filter(({ accountingDate }) => accountingDate <= through))).toStrictEqual(expected)
      }),
      FEW_RUNS,
    )
  })
})

describe('the book on random histories', () => {
  it('gives every line of the journal a key of its own', () => {
    fc.assert(
      fc.property(histories(), (history) => {
        const keys = postingsOf(told(decoded(history))).map(
          ({ knownFrom, entry, line }) => `${knownFrom} ${entry} ${line}`,
        )
        expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toStrictEqual([])
      }),
      FEW_RUNS,
    )
  })

  it('balances every difference of every entry per sleeve, with 8000, and base all known or all unknown', () => {
    fc.assert(
      fc.property(histories(), (history) => {
        for (const { postings } of told(decoded(history)).differences) expect(unbalanced(postings)).toStrictEqual([])
      }),
      RUNS,
    )
  })

  it('does not care in which order facts arrive whose keys differ before the root position', () => {
    fc.assert(
      fc.property(histories(), fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (history, times) => {
        const other = inOtherOrder(history, () => times.next().value)
        expect(balancesOf(postingsOf(told(decoded(other))))).toStrictEqual(
          balancesOf(postingsOf(told(decoded(history)))),
        )
      }),
      RUNS,
    )
  })

  it('folds no more than the closure of a fact: its instrument and the days of its pools from its own on', () => {
    const without = ['announce', 'transfer', 'transferWithin', 'changePolicy', 'receipt']
    const late = fc.record({
      instrument: fc.constantFrom('USS', 'EUS', 'GBS', 'JPS'),
      tradeDate: fc.constantFrom(...everyDay.slice(3)),
    })
    fc.assert(
      fc.property(histories({ without }), late, (history, { instrument, tradeDate }) => {
        const position = history.at(-1)!.position + 10n
        const { currency } = INSTRUMENTS.find((each) => each.instrument === instrument)!
        const event = fill('LATE', 'buy', '10', instrument, '1000', { currency, tradeDate })
        const unit = { position, recordedAt: '2025-06-01T00:00:00.000Z', events: [{ ...event, id: 'late', position }] }
        const { book, differences } = told(decoded([...history, unit]))
        const { folded } = differences.at(-1)!
        // What was there before counts too: the late fact may take it away.
        const postings = [...book.journal, ...told(decoded(history)).book.journal]
        const family = familyOf(instrument, history)
        const factOf = (each: Posting) => each.entry.split('/')[0]!
        const poolOf = (each: Posting) => `${each.cashAccount} ${each.account} ${each.currency}`
        const facts = new Set(postings.filter((each) => family.has(each.instrument ?? '')).map(factOf))
        const cash = postings.filter(({ account }) => account === 1000 || account === 1010)
        const pools = new Set(cash.filter((each) => facts.has(factOf(each))).map(poolOf))
        const later = cash.filter((each) => pools.has(poolOf(each)) && each.effectiveDate >= tradeDate)
        const days = new Set(later.map((each) => `${poolOf(each)} ${each.effectiveDate}`))
        expect(folded.partitions).toBeLessThanOrEqual(1)
        expect(folded.facts).toBeLessThanOrEqual(facts.size)
        expect(folded.poolDays).toBeLessThanOrEqual(days.size)
      }),
      RUNS,
    )
  })
})

/** The instrument, and those that a fill moved between by a correction: they are folded together. */
function familyOf(instrument: string, history: readonly OracleUnit[]): Set<string> {
  const family = new Set([instrument])
  const versions = history.flatMap(({ events }) =>
    events.flatMap((event) => (event.type === 'FillExecuted' || event.type === 'FillCorrected' ? [event.data] : [])),
  )
  for (const fills of [...groupBy(versions, ({ fact }) => fact).values()].flatMap((group) => [group, group])) {
    const named = fills.map(({ fill }) => fill.instrument)
    if (named.some((each) => family.has(each))) for (const each of named) family.add(each)
  }
  return family
}

/** The entries of one difference that do not balance, and how. */
function unbalanced(postings: readonly Posting[]): string[] {
  return [...groupBy(postings, (posting) => posting.entry)].flatMap(([entry, lines]) => {
    const totals = (what: string, of: (posting: Posting) => string | null, by: (posting: Posting) => string | null) =>
      [...groupBy(lines, (line) => `${line.sleeve} ${by(line)}`)]
        .filter(([, group]) => !sum(group.map((line) => decimal(of(line) ?? '0'))).isZero())
        .map(([key]) => `${entry}: ${what} ${key}`)
    return [
      ...totals(
        'base',
        (line) => line.base,
        () => '',
      ),
      ...totals(
        'base of 9000',
        (line) => (line.account === 9000 ? line.base : null),
        () => '',
      ),
      ...totals(
        'local',
        (line) => line.local,
        (line) => line.currency,
      ),
      ...totals(
        'units',
        (line) => line.units,
        (line) => line.instrument,
      ),
    ]
  })
}
