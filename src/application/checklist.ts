// The checklist of a period, worked out from the book: each check passes or names the members that do not.
import type { BookBreak } from '../domain/book/knowledge.ts'
import type { Posting } from '../domain/book/posting.ts'
import { addDays, plainDate } from '../domain/kernel/date.ts'
import { type Decimal, decimal, decimalText, ZERO } from '../domain/kernel/decimal.ts'
import { type Check, CHECKS, type CheckItem, type Waiver } from '../domain/portfolio/periods.ts'
import { parkedQueue, type PortfolioState } from '../domain/portfolio/state.ts'

/** What a custodian or bank says is there at the end of the period's last day. */
export interface Statement {
  /** `settled`: what has settled, as custodians count; `traded`: trades not settled too. */
  readonly view: 'settled' | 'traded'
  /** All positions of the custody accounts they name; null where none was given. */
  readonly positions:
    | readonly { readonly custodyAccount: string; readonly instrument: string; readonly units: string }[]
    | null
  /** All balances of the cash accounts they name; null where none was given. */
  readonly cash: readonly { readonly cashAccount: string; readonly currency: string; readonly balance: string }[] | null
}

export interface ChecklistInput {
  readonly through: string
  readonly journal: Iterable<Posting>
  readonly breaks: readonly BookBreak[]
  readonly parked: readonly { readonly fact: string; readonly date: string }[]
  /** Manual entries that wait for approval, with their dates. */
  readonly waitingEntries: readonly { readonly fact: string; readonly date: string }[]
  /** The newest price date of each instrument up to the period's end; null when prices could not be read. */
  priceDates(instruments: readonly string[]): Promise<ReadonlyMap<string, string> | null>
  /** Days before the end from which on a price is not stale. */
  readonly priceDays: number
  readonly statement: Statement | null
  readonly waivers: readonly Waiver[]
}

/** Every check in the order of CHECKS. A statement that was not given is not asked for. */
export async function checklistOf(input: ChecklistInput): Promise<CheckItem[]> {
  const { through } = input
  const sums = sumsOf(input.journal, through)
  const found: Readonly<Record<Check, readonly string[] | null>> = {
    suspense: sums.balances('suspense'),
    // Overdrafts are counted by the check of their own, as they stand at the period's end.
    breaks: input.breaks
      .filter(({ code, since }) => since <= through && code !== 'overdrawn')
      .map(({ code, fact }) => `${code} ${fact}`),
    'pending-rates': sums.pending(),
    'parked-messages': input.parked.filter(({ date }) => date <= through).map(({ fact }) => fact),
    prices: await priceMembers(input, sums.held()),
    'overdrawn-cash': sums.balances('overdrawn'),
    'trial-balance': sums.unbalanced(),
    'manual-entries': input.waitingEntries.filter(({ date }) => date <= through).map(({ fact }) => fact),
    'tie-out': input.statement === null ? null : sums.differences(input.statement),
  }
  return CHECKS.map((check) => {
    const members = found[check]
    if (members === null) return { check, outcome: 'not-asked', open: 0, members: [] }
    if (members.length === 0) return { check, outcome: 'passed', open: 0, members }
    const waived = input.waivers.find((waiver) => waiver.check === check)
    const failing = { check, open: members.length, members }
    return waived === undefined
      ? { ...failing, outcome: 'failed' }
      : { ...failing, outcome: 'waived', reason: waived.reason }
  })
}

/** Messages that wait, with the date each is about. */
export function parkedOf(state: PortfolioState): { readonly fact: string; readonly date: string }[] {
  return parkedQueue(state).map(([fact, parked]) => ({
    fact,
    date: parked.kind === 'fill' ? parked.item.fill.tradeDate : parked.item.tradeDate,
  }))
}

/** Manual entries that nobody has approved or withdrawn. */
export function waitingEntriesOf(state: PortfolioState): { readonly fact: string; readonly date: string }[] {
  return state.entries
    .entries()
    .flatMap(([fact, { status, entry }]) => (status === 'prepared' ? [{ fact, date: entry.date }] : []))
}

async function priceMembers(input: ChecklistInput, held: readonly string[]): Promise<readonly string[]> {
  if (held.length === 0) return []
  const dates = await input.priceDates(held)
  if (dates === null) return held.map((instrument) => `${instrument}: prices could not be read`)
  const oldest = addDays(plainDate(input.through), -input.priceDays)
  return held.flatMap((instrument) => {
    const date = dates.get(instrument)
    if (date === undefined) return [`${instrument}: no price`]
    return date < oldest ? [`${instrument}: last price ${date}`] : []
  })
}

class Sum {
  units = ZERO
  settled = ZERO
  local = ZERO
  base = ZERO
  pending = 0

