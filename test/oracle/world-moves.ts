// The moves of a random history around the portfolio: corporate actions, rates, transfers in kind.
import { Decimal } from './arithmetic.ts'
import { addDays } from './days.ts'
import { Dice } from './dice.ts'
import type { Move } from './moves.ts'
import type { Action, ActionLegs, CashLeg, Leg, MovedLot, SecurityLeg, Transfer, TransferEnd } from './shapes.ts'
import { afterDays, type Teller } from './teller.ts'
import {
  amountText,
  CURRENCIES,
  CUSTODY,
  dayOf,
  everyDay,
  fixing,
  INSTRUMENTS,
  PORTFOLIO,
  quantityOf,
  SLEEVES,
  costOf,
} from './world.ts'

/** Shares that pay, split and detach; KID is what others detach, and only goes. */
const ACTING = INSTRUMENTS.filter(({ instrument }) => instrument !== 'KID')

function terms(dice: Dice, instrument: string, action: string): Action {
  const unusual = dice.chance(45)
  const kind = dice.below(38)
  if (instrument === 'KID') {
    const basis = dice.pick(['to-parent', 'lost'] as const)
    const legs = [{ kind: 'removal', leg: 1, basis } as const]
    return { action, caev: 'WRTH', exDate: dayOf(dice), legs }
  }
  const exDate = dayOf(dice)
  const payDate = dice.chance(85) ? { payDate: afterDays(dice, exDate, 6) } : {}
  const { currency, quantityPlaces } = INSTRUMENTS.find((each) => each.instrument === instrument)!
  const perUnit = dice.pick(['2', '0.333333', '0.01', '1.5'])
  const withholding = dice.pick([
    undefined,
    { statutory: '0.25', treaty: '0.15' },
    { statutory: '0.3', treaty: '0.3' },
    { statutory: '0.15', treaty: '0.25' },
  ])
  const dividend = (leg: number) => ({
    kind: 'cash' as const,
    leg,
    income: dice.weighted([
      [5, 'dividend'],
      [1, 'interest'],
      [1, 'other'],
    ] as const),
    currency: dice.chance(10) ? dice.pick(CURRENCIES) : currency,
    perUnit,
    ...(withholding ? { withholding } : {}),
  })
  const fractions = dice.pick([
    'down',
    'keep',
    'up',
    'half-up',
    quantityPlaces === 0 ? 'cash-in-lieu' : 'down',
  ] as const)
  const cashInLieu = dice.chance(80) ? { cashInLieu: { price: dice.pick(['12.34', '0.5', '99']), currency } } : {}
  const security = (leg: number, ratio: string, replaces: boolean) => {
    const [numerator, denominator] = ratio.split(':')
    return {
      kind: 'security' as const,
      leg,
      instrument: replaces ? instrument : 'KID',
      ratio: { numerator: numerator!, denominator: denominator! },
      replaces,
      ...(replaces
        ? {}
        : { basisShare: dice.pick(['0.2', '0.333333', ...(dice.pennies ? ['unknown', '0', '1'] : ['0.5'])]) }),
      holdingPeriod: dice.chance(20) ? ('restart' as const) : ('tack' as const),
      fractions,
      ...cashInLieu,
    }
  }
  if (unusual) return { action, exDate, ...payDate, ...lessUsual(dice, kind, instrument, currency, security) }
  const [caev, legs] = dice.weighted<readonly [string, ActionLegs]>([
    [5, ['DVCA', [dividend(1)]]],
    [3, ['SPLF', [security(1, dice.pick(['2:1', '3:2', '7:5', '3:1']), true)]]],
    [2, ['SPLR', [security(1, dice.pick(['1:10', '1:3', '1:200']), true)]]],
    [3, ['SOFF', [security(2, dice.pick(['1:4', '1:3', '1:1', '2:7', '1:300']), false)]]],
    [1, ['SOFF', [dividend(1), security(2, '1:5', false)]]],
  ])
  return { action, caev, exDate, ...payDate, legs }
}

