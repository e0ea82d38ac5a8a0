// Random histories for the pool regimes: trades of several portfolios and holders across splits, told to books and to the oracles.
import fc from 'fast-check'
import { addDays, type PlainDate } from '../../src/domain/kernel/date.ts'
import { ONE, type Split, type Told, type Trade } from '../oracle/tax-arithmetic.ts'
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
}

export const happened: fc.Arbitrary<Happened> = fc.record({
  trades: fc.array(trade, { minLength: 1, maxLength: 25 }),
  splits: fc.uniqueArray(splitting, { maxLength: 3, selector: ({ instrument, day }) => `${instrument}${day}` }),
})

/** What happened as the oracles read it: by day, portfolio by portfolio, purchases first. */
export function toldOf({ trades, splits }: Happened, holderOf: readonly string[]): Told[] {
  const found: Told[] = splits.map(({ instrument, day, ratio: [receive, per] }): Split => {
    return { kind: 'split', instrument, day, receive, per }
  })
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
  { trades, splits }: Happened,
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
    return { story, ...holder }
  })
}
