// The names of facts (docs/book.md, "Names"): given once, for ever, and the same for every copy of a message.
import type { PortfolioEventType } from './events.ts'

/** The name of a fill, and of the correction and bust messages about fills: `fill:{source}:{trade date}:{ExecID}`. */
export function fillFact(source: string, tradeDate: string, execId: string): string {
  return `fill:${source}:${tradeDate}:${encodedExecId(execId)}`
}

/** The parts a fill's name was made of. */
export function partsOfFillFact(fact: string): {
  readonly source: string
  readonly tradeDate: string
  readonly execId: string
} {
  const [, source = '', tradeDate = '', execId = ''] = fact.split(':')
  return { source, tradeDate, execId: decodeURIComponent(execId) }
}

/** An ExecID as names hold it: whatever a fact id's segment cannot hold is percent-encoded. */
export function encodedExecId(execId: string): string {
  return execId.replace(/[^A-Za-z0-9._~-]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
}

const KINDS = {
  PolicyChanged: 'policy',
  CashContributed: 'contribution',
  CashWithdrawn: 'withdrawal',
  FeeCharged: 'fee',
  InterestReceived: 'interest',
  InterestPaid: 'interest',
  TaxPaid: 'tax',
  CashReceived: 'receipt',
  CashTransferred: 'cash-transfer',
  FxTraded: 'fx',
  OpeningBalanceDeclared: 'opening',
  OptionEnded: 'option',
  FeeScheduleSet: 'fee-schedule',
  FeeAccrued: 'fee-accrual',
  FeeInvoiced: 'fee-invoice',
  LotsIdentified: 'lots',
  ElectionMade: 'election',
  CashInterestSet: 'interest-terms',
  BorrowRateSet: 'borrow-rate',
  BorrowPriceTaken: 'borrow-price',
  MarginTermsSet: 'margin-terms',
  SettlementFailed: 'settlement-fail',
  SettlementConfirmed: 'settlement',
} as const satisfies Partial<Record<PortfolioEventType, string>>

/** The events that record a fact under a reference of the sender's. */
export type FactType = keyof typeof KINDS

/** The name of any other fact: `{kind}:{ref}`; interest received and paid share one kind. */
export function factNamed(type: FactType, ref: string): string {
  return `${KINDS[type]}:${ref}`
}

/** The kind in a fact's name. */
export function kindOf(type: FactType): string {
  return KINDS[type]
}

/** The name of a period's seal. */
export function sealFact(ref: string): string {
  return `seal:${ref}`
}

/** The name of a manual journal entry. */
export function entryFact(ref: string): string {
  return `entry:${ref}`
}
