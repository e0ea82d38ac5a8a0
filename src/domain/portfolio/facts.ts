// The terms of what happens in a portfolio: fills, cash, FX, openings, orders. Events wrap these; the book folds them.
// Amounts are exact decimal text in the named currency; dates are business dates as BOOK.md section 1 defines them.
import { z } from 'zod'
import { instrumentName } from '../instrument/name.ts'
import {
  currencyText,
  dateText,
  decimalText,
  factIdText,
  idText,
  instantText,
  lotIdText,
  positiveDecimalText,
  shortText,
  unsignedDecimalText,
} from '../kernel/schemas.ts'
import { costType } from './policy.ts'

/** Where in the portfolio a fact belongs. The decider fills in the portfolio's defaults, so the log always says. */
export const place = { sleeve: idText, custodyAccount: idText, cashAccount: idText }

/** FIX 17 or 19, as given: printable ASCII, short enough that a fact id can hold it percent-encoded. */
export const execIdText = z.string().regex(/^[!-~]([ -~]{0,62}[!-~])?$/, 'use 1 to 64 printable ASCII characters')

/** A client's choice of lots, recorded as decided. */
export const chosenLots = z
  .array(z.strictObject({ lot: lotIdText, units: positiveDecimalText }))
  .min(1)
  .max(1000)

export const tradingCost = z.strictObject({ type: costType, amount: decimalText, currency: currencyText })
export type TradingCost = z.output<typeof tradingCost>

export const fillTerms = z.strictObject({
  /** The executing counterparty's session: with trade date and ExecID the fill's key. */
  source: idText,
  /** How it reached us; not part of the key. */
  channel: idText.optional(),
  /** FIX 17, as given. */
  execId: execIdText,
  /** FIX 11 of the order it fills, and the block it was allocated from. */
  order: idText.optional(),
  block: idText.optional(),
  /** FIX 75. */
  tradeDate: dateText,
  /** FIX 60, when known. */
  executedAt: instantText.optional(),
  instrument: idText,
  /** How the message named the instrument, when not by its id: identifiers move, what was said does not. */
  named: instrumentName.optional(),
  side: z.enum(['buy', 'sell', 'sell-short', 'buy-to-cover']),
  positionEffect: z.enum(['open', 'close']).optional(),
  /** FIX 32; units, above zero. */
  quantity: positiveDecimalText,
  /** FIX 31, in `currency` per unit; a check on the consideration, not its source. */
  price: unsignedDecimalText,
  currency: currencyText,
  /** FIX 381: the gross amount as given, without costs and accrued interest. */
  consideration: unsignedDecimalText,
  /** Present when the sender asked for price x quantity x multiplier instead of stating an amount. */
  considerationFrom: z.literal('price').optional(),
  /** FIX 159: interest bought or sold with a bond. */
  accruedInterest: decimalText.optional(),
  costs: z.array(tradingCost).max(20),
  settlement: z.strictObject({
    date: dateText,
    /** False when the date was derived from the market's cycle by the decider. */
    given: z.boolean(),
    currency: currencyText,
    /** FIX 119: the net amount in the settlement currency when it differs from `currency`. */
    amount: positiveDecimalText.optional(),
  }),
  /** Base currency per unit of `currency`, where the contract fixes it; wins over every series. */
  contractRate: positiveDecimalText.optional(),
  venue: z
    .string()
    .regex(/^[A-Z0-9]{4}$/, 'use an ISO 10383 market code such as "XNYS"')
    .optional(),
  /** Overrides the ex-date rule for this fill. */
  entitlement: z.enum(['cum', 'ex']).optional(),
  lots: chosenLots.optional(),
  ...place,
})
export type FillTerms = z.output<typeof fillTerms>

/** A fill that waits for its instrument: as given; what follows from the instrument (its id, a settlement date) is not there yet. */
export const parkedFillTerms = fillTerms
  .omit({ instrument: true, named: true, settlement: true, consideration: true })
  .extend({
    named: instrumentName,
    consideration: unsignedDecimalText.optional(),
    settlement: z.strictObject({
      date: dateText.optional(),
      currency: currencyText,
      amount: positiveDecimalText.optional(),
    }),
  })
export type ParkedFillTerms = z.output<typeof parkedFillTerms>

/** Cash in or out of one cash account on its value date. Which way is said by the event's type. */
export const cashTerms = z.strictObject({
  ref: idText,
  /** Who told us: a bank's or custodian's session. Not part of the key. */
  source: idText.optional(),
  amount: positiveDecimalText,
  currency: currencyText,
  valueDate: dateText,
  bookedAt: instantText.optional(),
  contractRate: positiveDecimalText.optional(),
  note: shortText.optional(),
  ...place,
})
export type CashTerms = z.output<typeof cashTerms>

/** What a receipt of cash settles: the fact or action whose receivable it clears. */
export const settles = z.strictObject({
  kind: z.enum(['trade', 'fx', 'dividend', 'coupon', 'maturity', 'reclaim']),
  /** A fact id for trades and FX; the corporate action's id otherwise. */
  ref: factIdText,
  instrument: idText.optional(),
})

