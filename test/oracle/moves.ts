// The moves of a random history in one portfolio: fills and their corrections, cash, FX, openings, policies, seals.
import { Decimal, placesOf } from './arithmetic.ts'
import { addDays, laterOf } from './days.ts'
import type { Dice } from './dice.ts'
import type { Cash, Choice, Fill, Opening, OracleEvent, PlainFact, Policy } from './shapes.ts'
import { afterDays, costsOf, type LiveFill, type Teller } from './teller.ts'
import {
  amountText,
  CASH,
  CURRENCIES,
  costOf,
  CUSTODY,
  dayOf,
  fixing,
  INSTRUMENTS,
  PORTFOLIO,
  placeOf,
  policyOf,
  priceOf,
  quantityOf,
  SLEEVES,
  someAmount,
} from './world.ts'

const STREAM = `portfolio-${PORTFOLIO}`

export type Move = (dice: Dice, teller: Teller) => void

function fillTerms(dice: Dice, teller: Teller, execId: string): Fill {
  const instrument = dice.weighted([
    [9, INSTRUMENTS[1]!],
    [3, INSTRUMENTS[0]!],
    [2, INSTRUMENTS[2]!],
    [2, INSTRUMENTS[3]!],
    [2, INSTRUMENTS[4]!],
  ])
  const side = dice.weighted([
    [9, 'buy'],
    [6, 'sell'],
    [1, 'sell-short'],
    [1, 'buy-to-cover'],
  ] as const)
  const quantity = quantityOf(dice, instrument)
  const currency = dice.chance(4) ? dice.pick(CURRENCIES) : instrument.currency
  const price = priceOf(dice)
  const huge = dice.chance(2) ? '1234567890' : '1'
  const consideration = considerationOf(new Decimal(price).times(quantity).times(huge), currency)
  const tradeDate = dayOf(dice)
  const executedAt = `${tradeDate}T1${dice.below(6)}:${dice.below(6)}0:00${dice.chance(30) ? '.25' : ''}Z`
  const place = placeOf(dice)
  const settles = dice.chance(5) ? dice.pick(CURRENCIES) : currency
  const amount =
    settles === currency
      ? {}
      : { amount: dice.pennies ? someAmount(dice, settles) : roughly(dice, consideration, settles) }
  return {
    source: 'B',
    execId,
    tradeDate,
    ...(dice.chance(40) ? { executedAt } : {}),
    instrument: instrument.instrument,
    side,
    ...(dice.chance(8) ? { positionEffect: dice.pick(['open', 'close'] as const) } : {}),
    quantity,
    price,
    currency,
    consideration,
    costs: costsOf(dice, currency),
    settlement: { date: afterDays(dice, tradeDate, 3), given: true, currency: settles, ...amount },
    ...(dice.chance(6) ? { contractRate: fixing(dice, currency, 'USD') } : {}),
    ...(dice.chance(12) ? { lots: choices(dice, teller, instrument.instrument) } : {}),
    ...place,
  }
}

/** An amount of another currency that may well be worth this one. */
const roughly = (dice: Dice, amount: string, currency: string): string =>
  amountText(new Decimal(amount).times(50 + dice.below(100)).dividedBy(100), currency)

/** Nothing is traded for nothing here: at least one minor unit. */
function considerationOf(amount: Decimal, currency: string): string {
  const text = amountText(amount, currency)
  return text === '0' ? amountText(new Decimal(10).pow(-placesOf(currency)), currency) : text
}

/** Lots somebody may choose: those that fills opened, some under the id an action gave them. */
function choices(dice: Dice, teller: Teller, instrument: string): readonly Choice[] {
  const openers = teller.fills.filter(({ fill }) => fill.instrument === instrument)
  const actions = teller.actions.filter((action) => action.instrument === instrument)
  const many = 1 + dice.below(3)
  return Array.from({ length: many }, (): Choice => {
    const opener = openers.length > 0 ? dice.pick(openers) : undefined
    const action = actions.length > 0 && dice.chance(25) ? `/${dice.pick(actions).terms.action}/1` : ''
    const lot = `${opener?.fact ?? 'fill:B:2025-03-03:X0'}${action}`
    return { lot, units: dice.chance(30) ? '5' : (opener?.fill.quantity ?? '5') }
  })
}