  add({ units, state, local, base, pending }: Posting): void {
    const counted = decimal(units)
    this.units = this.units.plus(counted)
    if (state === 'settled') this.settled = this.settled.plus(counted)
    this.local = this.local.plus(decimal(local))
    if (base !== null) this.base = this.base.plus(decimal(base))
    this.pending += pending
  }
}

/** One pass over the journal: the sums that the checks look at. */
function sumsOf(journal: Iterable<Posting>, through: string) {
  const suspense = new Map<string, Sum>()
  const cash = new Map<string, Sum>()
  const tradedCash = new Map<string, Sum>()
  const positions = new Map<string, Sum>()
  const instruments = new Map<string, Sum>()
  const entries = new Map<string, Sum>()
  const trial = new Map<string, Sum>()
  const to = (sums: Map<string, Sum>, key: string, line: Posting) => {
    const sum = sums.get(key) ?? new Sum()
    sums.set(key, sum)
    sum.add(line)
  }
  for (const line of journal) {
    if (line.effectiveDate > through) continue
    const { account, cashAccount, currency, custodyAccount, instrument, sleeve } = line
    const inCash = `${cashAccount} ${currency}`
    if (account === 1900) to(suspense, inCash, line)
    if (account === 1000 || account === 1010) to(cash, inCash, line)
    // What is paid or received once trades have settled.
    if (account === 1000 || account === 1010 || OWED.has(account)) to(tradedCash, inCash, line)
    if (account === 1100 || account === 2100) {
      to(positions, `${custodyAccount} ${instrument}`, line)
      to(instruments, instrument ?? '', line)
    }
    if (line.pending !== 0) to(entries, line.entry, line)
    to(trial, `base in ${sleeve}`, line)
    if (currency !== null) to(trial, `${currency} in ${sleeve}`, line)
    if (instrument !== null) to(trial, `units of ${instrument}`, line)
  }
  const listed = (sums: Map<string, Sum>, wanted: (sum: Sum) => boolean, of: (sum: Sum) => Decimal) =>
    [...sums].flatMap(([key, sum]) => (wanted(sum) ? [`${key} ${decimalText(of(sum))}`] : [])).sort()
  return {
    balances: (which: 'suspense' | 'overdrawn') =>
      which === 'suspense'
        ? listed(
            suspense,
            ({ local }) => !local.isZero(),
            ({ local }) => local,
          )
        : listed(
            cash,
            ({ local }) => local.isNegative() && !local.isZero(),
            ({ local }) => local,
          ),
    pending: () => [...entries].flatMap(([entry, { pending }]) => (pending > 0 ? [entry] : [])).sort(),
    held: () => [...instruments].flatMap(([instrument, { units }]) => (units.isZero() ? [] : [instrument])).sort(),
    unbalanced: () =>
      [...trial]
        .flatMap(([key, { base, local, units }]) => {
          const off = key.startsWith('base in ') ? base : key.startsWith('units of ') ? units : local
          return off.isZero() ? [] : [`${key} ${decimalText(off)}`]
        })
        .sort(),
    differences: ({ view, positions: theirs, cash: money }: Statement) => [
      ...tied(
        positions,
        theirs?.map(({ custodyAccount, instrument, units }) => [custodyAccount, instrument, units]),
        ({ units, settled }) => (view === 'settled' ? settled : units),
      ),
      ...tied(
        view === 'settled' ? cash : tradedCash,
        money?.map(({ cashAccount, currency, balance }) => [cashAccount, currency, balance]),
        ({ local }) => local,
      ),
    ],
  }
}

const OWED: ReadonlySet<Posting['account']> = new Set<Posting['account']>([1200, 1210, 2200, 2210])

/** What differs between ours and a statement, which is whole for the accounts that it names. */
function tied(
  sums: ReadonlyMap<string, Sum>,
  theirs: readonly (readonly [account: string, what: string, amount: string])[] | undefined,
  of: (sum: Sum) => Decimal,
): string[] {
  if (theirs === undefined) return []
  const accounts = new Set(theirs.map(([account]) => account))
  const stated = new Map<string, Decimal>()
  for (const [account, what, amount] of theirs) {
    const key = `${account} ${what}`
    stated.set(key, (stated.get(key) ?? ZERO).plus(decimal(amount)))
  }
  const ours = [...sums.keys()].filter((key) => accounts.has(key.split(' ')[0] ?? ''))
  return [...new Set([...stated.keys(), ...ours])].sort().flatMap((key) => {
    const sum = sums.get(key)
    const here = sum === undefined ? ZERO : of(sum)
    const there = stated.get(key) ?? ZERO
    return here.minus(there).isZero() ? [] : [`${key}: ours ${decimalText(here)}, theirs ${decimalText(there)}`]
  })
}
