// Where the random histories play: six weeks, five instruments in four currencies, two sleeves, accounts and prices.
import { Decimal, placesOf } from './arithmetic.ts'
import { addDays } from './days.ts'
import type { Dice } from './dice.ts'
import type { Instrument, Opened, Place, Policy } from './shapes.ts'

export const PORTFOLIO = 'P'
export const FIRST_DAY = '2025-03-03'
const DAYS = 40
export const HOLIDAYS: ReadonlySet<string> = new Set(['2025-03-19'])

/** An instrument as its stream registers it. */
export const instrumentOf = (instrument: string, currency: string, quantityPlaces: number): Instrument => ({
  instrument,
  currency,
  quantityPlaces,
  name: `The ${instrument} company`,
  type: 'equity',
  multiplier: '1',
  market: 'US',
  tradingCalendar: 'WEEKDAYS',
  identifiers: [],
  classifications: [],
})
export const INSTRUMENTS: readonly Instrument[] = [
  instrumentOf('USS', 'USD', 0),
  instrumentOf('EUS', 'EUR', 0),
  instrumentOf('GBS', 'GBP', 3),
  instrumentOf('JPS', 'JPY', 0),
  instrumentOf('KID', 'EUR', 0),
]
export const CURRENCIES = ['USD', 'EUR', 'GBP', 'JPY'] as const
export const SLEEVES = ['main', 'alpha'] as const
export const CUSTODY = ['cust', 'vault'] as const
export const CASH = ['cash', 'second'] as const
export const SERIES = { source: 'ECB', fixing: '1415-CET' } as const

/** A day of the story; most land in the first two weeks so that facts meet. */
export const dayOf = (dice: Dice): string => addDays(FIRST_DAY, dice.chance(20) ? dice.below(DAYS) : dice.below(14))
export const everyDay: readonly string[] = Array.from({ length: DAYS + 12 }, (_, day) => addDays(FIRST_DAY, day - 3))

export function placeOf(dice: Dice): Place {
  return {
    sleeve: dice.chance(12) ? 'alpha' : 'main',
    custodyAccount: dice.chance(8) ? 'vault' : 'cust',
    cashAccount: dice.chance(10) ? 'second' : 'cash',
  }
}

/** A quantity the instrument can have: round lots, odd ones, thirds. */
export function quantityOf(dice: Dice, { quantityPlaces }: Instrument): string {
  const whole = dice.pick([10, 100, 1, 3, 7, 33, 60, 99, 250, 1000])
  return quantityPlaces > 0 && dice.chance(60) ? new Decimal(whole).times('0.333').toFixed() : String(whole)
}

/** Prices with four places; among pennies they may be nought. */
export const priceOf = (dice: Dice): string =>
  `${(dice.pennies ? 0 : 150) + dice.below(300)}.${String(dice.below(10000)).padStart(4, '0')}`

/** What a number of units cost somebody. */
export const costOf = (dice: Dice, units: string, currency: string): string =>
  dice.pennies ? someAmount(dice, currency) : amountText(new Decimal(units).abs().times(priceOf(dice)), currency)

/** Round to the minor unit as a broker would. */
export const amountText = (amount: Decimal, currency: string): string =>
  amount.toDecimalPlaces(placesOf(currency), Decimal.ROUND_HALF_UP).toFixed()

/** An amount above zero: pennies, thirds, thousands, now and then more than a double holds. */
export function someAmount(dice: Dice, currency: string): string {
  const amount = dice.weighted([
    [40, `${1 + dice.below(20000)}.${String(dice.below(100)).padStart(2, '0')}`],
    [10, '0.01'],
    [10, '33.33'],
    [10, '1000'],
    [2, '98765432109876.54'],
  ])
  const rounded = amountText(new Decimal(amount), currency)
  return rounded === '0' ? '1' : rounded
}

export function fixing(dice: Dice, base: string, quote: string): string {
  const around: Readonly<Record<string, number>> = { USD: 1, EUR: 1.1, GBP: 1.3, JPY: 0.0067 }
  const rate = new Decimal(around[base]!)
    .dividedBy(around[quote]!)
    .times(new Decimal(900 + dice.below(200)).dividedBy(1000))
  return rate.toSignificantDigits(5).toFixed()
}

export function policyOf(dice: Dice): Policy {
  return {
    lotMethod: dice.weighted([
      [6, 'fifo'],
      [2, 'lifo'],
      [2, 'hifo'],
      [2, 'lowest-cost'],
      [3, 'average'],
      [2, 'specific'],
    ]),
    defaultMethod: dice.pick(['fifo', 'lifo', 'hifo', 'lowest-cost']),
    selection: 'reflow',
    keeping: dice.pick(['netting', 'long-only', 'long-short']),
    reliefScope: dice.weighted([
      [5, 'sleeve-account'],
      [2, 'account'],
      [2, 'portfolio'],
    ]),
    costs: dice.pick([
      {},
      { commission: { onBuy: 'expense', onSell: 'net' } },
      { commission: { onBuy: 'capitalise', onSell: 'expense' } },
    ]),
    fx: { ...SERIES, pivot: 'EUR', calendar: 'WEEKDAYS' },
    gainConvention: 'closing-rate',
    settlement: dice.chance(20) ? 'actual' : 'contractual',
    taxRegime: 'none',
    calendar: 'WEEKDAYS',
    zone: 'UTC',
  }
}

export const openedBy = (dice: Dice): Opened => ({
  portfolio: PORTFOLIO,
  baseCurrency: dice.chance(30) ? 'EUR' : 'USD',
  openedOn: addDays(FIRST_DAY, -30),
  policy: policyOf(dice),
  sleeves: SLEEVES,
  custodyAccounts: CUSTODY,
  cashAccounts: [
    { id: 'cash', kind: 'cash' },
    { id: 'second', kind: 'cash' },
    { id: 'margin', kind: 'margin' },
  ],
  defaults: { sleeve: 'main', custodyAccount: 'cust', cashAccount: 'cash', marginAccount: 'margin' },
})
