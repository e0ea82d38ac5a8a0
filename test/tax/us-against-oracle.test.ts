// The US view against the naive oracle: random histories over two taxable portfolios and a retirement account of one owner.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Decimal, decimal, decimalText, ZERO } from '../../src/domain/kernel/decimal.ts'
import { addDays, dayNumber, fromDayNumber, plainDate } from '../../src/domain/kernel/date.ts'
import type { Holder } from '../../src/domain/tax/core/owners.ts'
import { fill, registered, Story } from '../book/story.ts'
import { usView } from './us-view.ts'
import { type Trade, washed } from '../oracle/wash-sales.ts'

const START = plainDate('2024-01-01')
const FIRST = dayNumber(START)
const HOLDERS: readonly Holder[] = [
  { owner: 'ann', taxStatus: 'taxable' },
  { owner: 'ann', taxStatus: 'taxable' },
  { owner: 'ann', taxStatus: 'retirement' },
]
const RETIREMENT = HOLDERS.map(({ taxStatus }) => taxStatus === 'retirement')

/** What is asked for; sales of more than is held become purchases. */
const wish = fc.record({
  day: fc.integer({ min: 0, max: 150 }),
  portfolio: fc.constantFrom(0, 0, 0, 1, 1, 2),
  side: fc.constantFrom('buy' as const, 'sell' as const),
  units: fc.integer({ min: 1, max: 12 }),
  price: fc.integer({ min: 700, max: 1300 }),
  /** Costs make amounts that do not divide by units. */
  costs: fc.integer({ min: 0, max: 7 }),
})

function tradesOf(wishes: readonly (typeof wish extends fc.Arbitrary<infer T> ? T : never)[]): Trade[] {
  const sorted = [...wishes].sort(
    (a, b) => a.day - b.day || a.portfolio - b.portfolio || (a.side < b.side ? -1 : a.side > b.side ? 1 : 0),
  )
  const held = HOLDERS.map(() => 0)
  const trades = sorted.map(({ day, portfolio, side, units, price, costs }): Trade => {
    const own = held[portfolio] ?? 0
    const really = side === 'sell' && own >= units ? 'sell' : 'buy'
    held[portfolio] = really === 'sell' ? own - units : own + units
    const cents = BigInt(units * price + (really === 'sell' ? -costs : costs))
    return { day: FIRST + day, portfolio, side: really, units: BigInt(units), cents }
  })
  // A sale that became a purchase stands with the purchases of its day.
  return trades.sort(
    (a, b) => a.day - b.day || a.portfolio - b.portfolio || (a.side < b.side ? -1 : a.side > b.side ? 1 : 0),
  )
}

const money = (cents: bigint): string => decimalText(decimal(String(cents)).times(decimal('0.01')))
const execOf = (lot: number): string => `T${lot}`

/** The same history told to one book a portfolio. */
function viewOf(trades: readonly Trade[]) {
  const stories = HOLDERS.map(() => {
    const story = new Story()
    story.tell(registered('XYZ'))
    return story
  })
  for (const [i, { day, portfolio, side, units, cents }] of trades.entries()) {
    const consideration = money(cents)
    stories[portfolio]?.tell(fill(execOf(i), side, 'XYZ', String(units), '10', fromDayNumber(day), { consideration }))
  }
  return usView(stories.map((story, i) => [story, HOLDERS[i] ?? { owner: 'ann', taxStatus: 'taxable' }] as const))
}

const nameOf = (lot = ''): string => lot.split(':').at(-1) ?? ''
const text = (amount: Decimal | null | undefined): string => (amount == null ? '?' : decimalText(amount))

