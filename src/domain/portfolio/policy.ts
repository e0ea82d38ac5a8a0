// A portfolio's policies: the rules that were decided, each dated, so that an old year replays under the old rule.
import { z } from 'zod'
import { currencyText, idText } from '../kernel/schemas.ts'

/** The journal's lot methods: each one's result at a date depends on facts up to that date only. */
export const lotMethod = z.enum(['fifo', 'lifo', 'hifo', 'lowest-cost', 'average', 'specific'])
export type LotMethod = z.output<typeof lotMethod>

export const costType = z.enum([
  'commission',
  'exchange-fee',
  'regulatory-fee',
  'stamp-duty',
  'transaction-tax',
  'clearing-fee',
  'other',
])
export type CostType = z.output<typeof costType>

/** Which fixing turns other currencies into base when a fact carries no contract rate (BOOK.md section 1). */
export const fxSeries = z.strictObject({
  source: idText,
  /** Which of the source's daily fixings, e.g. `1415-CET`. */
  fixing: idText,
  /** The currency through which a missing pair is triangulated. */
  pivot: currencyText,
  /** The calendar that says on which days a fixing is due; others carry the last one before. */
  calendar: idText,
})
export type FxSeries = z.output<typeof fxSeries>

/** What becomes of a trading cost: part of the lot's cost (netted from a sale), or an expense of its own (5100). */
const costTreatment = z.strictObject({
  onBuy: z.enum(['capitalise', 'expense']),
  onSell: z.enum(['net', 'expense']),
})

export const policy = z.strictObject({
  lotMethod,
  /** What takes over when chosen lots are gone, or where `specific` names none. Never `specific` itself. */
  defaultMethod: z.enum(['fifo', 'lifo', 'hifo', 'lowest-cost', 'average']),
  /** Whether LIFO, HIFO and lowest cost re-flow with late facts, or freeze what they chose at settlement. */
  selection: z.enum(['reflow', 'freeze-at-settlement']),
  keeping: z.enum(['long-only', 'netting', 'long-short']),
  reliefScope: z.enum(['sleeve-account', 'account', 'portfolio']),
  /** By cost type; a type not named is capitalised on buys and netted on sells. */
  costs: z.partialRecord(costType, costTreatment),
  fx: fxSeries,
  /** Where a realised gain's FX part is struck (BOOK.md section 3); `closing-rate` is the default. */
  gainConvention: z.enum(['closing-rate', 'opening-rate', 'all-in-price']),
  /** `contractual`: cash moves on its date; `actual`: it moves when a CashReceived confirms it. */
  settlement: z.enum(['contractual', 'actual']),
  taxRegime: idText,
  /** Business days of the portfolio, and the zone in which an instant becomes its date. */
  calendar: idText,
  zone: z.string().regex(/^[A-Za-z_]+(\/[A-Za-z_+-]+[0-9]*)*$/),
})
export type Policy = z.output<typeof policy>
