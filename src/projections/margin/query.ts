// Reads what a portfolio's margin account must hold on a date: positions and cash at recorded prices and fixings, by the rules of
// src/domain/margin; what no recorded price values is unknown.
import { type Kysely, sql } from 'kysely'
import { minorUnits } from '../../domain/kernel/currency.ts'
import { type Decimal, decimal, decimalText } from '../../domain/kernel/decimal.ts'
import { type HouseTerms, type MarginRates, marginOf } from '../../domain/margin/margin.ts'
import type { MarginTerms } from '../../domain/portfolio/financing-terms.ts'
import type { Answer } from '../read/answer.ts'
import { pageLimit, pageOf, type PageRequest, readCursor } from '../read/page.ts'
import { inSnapshot, type Point, type Reading, type ReadScope, resolvePoint, resolveShared } from '../read/point.ts'
import { pinned } from '../read/select.ts'
import type { Database } from '../schema/database.ts'
import { type Unknown, type Valuation, valued } from './valuation.ts'

export interface MarginPositionAnswer {
  readonly instrument: string
  readonly side: 'long' | 'short'
  readonly units: string
  readonly price: string | null
  readonly priceDate: string | null
  readonly currency: string | null
  /** In base currency; null when unknown. */
  readonly value: string | null
  readonly initial: string | null
  readonly maintenance: string | null
}

/** One portfolio's margin; amounts in base currency, null where something they need is unknown (`unknown` says what). */
export interface MarginAnswer {
  readonly portfolio: string
  readonly date: string
  readonly baseCurrency: string
  /** The fact whose house rates and prices were used; null: none is in force, and nothing is valued. */
  readonly terms: string | null
  readonly cash: string | null
  readonly longValue: string | null
  readonly shortValue: string | null
  readonly equity: string | null
  readonly initialRequirement: string | null
  readonly minimumEquity: string | null
  readonly initialExcess: string | null
  readonly restricted: boolean | null
  readonly buyingPower: string | null
  readonly maintenanceRequirement: string | null
  readonly maintenanceExcess: string | null
  readonly call: string | null
  readonly positions: readonly MarginPositionAnswer[]
  readonly unknown: readonly Unknown[]
}

/**
 * One row per portfolio, on the scope's effectiveAt (absent: the day its position was recorded). @throws Refused, see resolvePoint.
 */
export function readMargin(
  db: Kysely<Database>,
  scope: ReadScope,
  page: PageRequest = {},
): Promise<Answer<MarginAnswer>> {
  const pin = pinned(page, 1)
  return inSnapshot(db, async (tx) => {
    const asked = pin ?? scope.asAt
    const resolved = await resolvePoint(tx, asked === undefined ? scope : { ...scope, asAt: asked })
    const point = await withPrices(tx, resolved, asked !== undefined)
    const { portfolios, ...at } = point
    const after = readCursor(page.cursor, 1)?.key[0] ?? ''
    const limit = pageLimit(page)
    const wanted = portfolios.filter((portfolio) => portfolio > after).sort()
    const rows: MarginAnswer[] = []
    for (const portfolio of wanted.slice(0, limit)) rows.push(await marginAt(tx, point, portfolio))
    // One row more than the page says that there is another page; only that it is there is looked at.
    const more = rows[0] !== undefined && wanted.length > limit ? [...rows, rows[0]] : rows
    return { ...pageOf(more, limit, ['portfolio'], point.position), at }
  })
}

/** The lanes that say what positions are worth, beside the portfolio's own. */
const VALUED_BY = ['prices', 'rates', 'instruments'] as const

/**
 * The position at which prices, rates and instruments are known too: where the slowest of them is, when nobody asked for a position.
 * @throws Refused `not-yet-projected` when somebody did and one of them is not there yet.
 */
async function withPrices(tx: Reading, point: Point, asked: boolean): Promise<Point> {
  let position = BigInt(point.position)
  for (const projection of VALUED_BY) {
    const lane = await resolveShared(tx, projection, asked ? point.position : undefined)
    if (BigInt(lane.position) < position) position = BigInt(lane.position)
  }
  return { ...point, position: String(position) }
}