describe('the US view', () => {
  it('is what the naive oracle finds, line by line and lot by lot', () => {
    fc.assert(
      fc.property(fc.array(wish, { minLength: 2, maxLength: 40 }), (wishes) => {
        const trades = tradesOf(wishes)
        const view = viewOf(trades)
        const naive = washed(trades, RETIREMENT)
        const lines = view.lines.map(
          ({ fact, lots, units, proceeds, cost, disallowed, holdingFrom, acquiredOn }) =>
            `${nameOf(fact)} ${nameOf(lots[0]?.lot)} ${text(units)}: ${text(proceeds)} - ${text(cost)} W ${text(disallowed)} since ${holdingFrom ?? acquiredOn}`,
        )
        expect(lines).toStrictEqual(
          naive.lines.map(
            ({ trade, lot, units, proceeds, cost, disallowed, holding }) =>
              `${execOf(trade)} ${execOf(lot)} ${units}: ${money(proceeds)} - ${money(cost)} W ${money(disallowed)} since ${fromDayNumber(holding)}`,
          ),
        )
        const lots = view.lots.map(
          ({ lot, units, cost, holdingFrom, acquiredOn }) =>
            `${nameOf(lot)} ${text(units)}: ${text(cost)} since ${holdingFrom ?? acquiredOn}`,
        )
        const held = naive.held.map(
          ({ lot, units, cost, holding }) => `${execOf(lot)} ${units}: ${money(cost)} since ${fromDayNumber(holding)}`,
        )
        expect(lots.sort()).toStrictEqual(held.sort())
      }),
      { numRuns: 200 },
    )
  })

  it('allows and disallows the whole loss, and adds to basis what it disallows, but for retirement accounts', () => {
    fc.assert(
      fc.property(fc.array(wish, { minLength: 2, maxLength: 40 }), (wishes) => {
        const view = viewOf(tradesOf(wishes))
        const sum = (amounts: readonly (Decimal | null)[]) =>
          amounts.reduce<Decimal>((all, one) => all.plus(one ?? ZERO), ZERO)
        for (const line of view.lines) {
          const raw = line.rawGain ?? ZERO
          // rawGain is the gain less what is disallowed of its loss, and nothing is disallowed of a gain.
          expect(text(line.gain)).toBe(text(raw.plus(line.disallowed)))
          expect(line.disallowed.isZero() || line.gain?.isZero()).toBe(true)
        }
        const carriedBySold = sum(view.lines.map(({ cost, bookCost }) => (cost ?? ZERO).minus(bookCost ?? ZERO)))
        const carriedByHeld = sum(view.lots.map(({ cost, bookCost }) => (cost ?? ZERO).minus(bookCost ?? ZERO)))
        const permanent = view.lines.filter(({ rules }) => rules.includes('wash-sale-permanent'))
        const disallowed = sum(view.lines.map((line) => line.disallowed)).minus(
          sum(permanent.map((line) => line.disallowed)),
        )
        expect(text(carriedBySold.plus(carriedByHeld))).toBe(text(disallowed))
      }),
      { numRuns: 100 },
    )
  })

  it('decides nothing again that the horizon had left decided', () => {
    fc.assert(
      fc.property(
        fc.array(wish, { minLength: 2, maxLength: 25 }),
        fc.integer({ min: 0, max: 150 }),
        (wishes, after) => {
          const trades = tradesOf(wishes)
          const horizon = addDays(START, after)
          const stories = viewAt(trades, horizon)
          const later = viewAt(trades, '9999-12-31')
          // What is not provisional at a horizon stays, whatever is bought later.
          const decided = new Set(stories.lines.filter(({ provisional }) => !provisional).map(rowOf))
          const all = new Set(later.lines.map(rowOf))
          for (const row of decided) expect(all).toContain(row)
        },
      ),
      { numRuns: 100 },
    )
  })
})

function viewAt(trades: readonly Trade[], horizon: string) {
  const story = new Story()
  story.tell(registered('XYZ'))
  const own = trades.filter(({ portfolio }) => portfolio === 0)
  for (const [i, { day, side, units, cents }] of own.entries())
    story.tell(fill(execOf(i), side, 'XYZ', String(units), '10', fromDayNumber(day), { consideration: money(cents) }))
  return usView(story, { horizon, effectiveAt: horizon })
}

function rowOf({ fact, lots, units, proceeds, cost, disallowed }: ReturnType<typeof viewAt>['lines'][number]): string {
  return `${fact} ${lots[0]?.lot} ${text(units)} ${text(proceeds)} ${text(cost)} ${text(disallowed)}`
}
