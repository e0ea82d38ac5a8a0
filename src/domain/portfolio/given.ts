// The terms of a command as a sender gives them: amounts as text in any exact spelling, places and dates optional where
// the portfolio or the market's calendar has an answer. The decider turns them into the terms the log records.
import { z } from 'zod'
import { byId, instrumentName } from '../instrument/name.ts'
import { decimalGiven, instantGiven, positiveGiven, unsignedGiven } from '../kernel/given.ts'
import { dateText, idText } from '../kernel/schemas.ts'
import {
  cashTerms,
  chosenLots,
  declaredLot,
  electionTerms,
  fillTerms,
  fxTerms,
  openingTerms,
  optionEndTerms,
  orderTerms,
  settles,
} from './facts.ts'
import { feeAccrualTerms, feeInvoiceTerms, feeScheduleTerms } from './fee-terms.ts'
import { borrowPriceTerms, borrowTerms, interestTerms, marginTerms } from './financing-terms.ts'
import { policy } from './policy.ts'
import { settlementFailTerms, settlementTerms } from './settlement-terms.ts'

/** Our id as text, or `{scheme, value, market?}`. */
export const instrumentGiven = z.union([idText.transform(byId), instrumentName])

const place = { sleeve: idText.optional(), custodyAccount: idText.optional(), cashAccount: idText.optional() }
const costGiven = z.strictObject({ ...fillTerms.shape.costs.element.shape, amount: decimalGiven })
const costsGiven = z.array(costGiven).max(20).default([])
const lotsGiven = z
  .array(z.strictObject({ ...chosenLots.element.shape, units: positiveGiven }))
  .min(1)
  .max(1000)

export const fillGiven = z.strictObject({
  ...fillTerms.omit({ named: true, considerationFrom: true }).shape,
  executedAt: instantGiven.optional(),
  instrument: instrumentGiven,
  quantity: positiveGiven,
  price: unsignedGiven,
  /** The gross amount as the counterparty states it, or `from-price` to ask for price x quantity x multiplier. */
  consideration: z.union([z.literal('from-price'), unsignedGiven]),
  accruedInterest: decimalGiven.optional(),
  costs: costsGiven,
  settlement: z
    .strictObject({
      date: dateText.optional(),
      currency: fillTerms.shape.currency.optional(),
      amount: positiveGiven.optional(),
    })
    .default({}),
  contractRate: positiveGiven.optional(),
  lots: lotsGiven.optional(),
  ...place,
})
export type FillGiven = z.output<typeof fillGiven>

export const cashGiven = z.strictObject({
  ...cashTerms.shape,
  amount: positiveGiven,
  bookedAt: instantGiven.optional(),
  contractRate: positiveGiven.optional(),
  ...place,
})
export type CashGiven = z.output<typeof cashGiven>

const leg = z.strictObject({ ...fxTerms.shape.sold.shape, amount: positiveGiven })
export const fxGiven = z.strictObject({
  ...fxTerms.shape,
  executedAt: instantGiven.optional(),
  sold: leg,
  bought: leg,
  costs: costsGiven,
  contractRate: positiveGiven.optional(),
  ...place,
})

export const optionEndGiven = z.strictObject({
  ...optionEndTerms.omit({ delivery: true }).shape,
  /** Left out, it is that of the outcome: an exercise is of a long position, an assignment of a short one. */
  side: z.enum(['long', 'short']).optional(),
  quantity: positiveGiven,
  cash: z.strictObject({ amount: unsignedGiven, currency: fillTerms.shape.currency }).optional(),
  costs: costsGiven,
  /** Left out, it follows from the market's cycle. */
  settlementDate: dateText.optional(),
  lots: lotsGiven.optional(),
  ...place,
})
export type OptionEndGiven = z.output<typeof optionEndGiven>

export const feeScheduleGiven = z.strictObject({ ...feeScheduleTerms.shape, rate: positiveGiven, ...place })
export type FeeScheduleGiven = z.output<typeof feeScheduleGiven>

/** What accrues is worked out, and its places are the schedule's. */
export const feeAccrualGiven = z.strictObject({
  ...feeAccrualTerms.omit({
    rate: true,
    amount: true,
    currency: true,
    sleeve: true,
    custodyAccount: true,
    cashAccount: true,
  }).shape,
  nav: unsignedGiven,
  highWaterMark: unsignedGiven.optional(),
  accrued: decimalGiven.optional(),
})
export type FeeAccrualGiven = z.output<typeof feeAccrualGiven>

export const feeInvoiceGiven = z.strictObject({
  ...feeInvoiceTerms.omit({ currency: true, sleeve: true, custodyAccount: true, cashAccount: true }).shape,
  amount: positiveGiven,
})
export type FeeInvoiceGiven = z.output<typeof feeInvoiceGiven>

const washOfLot = declaredLot.shape.wash.unwrap()

export const openingGiven = z.strictObject({
  ...openingTerms.shape,
  cash: z
    .array(
      z.strictObject({
        ...openingTerms.shape.cash.element.shape,
        cashAccount: idText.optional(),
        sleeve: idText.optional(),
        amount: decimalGiven,
        baseCost: decimalGiven.optional(),
      }),
    )
    .max(100)
    .default([]),
  lots: z
    .array(
      z.strictObject({
        ...declaredLot.shape,
        units: decimalGiven,
        cost: unsignedGiven,
        baseCost: unsignedGiven.optional(),
        wash: z.strictObject({ ...washOfLot.shape, disallowed: unsignedGiven.optional() }).optional(),
        sleeve: idText.optional(),
        custodyAccount: idText.optional(),
      }),
    )
    .max(450)
    .default([]),
})

