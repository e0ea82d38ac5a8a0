// Everything of one book that accrues day by day: interest on cash, and fees on what is borrowed to be sold short. They follow the
// entries that move their balances, and are folded up to the last closed business day.
import { type Int, mulInt, pow10 } from '../kernel/scaled.ts'
import type { BorrowPriceTerms, BorrowTerms, InterestTerms } from '../portfolio/financing-terms.ts'
import { AccrualSeries } from './accrual-series.ts'
import type { Changes } from './changes.ts'
import { dateOf, NO_DAY } from './day.ts'
import type { Desk } from './desk.ts'
import { ENTRY, type Entry } from './entry.ts'
import type { Financing } from './fact-register.ts'
import { BORROWED_PLACES, borrowRule, dayOfTerms, type FinancingTerms, interestRule, type Placed } from './financing.ts'
import type { BookBreak } from './knowledge.ts'
import { ToldBreaks } from './told-breaks.ts'

/** Closed days looked back over for the business day a calendar day belongs to; no calendar closes for longer. */
const LOOK_BACK_DAYS = 60

export class Accruals {
  readonly #desk: Desk
  /** Every entry of the book, for a balance that begins to accrue. */
  readonly #entries: () => Iterable<Entry>
  readonly #facts = new Map<string, Financing>()
  /** Series by key; those of borrowed securities come first, because their payments move cash that earns. */
  readonly #borrow = new Map<string, AccrualSeries>()
  readonly #interest = new Map<string, AccrualSeries>()
  /** Terms that changed since the last fold, by the key of their series' group: from which day on. */
  readonly #changed = new Map<string, number>()
  /** By dimension: the series whose balance it is. */
  #members: (readonly AccrualSeries[])[] = []
  readonly #breaks = new ToldBreaks()

  constructor(desk: Desk, entries: () => Iterable<Entry>) {
    this.#desk = desk
    this.#entries = entries
  }

  /** Takes a fact's newest terms, or that it is gone (null). */
  set(id: string, fact: Financing | null): void {
    const old = this.#facts.get(id)
    if (fact === null) this.#facts.delete(id)
    else this.#facts.set(id, fact)
    for (const each of [old, fact]) {
      if (each === undefined || each === null) continue
      const group = groupOf(each.terms)
      const day = dayOfTerms(each.terms)
      this.#changed.set(group, Math.min(this.#changed.get(group) ?? day, day))
    }
  }

  /** Follows a change of an entry. */
  follow(old: Entry | null, fresh: Entry | null): void {
    if (this.#interest.size + this.#borrow.size === 0) return
    if (old !== null) this.#move(old, -1)
    if (fresh !== null) this.#move(fresh, 1)
  }

  #move(entry: Entry, sign: 1 | -1, only?: AccrualSeries): void {
    if (entry.kind === ENTRY.pool || entry.kind === ENTRY.interest) return
    const { chunk } = entry
    for (let row = entry.start; row < entry.end; row++) {
      const dimension = chunk.dimension[row] ?? 0
      for (const series of this.#membersOf(dimension)) {
        if (only !== undefined && series !== only) continue
        // What a balance has earned itself it knows already.
        if (entry.kind === ENTRY.interestPaid && series.capitalises && entry.where?.startsWith(`${series.name}/`))
          continue
        const { sleeve, unitPlaces } = this.#desk.dimensions.of(dimension)
        const amount: Int = series.capitalises
          ? chunk.local(row)
          : mulInt(chunk.units(row), pow10(BORROWED_PLACES - unitPlaces))
        series.move(entry.date, sleeve, amount, sign)
      }
    }
  }

  #membersOf(dimension: number): readonly AccrualSeries[] {
    const known = this.#members[dimension]
    if (known !== undefined) return known
    const { account, cashAccount, currency, instrument, state } = this.#desk.dimensions.of(dimension)
    const cash = account === 1000 || account === 1010 ? this.#interest.get(`${cashAccount}|${currency}`) : undefined
    const members = cash === undefined ? [] : [cash]
    if (account === 2100 && state === 'settled')
      for (const [key, series] of this.#borrow) if (key.startsWith(`${instrument}|`)) members.push(series)
    this.#members[dimension] = members
    return members
  }

