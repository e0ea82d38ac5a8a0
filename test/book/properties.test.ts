// What holds for any history: entries balance, every way to the book leads to the same book, and the order of arrival does not matter.
// Histories here are small and plain, to be read when they fail; test/oracle has the nasty ones.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBook } from '../../src/domain/book/book.ts'
import type { BookEvent, Unit } from '../../src/domain/book/knowledge.ts'
import type { Posting } from '../../src/domain/book/posting.ts'
import { Reference } from '../../src/domain/book/reference.ts'
import type { LotMethod } from '../../src/domain/portfolio/policy.ts'
import { balances, imbalances } from './lines.ts'
import { announced, calendars, contributed, fill, fxTerms, rate, registered, split, Story } from './story.ts'

const RUNS = { numRuns: Number(process.env.QUIPU_PROPERTY_RUNS ?? 150) }
const days = ['2025-01-06', '2025-01-07', '2025-01-08', '2025-01-09', '2025-01-10', '2025-01-13', '2025-01-14']
const methods: LotMethod[] = ['fifo', 'lifo', 'hifo', 'lowest-cost', 'average']

const day = fc.constantFrom(...days)
const instrument = fc.constantFrom('XYZ', 'ABC')
const minute = fc.integer({ min: 0, max: 59 })

/** One fact; `n` makes its names unique, so that facts can arrive in any order. */
type Fact = (n: number) => BookEvent[]

const trade = fc
  .record({
    side: fc.constantFrom('buy', 'buy', 'sell', 'sell-short', 'buy-to-cover'),
    of: instrument,
    units: fc.integer({ min: 1, max: 30 }),
    cents: fc.integer({ min: 1, max: 3000 }),
    on: day,
    settles: fc.constantFrom(0, 1, 2),
    at: minute,
    fee: fc.constantFrom(undefined, '0.33', '7'),
    sleeve: fc.constantFrom('main', 'growth'),
  })
  .map(({ side, of, units, cents, on, settles, at, fee, sleeve }): Fact => {
    return (n) => {
      const currency = of === 'XYZ' ? 'EUR' : 'USD'
      // every trade has an instant of its own, so that no key ends in the root position
      const executedAt = `${on}T10:${String(at).padStart(2, '0')}:00.${String(n).padStart(6, '0')}Z`
      const consideration = (units * cents) / 100
      const more = {
        currency,
        executedAt,
        sleeve,
        consideration: consideration.toFixed(2),
        settles: days[days.indexOf(on) + settles] ?? on,
      }
      return [
        fill(
          `F${n}`,
          side,
          of,
          String(units),
          (cents / 100).toFixed(2),
          on,
          fee === undefined ? more : { ...more, commission: fee },
        ),
      ]
    }
  })

const cash = fc
  .record({ amount: fc.integer({ min: 1, max: 9999 }), on: day, currency: fc.constantFrom('EUR', 'USD') })
  .map(
    ({ amount, on, currency }): Fact =>
      (n) => [contributed(`C${n}`, (amount / 100).toFixed(2), currency, on)],
  )

const exchange = fc
  .record({ sold: fc.integer({ min: 1, max: 999 }), bought: fc.integer({ min: 1, max: 999 }), on: day })
  .map(
    ({ sold, bought, on }): Fact =>
      (n) => [
        { type: 'FxTraded', data: { fact: `fx:X${n}`, fx: fxTerms(`X${n}`, `${sold} EUR`, `${bought} USD`, on, on) } },
      ],
  )

const fixing = fc.record({ value: fc.integer({ min: 90, max: 140 }), on: day }).map(
  ({ value, on }): Fact =>
    () => [rate(on, (value / 100).toFixed(2))],
)

const action = fc
  .record({ of: instrument, receive: fc.constantFrom('2', '3'), per: fc.constantFrom('1', '2'), on: day })
  .map(
    ({ of, receive, per, on }): Fact =>
      (n) => [announced(of, { ...split(`A${n}`, on, receive, per, { instrument: of }), sequence: n })],
  )

const facts = fc.array(fc.oneof({ weight: 8, arbitrary: trade }, cash, exchange, fixing, action), {
  minLength: 1,
  maxLength: 25,
})
const method = fc.constantFrom(...methods)