/** Everything but dividends, splits and spin-offs: what touches cost, takes units, is paid for, or is a choice. */
function lessUsual(
  dice: Dice,
  kind: number,
  instrument: string,
  home: string,
  security: (leg: number, ratio: string, replaces: boolean) => SecurityLeg,
): Pick<Action, 'caev' | 'legs' | 'options'> {
  const currency = dice.chance(25) ? dice.pick(CURRENCIES) : home
  const price = dice.pick(['7.77', '0.4', '123'])
  const at = { price, currency }
  const paid = (leg: number, income: CashLeg['income'], more: Partial<CashLeg> = {}): CashLeg => ({
    kind: 'cash',
    leg,
    income,
    currency,
    perUnit: dice.pick(['3', '0.777777', '40', '0.02']),
    ...more,
  })
  const into = (leg: number, ratio: string, more: Partial<SecurityLeg> = {}): SecurityLeg => {
    const { basisShare: _, ...rest } = security(leg, ratio, false)
    const fractions = dice.chance(20) ? ('buy-up' as const) : rest.fractions
    return { ...rest, fractions, cashInLieu: rest.cashInLieu ?? at, replaces: true, ...more }
  }
  const beside = (leg: number, ratio: string, more: Partial<SecurityLeg>): SecurityLeg => ({
    ...into(leg, ratio),
    replaces: false,
    ...(dice.chance(50) ? { instrument } : {}),
    ...more,
  })
  const ratio = dice.pick(['2:5', '1:1', '7:3', '1:300'])
  const income = dice.pick(['dividend', 'interest', 'other'] as const)
  const taken = dice.chance(70)
  const first = taken ? { default: true } : {}
  const none = { option: 2, caop: 'NOAC' as const, ...(taken ? {} : { default: true }), legs: [] }
  const part = dice.chance(50) ? { proration: dice.pick(['0.6', '0.333333', '0']) } : {}
  const odd = dice.chance(30) ? { oddLotBelow: '100' } : {}
  const lost = { kind: 'removal' as const, leg: 1, basis: dice.pick(['lost', 'to-parent'] as const) }
  const offer = dice.pick<readonly Leg[]>([
    [paid(1, 'sale')],
    [into(1, ratio)],
    [paid(1, 'boot'), into(2, ratio, { value: at })],
    [paid(1, 'interest'), into(2, ratio, { value: at, taxable: true })],
    [lost],
  ])
  return new Dice([kind]).weighted<Pick<Action, 'caev' | 'legs' | 'options'>>([
    [3, { caev: 'CAPD', legs: [paid(1, 'capital')] }],
    [3, { caev: 'MRGR', legs: [paid(1, 'boot'), into(2, ratio, { value: at })] }],
    [2, { caev: 'MRGR', legs: [paid(1, 'boot'), into(2, ratio, { value: at, taxable: true })] }],
    [1, { caev: 'MRGR', legs: [paid(1, 'sale')] }],
    [1, { caev: 'REDM', legs: [paid(1, 'interest'), paid(2, 'sale')] }],
    [
      2,
      { caev: 'PCAL', legs: [paid(1, 'sale', { surrenders: { numerator: dice.pick(['1', '2']), denominator: '3' } })] },
    ],
    [2, { caev: 'PRED', legs: [paid(1, 'principal', { costShare: dice.pick(['0.25', '0.333333']) })] }],
    [1, { caev: 'PPMT', legs: [paid(1, 'call')] }],
    [1, { caev: 'ACCU', legs: [paid(1, income, { notional: true })] }],
    [1, { caev: 'TREC', legs: [paid(1, dice.pick(['tax', 'reclaim'] as const))] }],
    [2, { caev: 'WRTH', legs: [lost] }],
    [2, { caev: 'DVSE', legs: [beside(1, ratio, { income, value: at })] }],
    [
      5,
      {
        caev: 'RHTS',
        legs: [],
        options: [{ option: 1, caop: 'EXER', ...first, legs: [beside(1, ratio, { subscription: at })] }, none],
      },
    ],
    [
      9,
      { caev: 'TEND', legs: [], options: [{ option: 1, caop: 'CASH', ...first, ...part, ...odd, legs: offer }, none] },
    ],
    [
      4,
      {
        caev: 'EXOF',
        legs: [paid(1, income)],
        options: [
          { option: 1, caop: 'CASH', default: true, legs: [paid(2, 'sale')] },
          { option: 2, caop: 'SECU', legs: [paid(3, 'boot'), into(4, ratio, { value: at })] },
        ],
      },
    ],
  ])
}

