// What a caller sends to open, change and close a portfolio, seal its periods, and identify lots. Unknown fields are refused.
import { z } from 'zod'
import { decimalGiven } from '../../domain/kernel/given.ts'
import { dateText, idText, shortText, tenantIdText } from '../../domain/kernel/schemas.ts'
import { cashAccount, portfolioEvents } from '../../domain/portfolio/events.ts'
import { manualGiven } from '../../domain/portfolio/manual-entry.ts'
import { CHECKS, waiver } from '../../domain/portfolio/periods.ts'
import { policy } from '../../domain/portfolio/policy.ts'

const opened = portfolioEvents.PortfolioOpened.shape

/** Policies as given: what a portfolio must decide has no default; what the rest of the world would assume has. */
const policyGiven = z.strictObject({
  ...policy.shape,
  defaultMethod: policy.shape.defaultMethod.default('fifo'),
  selection: policy.shape.selection.default('reflow'),
  reliefScope: policy.shape.reliefScope.default('sleeve-account'),
  costs: policy.shape.costs.default({}),
  gainConvention: policy.shape.gainConvention.default('closing-rate'),
  settlement: policy.shape.settlement.default('contractual'),
  taxRegime: policy.shape.taxRegime.default('none'),
})

export const openPortfolio = z.strictObject({
  portfolio: tenantIdText,
  baseCurrency: opened.baseCurrency,
  openedOn: dateText,
  owner: idText.optional(),
  policy: policyGiven,
  sleeves: opened.sleeves.max(1000).default(['main']),
  custodyAccounts: opened.custodyAccounts.max(1000).default(['main']),
  cashAccounts: z
    .array(cashAccount)
    .min(1)
    .max(1000)
    .default([
      { id: 'main', kind: 'cash' },
      { id: 'margin', kind: 'margin' },
    ]),
  /** Absent: the first of each; for margin the first margin account, else the cash account. */
  defaults: opened.defaults.partial().default({}),
})
export type OpenPortfolio = z.output<typeof openPortfolio>

export const addPlaces = z.strictObject({
  sleeves: z.array(idText).max(1000).default([]),
  custodyAccounts: z.array(idText).max(1000).default([]),
  cashAccounts: z.array(cashAccount).max(1000).default([]),
})
export type AddPlaces = z.output<typeof addPlaces>

export const closePortfolio = z.strictObject({ closedOn: dateText, reason: shortText.optional() })
export type ClosePortfolio = z.output<typeof closePortfolio>

/** Without `ref` the date names the seal. */
export const sealPeriod = z.strictObject({ ref: idText.optional(), through: dateText })
export type SealPeriod = z.output<typeof sealPeriod>

/** A second person's word; without a reason of its own, that of the request. */
export const reopenPeriod = z.strictObject({ ref: idText, reason: shortText.optional() })
export type ReopenPeriod = z.output<typeof reopenPeriod>

export const requestReopening = z.strictObject({ ref: idText, reason: shortText })
export type RequestReopening = z.output<typeof requestReopening>

/** What a custodian or bank states, whole for the accounts it names. Without `view` as it has settled. */
export const statementGiven = z.strictObject({
  view: z.enum(['settled', 'traded']).default('settled'),
  positions: z
    .array(z.strictObject({ custodyAccount: idText.optional(), instrument: idText, units: decimalGiven }))
    .max(10_000)
    .optional(),
  cash: z
    .array(z.strictObject({ cashAccount: idText.optional(), currency: opened.baseCurrency, balance: decimalGiven }))
    .max(1000)
    .optional(),
})

/** What is looked at, or waived, when a period closes. Without `ref` the date names the seal. */
export const closePeriod = z.strictObject({
  ref: idText.optional(),
  through: dateText,
  statement: statementGiven.optional(),
  /** A price older than this many days before the end is stale. */
  priceDays: z.number().int().min(0).max(366).default(5),
  /** Checks that may fail, each with the reason why. */
  waive: z.array(waiver).max(CHECKS.length).default([]),
})
export type ClosePeriod = z.output<typeof closePeriod>

export const prepareEntry = manualGiven
export const approveEntry = z.strictObject({ ref: idText })
export const withdrawEntry = z.strictObject({ ref: idText, reason: shortText })