/** Tells facts one by one, then corrects and busts some of the fills. */
function told(list: readonly Fact[], lotMethod: LotMethod, changes: readonly number[] = []): Story {
  const story = new Story({ policy: { lotMethod, reliefScope: 'account' } })
  story.tell(registered('XYZ', 'EUR'), registered('ABC'))
  const fills: Extract<BookEvent, { type: 'FillExecuted' }>[] = []
  for (const [n, fact] of list.entries()) {
    const events = fact(n)
    for (const event of events) if (event.type === 'FillExecuted') fills.push(event)
    story.tell(...events)
  }
  for (const change of changes) {
    const picked = fills[change % Math.max(fills.length, 1)]
    if (picked === undefined) break
    const { fact, fill: terms } = picked.data
    const { execId, tradeDate } = terms
    if (change % 3 === 0)
      story.tell({ type: 'FillBusted', data: { fact, execId: `${execId}b`, execRefId: execId, tradeDate } })
    else {
      const on = days[change % days.length] ?? tradeDate
      const moved = {
        ...terms,
        tradeDate: on,
        quantity: String(1 + (change % 40)),
        settlement: { ...terms.settlement, date: on },
      }
      story.tell({
        type: 'FillCorrected',
        data: { fact, execId: `${execId}c`, execRefId: execId, tradeDate: on, fill: moved },
      })
    }
  }
  return story
}

const changes = fc.array(fc.nat(999), { maxLength: 4 })

describe('any history', () => {
  it('posts entries that balance, each line under a key of its own', () => {
    fc.assert(
      fc.property(facts, method, changes, (list, lotMethod, changed) => {
        const story = told(list, lotMethod, changed)
        for (const { postings } of story.differences)
          for (const lines of grouped(postings).values()) expect(imbalances(lines)).toStrictEqual([])
        const keys = story.posted.map((p) => `${p.knownFrom} ${p.entry} ${p.line}`)
        expect(new Set(keys).size).toBe(keys.length)
      }),
      RUNS,
    )
  })

  it('ends in the same book: by differences, as the journal shows it, and from scratch at any position', () => {
    fc.assert(
      fc.property(facts, method, changes, fc.nat(100), (list, lotMethod, changed, part) => {
        const story = told(list, lotMethod, changed)
        expect(balances(story.posted)).toStrictEqual(balances(story.book.journal))
        const asAt = story.units[Math.floor((part / 101) * story.units.length)]?.position ?? 0n
        const known = story.posted.filter((p) => p.knownFrom <= asAt)
        expect(balances(known)).toStrictEqual(balances(story.folded(asAt)))
      }),
      RUNS,
    )
  })

  it('is the same book in whatever order its facts arrive', () => {
    fc.assert(
      fc.property(facts, method, fc.infiniteStream(fc.nat(9999)), (list, lotMethod, random) => {
        const named = list.map(
          (fact, n): Fact =>
            () =>
              fact(n),
        )
        // two fixings of one day are two versions of one rate: their order is knowledge, so only one of a day stays
        const seen = new Set<string>()
        const once = named.filter((fact) => {
          const [event] = fact(0)
          if (event?.type !== 'RatesRecorded') return true
          return !seen.has(event.data.date) && seen.add(event.data.date) !== undefined
        })
        const shuffled = once.map((fact) => ({ fact, by: Number(random.next().value) })).sort((a, b) => a.by - b.by)
        const one = told(once, lotMethod)
        const other = told(
          shuffled.map(({ fact }) => fact),
          lotMethod,
        )
        expect(balances(other.book.journal)).toStrictEqual(balances(one.book.journal))
      }),
      RUNS,
    )
  })

  it('is picked up by a book that starts cold in the middle', () => {
    fc.assert(
      fc.property(facts, method, changes, fc.nat(100), (list, lotMethod, changed, part) => {
        const { units, posted } = told(list, lotMethod, changed)
        const middle = Math.floor((part / 101) * units.length)
        const cold = coldFrom(units, middle)
        const live = posted.filter((p) => p.knownFrom > (units[middle]?.position ?? 0n))
        // not only the sums: every line, with its cause, rule, flags and number
        expect(sorted(cold)).toStrictEqual(sorted(live))
      }),
      RUNS,
    )
  })
})

/** What a book posts from a unit on when everything up to that unit was folded at once. */
function coldFrom(units: readonly Unit[], middle: number): Posting[] {
  const reference = new Reference({ calendars })
  const book = createBook({ portfolio: 'p', reference })
  for (const unit of units) reference.learn(unit)
  book.learnAll(units.slice(0, middle + 1))
  return units.slice(middle + 1).flatMap((unit) => [...book.learn(unit).postings])
}

function sorted(postings: readonly Posting[]): Posting[] {
  const key = (p: Posting) => `${String(p.knownFrom).padStart(12, '0')} ${p.entry} ${String(p.line).padStart(4, '0')}`
  return [...postings].sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

function grouped(postings: readonly Posting[]): Map<string, Posting[]> {
  const groups = new Map<string, Posting[]>()
  for (const posting of postings) {
    const group = groups.get(posting.entry) ?? []
    groups.set(posting.entry, group)
    group.push(posting)
  }
  return groups
}
