// The posting: one line of one double-entry journal entry, as BOOK.md section 4 defines it. Debit +, credit -.

/** The chart of accounts (BOOK.md section 4). */
export const ACCOUNTS = {
  1000: 'cash',
  1010: 'cash at broker, restricted or margin',
  1100: 'securities at cost, long',
  1180: 'unrealised appreciation',
  1200: 'receivable for sales',
  1210: 'receivable for FX bought',
  1300: 'dividends receivable',
  1310: 'interest receivable, purchased interest included',
  1320: 'reclaimable withholding receivable',
  1330: 'corporate-action receivable',
  1340: 'variation margin receivable',
  1900: 'suspense',
  2100: 'securities sold short, at proceeds',
  2200: 'payable for purchases',
  2210: 'payable for FX sold',
  2300: 'short dividends payable',
  2400: 'accrued fees',
  2500: 'inter-portfolio and inter-sleeve',
  3000: 'contributions',
  3010: 'withdrawals',
  3020: 'transfers in kind',
  3100: 'opening balances',
  4000: 'dividends, gross',
  4010: 'interest',
  4020: 'other income',
  4100: 'realised gain, price',
  4110: 'realised gain, FX on securities',
  4120: 'realised gain, FX on cash',
  4130: 'realised gain, FX on receivables and payables',
  4140: 'variation margin on open contracts',
  4200: 'change in unrealised, price',
  4210: 'change in unrealised, FX',
  5000: 'fees',
  5100: 'trading costs',
  5200: 'final withholding tax',
  5300: 'short dividends',
  5310: 'borrow fees',
  5400: 'interest paid',
  5500: 'taxes paid',
  8000: 'units outside (memo)',
  9000: 'FX conversion',
  9100: 'rounding',
} as const
export type Account = keyof typeof ACCOUNTS

export type LotState = 'unsettled' | 'settled'
export type PostingFlag = 'fallback' | 'oversold' | 'overdrawn' | 'carried' | 'projected' | 'pending'

/**
 * One line. Amounts are canonical decimal text: `local` in `currency`, `base` in the book's functional currency, both to
 * the minor unit; `units` exact at the instrument's own places. `base` is null when the entry waits for a rate; then
 * `pending` is 1, and the difference that resolves or withdraws it carries `pending` -1, so that
 * sum(pending) > 0 says "unknown yet" and sum(base) of the known rows is always right. (Known to pending: base is minus
 * what was known and `pending` +1; pending to pending: base null, `pending` the change in the number of lines.)
 * Key of a line within the journal: (portfolio, knownFrom, entry, line).
 */
export interface Posting {
  /** Stable id of the entry, e.g. `fill:B:2025-03-14:X1/trade`, `.../settle`, `pool/main/1000/EUR/2025-03-17`. */
  readonly entry: string
  /** 1, 2, 3 ... within the entry at this knowledge position. */
  readonly line: number
  /** Id of the event that caused the entry. */
  readonly cause: string
  /** The rule that made the line, e.g. `trade`, `settle`, `relief:fifo`, `pool`, `split`. */
  readonly rule: string
  readonly portfolio: string
  readonly sleeve: string
  readonly custodyAccount: string | null
  readonly cashAccount: string | null
  readonly account: Account
  readonly instrument: string | null
  readonly lot: string | null
  /** The lot's acquisition date on lines of 1100 and 2100 (it follows the lot through actions and transfers); null elsewhere. */
  readonly acquiredOn: string | null
  readonly state: LotState | null
  readonly units: string
  /** Null on account 8000 only. */
  readonly currency: string | null
  readonly local: string
  readonly base: string | null
  readonly pending: number
  readonly marketValue: string | null
  readonly effectiveDate: string
  readonly phase: number
  readonly instant: string | null
  readonly settleDate: string | null
  readonly accountingDate: string
  readonly knownFrom: bigint
  readonly flags: readonly PostingFlag[]
}
