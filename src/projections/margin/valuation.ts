// Values a portfolio's positions and cash on a date at recorded prices and fixings: what has none, or only one that is too old, has no
// value.
import { sql } from 'kysely'
import { minorUnits } from '../../domain/kernel/currency.ts'
import { type Decimal, decimal, divide, ZERO } from '../../domain/kernel/decimal.ts'
import type { MarginPosition } from '../../domain/margin/margin.ts'
import type { MarginTerms } from '../../domain/portfolio/financing-terms.ts'
import type { FxSeries } from '../../domain/portfolio/policy.ts'
import type { Point, Reading } from '../read/point.ts'

/** What is not known: a price or a rate, by instrument or currency, and why. */
export interface Unknown {
  readonly what: string
  readonly why: 'no-terms' | 'no-price' | 'stale-price' | 'no-instrument' | 'no-rate' | 'no-rule'
  /** The date of the price that is too old. */
  readonly last?: string
}

interface Priced {
  readonly price: string
  readonly currency: string
  readonly date: string
}

export interface Valuation {
  readonly baseCurrency: string
  readonly positions: readonly MarginPosition[]
  readonly priced: ReadonlyMap<string, Priced>
  readonly cash: Decimal | null
  /** One US dollar in base currency. */
  readonly dollar: Decimal | null
  readonly unknown: readonly Unknown[]
}

/** Instrument types whose margin is that of equities; of the others the rules here say nothing. */
const EQUITIES: ReadonlySet<string> = new Set(['equity', 'etf', 'adr'])
/** Places a dollar's worth is kept to: only thresholds per share are measured with it. */
const DOLLAR_PLACES = 12

interface Held {
  readonly instrument: string
  readonly side: 'long' | 'short'
  readonly units: string
  readonly type: string | null
  readonly multiplier: string | null
}

/** Market values in base currency, half to even to the minor unit. */
export async function valued(
  tx: Reading,
  point: Point,
  portfolio: string,
  date: string,
  terms: MarginTerms | null,
): Promise<Valuation> {
  const { position } = point
  const scope = sql`ARRAY[${portfolio}]::text[], ${point.effectiveAt ?? date}, ${position}`
  const held = await sql<Held>`
    SELECT p.instrument, p.side, abs(sum(p.units))::text AS units, min(i.type) AS type, min(i.multiplier)::text AS multiplier
    FROM quipu.positions_at(${scope}) p LEFT JOIN quipu.instruments i ON i.instrument = p.instrument AND ${known(position, 'i')}
    GROUP BY 1, 2 HAVING sum(p.units) <> 0 ORDER BY 1, 2`.execute(tx)
  const money = await sql<{ currency: string; amount: string; base: string }>`
    SELECT currency, sum(amount)::text AS amount, min(base_currency) AS base FROM quipu.cash_at(${scope})
    GROUP BY 1 ORDER BY 1`.execute(tx)
  const base = await sql<{ base: string }>`
    SELECT base_currency AS base FROM quipu.portfolios p WHERE portfolio = ${portfolio} AND ${known(position, 'p')}`.execute(
    tx,
  )
  const baseCurrency = base.rows[0]?.base ?? 'USD'
  const priced = terms === null ? new Map<string, Priced>() : await pricesOf(tx, position, date, terms, held.rows)
  const fixings = await fixingsOf(tx, position, portfolio, date, terms?.maxPriceAgeDays ?? 0)
  const unknown: Unknown[] = terms === null && held.rows.length > 0 ? [{ what: 'margin-terms', why: 'no-terms' }] : []
  const places = minorUnits(baseCurrency)
  const inBase = (amount: Decimal, currency: string): Decimal | null => {
    const rate = fixings(currency, baseCurrency)
    if (rate !== null) return divide(amount.times(rate.numerator), rate.denominator, places, 'half-even')
    if (!unknown.some(({ what, why }) => what === currency && why === 'no-rate'))
      unknown.push({ what: currency, why: 'no-rate' })
    return null
  }
  const dollarRate = fixings('USD', baseCurrency)
  const dollar =
    dollarRate === null ? null : divide(dollarRate.numerator, dollarRate.denominator, DOLLAR_PLACES, 'half-even')
  const positions = held.rows.map(({ instrument, side, units, type, multiplier }): MarginPosition => {
    const known = { instrument, side, units: decimal(units), dollar, equity: type !== null && EQUITIES.has(type) }
    const price = priced.get(instrument)
    if (type === null || multiplier === null) unknown.push({ what: instrument, why: 'no-instrument' })
    else if (terms !== null && price === undefined) unknown.push({ what: instrument, why: 'no-price' })
    else if (price !== undefined && daysBetween(price.date, date) > (terms?.maxPriceAgeDays ?? 0))
      unknown.push({ what: instrument, why: 'stale-price', last: price.date })
    else if (price !== undefined) {
      const amount = known.units.times(decimal(price.price)).times(decimal(multiplier))
      return { ...known, value: inBase(amount, price.currency) }
    }
    return { ...known, value: null }
  })
  const cash = money.rows.reduce<Decimal | null>((sum, { amount, currency }) => {
    const part = amount === '0' ? ZERO : inBase(decimal(amount), currency)
    return sum === null || part === null ? null : sum.plus(part)
  }, ZERO)
  return { baseCurrency, positions, priced, cash, dollar, unknown }
}