export const announce: Move = (dice, teller) => {
  const { instrument } = dice.pick([ACTING[1]!, ACTING[1]!, ACTING[1]!, ...ACTING, INSTRUMENTS[4]!])
  const action = `A${teller.next()}`
  const live = { instrument, terms: terms(dice, instrument, action) }
  teller.actions.push(live)
  teller.append(dice, `instrument-${instrument}`, { type: 'CorporateActionAnnounced', data: { ...live } })
}

export const amend: Move = (dice, teller) => {
  if (teller.actions.length === 0) return
  const live = dice.pick(teller.actions)
  const other = terms(dice, live.instrument, live.terms.action)
  const { payDate, ...rest } = live.terms
  const dates = { exDate: other.exDate, ...(other.payDate === undefined ? {} : { payDate: other.payDate }) }
  live.terms = dice.chance(50) ? other : { ...rest, ...dates }
  teller.append(dice, `instrument-${live.instrument}`, { type: 'CorporateActionAmended', data: { ...live } })
}

export const cancelAction: Move = (dice, teller) => {
  if (teller.actions.length === 0) return
  const live = dice.pick(teller.actions)
  teller.actions.splice(teller.actions.indexOf(live), 1)
  const data = { instrument: live.instrument, action: live.terms.action }
  teller.append(dice, `instrument-${live.instrument}`, { type: 'CorporateActionCancelled', data })
}

/** The children of spin-offs turn out to be kept in hundredths, which was so from the start. */
export const refine: Move = (dice, teller) => {
  if (teller.refined) return
  teller.refined = true
  const data = { instrument: 'KID', changes: { quantityPlaces: 2 } }
  teller.append(dice, 'instrument-KID', { type: 'InstrumentAmended', data })
}

/** Late, corrected and withdrawn rates; pairs direct, the other way round, and beside the pivot. */
export const rate: Move = (dice, teller) => {
  const [base, quote] = dice.weighted([
    [5, ['EUR', 'USD']],
    [4, ['EUR', 'GBP']],
    [3, ['EUR', 'JPY']],
    [1, ['USD', 'EUR']],
    [1, ['GBP', 'USD']],
    [1, ['USD', 'JPY']],
  ] as const)
  const known = [...teller.rates.values()]
  if (dice.chance(30) && known.length > 0) {
    const { date, row } = dice.pick(known)
    teller.rates.delete(`${date} ${row.base}/${row.quote}`)
    const data = { source: 'ECB', fixing: '1415-CET', date, base: row.base, quote: row.quote, cause: 'withdrawn' }
    teller.append(dice, 'fx-ECB-2025-03', { type: 'RateWithdrawn', data })
    return
  }
  teller.rate(dice, dice.chance(20) ? dice.pick(everyDay) : dayOf(dice), {
    base,
    quote,
    rate: fixing(dice, base, quote),
  })
}

/** The fixings there are from the start: most days of most pairs. */
export function firstRates(dice: Dice, teller: Teller, missing: number): void {
  for (const date of everyDay) {
    const rows = ['USD', 'GBP', 'JPY']
      .filter(() => !dice.chance(missing))
      .map((quote) => ({ base: 'EUR', quote, rate: fixing(dice, 'EUR', quote) }))
    if (rows.length > 0) teller.fixings(dice, date, rows)
  }
}

const here = (dice: Dice): TransferEnd => ({
  portfolio: PORTFOLIO,
  sleeve: dice.pick(SLEEVES),
  custodyAccount: dice.pick(CUSTODY),
})
const elsewhere = (dice: Dice): TransferEnd | null =>
  dice.chance(30) ? null : { portfolio: 'Q', sleeve: 'main', custodyAccount: 'cust' }

