// Reads how fills settle: what is due, what failed and for how long, what settled in part, by the same plan as the book's.
import { type Kysely, sql } from 'kysely'
import { dayNumber, plainDate } from '../../domain/kernel/date.ts'
import { formatScaled, type Int, parseScaled, subInt } from '../../domain/kernel/scaled.ts'
import { NEVER, planned, type Said } from '../../domain/book/settlement-plan.ts'
import type { Answer } from '../read/answer.ts'
import { pageLimit, pageOf, type PageRequest, readCursor } from '../read/page.ts'
import { inSnapshot, type Point, type Reading, type ReadScope, resolvePoint } from '../read/point.ts'
import { pinned } from '../read/select.ts'
import type { Database } from '../schema/database.ts'

export type SettlementStatus = 'pending' | 'failed' | 'partial' | 'settled'

export interface SettlementAnswer {
  readonly portfolio: string
  readonly fill: string
  readonly instrument: string
  readonly side: string
  readonly tradeDate: string
  readonly dueOn: string
  readonly status: SettlementStatus
  readonly units: string
  readonly settledUnits: string
  /** What failed and is not confirmed yet. */
  readonly failedUnits: string
  readonly failedOn: string | null
  /** Calendar days since the due date, of what failed. */
  readonly ageDays: number | null
  /** The fill's consideration, and its currency. */
  readonly amount: string
  readonly currency: string
  readonly custodyAccount: string
  readonly cashAccount: string
}