export const execute: Move = (dice, teller) => {
  const execId = `X${teller.next()}`
  const fill = fillTerms(dice, teller, execId)
  const fact = `fill:B:${fill.tradeDate}:${execId}`
  teller.fills.push({ fact, fill, lastExecId: execId })
  teller.append(dice, STREAM, { type: 'FillExecuted', data: { fact, fill } })
}

export const correctFill: Move = (dice, teller) => {
  if (teller.fills.length === 0) return
  const live = dice.pick(teller.fills)
  const other = fillTerms(dice, teller, live.fill.execId)
  const fill = changed(dice, live.fill, other)
  const execId = `${live.fill.execId}c${teller.next()}`
  const { fact, lastExecId: execRefId } = live
  Object.assign(live, { fill, lastExecId: execId } satisfies Partial<LiveFill>)
  teller.append(dice, STREAM, {
    type: 'FillCorrected',
    data: { fact, execId, execRefId, tradeDate: fill.tradeDate, fill },
  })
}

/** What a correction changes: its money, its dates, its place, its side, or all of it. */
function changed(dice: Dice, old: Fill, other: Fill): Fill {
  const { instrument, currency } = old
  const units = other.instrument === instrument ? { quantity: other.quantity } : {}
  const consideration = considerationOf(new Decimal(other.price).times(units.quantity ?? old.quantity), currency)
  return dice.weighted<() => Fill>([
    [4, () => ({ ...old, ...units, price: other.price, consideration })],
    [
      3,
      () => {
        const { executedAt: _, ...timeless } = old
        const settlement = { ...old.settlement, date: other.settlement.date }
        const instant = other.executedAt === undefined ? {} : { executedAt: other.executedAt }
        return { ...timeless, tradeDate: other.tradeDate, ...instant, settlement }
      },
    ],
    [1, () => ({ ...old, sleeve: other.sleeve, custodyAccount: other.custodyAccount, cashAccount: other.cashAccount })],
    [1, () => ({ ...old, side: other.side })],
    [1, () => ({ ...other, source: old.source, execId: old.execId })],
  ])()
}

export const bust: Move = (dice, teller) => {
  if (teller.fills.length === 0) return
  const live = dice.pick(teller.fills)
  teller.fills.splice(teller.fills.indexOf(live), 1)
  const { fact, lastExecId: execRefId, fill } = live
  const data = { fact, execId: `${fill.execId}b${teller.next()}`, execRefId, tradeDate: fill.tradeDate }
  teller.append(dice, STREAM, { type: 'FillBusted', data })
}

/** Records a fact under its kind and reference. */
function record(dice: Dice, teller: Teller, kind: string, ref: string, is: PlainFact): void {
  const fact = `${kind}:${ref}`
  const { type, ...terms } = is
  teller.facts.push({ fact, is })
  teller.append(dice, STREAM, { type, data: { fact, ...terms } } as OracleEvent)
}

function cashTerms(dice: Dice, ref: string): Cash {
  const currency = dice.pick(CURRENCIES)
  return {
    ref,
    amount: someAmount(dice, currency),
    currency,
    valueDate: dayOf(dice),
    ...(dice.chance(5) ? { contractRate: fixing(dice, currency, 'USD') } : {}),
    ...placeOf(dice),
    cashAccount: dice.chance(10) ? 'margin' : dice.pick(CASH),
  }
}

