// Postings as a person would write them: `1100 L1 +100u EUR +10020/+11022`, nets of several entries in account order.
import { decimal, decimalText } from '../../src/domain/kernel/decimal.ts'
import type { Posting } from '../../src/domain/book/posting.ts'

interface Sum {
  units: string
  local: string
  base: string | null
  pending: number
}

function add(a: string, b: string): string {
  return decimalText(decimal(a).plus(decimal(b)))
}

/** Sums postings by whatever `key` says. */
export function sums(postings: Iterable<Posting>, key: (posting: Posting) => string): Map<string, Sum> {
  const found = new Map<string, Sum>()
  for (const posting of postings) {
    const name = key(posting)
    const sum = found.get(name) ?? { units: '0', local: '0', base: '0', pending: 0 }
    found.set(name, sum)
    sum.units = add(sum.units, posting.units)
    sum.local = add(sum.local, posting.local)
    sum.base = add(sum.base ?? '0', posting.base ?? '0')
    sum.pending += posting.pending
  }
  for (const [name, sum] of found) {
    if (sum.pending > 0) sum.base = null
    if (sum.units === '0' && sum.local === '0' && sum.base === '0' && sum.pending === 0) found.delete(name)
  }
  return found
}

/** The lines of entries (all, or those whose name a test picks), netted by account, lot, state where asked, and currency. */
export function written(postings: Iterable<Posting>, picked: (posting: Posting) => boolean, states = false): string[] {
  const lots = new Map<string, string>()
  const chosen = [...postings].filter(picked)
  const found = sums(chosen, (posting) => {
    const lot = posting.account === 1100 || posting.account === 2100 ? ` ${posting.lot}` : ''
    const state = states && posting.state !== null ? ` ${posting.state}` : ''
    const key = `${posting.account}${lot}${state}|${posting.currency ?? ''}`
    lots.set(key, `${posting.account}${lot}${state}`)
    return key
  })
  const names = (key: string) => `${lots.get(key)} ${key.slice(key.indexOf('|') + 1)}`
  return [...found]
    .sort(([a], [b]) => (names(a) < names(b) ? -1 : 1))
    .map(([key, { units, local, base }]) => {
      const currency = key.slice(key.indexOf('|') + 1)
      const amounts = currency === '' ? '' : ` ${currency} ${signed(local)}/${base === null ? 'pending' : signed(base)}`
      return `${lots.get(key)}${units === '0' ? '' : ` ${signed(units)}u`}${amounts}`
    })
}

/** The lines of entries one by one, as they were posted. */
export function printed(postings: Iterable<Posting>): string[] {
  return [...postings].flatMap((posting) => written([posting], () => true))
}

function signed(amount: string): string {
  return amount.startsWith('-') || amount === '0' ? amount : `+${amount}`
}

/** Every balance of a list of postings, by all dimensions: two books are equal when these are. */
export function balances(
  postings: Iterable<Posting>,
  basis: 'economic' | 'accounting' = 'economic',
): Map<string, string> {
  const found = sums(postings, (p) =>
    [
      p.entry,
      basis === 'economic' ? p.effectiveDate : p.accountingDate,
      p.phase,
      p.instant,
      p.settleDate,
      p.sleeve,
      p.custodyAccount,
      p.cashAccount,
      p.account,
      p.instrument,
      p.lot,
      p.acquiredOn,
      p.state,
      p.currency,
      p.rule,
      p.flags.filter((flag) => flag !== 'pending').join(','),
    ].join(' | '),
  )
  return new Map(
    [...found].map(([key, sum]) => [key, JSON.stringify(sum)] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

/** What is not zero and must be: base, every currency, base of 9000, units with 8000; all of it per sleeve. */
export function imbalances(postings: readonly Posting[]): string[] {
  const wrong: string[] = []
  const check = (what: string, of: (posting: Posting) => Partial<Sum>, by: (posting: Posting) => string | null) => {
    const zeroed = postings.map((posting) => ({
      ...posting,
      units: '0',
      local: '0',
      base: '0',
      pending: 0,
      ...of(posting),
    }))
    for (const key of sums(zeroed, (p) => `${p.sleeve} ${by(p)}`).keys()) wrong.push(`${what} ${key}`)
  }
  check(
    'base',
    (p) => ({ base: p.base ?? '0' }),
    () => 'all',
  )
  check(
    'local',
    (p) => ({ local: p.local }),
    (p) => p.currency,
  )
  check(
    'base of 9000',
    (p) => ({ base: p.account === 9000 ? (p.base ?? '0') : '0' }),
    () => 'all',
  )
  check(
    'units',
    (p) => ({ units: p.units }),
    (p) => p.instrument,
  )
  return wrong
}
