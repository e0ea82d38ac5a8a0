// The lens: a portfolio's book folded under another lot method or in another base currency, side by side with the recorded one.
import { setImmediate as otherTurns } from 'node:timers/promises'
import type { Disposal } from '../domain/book/knowledge.ts'
import type { Posting } from '../domain/book/posting.ts'
import { currency, isCurrency } from '../domain/kernel/currency.ts'
import { decimal, decimalText, ZERO } from '../domain/kernel/decimal.ts'
import { compareInstants, instant } from '../domain/kernel/instant.ts'
import { refuse } from '../domain/kernel/refusal.ts'
import type { LotMethod } from '../domain/portfolio/policy.ts'
import { type BookSource, bookOf } from './book-source.ts'

/** How to look: one of them at least. */
export interface LensOptions {
  readonly lotMethod?: LotMethod | undefined
  /** The currency that cost and gains are counted in. */
  readonly currency?: string | undefined
}

/** Where the book is looked at; as SQL resolves a question's two times. */
export interface LensPoint {
  readonly portfolio: string
  readonly baseCurrency: string
  readonly position: bigint
  /** `infinity`: all that is recorded. */
  readonly onDate: string
  readonly atInstant: string | null
  readonly view: 'trade' | 'settlement'
  readonly basis: 'economic' | 'accounting'
  readonly sleeve?: string | undefined
}

export type LensRead = 'positions' | 'lots' | 'gains'

/** The columns that say which row it is, in the order of the rows. */
export const LENS_KEYS = {
  positions: ['instrument', 'side', 'sleeve', 'custodyAccount', 'currency'],
  lots: ['instrument', 'side', 'lot', 'sleeve', 'custodyAccount', 'currency'],
  gains: ['instrument', 'fact', 'side', 'sleeve', 'custodyAccount', 'currency'],
} as const satisfies Readonly<Record<LensRead, readonly string[]>>

/** What is compared, with null for what is not known yet. */
type Measures = Readonly<Record<string, string | null>>
type Side = Map<string, { readonly of: Readonly<Record<string, string>>; readonly said: Measures }>

/**
 * The rows of both books, keyed by LENS_KEYS: `recorded...`, `lens...` and `difference...` (lens less recorded) for each measure. A side
 * that has no such row is zero. Base amounts in two currencies have no difference (null).
 * @throws Refused `no-lens`, `unknown-currency`, `no-minor-unit`, `book-unknown`.
 */
export async function throughLens(
  source: BookSource,
  point: LensPoint,
  lens: LensOptions,
  what: LensRead,
): Promise<Readonly<Record<string, string | null>>[]> {
  checkLens(lens)
  if ((await source.headPosition()) === null)
    refuse({
      code: 'book-unknown',
      message: 'the book could not be read just now',
      remedy: 'try again when the books are caught up',
    })
  const { portfolio, position, baseCurrency } = point
  const reference = source.sharedReference
  const { units } = await source.unitsOf(portfolio, position)
  const sideOf = async (options: LensOptions): Promise<Side> => {
    // Two folds of a large book take a while: others have their turn in between.
    await otherTurns()
    const { lotMethod, currency: functional = baseCurrency } = options
    const { book, learned } = bookOf(
      { portfolio, reference, functional, lens: lotMethod === undefined ? {} : { lotMethod } },
      units,
    )
    return what === 'gains' ? gains(learned.disposals, point) : holdings(book.journal, point, what)
  }
  const recorded = await sideOf({})
  const other = await sideOf(lens)
  const lensCurrency = lens.currency ?? baseCurrency
  return [...new Set([...recorded.keys(), ...other.keys()])].sort().map((key) => {
    const one = recorded.get(key)
    const two = other.get(key)
    return {
      ...(one ?? two)?.of,
      ...sideBySide(one?.said, two?.said, lensCurrency === baseCurrency),
      baseCurrency,
      lensCurrency,
    }
  })
}

function checkLens({ lotMethod, currency: code }: LensOptions): void {
  if (lotMethod === undefined && code === undefined)
    refuse({
      code: 'no-lens',
      message: 'it says neither under which lot method nor in which currency to look',
      field: 'lens',
      remedy: 'name a lot method (lens=lifo), a currency (currency=EUR), or both',
    })
  if (code === undefined) return
  if (!isCurrency(code))
    refuse({
      code: 'unknown-currency',
      message: `${code} is not a currency this ledger knows`,
      field: 'currency',
      remedy: 'use an ISO 4217 code in capitals such as "EUR"',
    })
  if (currency(code).minorUnits === null)
    refuse({
      code: 'no-minor-unit',
      message: `ISO 4217 gives ${code} no smallest unit, so no book can be kept in it`,
      field: 'currency',
      remedy: 'use a currency with a minor unit',
    })
}