async function marginAt(tx: Reading, point: Point, portfolio: string): Promise<MarginAnswer> {
  const date = point.effectiveAt?.slice(0, 10) ?? (await recordedOn(tx, point.position))
  const terms = await termsOn(tx, point, portfolio, date)
  const valuation = await valued(tx, point, portfolio, date, terms?.terms ?? null)
  const { baseCurrency, positions, cash, dollar, unknown } = valuation
  const margin = marginOf({ cash, positions, places: minorUnits(baseCurrency), dollar }, houseOf(terms?.terms ?? null))
  return {
    portfolio,
    date,
    baseCurrency,
    terms: terms?.fact ?? null,
    cash: text(margin.cash),
    longValue: text(margin.longValue),
    shortValue: text(margin.shortValue),
    equity: text(margin.equity),
    initialRequirement: text(margin.initialRequirement),
    minimumEquity: text(margin.minimumEquity),
    initialExcess: text(margin.initialExcess),
    restricted: margin.restricted,
    buyingPower: text(margin.buyingPower),
    maintenanceRequirement: text(margin.maintenanceRequirement),
    maintenanceExcess: text(margin.maintenanceExcess),
    call: text(margin.call),
    positions: positionsOf(valuation, margin.positions),
    unknown: [
      ...unknown,
      ...positions.flatMap(({ instrument, value }, i) =>
        value !== null && margin.positions[i]?.maintenance === null
          ? [{ what: instrument, why: 'no-rule' as const }]
          : [],
      ),
    ],
  }
}

function positionsOf(
  { positions, priced }: Valuation,
  margins: readonly { readonly initial: Decimal | null; readonly maintenance: Decimal | null }[],
): MarginPositionAnswer[] {
  return positions.map(({ instrument, side, units, value }, i) => {
    const price = priced.get(instrument)
    return {
      instrument,
      side,
      units: decimalText(units),
      price: price?.price ?? null,
      priceDate: price?.date ?? null,
      currency: price?.currency ?? null,
      value: text(value),
      initial: text(margins[i]?.initial ?? null),
      maintenance: text(margins[i]?.maintenance ?? null),
    }
  })
}

function text(amount: Decimal | null): string | null {
  return amount === null ? null : decimalText(amount)
}

async function recordedOn(tx: Reading, position: string): Promise<string> {
  const { rows } = await sql<{ day: string }>`
    SELECT (known_at AT TIME ZONE 'UTC')::date::text AS day FROM quipu.units WHERE position <= ${position}::bigint
    ORDER BY position DESC LIMIT 1`.execute(tx)
  return rows[0]?.day ?? '1970-01-01'
}

/** The margin terms in force at the end of a date: the newest by date, then by place in the log. */
async function termsOn(
  tx: Reading,
  { position }: Point,
  portfolio: string,
  date: string,
): Promise<{ readonly fact: string; readonly terms: MarginTerms } | null> {
  const { rows } = await sql<{ fact: string; margin: MarginTerms }>`
    SELECT fact, terms::json -> 'margin' AS margin FROM quipu.activity
    WHERE portfolio = ${portfolio} AND kind = 'margin-terms' AND status <> 'cancelled' AND effective_date <= ${date}::date
      AND known_from <= ${position}::bigint AND (known_to IS NULL OR known_to > ${position}::bigint)
    ORDER BY effective_date DESC, root_position DESC LIMIT 1`.execute(tx)
  const [row] = rows
  return row === undefined ? null : { fact: row.fact, terms: row.margin }
}

function houseOf(terms: MarginTerms | null): HouseTerms | null {
  if (terms === null) return null
  const minimumEquity = terms.minimumEquity === undefined ? undefined : decimal(terms.minimumEquity)
  const instruments = new Map(terms.instruments.map((named) => [named.instrument, ratesOf(named)]))
  return { ...ratesOf(terms), minimumEquity, instruments }
}

function ratesOf(stated: { readonly [K in keyof MarginRates]?: string | undefined }): MarginRates {
  const rate = (text: string | undefined) => (text === undefined ? undefined : decimal(text))
  return {
    initialLong: rate(stated.initialLong),
    initialShort: rate(stated.initialShort),
    maintenanceLong: rate(stated.maintenanceLong),
    maintenanceShort: rate(stated.maintenanceShort),
  }
}