export const standaloneGiven = z.strictObject({
  income: z.enum(['dividends', 'interest', 'other']),
  instrument: idText.optional(),
  withheld: positiveGiven.optional(),
})

export const electionGiven = z.strictObject({
  ...electionTerms.shape,
  quantity: positiveGiven,
  custodyAccount: idText.optional(),
})
export type ElectionGiven = z.output<typeof electionGiven>

export const policyChanges = z.strictObject(policy.shape).partial()

const tierGiven = z.strictObject({ from: unsignedGiven, rate: decimalGiven })
export const interestGiven = z.strictObject({
  ...interestTerms.shape,
  tiering: interestTerms.shape.tiering.default('marginal'),
  credit: z.array(tierGiven).max(20).default([]),
  debit: z.array(tierGiven).max(20).default([]),
  capitalise: interestTerms.shape.capitalise.default('monthly'),
})
export const borrowGiven = z.strictObject({ ...borrowTerms.shape, rate: unsignedGiven })
export const borrowPriceGiven = z.strictObject({ ...borrowPriceTerms.shape, price: unsignedGiven })

const ratesGiven = {
  initialLong: positiveGiven.optional(),
  initialShort: positiveGiven.optional(),
  maintenanceLong: positiveGiven.optional(),
  maintenanceShort: positiveGiven.optional(),
}
export const marginGiven = z.strictObject({
  ...marginTerms.shape,
  ...ratesGiven,
  minimumEquity: unsignedGiven.optional(),
  instruments: z
    .array(z.strictObject({ instrument: idText, ...ratesGiven }))
    .max(500)
    .default([]),
  maxPriceAgeDays: marginTerms.shape.maxPriceAgeDays.default(5),
})
export const settlementFailGiven = z.strictObject({ ...settlementFailTerms.shape, units: positiveGiven.optional() })
export const settlementGiven = z.strictObject({ ...settlementTerms.shape, units: positiveGiven.optional() })

/** Any fact but a fill, as given; `type` is the event that records it. */
export const factGiven = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('PolicyChanged'), effectiveOn: dateText, changes: policyChanges }),
  z.strictObject({ type: z.literal('CashContributed'), cash: cashGiven }),
  z.strictObject({ type: z.literal('CashWithdrawn'), cash: cashGiven }),
  z.strictObject({ type: z.literal('FeeCharged'), fee: idText, cash: cashGiven }),
  z.strictObject({ type: z.literal('InterestReceived'), cash: cashGiven }),
  z.strictObject({ type: z.literal('InterestPaid'), cash: cashGiven }),
  z.strictObject({ type: z.literal('TaxPaid'), tax: idText, cash: cashGiven }),
  z.strictObject({
    type: z.literal('CashReceived'),
    cash: cashGiven,
    settles: settles.optional(),
    standalone: standaloneGiven.optional(),
  }),
  z.strictObject({
    type: z.literal('CashTransferred'),
    cash: cashGiven,
    toCashAccount: idText,
    toSleeve: idText.optional(),
  }),
  z.strictObject({ type: z.literal('FxTraded'), fx: fxGiven }),
  z.strictObject({ type: z.literal('OpeningBalanceDeclared'), opening: openingGiven }),
  z.strictObject({ type: z.literal('OptionEnded'), option: optionEndGiven }),
  z.strictObject({ type: z.literal('FeeScheduleSet'), schedule: feeScheduleGiven }),
  z.strictObject({ type: z.literal('FeeAccrued'), accrual: feeAccrualGiven }),
  z.strictObject({ type: z.literal('FeeInvoiced'), invoice: feeInvoiceGiven }),
  z.strictObject({
    type: z.literal('LotsIdentified'),
    fill: z.string(),
    lots: lotsGiven,
    algorithm: idText,
    identifiedAt: instantGiven.optional(),
  }),
  z.strictObject({ type: z.literal('ElectionMade'), election: electionGiven }),
  z.strictObject({ type: z.literal('CashInterestSet'), interest: interestGiven }),
  z.strictObject({ type: z.literal('BorrowRateSet'), borrow: borrowGiven }),
  z.strictObject({ type: z.literal('BorrowPriceTaken'), taken: borrowPriceGiven }),
  z.strictObject({ type: z.literal('MarginTermsSet'), margin: marginGiven }),
  z.strictObject({ type: z.literal('SettlementFailed'), failed: settlementFailGiven }),
  z.strictObject({ type: z.literal('SettlementConfirmed'), settled: settlementGiven }),
])
export type FactGiven = z.output<typeof factGiven>

export const orderGiven = z.strictObject({
  ...orderTerms.shape,
  instrument: instrumentGiven,
  quantity: positiveGiven,
  limitPrice: positiveGiven.optional(),
  stopPrice: positiveGiven.optional(),
  placedAt: instantGiven,
  ...place,
})
export type OrderGiven = z.output<typeof orderGiven>