  /** A currency's rate changed on a day. */
  touchRate(currency: string, day: number): void {
    for (const series of this.#all()) if (series.currency === currency) series.touch(day)
  }

  /** Policies changed from a day on. */
  touchFrom(day: number): void {
    for (const series of this.#all()) series.touch(day)
    // The calendar may be another one, and with it the business day that a price is of.
    for (const group of this.#groups('borrow|'))
      this.#changed.set(group, Math.min(this.#changed.get(group) ?? day, day))
  }

  /** Folds what changed, through the last closed business day of the portfolio's calendar. */
  fold(cause: string, changes: Changes): void {
    if (this.#facts.size === 0 && this.#changed.size === 0) return
    for (const [group, from] of this.#changed) this.#apply(group, from)
    this.#changed.clear()
    const closed = this.#desk.closed.last
    if (closed === NO_DAY) return
    for (const series of this.#all()) series.fold(closed, cause, changes)
    for (const series of this.#borrow.values()) this.#breaks.note(series.name, unknownFee(series))
  }

  #apply(group: string, from: number): void {
    const desk = this.#desk
    const [kind, one = '', other = ''] = group.split('|')
    if (kind === 'interest') {
      const key = `${one}|${other}`
      const list = this.#placed('interest', group)
      this.#series(this.#interest, key, () => cashSeries(desk, one, other)).set(
        interestRule(list, desk.places(other)),
        from,
      )
      return
    }
    const rates = this.#placed('borrow', group)
    const prices = this.#placed('taken', group)
    for (const currency of new Set(rates.map(({ terms }) => terms.currency))) {
      const series = this.#series(this.#borrow, `${one}|${currency}`, () => borrowSeries(desk, one, currency))
      series.set(borrowRule(rates, prices, currency, desk.places(currency), this.#businessDay), from)
    }
    // A series whose terms are all gone accrues no more.
    for (const [key, series] of this.#borrow)
      if (key.startsWith(`${one}|`) && !rates.some(({ terms }) => terms.currency === series.currency))
        series.set(borrowRule([], [], series.currency, desk.places(series.currency), this.#businessDay), from)
  }

  readonly #businessDay = (day: number): number => {
    const { calendar } = this.#desk.policies.on(day).policy
    for (let before = day; before > day - LOOK_BACK_DAYS; before--)
      if (this.#desk.reference.dayStatus(calendar, before) !== 'closed') return before
    return day
  }

  #series(all: Map<string, AccrualSeries>, key: string, make: () => AccrualSeries): AccrualSeries {
    const known = all.get(key)
    if (known !== undefined) return known
    const made = make()
    all.set(key, made)
    this.#members = []
    for (const entry of this.#entries()) this.#move(entry, 1, made)
    return made
  }

  #placed(what: 'interest', group: string): Placed<InterestTerms>[]
  #placed(what: 'borrow', group: string): Placed<BorrowTerms>[]
  #placed(what: 'taken', group: string): Placed<BorrowPriceTerms>[]
  #placed(what: 'interest' | 'borrow' | 'taken', group: string): Placed<unknown>[] {
    const found: Placed<unknown>[] = []
    for (const { root, index, terms } of this.#facts.values()) {
      const said: Partial<Record<string, unknown>> = terms
      if (said[what] !== undefined && groupOf(terms) === group)
        found.push({ day: dayOfTerms(terms), root, index, terms: said[what] })
    }
    return found
  }

  #groups(prefix: string): Set<string> {
    const groups = [...this.#facts.values()].map(({ terms }) => groupOf(terms))
    return new Set(groups.filter((group) => group.startsWith(prefix)))
  }

  *#all(): Iterable<AccrualSeries> {
    yield* this.#borrow.values()
    yield* this.#interest.values()
  }

  breaks(tell: (opened: readonly BookBreak[], closed: readonly BookBreak[]) => void): void {
    const { opened, closed } = this.#breaks.tell()
    if (opened.length > 0 || closed.length > 0) tell(opened, closed)
  }

  *entries(): Iterable<Entry> {
    for (const series of this.#all()) yield* series.entries()
  }
}

/** Which series some terms are about: those of one cash account's currency, or of one instrument. */
function groupOf(terms: FinancingTerms): string {
  if (terms.type === 'CashInterestSet') return `interest|${terms.interest.cashAccount}|${terms.interest.currency}`
  return `borrow|${terms.type === 'BorrowRateSet' ? terms.borrow.instrument : terms.taken.instrument}`
}

function cashSeries(desk: Desk, cashAccount: string, currency: string): AccrualSeries {
  return new AccrualSeries(desk, `interest/${cashAccount}/${currency}`, currency, true, (sleeve) => ({
    sleeve,
    earned: desk.dimension(1310, currency, { sleeve, cashAccount }),
    income: desk.sleeveLine(4010, currency, sleeve),
    charged: desk.dimension(2400, currency, { sleeve, cashAccount }),
    cost: desk.sleeveLine(5400, currency, sleeve),
    cash: desk.cashLine(cashAccount, currency, sleeve),
    gain: desk.sleeveLine(4130, currency, sleeve),
  }))
}

/** Paid from the portfolio's margin account, like all that short lots cost. */
function borrowSeries(desk: Desk, instrument: string, currency: string): AccrualSeries {
  const cashAccount = desk.opened.defaults.marginAccount
  return new AccrualSeries(desk, `borrow/${instrument}/${currency}`, currency, false, (sleeve) => ({
    sleeve,
    earned: desk.dimension(1310, currency, { sleeve, cashAccount, instrument }),
    income: desk.sleeveLine(4010, currency, sleeve),
    charged: desk.dimension(2400, currency, { sleeve, cashAccount, instrument }),
    cost: desk.dimension(5310, currency, { sleeve, instrument }),
    cash: desk.cashLine(cashAccount, currency, sleeve),
    gain: desk.sleeveLine(4130, currency, sleeve),
  }))
}

function unknownFee(series: AccrualSeries): BookBreak | null {
  const since = series.unknownSince
  if (since === null) return null
  const date = dateOf(since)
  const message = `the borrow fee of ${series.name.split('/')[1]} is unknown from ${date} on: no price was taken for that day`
  return { code: 'borrow-fee-unknown', fact: series.name, message, since: date }
}
