// The two times of a read, resolved once: everything one answer says holds at one log position of one generation.
import { type Kysely, sql, type Transaction } from 'kysely'
import { Refused, refuse } from '../../domain/kernel/refusal.ts'
import type { Database } from '../schema/database.ts'

export type Reading = Transaction<Database>

/** What every read takes. */
export interface ReadScope {
  /** Portfolio ids; null: all of them. */
  readonly portfolios: readonly string[] | null
  /** A date or an instant with its zone; absent: everything recorded, future dates included. */
  readonly effectiveAt?: string | undefined
  /** A log position as digits, or an instant; absent: as far as all of these portfolios are projected. */
  readonly asAt?: string | undefined
  readonly view?: 'trade' | 'settlement' | undefined
  readonly basis?: 'economic' | 'accounting' | undefined
  readonly sleeve?: string | undefined
}

/** What an answer was made from; with the scope it determines every row, so it is what an ETag hashes. */
export interface AnsweredAt {
  /** The log position the rows hold at. */
  readonly position: string
  /** How far the lanes asked about are projected. */
  readonly lanePosition: string
  readonly generation: number
  readonly bookVersion: string
  readonly effectiveAt: string | null
}

export interface Point extends AnsweredAt {
  readonly portfolios: readonly string[]
}

/**
 * Runs a read in one snapshot: a lane moving on meanwhile cannot mix into it, nor can a swap of generations. A snapshot alone does
 * not keep a swap out, because PostgreSQL finds the tables behind a view as they are now: the lock, taken before the snapshot, does.
 */
export async function inSnapshot<T>(db: Kysely<Database>, read: (tx: Reading) => Promise<T>): Promise<T> {
  try {
    return await db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(async (tx) => {
        await sql`LOCK TABLE quipu.pointer IN ACCESS SHARE MODE`.execute(tx)
        return read(tx)
      })
  } catch (error) {
    throw refusalOf(error)
  }
}

/**
 * Resolves a scope of portfolios.
 * @throws Refused `not-yet-projected`, `unknown-portfolio`, `unreadable-time`.
 */
export async function resolvePoint(tx: Reading, scope: ReadScope): Promise<Point> {
  const current = await currentOf(tx)
  const { rows } = await sql<{ portfolio: string; position: string; projected: string }>`
    SELECT portfolio, position, quipu.projected_to(portfolio) AS projected
    FROM quipu.resolve(${scope.portfolios}::text[], ${scope.effectiveAt ?? null}, ${scope.asAt ?? null})`.execute(tx)
  const lanePosition = least(rows.map(({ projected }) => projected)) ?? (await axisPosition(tx))
  // Without asAt each portfolio could answer at its own position; one answer has one.
  const position = scope.asAt === undefined ? lanePosition : (rows[0]?.position ?? lanePosition)
  return {
    ...current,
    position,
    lanePosition,
    effectiveAt: scope.effectiveAt ?? null,
    portfolios: rows.map(({ portfolio }) => portfolio),
  }
}

/** Resolves the knowledge position of a shared read model (instruments, prices, rates, owners). @throws Refused as above. */
export async function resolveShared(tx: Reading, projection: string, asAt: string | undefined): Promise<AnsweredAt> {
  const current = await currentOf(tx)
  const { rows } = await sql<{ projected: string }>`SELECT quipu.shared_to(${projection}) AS projected`.execute(tx)
  const lanePosition = rows[0]?.projected ?? '-1'
  const position = asAt === undefined ? lanePosition : await positionOf(tx, asAt)
  if (BigInt(position) > BigInt(lanePosition))
    refuse({
      code: 'not-yet-projected',
      message: `${projection} are projected to position ${lanePosition}, not yet to ${position}`,
      field: 'asAt',
      remedy: 'ask again in a moment',
    })
  return { ...current, position, lanePosition, effectiveAt: null }
}

/**
 * The log position of an `asAt` (null: none was given) and the UTC day through which things are known there: that of the instant,
 * or of the last unit up to the position; without `asAt`, today by the database's clock.
 * @throws Refused `unreadable-time`.
 */
export function readKnownAt(
  db: Kysely<Database>,
  asAt: string | undefined,
): Promise<{ readonly position: bigint | null; readonly day: string }> {
  return inSnapshot(db, async (tx) => {
    const digits = asAt !== undefined && /^\d{1,19}$/.test(asAt)
    const { rows } = await (digits
      ? sql<{ day: string | null }>`
            SELECT ((SELECT u.known_at FROM quipu.units u WHERE u.position <= ${asAt}::bigint ORDER BY u.position DESC LIMIT 1)
              AT TIME ZONE 'UTC')::date::text AS day`
      : sql<{ day: string | null }>`
            SELECT (coalesce(quipu.instant_of(${asAt ?? null}, 'as_at'), now()) AT TIME ZONE 'UTC')::date::text AS day`
    ).execute(tx)
    const position = asAt === undefined ? null : BigInt(await positionOf(tx, asAt))
    return { position, day: rows[0]?.day ?? '1970-01-01' }
  })
}

async function positionOf(tx: Reading, asAt: string): Promise<string> {
  if (/^\d{1,19}$/.test(asAt)) return asAt
  const { rows } = await sql<{ position: string }>`
    SELECT quipu.position_at(quipu.instant_of(${asAt}, 'as_at')) AS position`.execute(tx)
  return rows[0]?.position ?? '-1'
}

async function currentOf(tx: Reading): Promise<{ readonly generation: number; readonly bookVersion: string }> {
  const { generation, book_version } = await tx
    .selectFrom('quipu.pointer')
    .innerJoin('quipu.generation', 'quipu.generation.generation', 'quipu.pointer.generation')
    .select(['quipu.generation.generation', 'book_version'])
    .executeTakeFirstOrThrow()
  return { generation, bookVersion: book_version }
}

async function axisPosition(tx: Reading): Promise<string> {
  const axis = await tx.selectFrom('quipu.lane').select('position').where('projection', '=', 'units').executeTakeFirst()
  return axis?.position ?? '-1'
}

function least(positions: readonly string[]): string | undefined {
  return positions.reduce<string | undefined>(
    (low, position) => (low === undefined || BigInt(position) < BigInt(low) ? position : low),
    undefined,
  )
}

const REFUSALS: Readonly<Record<string, string>> = {
  QP001: 'not-yet-projected',
  QP002: 'unsupported-currency',
  QP003: 'unknown-portfolio',
  QP004: 'unreadable-time',
}

/** What the SQL functions refuse is refused to callers with the same words. */
function refusalOf(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error
  const code = REFUSALS[error.code]
  if (code === undefined) return error
  const remedy = 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined
  return new Refused({ code, message: error.message, ...(remedy === undefined ? {} : { remedy }) })
}