const CASH_KINDS: readonly (readonly [number, string, (cash: Cash, dice: Dice) => PlainFact])[] = [
  [6, 'contribution', (cash) => ({ type: 'CashContributed', cash })],
  [4, 'withdrawal', (cash) => ({ type: 'CashWithdrawn', cash })],
  [1, 'fee', (cash) => ({ type: 'FeeCharged', fee: 'custody', cash })],
  [1, 'interest', (cash) => ({ type: 'InterestReceived', cash })],
  [1, 'interest', (cash) => ({ type: 'InterestPaid', cash })],
  [1, 'tax', (cash) => ({ type: 'TaxPaid', tax: 'stamp', cash })],
  [
    2,
    'cash-transfer',
    (cash, dice) => {
      const toCashAccount = dice.pick([...CASH, 'margin'])
      const others = toCashAccount === cash.cashAccount ? SLEEVES.filter((sleeve) => sleeve !== cash.sleeve) : SLEEVES
      return { type: 'CashTransferred', cash, toCashAccount, toSleeve: dice.pick(others) }
    },
  ],
]

export const cash: Move = (dice, teller) => {
  const [kind, make] = dice.weighted(CASH_KINDS.map(([weight, ...rest]) => [weight, rest] as const))
  const ref = `C${teller.next()}`
  record(dice, teller, kind, ref, make(cashTerms(dice, ref), dice))
}

export const receipt: Move = (dice, teller) => {
  const ref = `R${teller.next()}`
  record(dice, teller, 'receipt', ref, receiptOf(dice, teller, ref))
}

/** A receipt for a sale, an FX trade, a dividend or a reclaim, exact or nearly; standalone income; or of unknown purpose. */
function receiptOf(dice: Dice, teller: Teller, ref: string): PlainFact {
  const plain = cashTerms(dice, ref)
  const nearly = (amount: string, currency: string) => {
    const off = dice.weighted([
      [3, '0'],
      [2, '-0.5'],
      [1, '0.25'],
    ])
    const total = new Decimal(amount).times(new Decimal(off).plus(1))
    return amountText(total, currency) === '0' ? '1' : amountText(total, currency)
  }
  const sales = teller.fills.filter(({ fill }) => fill.side.startsWith('sell'))
  const trades = teller.facts.filter(({ is }) => is.type === 'FxTraded')
  const kind = dice.pick(['trade', 'dividend', 'fx', 'reclaim', 'standalone', 'suspense'] as const)
  if (kind === 'trade' && sales.length > 0) {
    const { fact, fill } = dice.pick(sales)
    const { currency, amount } = fill.settlement
    const owed = nearly(amount ?? fill.consideration, currency)
    const cash = { ...plain, currency, amount: owed, valueDate: afterDays(dice, fill.tradeDate, 6) }
    return { type: 'CashReceived', cash, settles: { kind, ref: fact } }
  }
  if (kind === 'fx' && trades.length > 0) {
    const { fact, is } = dice.pick(trades)
    if (is.type !== 'FxTraded') throw new Error('not an FX trade')
    const { currency, amount } = is.fx.bought
    const cash = {
      ...plain,
      currency,
      amount: nearly(amount, currency),
      valueDate: afterDays(dice, is.fx.tradeDate, 5),
    }
    return { type: 'CashReceived', cash, settles: { kind, ref: fact } }
  }
  if ((kind === 'dividend' || kind === 'reclaim') && teller.actions.length > 0) {
    const { instrument, terms } = dice.pick(teller.actions)
    const leg = terms.legs.find((each) => each.kind === 'cash')
    const currency = leg?.currency ?? plain.currency
    const amount = someAmount(dice, currency)
    const ref = dice.chance(50) ? terms.action : `ca:${instrument}:${terms.action}`
    const valueDate = afterDays(dice, terms.payDate ?? terms.exDate, 6)
    return { type: 'CashReceived', cash: { ...plain, currency, amount, valueDate }, settles: { kind, ref, instrument } }
  }
  if (kind !== 'standalone') return { type: 'CashReceived', cash: plain }
  const withheld = dice.chance(50) ? { withheld: someAmount(dice, plain.currency) } : {}
  const standalone = { income: dice.pick(['dividends', 'interest', 'other'] as const), ...withheld }
  return { type: 'CashReceived', cash: plain, standalone }
}