/** Lots as somebody's book would have held them: those of fills here, or of a life before. */
function lots(dice: Dice, teller: Teller, instrument: (typeof INSTRUMENTS)[number]): MovedLot[] {
  const openers = teller.fills.filter(({ fill }) => fill.instrument === instrument.instrument)
  return Array.from({ length: 1 + dice.below(2) }, (_, at): MovedLot => {
    const opener = openers.length > 0 && dice.chance(75) ? dice.pick(openers) : undefined
    const units = opener && dice.chance(60) ? opener.fill.quantity : quantityOf(dice, instrument)
    return {
      lot: opener?.fact ?? `fill:B:2025-02-28:Z${at}`,
      units,
      cost: costOf(dice, units, instrument.currency),
      currency: instrument.currency,
      acquiredOn: opener?.fill.tradeDate ?? addDays('2025-02-28', dice.below(20)),
    }
  })
}

function transferTerms(dice: Dice, teller: Teller, transfer: string, within: boolean): Transfer {
  const instrument = dice.pick([INSTRUMENTS[1]!, INSTRUMENTS[1]!, ...INSTRUMENTS])
  const out = dice.chance(50)
  const moved = distinct(lots(dice, teller, instrument))
  // What goes away is mostly there: where the fill that opened it put it.
  const opener = teller.fills.find(({ fact }) => fact === moved[0]!.lot)?.fill
  const there = opener && { sleeve: opener.sleeve, custodyAccount: opener.custodyAccount }
  const near = { ...here(dice), ...(dice.chance(85) ? there : {}) }
  const [from, to] = within ? [near, here(dice)] : out ? [near, elsewhere(dice)] : [elsewhere(dice), here(dice)]
  const changes = !within && dice.chance(35)
  const value = amountText(new Decimal(dice.below(100000)).plus(1), instrument.currency)
  return {
    transfer,
    date: dayOf(dice),
    atOpen: dice.chance(20),
    ownership: changes ? 'changed' : 'same',
    instrument: instrument.instrument,
    from,
    to,
    lots: moved,
    ...(changes || dice.chance(30) ? { marketValue: { amount: value, currency: instrument.currency } } : {}),
  }
}

const distinct = (moved: readonly MovedLot[]): MovedLot[] =>
  moved.filter((lot, at) => moved.findIndex((other) => other.lot === lot.lot) === at)

export const transfer: Move = (dice, teller) => {
  const id = `T${teller.next()}`
  const recorded = transferTerms(dice, teller, id, false)
  teller.transfers.push(recorded)
  teller.append(dice, `transfer-${id}`, { type: 'TransferRecorded', data: { terms: recorded } })
}

/** Between two places of the portfolio itself. */
export const transferWithin: Move = (dice, teller) => {
  const id = `T${teller.next()}`
  const recorded = transferTerms(dice, teller, id, true)
  teller.transfers.push(recorded)
  teller.append(dice, `transfer-${id}`, { type: 'TransferRecorded', data: { terms: recorded } })
}

export const changeTransfer: Move = (dice, teller) => {
  if (teller.transfers.length === 0) return
  const at = dice.below(teller.transfers.length)
  const old = teller.transfers[at]!
  const stream = `transfer-${old.transfer}`
  const within = old.from?.portfolio === PORTFOLIO && old.to?.portfolio === PORTFOLIO
  const other = transferTerms(dice, teller, old.transfer, within)
  const instrument = INSTRUMENTS.find((each) => each.instrument === old.instrument)!
  const what = dice.weighted([
    [3, 'correct'],
    [3, 'restate'],
    [2, 'cancel'],
  ] as const)
  if (what === 'cancel') {
    teller.transfers.splice(at, 1)
    teller.append(dice, stream, { type: 'TransferCancelled', data: { transfer: old.transfer } })
  } else if (what === 'correct') {
    const corrected = { ...old, date: other.date, lots: distinct(lots(dice, teller, instrument)) }
    teller.transfers[at] = corrected
    teller.append(dice, stream, { type: 'TransferCorrected', data: { terms: corrected } })
  } else {
    const data = { transfer: old.transfer, lots: distinct(lots(dice, teller, instrument)) }
    teller.append(dice, stream, { type: 'TransferLotsRestated', data })
  }
}

/** The next business day of the portfolio's calendar is closed, or some later one. */
export const closeDay: Move = (dice, teller) => {
  const date = everyDay[Math.min(everyDay.length - 1, 10 + dice.below(everyDay.length))]!
  teller.append(dice, 'calendar-WEEKDAYS', { type: 'BusinessDayClosed', data: { calendar: 'WEEKDAYS', date } })
}
