// Random histories for the pool regimes: trades of several portfolios and holders across splits, told to books and to the oracles.
import fc from 'fast-check'
import { addDays, type PlainDate } from '../../src/domain/kernel/date.ts'
import { type Capital, ONE, type Split, type Told, type Trade } from '../oracle/tax-arithmetic.ts'
import { announced, fill, registered, split, Story } from '../book/story.ts'
import type { Holding } from './told-views.ts'

const START = '2023-03-01' as PlainDate
const INSTRUMENTS = ['ABC', 'XYZ']
const SPLITS = [
  [2n, 1n],
  [3n, 1n],
  [3n, 2n],
  [1n, 2n],
] as const

export const dateOf = (day: number): string => addDays(START, day)

const trade = fc.record({
  portfolio: fc.nat(2),
  instrument: fc.constantFrom(...INSTRUMENTS),
  day: fc.nat(130),
  buys: fc.boolean(),
  units: fc.integer({ min: 1, max: 40 }),
  price: fc.integer({ min: 1, max: 5000 }),
  commission: fc.integer({ min: 0, max: 50 }),
})
const splitting = fc.record({
  instrument: fc.constantFrom(...INSTRUMENTS),
  day: fc.nat(130),
  ratio: fc.constantFrom(...SPLITS),
})

export interface Happened {
  readonly trades: readonly {
    readonly portfolio: number
    readonly instrument: string
    readonly day: number
    readonly buys: boolean
    readonly units: number
    readonly price: number
    readonly commission: number
  }[]
  readonly splits: readonly {
    readonly instrument: string
    readonly day: number
    readonly ratio: readonly [bigint, bigint]
  }[]
  readonly payments?: readonly { readonly instrument: string; readonly day: number; readonly perUnit: number }[]
}

const payment = fc.record({
  instrument: fc.constantFrom(...INSTRUMENTS),
  day: fc.nat(130),
  perUnit: fc.integer({ min: -300, max: 100 }).filter((cents) => cents !== 0),
})

/** Histories in which nobody is ever short, with returns of capital and accumulated income. */
export const paidOut: fc.Arbitrary<Happened> = fc
  .record({
    trades: fc.array(trade, { minLength: 1, maxLength: 25 }),
    splits: fc.uniqueArray(splitting, { maxLength: 2, selector: ({ instrument, day }) => `${instrument}${day}` }),
    payments: fc.uniqueArray(payment, { maxLength: 4, selector: ({ instrument, day }) => `${instrument}${day}` }),
  })
  .map((story) => ({ ...story, trades: withoutShorts(story) }))

/** Sales of more than their portfolio holds just then are left out. */
function withoutShorts({ trades, splits }: Happened): Happened['trades'] {
  const held = new Map<string, number>()
  const kept: Happened['trades'][number][] = []
  for (let day = 0; day <= 130; day++) {
    for (const split of splits)
      if (split.day === day)
        for (const [key, units] of held)
          if (key.endsWith(split.instrument)) held.set(key, (units * Number(split.ratio[0])) / Number(split.ratio[1]))
    const today = trades.filter((one) => one.day === day).sort((a, b) => Number(b.buys) - Number(a.buys))
    for (const one of today) {
      const key = `${one.portfolio}${one.instrument}`
      const units = held.get(key) ?? 0
      if (!one.buys && units < one.units) continue
      held.set(key, one.buys ? units + one.units : units - one.units)
      kept.push(one)
    }
  }
  return kept
}

export const happened: fc.Arbitrary<Happened> = fc.record({
  trades: fc.array(trade, { minLength: 1, maxLength: 25 }),
  splits: fc.uniqueArray(splitting, { maxLength: 3, selector: ({ instrument, day }) => `${instrument}${day}` }),
})

/** What happened as the oracles read it: by day, portfolio by portfolio, purchases first. */
export function toldOf({ trades, splits, payments = [] }: Happened, holderOf: readonly string[]): Told[] {
  const found: Told[] = payments.map((one): Capital => ({ ...one, kind: 'capital', perUnit: BigInt(one.perUnit) }))
  const scaled = splits.map(({ instrument, day, ratio: [receive, per] }): Split => {
    return { kind: 'split', instrument, day, receive, per }
  })
  found.push(...scaled)
  const sorted = trades
    .map((one, i) => ({ ...one, i }))
    .sort((a, b) => a.day - b.day || a.portfolio - b.portfolio || Number(b.buys) - Number(a.buys) || a.i - b.i)
  for (const { portfolio, instrument, day, buys, units, price, commission, i } of sorted) {
    const gross = BigInt(units) * BigInt(price)
    const cost = BigInt(commission)
    const told: Trade = {
      kind: buys ? 'buy' : 'sell',
      holder: holderOf[portfolio] ?? '',
      portfolio,
      id: `T${i}`,
      instrument,
      day,
      units: BigInt(units) * ONE,
      cents: buys ? gross + cost : gross - cost,
    }
    found.push(told)
  }
  return found.sort((a, b) => a.day - b.day)
}

/** The same told to one book a portfolio, in the order it was rolled. */
export function booksOf(
  { trades, splits, payments = [] }: Happened,
  currency: string,
  holders: readonly Omit<Holding, 'story'>[],
): Holding[] {
  return holders.map((holder, portfolio) => {
    const story = new Story({ baseCurrency: currency })
    story.tell(...INSTRUMENTS.map((instrument) => registered(instrument, currency, 12)))
    trades.forEach((one, i) => {
      if (one.portfolio !== portfolio) return
      const money = (count: number): string => (count / 100).toFixed(2)
      story.tell(
        fill(`T${i}`, one.buys ? 'buy' : 'sell', one.instrument, String(one.units), money(one.price), dateOf(one.day), {
          currency,
          commission: money(one.commission),
        }),
      )
    })
    splits.forEach(({ instrument, day, ratio: [receive, per] }, i) => {
      const terms = split(`s${i}`, dateOf(day), String(receive), String(per), { instrument, fractions: 'keep' })
      story.tell(announced(instrument, terms))
    })
    payments.forEach(({ instrument, day, perUnit }, i) => {
      const money = (Math.abs(perUnit) / 100).toFixed(2)
      const leg = { kind: 'cash' as const, leg: 1, currency, perUnit: money }
      const common = { action: `p${i}`, exDate: dateOf(day), payDate: dateOf(day) }
      const lowers = { ...common, caev: 'CAPD', legs: [{ ...leg, income: 'capital' as const }] }
      const raises = { ...common, caev: 'ACCU', legs: [{ ...leg, income: 'dividend' as const, notional: true }] }
      story.tell(announced(instrument, perUnit < 0 ? lowers : raises))
    })
    return { story, ...holder }
  })
}