export const fx: Move = (dice, teller) => {
  const ref = `F${teller.next()}`
  const sold = dice.pick(CURRENCIES)
  const bought = dice.pick(CURRENCIES.filter((currency) => currency !== sold))
  const tradeDate = dayOf(dice)
  const costs = dice.chance(25) ? costsOf(dice, dice.pick([sold, bought])).slice(0, 1) : []
  record(dice, teller, 'fx', ref, {
    type: 'FxTraded',
    fx: {
      ref,
      tradeDate,
      valueDate: afterDays(dice, tradeDate, 2),
      sold: { amount: someAmount(dice, sold), currency: sold },
      bought: { amount: someAmount(dice, bought), currency: bought },
      costs,
      ...(dice.chance(20) && sold !== 'USD' && bought !== 'USD' ? { contractRate: fixing(dice, sold, 'USD') } : {}),
      ...placeOf(dice),
    },
  })
}

export const opening: Move = (dice, teller) => {
  const ref = `O${teller.next()}`
  const date = dayOf(dice)
  const declared = (at: number): Opening['lots'][0] => {
    const instrument = dice.pick(INSTRUMENTS)
    const units = quantityOf(dice, instrument)
    const baseCost = dice.chance(40) ? { baseCost: someAmount(dice, 'USD') } : {}
    return {
      lot: `L${at}`,
      instrument: instrument.instrument,
      units: dice.chance(15) ? `-${units}` : units,
      cost: costOf(dice, units, instrument.currency),
      currency: instrument.currency,
      ...baseCost,
      acquiredOn: dice.chance(50) ? dayOf(dice) : date,
      sleeve: dice.pick(SLEEVES),
      custodyAccount: dice.pick(CUSTODY),
    }
  }
  const currency = dice.pick(CURRENCIES)
  const amount = someAmount(dice, currency)
  const baseCost = dice.chance(40) ? { baseCost: amountText(new Decimal(amount).times('1.05'), 'USD') } : {}
  const money = { cashAccount: dice.pick(CASH), sleeve: dice.pick(SLEEVES), currency, amount, ...baseCost }
  const lots = Array.from({ length: dice.below(3) }, (_, at) => declared(at + 1))
  record(dice, teller, 'opening', ref, {
    type: 'OpeningBalanceDeclared',
    opening: { ref, date, cash: dice.chance(60) ? [money] : [], lots },
  })
}

export const changePolicy: Move = (dice, teller) => {
  const ref = `P${teller.next()}`
  const whole = policyOf(dice)
  const { lotMethod, keeping, reliefScope, costs, settlement } = whole
  const changes: Partial<Policy> = dice.pick([
    { lotMethod },
    { lotMethod },
    { keeping },
    { reliefScope },
    { costs },
    { settlement },
  ])
  record(dice, teller, 'policy', ref, { type: 'PolicyChanged', effectiveOn: dayOf(dice), changes })
}

export const identify: Move = (dice, teller) => {
  const sales = teller.fills.filter(({ fill }) => fill.side.startsWith('sell'))
  if (sales.length === 0) return
  const { fact, fill } = dice.pick(sales)
  const lots = choices(dice, teller, fill.instrument)
  record(dice, teller, 'lots', `I${teller.next()}`, { type: 'LotsIdentified', fill: fact, lots, algorithm: 'lifo' })
}

/** Choices for one account in an action that leaves one; now and then of an option there is not, or for more than is held. */
export const elect: Move = (dice, teller) => {
  const open = teller.actions.filter(({ terms }) => terms.options !== undefined)
  if (open.length === 0) return
  const { instrument, terms } = dice.pick(open)
  const ref = `V${teller.next()}`
  const election = {
    ref,
    instrument,
    action: terms.action,
    option: 1 + dice.below(dice.chance(10) ? 3 : 2),
    quantity: dice.pick(['10', '3', '100', '33', '1', '250']),
    custodyAccount: dice.chance(15) ? 'vault' : 'cust',
    electedOn: terms.exDate,
  }
  record(dice, teller, 'election', ref, { type: 'ElectionMade', election })
}

const rateText = (dice: Dice): string => new Decimal(dice.below(3000) - 300).dividedBy(10000).toFixed()