function known(position: string, alias: string) {
  const column = (name: string) => sql.ref(`${alias}.${name}`)
  return sql`${column('known_from')} <= ${position}::bigint AND (${column('known_to')} IS NULL OR ${column('known_to')} > ${position}::bigint)`
}

/** The newest price of each instrument on or before a date, however old. */
async function pricesOf(
  tx: Reading,
  position: string,
  date: string,
  { price }: MarginTerms,
  held: readonly Held[],
): Promise<Map<string, Priced>> {
  const { rows } = await sql<Priced & { readonly instrument: string }>`
    SELECT DISTINCT ON (instrument) instrument, trim_scale(price)::text AS price, currency, price_date::text AS date
    FROM quipu.prices p WHERE instrument = ANY (${held.map(({ instrument }) => instrument)}::text[])
      AND source = ${price.source} AND basis = ${price.basis} AND snap = ${price.snap} AND price_date <= ${date}::date
      AND ${known(position, 'p')}
    ORDER BY instrument, price_date DESC, quote DESC`.execute(tx)
  return new Map(rows.map(({ instrument, ...found }) => [instrument, found]))
}

interface Rate {
  readonly numerator: Decimal
  readonly denominator: Decimal
}
const ONE = decimal('1')
const PAR: Rate = { numerator: ONE, denominator: ONE }

/** What one currency is worth in another by the policy's series: direct, inverse, or through the pivot, all of one day. */
async function fixingsOf(
  tx: Reading,
  position: string,
  portfolio: string,
  date: string,
  maxAgeDays: number,
): Promise<(from: string, to: string) => Rate | null> {
  const policies = await sql<{ fx: FxSeries }>`
    SELECT changes::json -> 'fx' AS fx FROM quipu.policies p WHERE portfolio = ${portfolio} AND effective_from <= ${date}::date
      AND changes::json -> 'fx' IS NOT NULL AND ${known(position, 'p')}
    ORDER BY effective_from DESC, root_position DESC LIMIT 1`.execute(tx)
  const series = policies.rows[0]?.fx
  if (series === undefined) return (from, to) => (from === to ? PAR : null)
  const { rows } = await sql<{ day: string; base: string; quote: string; rate: string }>`
    SELECT rate_date::text AS day, base, quote, trim_scale(rate)::text AS rate FROM quipu.rates r
    WHERE source = ${series.source} AND fixing = ${series.fixing} AND rate_date <= ${date}::date
      AND rate_date >= ${date}::date - ${maxAgeDays}::int AND ${known(position, 'r')}
    ORDER BY rate_date DESC`.execute(tx)
  const days = [...new Set(rows.map(({ day }) => day))]
  const table = new Map(rows.map(({ day, base, quote, rate }) => [`${day} ${base}/${quote}`, decimal(rate)]))
  const pair = (day: string, from: string, to: string): Rate | null => {
    if (from === to) return PAR
    const direct = table.get(`${day} ${from}/${to}`)
    if (direct !== undefined) return { numerator: direct, denominator: ONE }
    const inverse = table.get(`${day} ${to}/${from}`)
    return inverse === undefined ? null : { numerator: ONE, denominator: inverse }
  }
  return (from, to) => {
    if (from === to) return PAR
    for (const day of days) {
      const straight = pair(day, from, to)
      if (straight !== null) return straight
      const first = pair(day, from, series.pivot)
      const second = pair(day, series.pivot, to)
      if (first !== null && second !== null)
        return {
          numerator: first.numerator.times(second.numerator),
          denominator: first.denominator.times(second.denominator),
        }
    }
    return null
  }
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)
}
