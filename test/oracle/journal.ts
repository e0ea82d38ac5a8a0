// Journal entries of the oracle, and balances as sums of their lines.
import { type Base, type Decimal, negBase, sum, sumBase, ZERO } from './arithmetic.ts'
import { sortable } from './days.ts'

/** What a line is posted on; what a line does not name is null. */
export interface Dimensions {
  readonly sleeve: string
  readonly custodyAccount: string | null
  readonly cashAccount: string | null
  readonly account: number
  readonly instrument: string | null
  readonly lot: string | null
  readonly state: 'unsettled' | 'settled' | null
  readonly currency: string | null
}
export interface Line extends Dimensions {
  readonly units: Decimal
  readonly local: Decimal
  readonly base: Base
}
export interface Entry {
  readonly entry: string
  readonly effectiveDate: string
  readonly phase: number
  readonly instant: string | null
  readonly pending: boolean
  readonly lines: readonly Line[]
}
export interface When {
  readonly date: string
  readonly phase: number
  readonly instant: string | null
}

type LineGiven = Pick<Line, 'sleeve' | 'account' | 'currency'> & Partial<Line>

/** Lines of one entry as they are written; `done` closes it. */
export class Draft {
  readonly lines: Line[] = []
  /** A gain that is open makes the whole entry pending, even when every line has an amount. */
  open = false
  /** A settlement moves units from state to state and none in or out: it has no memo lines. */
  settles = false
  /** What the entry makes owed: pending with it. */
  readonly claims: { base: Base }[] = []

  add(line: LineGiven): void {
    const whole: Line = {
      custodyAccount: null,
      cashAccount: null,
      instrument: null,
      lot: null,
      state: null,
      units: ZERO,
      local: ZERO,
      base: ZERO,
      ...line,
    }
    // An unknown amount is a line, except on a lot's state that has neither units nor cost: that is nothing, whatever the lot cost.
    const state = whole.account === 1100 || whole.account === 2100
    const saysBase = whole.base === null ? !state : !whole.base.isZero()
    if (saysBase || !whole.units.isZero() || !whole.local.isZero()) this.lines.push(whole)
  }

  /** Takes the lines of a part of the entry. */
  take(part: Draft): void {
    this.lines.push(...part.lines)
    this.claims.push(...part.claims)
    this.open ||= part.open
  }

  /** What is missing to make the sleeve's base zero: the amount of the line that takes the residual. */
  residual(sleeve: string): Base {
    if (this.open) return null
    return negBase(sumBase(this.lines.filter((line) => line.sleeve === sleeve).map((line) => line.base)))
  }

  /** Units that do not cancel get their memo line, then one unknown base makes them all unknown. */
  done(entry: string, when: When): Entry {
    const securities = this.lines.filter((line) => line.account === 1100 || line.account === 2100)
    const holdings = this.settles
      ? []
      : groupBy(securities, (l) => [l.sleeve, l.custodyAccount, l.instrument, l.state].join('|')).values()
    for (const group of holdings) {
      const { sleeve, custodyAccount, instrument, state } = group[0]!
      const units = sum(group.map((line) => line.units)).negated()
      this.add({ sleeve, account: 8000, currency: null, custodyAccount, instrument, state, units })
    }
    const pending = this.open || this.lines.some((line) => line.base === null)
    if (pending) for (const claim of this.claims) claim.base = null
    const lines = pending ? this.lines.map((line) => ({ ...line, base: null })) : this.lines
    return { entry, effectiveDate: when.date, phase: when.phase, instant: when.instant, pending, lines }
  }
}

export function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const value of values) {
    const key = keyOf(value)
    const group = groups.get(key)
    if (group) group.push(value)
    else groups.set(key, [value])
  }
  return groups
}

export interface Balance extends Dimensions {
  readonly units: string
  readonly local: string
  /** Null when any line in it waits for a rate. */
  readonly base: string | null
}

export const keyOf = (d: Dimensions): string =>
  [d.account, d.sleeve, d.custodyAccount, d.cashAccount, d.instrument, d.lot, d.state, d.currency]
    .map((part) => part ?? '-')
    .join(' ')

/** Sums by key, without those that are zero and known. */
export function balancesOf(lines: readonly Line[]): Map<string, Balance> {
  const balances = new Map<string, Balance>()
  for (const [key, group] of [...groupBy(lines, keyOf)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const units = sum(group.map((line) => line.units))
    const local = sum(group.map((line) => line.local))
    const base = sumBase(group.map((line) => line.base))
    if (units.isZero() && local.isZero() && base?.isZero()) continue
    const { sleeve, custodyAccount, cashAccount, account, instrument, lot, state, currency } = group[0]!
    balances.set(key, {
      sleeve,
      custodyAccount,
      cashAccount,
      account,
      instrument,
      lot,
      state,
      currency,
      units: units.toFixed(),
      local: local.toFixed(),
      base: base === null ? null : base.toFixed(),
    })
  }
  return balances
}

/** Whether an entry counts at a date (after its last phase) or at an instant of a date (BOOK.md section 1). */
export function counts(
  entry: Pick<Entry, 'effectiveDate' | 'phase' | 'instant'>,
  at: { date: string; instant: string | null },
): boolean {
  if (entry.effectiveDate !== at.date) return entry.effectiveDate < at.date
  if (at.instant === null || entry.phase <= 3) return true
  return entry.phase === 4 && entry.instant !== null && sortable(entry.instant) <= sortable(at.instant)
}