export const interestTerms: Move = (dice, teller) => {
  const cashAccount = dice.weighted([
    [6, 'cash'],
    [2, 'margin'],
    [1, 'second'],
  ])
  const tiers = () =>
    dice.pick([
      [{ from: '0', rate: rateText(dice) }],
      [
        { from: '0', rate: rateText(dice) },
        { from: '5000', rate: rateText(dice) },
      ],
      [{ from: '1000', rate: rateText(dice) }],
      [],
    ])
  record(dice, teller, 'interest-terms', `N${teller.next()}`, {
    type: 'CashInterestSet',
    interest: {
      effectiveOn: dayOf(dice),
      cashAccount,
      currency: dice.pick(CURRENCIES),
      dayCount: dice.pick(['ACT/360', 'ACT/365F', 'ACT/ACT-ISDA', '30E/360']),
      tiering: dice.pick(['marginal', 'whole']),
      credit: tiers(),
      debit: tiers(),
      capitalise: dice.pick(['monthly', 'monthly', 'quarterly']),
    },
  })
}

/** Mostly what is traded most. */
const borrowed = (dice: Dice) =>
  dice.weighted([
    [6, INSTRUMENTS[1]!],
    [3, INSTRUMENTS[0]!],
    [1, INSTRUMENTS[2]!],
  ])

export const borrowRate: Move = (dice, teller) => {
  const instrument = borrowed(dice)
  record(dice, teller, 'borrow-rate', `B${teller.next()}`, {
    type: 'BorrowRateSet',
    borrow: {
      effectiveOn: dayOf(dice),
      instrument: instrument.instrument,
      rate: dice.chance(10) ? '0' : '0.25',
      currency: dice.chance(10) ? 'USD' : instrument.currency,
      dayCount: dice.pick(['ACT/360', 'ACT/365F']),
      price: { source: 'V', basis: 'close', snap: 'eod' },
    },
  })
}

/** Prices for several days: short positions are rare, and so are days that have one. */
export const borrowPrices: Move = (dice, teller) => {
  const instrument = borrowed(dice)
  const from = dayOf(dice)
  for (let day = 0; day < 1 + dice.below(12); day++) {
    const date = addDays(from, day)
    record(dice, teller, 'borrow-price', `M${teller.next()}`, {
      type: 'BorrowPriceTaken',
      taken: {
        date,
        instrument: instrument.instrument,
        price: priceOf(dice),
        currency: instrument.currency,
        priceDate: addDays(date, -1),
        source: 'V',
      },
    })
  }
}

/** A fill that failed, once, or that was confirmed: by its own newest quantity, which a correction may make too small. */
export const settlement: Move = (dice, teller) => {
  if (teller.fills.length === 0) return
  const { fact, fill } = dice.pick(teller.fills)
  const said = teller.facts.flatMap(({ is }) =>
    is.type === 'SettlementFailed' && is.failed.fill === fact ? ['failed'] : [],
  )
  const date = afterDays(dice, laterOf(fill.settlement.date, fill.tradeDate), 5)
  const units = dice.chance(60) ? { units: new Decimal(fill.quantity).times(dice.pick(['0.5', '1', '0.25'])) } : {}
  const whole = units.units?.isInteger() === true ? { units: units.units.toFixed() } : {}
  const note = { fill: fact, date, ...whole }
  if (said.length === 0 && dice.chance(60))
    record(dice, teller, 'settlement-fail', `E${teller.next()}`, { type: 'SettlementFailed', failed: note })
  else record(dice, teller, 'settlement', `S${teller.next()}`, { type: 'SettlementConfirmed', settled: note })
}

/** The newest terms of any fact but a fill: other money, or another date. */
export const correctFact: Move = (dice, teller) => {
  // An election is not corrected: another choice is a cancellation and a new one.
  const facts = teller.facts.filter(({ is }) => is.type !== 'ElectionMade')
  if (facts.length === 0) return
  const live = dice.pick(facts)
  const is = otherwise(dice, teller, live.is)
  live.is = is
  teller.append(dice, STREAM, { type: 'FactCorrected', data: { fact: live.fact, as: is } })
}

