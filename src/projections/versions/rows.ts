// From journal lines to version rows: each line changes one lot's and one balance's step function from its date on.
import type { Posting } from '../../domain/book/posting.ts'
import type { KnownRows } from '../rows/known-rows.ts'
import { keyText } from '../rows/known-rows.ts'
import type { AnyRow } from '../schema/table.ts'
import { type Change, type Range, restep, type Value } from './step-function.ts'

/** The accounts whose lines are lots. */
const HOLDINGS: ReadonlySet<number> = new Set([1100, 2100])

/** Which series a line belongs to: its key, and the columns that say the same in parts. */
interface Series {
  readonly key: string
  readonly columns: AnyRow
}

/** One of the two version tables: how lines map to series and values to columns. */
export interface VersionKind {
  readonly seriesColumn: 'holding' | 'balance'
  readonly localColumn: 'cost' | 'local'
  seriesOf(posting: Posting): Series | undefined
}

export const lotKind: VersionKind = {
  seriesColumn: 'holding',
  localColumn: 'cost',
  seriesOf(p) {
    if (p.lot === null || p.state === null || !HOLDINGS.has(p.account)) return undefined
    return {
      key: [
        p.lot,
        p.state,
        p.sleeve,
        p.custodyAccount ?? '',
        p.instrument ?? '',
        p.account,
        p.currency ?? '',
        p.acquiredOn ?? '',
      ].join('|'),
      columns: {
        sleeve: p.sleeve,
        custody_account: p.custodyAccount,
        instrument: p.instrument,
        account: String(p.account),
        lot: p.lot,
        acquired_on: p.acquiredOn,
        state: p.state,
        currency: p.currency,
      },
    }
  },
}

export const balanceKind: VersionKind = {
  seriesColumn: 'balance',
  localColumn: 'local',
  seriesOf(p) {
    return {
      key: [
        p.account,
        p.sleeve,
        p.custodyAccount ?? '',
        p.cashAccount ?? '',
        p.instrument ?? '',
        p.state ?? '',
        p.currency ?? '',
      ].join('|'),
      columns: {
        account: String(p.account),
        sleeve: p.sleeve,
        custody_account: p.custodyAccount,
        cash_account: p.cashAccount,
        instrument: p.instrument,
        state: p.state,
        currency: p.currency,
      },
    }
  },
}

/** The ranges of many series of one portfolio, kept in step with their rows. */
export class Versions {
  readonly #portfolio: string
  readonly #kind: VersionKind
  readonly #rows: KnownRows
  readonly #ranges = new Map<string, Range[]>()

  constructor(portfolio: string, kind: VersionKind, rows: KnownRows) {
    this.#portfolio = portfolio
    this.#kind = kind
    this.#rows = rows
  }

  /** The series that lines change, each with the first date it changes from: what must be loaded before `apply`. */
  needs(postings: Iterable<Posting>): Map<string, string> {
    const first = new Map<string, string>()
    for (const posting of postings) {
      const series = this.#kind.seriesOf(posting)
      if (series === undefined) continue
      const date = first.get(series.key)
      if (date === undefined || posting.effectiveDate < date) first.set(series.key, posting.effectiveDate)
    }
    return first
  }

  /** Takes in the open rows of those series: every range that reaches the date, and the last one before it. */
  load(rows: readonly AnyRow[]): void {
    this.#rows.load(rows)
    for (const row of rows) {
      const key = row[this.#kind.seriesColumn] ?? ''
      const ranges = this.#ranges.get(key)
      if (ranges === undefined) this.#ranges.set(key, [this.#rangeOf(row)])
      else ranges.push(this.#rangeOf(row))
    }
    for (const ranges of this.#ranges.values()) ranges.sort((a, b) => (a.from < b.from ? -1 : 1))
  }

  #rangeOf(row: AnyRow): Range {
    const value: Value = [
      row.units ?? '0',
      row[this.#kind.localColumn] ?? '0',
      row.base_known ?? '0',
      row.pending ?? '0',
    ]
    return { from: row.effective_from ?? '', to: row.effective_to ?? null, value }
  }

  /** The lines that became known at one position. */
  apply(postings: readonly Posting[], at: bigint): void {
    const changes = new Map<string, { readonly series: Series; readonly steps: Change[] }>()
    for (const posting of postings) {
      const series = this.#kind.seriesOf(posting)
      if (series === undefined) continue
      const by: Value = [posting.units, posting.local, posting.base ?? '0', String(posting.pending)]
      const change = changes.get(series.key)
      if (change === undefined) changes.set(series.key, { series, steps: [{ date: posting.effectiveDate, by }] })
      else change.steps.push({ date: posting.effectiveDate, by })
    }
    for (const { series, steps } of changes.values()) this.#change(series, steps, at)
  }

  #change({ key, columns }: Series, steps: readonly Change[], at: bigint): void {
    let ranges = this.#ranges.get(key)
    if (ranges === undefined) {
      ranges = []
      this.#ranges.set(key, ranges)
    }
    const { removed, added } = restep(ranges, steps)
    // A range that only ends elsewhere has the same key: `put` closes the old one.
    const replaced = new Set(added.map(({ from }) => from))
    for (const { from } of removed)
      if (!replaced.has(from)) this.#rows.remove(keyText([this.#portfolio, key, from]), at)
    for (const { from, to, value } of added)
      this.#rows.put(
        {
          portfolio: this.#portfolio,
          [this.#kind.seriesColumn]: key,
          effective_from: from,
          effective_to: to,
          ...columns,
          units: value[0],
          [this.#kind.localColumn]: value[1],
          base_known: value[2],
          pending: value[3],
        },
        at,
      )
  }

  /** Forgets what was loaded: the rows went to the database. */
  forget(): void {
    this.#ranges.clear()
  }
}