function sideBySide(one: Measures | undefined, two: Measures | undefined, sameBase: boolean): Measures {
  const names = Object.keys(one ?? two ?? {})
  const columns: Record<string, string | null> = {}
  for (const name of names) {
    const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
    const recorded = one === undefined ? '0' : (one[name] ?? null)
    const lens = two === undefined ? '0' : (two[name] ?? null)
    columns[`recorded${title}`] = recorded
    columns[`lens${title}`] = lens
    const comparable = recorded !== null && lens !== null && (sameBase || !name.startsWith('base'))
    columns[`difference${title}`] = comparable ? decimalText(decimal(lens).minus(decimal(recorded))) : null
  }
  return columns
}

/** Lots or positions as the journal holds them at a point; what comes to nothing is not there. */
function holdings(journal: Iterable<Posting>, point: LensPoint, what: 'positions' | 'lots'): Side {
  const sums = new Map<
    string,
    { of: Record<string, string>; units: typeof ZERO; cost: typeof ZERO; base: typeof ZERO; pending: number }
  >()
  for (const line of journal) {
    const { account, instrument, lot, sleeve, custodyAccount, currency: code } = line
    if ((account !== 1100 && account !== 2100) || instrument === null || lot === null || code === null) continue
    if (!counts(line, point)) continue
    const side = account === 1100 ? 'long' : 'short'
    const place = { instrument, side, ...(what === 'lots' ? { lot } : {}) }
    const of = { ...place, sleeve, custodyAccount: custodyAccount ?? '', currency: code }
    const key = Object.values(of).join(' ')
    const sum = sums.get(key) ?? { of, units: ZERO, cost: ZERO, base: ZERO, pending: 0 }
    sums.set(key, sum)
    sum.units = sum.units.plus(decimal(line.units))
    sum.cost = sum.cost.plus(decimal(line.local))
    if (line.base !== null) sum.base = sum.base.plus(decimal(line.base))
    sum.pending += line.pending
  }
  const side: Side = new Map()
  for (const [key, { of, units, cost, base, pending }] of sums) {
    if (units.isZero() && cost.isZero() && (pending > 0 || base.isZero())) continue
    const baseCost = pending > 0 ? null : decimalText(base)
    side.set(key, { of, said: { units: decimalText(units), cost: decimalText(cost), baseCost } })
  }
  return side
}

/** As the point-in-time functions count (quipu.holds), in the view and sleeve asked for. */
function counts(line: Posting, { onDate, atInstant, basis, view, sleeve }: LensPoint): boolean {
  if (view === 'settlement' && line.state !== 'settled') return false
  if (sleeve !== undefined && line.sleeve !== sleeve) return false
  const day = basis === 'accounting' ? line.accountingDate : line.effectiveDate
  if (onDate === 'infinity' || day < onDate) return true
  if (day > onDate) return false
  if (atInstant === null || line.effectiveDate < onDate || line.phase <= 3) return true
  if (line.phase !== 4 || line.instant === null) return false
  return compareInstants(instant(line.instant), instant(atInstant)) <= 0
}

/** Gains by what was sold: the lots that one fact relieved are added up, since under another method they are others. */
function gains(disposals: readonly Disposal[], { onDate, sleeve: wanted }: LensPoint): Side {
  const names = ['units', 'proceeds', 'cost', 'gain', 'baseCost', 'baseGain'] as const
  const side: Side = new Map()
  for (const each of disposals) {
    const { fact, instrument, side: of, sleeve, custodyAccount, currency: code, tradeDate } = each
    if ((onDate !== 'infinity' && tradeDate > onDate) || (wanted !== undefined && sleeve !== wanted)) continue
    const place = { instrument, fact, side: of, sleeve, custodyAccount, currency: code }
    const key = Object.values(place).join(' ')
    const before = side.get(key)?.said
    const added = names.map((name) => {
      const [sum, more] = [before === undefined ? '0' : before[name], each[name]]
      return [
        name,
        sum === null || sum === undefined || more === null ? null : decimalText(decimal(sum).plus(decimal(more))),
      ]
    })
    side.set(key, { of: place, said: Object.fromEntries(added) })
  }
  return side
}