function otherwise(dice: Dice, teller: Teller, is: PlainFact): PlainFact {
  switch (is.type) {
    case 'PolicyChanged':
      return { ...is, effectiveOn: dayOf(dice) }
    case 'FxTraded': {
      const tradeDate = dayOf(dice)
      return { ...is, fx: { ...is.fx, tradeDate, valueDate: afterDays(dice, tradeDate, 2) } }
    }
    case 'OpeningBalanceDeclared':
      return { ...is, opening: { ...is.opening, date: dayOf(dice) } }
    case 'CashInterestSet':
      return { ...is, interest: { ...is.interest, effectiveOn: dayOf(dice) } }
    case 'BorrowRateSet':
      return { ...is, borrow: { ...is.borrow, effectiveOn: dayOf(dice) } }
    case 'BorrowPriceTaken':
      return { ...is, taken: { ...is.taken, price: priceOf(dice) } }
    case 'SettlementFailed':
      return { ...is, failed: { ...is.failed, date: afterDays(dice, is.failed.date, 2) } }
    case 'SettlementConfirmed':
      return { ...is, settled: { ...is.settled, date: afterDays(dice, is.settled.date, 2) } }
    case 'LotsIdentified': {
      const of = teller.fills.find(({ fact }) => fact === is.fill)
      return of ? { ...is, lots: choices(dice, teller, of.fill.instrument) } : is
    }
    case 'ElectionMade':
      return is
    default: {
      const { currency } = is.cash
      const cash = dice.chance(50)
        ? { ...is.cash, valueDate: dayOf(dice) }
        : { ...is.cash, amount: someAmount(dice, currency) }
      return { ...is, cash }
    }
  }
}

export const cancelFact: Move = (dice, teller) => {
  if (teller.facts.length === 0) return
  const live = dice.pick(teller.facts)
  teller.facts.splice(teller.facts.indexOf(live), 1)
  teller.append(dice, STREAM, { type: 'FactCancelled', data: { fact: live.fact } })
}

/** Two or three lines that balance in one currency and sleeve; now and then a second pair in another of either. */
export const enterByHand: Move = (dice, teller) => {
  const pair = () => {
    const currency = dice.pick(CURRENCIES)
    const sleeve = dice.pick(SLEEVES)
    const amounts = [someAmount(dice, currency), ...(dice.chance(40) ? [someAmount(dice, currency)] : [])]
    const total = amounts.reduce((sum, amount) => sum.plus(amount), new Decimal(0))
    const account = dice.pick([5000, 5100, 5400])
    return [
      ...amounts.map((amount, i) => ({ account: account + (i === 0 ? 0 : 100), currency, amount, sleeve })),
      dice.chance(50)
        ? { account: 2400, currency, amount: total.negated().toFixed(), sleeve }
        : { account: 1900, currency, amount: total.negated().toFixed(), sleeve, cashAccount: dice.pick(CASH) },
    ]
  }
  const date = dayOf(dice)
  const ref = `H${teller.next()}`
  const entry = {
    ref,
    date,
    lines: [...pair(), ...(dice.chance(20) ? pair() : [])],
    ...(dice.chance(50) ? { reverseOn: afterDays(dice, addDays(date, 1), 9) } : {}),
    reason: 'an accrual',
  }
  const people = { preparedBy: 'ann', approvedBy: 'bob' }
  teller.append(dice, STREAM, { type: 'ManualEntryPosted', data: { fact: `entry:${ref}`, entry, ...people } })
}

export const seal: Move = (dice, teller) => {
  const through = dayOf(dice)
  const newest = teller.seals.at(-1)
  if (newest !== undefined && through <= newest.through) return
  const fact = `seal:S${teller.next()}`
  teller.seals.push({ fact, through })
  teller.append(dice, STREAM, { type: 'PeriodSealed', data: { fact, through } })
}

/** Takes the newest seal back. */
export const reopen: Move = (dice, teller) => {
  const newest = teller.seals.pop()
  if (newest) teller.append(dice, STREAM, { type: 'PeriodReopened', data: { ...newest, reason: 'a late invoice' } })
}
