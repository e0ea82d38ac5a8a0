// What one difference of a book does to its figures: each lot, balance and closed period it touches, before and after.
import type { Posting } from '../domain/book/posting.ts'
import { decimal, decimalText, ZERO } from '../domain/kernel/decimal.ts'

/** Amounts of one figure; base is null while a line of it waits for a rate. */
export interface Amounts {
  readonly units: string
  readonly local: string
  readonly base: string | null
}

/** A figure that changes; null before it is there and when it is gone. */
export interface Changed<Of> {
  readonly of: Of
  readonly before: Amounts | null
  readonly after: Amounts | null
  /** The entries that change it. */
  readonly because: readonly string[]
}

export interface LotPlace {
  readonly sleeve: string
  readonly custodyAccount: string
  readonly instrument: string
  readonly side: 'long' | 'short'
  readonly lot: string
  readonly currency: string
}

export interface BalancePlace {
  readonly account: number
  readonly sleeve: string
  readonly cashAccount: string | null
  readonly instrument: string | null
  readonly currency: string
}

/** A seal with the last day of its period. */
export interface LiveSeal {
  readonly seal: string
  readonly through: string
}

export interface FigureChanges {
  readonly lots: readonly Changed<LotPlace>[]
  readonly balances: readonly Changed<BalancePlace>[]
  /** By seal, the figures that the period was closed with: its balances through its last day. */
  readonly closed: readonly { readonly seal: LiveSeal; readonly figures: readonly Changed<BalancePlace>[] }[]
}

/** Entries named for one figure at most: the rest of a bulk is of the same kind. */
const BECAUSE_MAX = 20

class Figure<Of> {
  readonly of: Of
  readonly because = new Set<string>()
  #units = ZERO
  #local = ZERO
  #base = ZERO
  #pending = 0

  constructor(of: Of) {
    this.of = of
  }

  add({ units, local, base, pending }: Posting): void {
    this.#units = this.#units.plus(decimal(units))
    this.#local = this.#local.plus(decimal(local))
    if (base !== null) this.#base = this.#base.plus(decimal(base))
    this.#pending += pending
  }

  get isNothing(): boolean {
    return this.#units.isZero() && this.#local.isZero() && this.#base.isZero() && this.#pending === 0
  }

  get amounts(): Amounts | null {
    if (this.isNothing) return null
    return {
      units: decimalText(this.#units),
      local: decimalText(this.#local),
      base: this.#pending === 0 ? decimalText(this.#base) : null,
    }
  }

  /** As it was without what was added to another. */
  less(other: Figure<Of>): Figure<Of> {
    const before = new Figure(this.of)
    before.#units = this.#units.minus(other.#units)
    before.#local = this.#local.minus(other.#local)
    before.#base = this.#base.minus(other.#base)
    before.#pending = this.#pending - other.#pending
    return before
  }
}

/** Figures by key: those that a difference touches, then what the journal says of them. */
class Figures<Of> {
  readonly #changes = new Map<string, Figure<Of>>()
  readonly #after = new Map<string, Figure<Of>>()

  change(key: string, of: Of, line: Posting): void {
    const figure = this.#changes.get(key) ?? new Figure(of)
    this.#changes.set(key, figure)
    figure.add(line)
    if (figure.because.size < BECAUSE_MAX) figure.because.add(line.entry)
  }

  now(key: string, line: Posting): void {
    const change = this.#changes.get(key)
    if (change === undefined || change.isNothing) return
    const figure = this.#after.get(key) ?? new Figure(change.of)
    this.#after.set(key, figure)
    figure.add(line)
  }

  get changed(): Changed<Of>[] {
    return [...this.#changes].sort(byKey).flatMap(([key, change]) => {
      if (change.isNothing) return []
      const after = this.#after.get(key) ?? new Figure(change.of)
      const before = after.less(change)
      return [{ of: change.of, before: before.amounts, after: after.amounts, because: [...change.because] }]
    })
  }
}

/** The figures that the lines of a difference touch; `journal` is the book with the difference in it. */
export function changesOf(
  postings: readonly Posting[],
  journal: Iterable<Posting>,
  seals: readonly LiveSeal[],
): FigureChanges {
  const lots = new Figures<LotPlace>()
  const balances = new Figures<BalancePlace>()
  const closed = seals.map((seal) => ({ seal, figures: new Figures<BalancePlace>() }))
  for (const line of postings) {
    const lot = lotOf(line)
    if (lot !== null) lots.change(keyOf(lot), lot, line)
    const balance = balanceOf(line)
    if (balance === null) continue
    const key = keyOf(balance)
    balances.change(key, balance, line)
    for (const { seal, figures } of closed) if (line.effectiveDate <= seal.through) figures.change(key, balance, line)
  }
  for (const line of journal) {
    const lot = lotOf(line)
    if (lot !== null) lots.now(keyOf(lot), line)
    const balance = balanceOf(line)
    if (balance === null) continue
    const key = keyOf(balance)
    balances.now(key, line)
    for (const { seal, figures } of closed) if (line.effectiveDate <= seal.through) figures.now(key, line)
  }
  return {
    lots: lots.changed,
    balances: balances.changed,
    closed: closed.flatMap(({ seal, figures }) => {
      const { changed } = figures
      return changed.length === 0 ? [] : [{ seal, figures: changed }]
    }),
  }
}

function lotOf({ account, sleeve, custodyAccount, instrument, lot, currency }: Posting): LotPlace | null {
  if ((account !== 1100 && account !== 2100) || lot === null || instrument === null || currency === null) return null
  const side = account === 1100 ? 'long' : 'short'
  return { sleeve, custodyAccount: custodyAccount ?? '', instrument, side, lot, currency }
}

/** The memo account is not a balance of anything. */
function balanceOf({ account, sleeve, cashAccount, instrument, currency }: Posting): BalancePlace | null {
  if (account === 8000 || currency === null) return null
  return { account, sleeve, cashAccount, instrument, currency }
}

function keyOf(place: LotPlace | BalancePlace): string {
  return Object.values(place).join(' ')
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}