export interface SettlementFilter extends PageRequest {
  /** pending, failed, partial or settled; `failing` is failed and partial; absent: all but settled. */
  readonly status?: string | undefined
  /** Due dates, both included: with them what settled is looked at, too. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Units are compared at so many places, whatever the instrument's. */
const PLACES = 18

/** Fills by due date, on the scope's effectiveAt (absent: the day its position was recorded). @throws Refused, see resolvePoint. */
export function readSettlements(
  db: Kysely<Database>,
  scope: ReadScope,
  filter: SettlementFilter = {},
): Promise<Answer<SettlementAnswer>> {
  const pin = pinned(filter, 3)
  return inSnapshot(db, async (tx) => {
    const point = await resolvePoint(tx, pin === undefined ? scope : { ...scope, asAt: pin })
    const { portfolios: _, ...at } = point
    const rows = (await settlementsAt(tx, point, filter)).filter((row) => isWanted(row, filter.status))
    const after = readCursor(filter.cursor, 3)?.key.join('\u0000')
    const keyOf = ({ portfolio, dueOn, fill }: SettlementAnswer) => [portfolio, dueOn, fill].join('\u0000')
    const left = after === undefined ? rows : rows.filter((row) => keyOf(row) > after)
    return { ...pageOf(left, pageLimit(filter), ['portfolio', 'dueOn', 'fill'], point.position), at }
  })
}

function isWanted({ status }: SettlementAnswer, wanted: string | undefined): boolean {
  if (wanted === undefined) return status !== 'settled'
  return wanted === 'failing' ? status === 'failed' || status === 'partial' : status === wanted
}

interface FillRow {
  readonly portfolio: string
  readonly fact: string
  readonly instrument: string
  readonly side: string
  readonly trade_date: string
  readonly settle_date: string
  readonly quantity: string
  readonly amount: string
  readonly currency: string
  readonly custody_account: string
  readonly cash_account: string
}

async function settlementsAt(
  tx: Reading,
  point: Point,
  { from, to }: Pick<SettlementFilter, 'from' | 'to'>,
): Promise<SettlementAnswer[]> {
  const date = point.effectiveAt?.slice(0, 10) ?? (await recordedOn(tx, point.position))
  const notes = await notesOn(tx, point, date)
  const known = sql`known_from <= ${point.position}::bigint AND (known_to IS NULL OR known_to > ${point.position}::bigint)`
  const due = from === undefined && to === undefined ? sql`settle_date > ${date}::date` : sql`true`
  const { rows } = await sql<FillRow>`
    SELECT portfolio, fact, instrument, side, effective_date::text AS trade_date,
           greatest(settle_date, effective_date)::text AS settle_date, trim_scale(quantity)::text AS quantity,
           trim_scale(amount)::text AS amount, currency, custody_account, cash_account
    FROM quipu.activity
    WHERE portfolio = ANY (${point.portfolios}::text[]) AND kind = 'fill' AND status <> 'busted' AND ${known}
      AND effective_date <= ${date}::date AND (${due} OR fact = ANY (${[...notes.keys()]}::text[]))
      AND greatest(settle_date, effective_date) BETWEEN ${from ?? '0001-01-01'}::date AND ${to ?? '9999-12-31'}::date
    ORDER BY portfolio COLLATE "C", 6, fact COLLATE "C"`.execute(tx)
  return rows.map((row) => settlementOf(row, notes.get(row.fact) ?? [], date))
}

async function recordedOn(tx: Reading, position: string): Promise<string> {
  const { rows } = await sql<{ day: string }>`
    SELECT (known_at AT TIME ZONE 'UTC')::date::text AS day FROM quipu.units WHERE position <= ${position}::bigint
    ORDER BY position DESC LIMIT 1`.execute(tx)
  return rows[0]?.day ?? '1970-01-01'
}

interface Note extends Said {
  readonly date: string
}

/** What was said of fills' settlement up to a date, by fill. */
async function notesOn(tx: Reading, { portfolios, position }: Point, date: string): Promise<Map<string, Note[]>> {
  const { rows } = await sql<{ kind: string; fill: string; date: string; units: string | null; root: string }>`
    SELECT kind, coalesce(terms::json -> 'failed' ->> 'fill', terms::json -> 'settled' ->> 'fill') AS fill,
           effective_date::text AS date, trim_scale(quantity)::text AS units, root_position::text AS root
    FROM quipu.activity
    WHERE portfolio = ANY (${portfolios}::text[]) AND kind IN ('settlement-fail', 'settlement') AND status <> 'cancelled'
      AND effective_date <= ${date}::date AND known_from <= ${position}::bigint
      AND (known_to IS NULL OR known_to > ${position}::bigint)`.execute(tx)
  const found = new Map<string, Note[]>()
  for (const { kind, fill, date: on, units, root } of rows) {
    const says = kind === 'settlement-fail' ? 'failed' : 'confirmed'
    const note: Note = {
      says,
      day: dayNumber(plainDate(on)),
      units: scaled(units),
      root: Number(root),
      index: 0,
      date: on,
    }
    found.set(fill, [...(found.get(fill) ?? []), note])
  }
  return found
}

function scaled(units: string | null): Int | null {
  return units === null ? null : parseScaled(units, PLACES)
}

function settlementOf(row: FillRow, notes: readonly Note[], date: string): SettlementAnswer {
  const all = parseScaled(row.quantity, PLACES)
  const day = dayNumber(plainDate(date))
  const dueOn = dayNumber(plainDate(row.settle_date))
  const { parts } = planned(all, dueOn, notes)
  // Nothing failed: contractually it settles when it is due.
  const whole = parts.length === 0 ? [{ day: dueOn, upTo: all }] : parts
  const settled = whole.filter((part) => part.day !== NEVER && part.day <= day).at(-1)?.upTo ?? 0
  const failing = parts.length > 0 && day >= dueOn
  const left = subInt(all, settled)
  const status = left === 0 ? 'settled' : !failing ? 'pending' : settled === 0 ? 'failed' : 'partial'
  const fail = notes.filter(({ says }) => says === 'failed').at(-1)
  return {
    portfolio: row.portfolio,
    fill: row.fact,
    instrument: row.instrument,
    side: row.side,
    tradeDate: row.trade_date,
    dueOn: row.settle_date,
    status,
    units: row.quantity,
    settledUnits: formatScaled(settled, PLACES),
    failedUnits: failing ? formatScaled(left, PLACES) : '0',
    failedOn: fail?.date ?? null,
    ageDays: failing && left !== 0 ? day - dueOn : null,
    amount: row.amount,
    currency: row.currency,
    custodyAccount: row.custody_account,
    cashAccount: row.cash_account,
  }
}