export const fxTerms = z.strictObject({
  ref: idText,
  source: idText.optional(),
  tradeDate: dateText,
  executedAt: instantText.optional(),
  valueDate: dateText,
  sold: z.strictObject({ amount: positiveDecimalText, currency: currencyText }),
  bought: z.strictObject({ amount: positiveDecimalText, currency: currencyText }),
  costs: z.array(tradingCost).max(20),
  /** Base per unit of the sold currency, where neither leg is in base and the contract fixes it. */
  contractRate: positiveDecimalText.optional(),
  ...place,
})
export type FxTerms = z.output<typeof fxTerms>

/** A lot that arrives with its history: an opening balance, or from outside Quipu. Short lots have negative units. */
export const declaredLot = z.strictObject({
  lot: idText,
  instrument: idText,
  units: decimalText,
  /** Total cost (shorts: proceeds, as a positive number) in `currency`. */
  cost: unsignedDecimalText,
  currency: currencyText,
  /** Total cost in base, where known; otherwise cost at the acquisition date's rate. */
  baseCost: unsignedDecimalText.optional(),
  acquiredOn: dateText,
  /**
   * What US wash sales made of it before it came here: losses disallowed and added to its basis (in US dollars), the day its holding
   * period counts from, and whether its units replaced others already, which they do once only.
   */
  wash: z
    .strictObject({
      disallowed: unsignedDecimalText.optional(),
      holdingFrom: dateText.optional(),
      replaced: z.boolean().optional(),
    })
    .optional(),
})

export const openingTerms = z.strictObject({
  ref: idText,
  date: dateText,
  cash: z
    .array(
      z.strictObject({
        cashAccount: idText,
        sleeve: idText,
        currency: currencyText,
        amount: decimalText,
        baseCost: decimalText.optional(),
      }),
    )
    .max(100),
  lots: z.array(z.strictObject({ ...declaredLot.shape, sleeve: idText, custodyAccount: idText })).max(450),
})
export type OpeningTerms = z.output<typeof openingTerms>

/** A holder's choice among the options of a corporate action, for some of the units of one custody account. */
export const electionTerms = z.strictObject({
  ref: idText,
  instrument: idText,
  action: idText,
  /** The number of the option (CAON). */
  option: z.number().int().min(1).max(99),
  quantity: positiveDecimalText,
  custodyAccount: idText,
  /** The day on which the instruction was given. */
  electedOn: dateText,
  note: shortText.optional(),
})
export type ElectionTerms = z.output<typeof electionTerms>

/** The end of an option position: exercised, assigned, or expired without being either. */
export const optionEndTerms = z.strictObject({
  ref: idText,
  source: idText.optional(),
  /** The day of the exercise, assignment or expiry: after trading, in the order of the book. */
  date: dateText,
  instrument: idText,
  outcome: z.enum(['exercise', 'assignment', 'expiry']),
  side: z.enum(['long', 'short']),
  /** Contracts that end. */
  quantity: positiveDecimalText,
  /** What a physical exercise delivers against the strike, as the option's terms had it when it was decided. */
  delivery: z
    .strictObject({
      instrument: idText,
      side: z.enum(['buy', 'sell']),
      quantity: positiveDecimalText,
      price: positiveDecimalText,
      amount: positiveDecimalText,
      currency: currencyText,
    })
    .optional(),
  /** What a cash-settled one pays the holder. */
  cash: z.strictObject({ amount: unsignedDecimalText, currency: currencyText }).optional(),
  costs: z.array(tradingCost).max(20),
  settlementDate: dateText,
  lots: chosenLots.optional(),
  ...place,
})
export type OptionEndTerms = z.output<typeof optionEndTerms>

export const orderTerms = z.strictObject({
  /** FIX 11, newest of the chain. */
  order: idText,
  /** The session it was placed through. */
  source: idText.optional(),
  block: idText.optional(),
  instrument: idText,
  side: z.enum(['buy', 'sell', 'sell-short', 'buy-to-cover']),
  quantity: positiveDecimalText,
  orderType: z.enum(['market', 'limit', 'stop', 'stop-limit', 'other']),
  limitPrice: positiveDecimalText.optional(),
  stopPrice: positiveDecimalText.optional(),
  currency: currencyText.optional(),
  timeInForce: z.enum(['day', 'gtc', 'ioc', 'fok', 'gtd', 'other']).optional(),
  /** FIX 432, for `gtd`. */
  expiresOn: dateText.optional(),
  placedAt: instantText,
  tradeDate: dateText,
  ...place,
})
export type OrderTerms = z.output<typeof orderTerms>

/** One lot a transfer moved, as the giver's book held it when it was recorded. */
export const movedLot = z.strictObject({
  lot: lotIdText,
  units: decimalText,
  cost: unsignedDecimalText,
  currency: currencyText,
  acquiredOn: dateText,
  marketValue: unsignedDecimalText.optional(),
})
export type MovedLot = z.output<typeof movedLot>
