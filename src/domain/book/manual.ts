// Manual journal entries in the book: lines as two people agreed them, and their reversal (docs/book.md, "Manual entries").
import { negInt } from '../kernel/scaled.ts'
import type { ManualTerms } from '../portfolio/manual-entry.ts'
import { amountOf, isUnknown, minus, opposite, plus } from './amounts.ts'
import { dayOf, NO_DAY, NO_INSTANT } from './day.ts'
import type { Desk } from './desk.ts'
import { ENTRY, type Entry, EntryChain, type Origin } from './entry.ts'
import { FLAG, NO_ACQUIRED, NO_LOT } from './lines.ts'
import { convert } from './rates.ts'
import { rule } from './rules.ts'

const MANUAL = rule('manual')
/** Among the accruals of the day. */
const PHASE = 8

/** A manual entry as it is now known. */
export class Manual implements Origin {
  readonly kind = 'manual'
  readonly id: string
  readonly cause: string
  readonly root: number
  readonly index: number
  readonly micros = NO_INSTANT
  readonly date: number
  readonly reverseOn: number
  readonly lines: ManualTerms['lines']
  /** The entry, then its reversal. */
  entries: Entry | null = null

  constructor(fact: string, cause: string, root: number, index: number, terms: ManualTerms) {
    this.id = fact
    this.cause = cause
    this.root = root
    this.index = index
    this.date = dayOf(terms.date)
    this.reverseOn = terms.reverseOn === undefined ? NO_DAY : dayOf(terms.reverseOn)
    this.lines = terms.lines
  }

  /** The reversal takes back what was posted, so that it asks for no rate of its own. */
  get days(): readonly number[] {
    return [this.date]
  }
}

/** Posts a manual entry and, where it has one, its reversal: the same lines the other way round, base included. */
export function postManual(desk: Desk, fact: Manual): Entry | null {
  const chain = new EntryChain()
  const lines = linesOf(desk, fact)
  desk.lines.begin()
  for (const { dimension, local, base, flags } of lines)
    desk.lines.add(dimension, NO_LOT, NO_ACQUIRED, 0, local, base, MANUAL, flags)
  chain.add(desk.finish(ENTRY.manual, fact, fact.date, PHASE, NO_DAY))
  if (fact.reverseOn === NO_DAY) return chain.first
  desk.lines.begin()
  for (const { dimension, local, base, flags } of lines)
    desk.lines.add(dimension, NO_LOT, NO_ACQUIRED, 0, negInt(local), opposite(base), MANUAL, flags)
  chain.add(desk.finish(ENTRY.reversal, fact, fact.reverseOn, PHASE, NO_DAY))
  return chain.first
}

/** Each line at the day's rate; the last of a currency and sleeve takes the residual, so that base balances there too. */
function linesOf(desk: Desk, fact: Manual) {
  const last = new Map<string, number>()
  for (const [i, { sleeve, currency }] of fact.lines.entries()) last.set(`${currency}|${sleeve}`, i)
  const sums = new Map<string, ReturnType<typeof amountOf>>()
  const { series } = desk.policies.on(fact.date)
  return fact.lines.map((line, i) => {
    const { account, currency, sleeve, cashAccount = null, instrument = null } = line
    const key = `${currency}|${sleeve}`
    const rate = desk.rates.on(desk.currencies.id(currency), fact.date, series)
    const local = amountOf(line.amount, desk.places(currency))
    const own = convert(rate, local)
    const before = sums.get(key) ?? 0
    const base = last.get(key) === i && !isUnknown(own) ? minus(0, before) : own
    sums.set(key, plus(before, base))
    return {
      dimension: desk.dimension(account, currency, { sleeve, cashAccount, instrument }),
      local,
      base,
      flags: rate.carried ? FLAG.carried : 0,
    }
  })
}
