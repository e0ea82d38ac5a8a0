// Restatement: which figures of a period are other at one position of the log than at an earlier one, and what changed them.
import { type Kysely, sql } from 'kysely'
import { refuse } from '../../domain/kernel/refusal.ts'
import { type Answer, answerPortfolios } from '../read/answer.ts'
import type { Camel } from '../read/camel.ts'
import type { PageRequest } from '../read/page.ts'
import type { Reading, ReadScope } from '../read/point.ts'
import { equals, selectPage } from '../read/select.ts'
import type { Database } from '../schema/database.ts'

interface RestatementRow {
  readonly portfolio: string
  readonly account: number
  readonly name: string | null
  readonly sleeve: string
  readonly cash_account: string
  readonly instrument: string
  readonly currency: string
  /** The figure as known before and now; base is null while a line of it waits for a rate. */
  readonly before_units: string
  readonly before_local: string
  readonly before_base: string | null
  readonly after_units: string
  readonly after_local: string
  readonly after_base: string | null
  /** Log position of the unit that changed it, the stream it is in, and the entries it changed. */
  readonly changed_at: string
  readonly stream: string
  readonly causes: readonly string[]
  readonly entries: readonly string[]
  readonly change_units: string
  readonly change_local: string
  readonly change_base: string | null
}
export type RestatementAnswer = Camel<RestatementRow>

export interface RestatementFilter extends PageRequest {
  /** Last day of the period. */
  readonly through: string
  /** A position or an instant; without, the seal of `through`. */
  readonly since?: string | undefined
  readonly account?: string | undefined
  readonly instrument?: string | undefined
}

const KEY = [
  { name: 'portfolio', type: 'text' },
  { name: 'account', type: 'integer' },
  { name: 'currency', type: 'text' },
  { name: 'sleeve', type: 'text' },
  { name: 'cash_account', type: 'text' },
  { name: 'instrument', type: 'text' },
  { name: 'changed_at', type: 'bigint' },
] as const

/**
 * One row per figure (a balance through the last day, by account, place, instrument and currency) and unit of knowledge that
 * changed it; figures that came back to what they were are there too, with the changes that cancelled.
 * @throws Refused `not-sealed` when `since` is left out and nothing was sealed through that day; see resolvePoint.
 */
export function readRestatement(
  db: Kysely<Database>,
  scope: ReadScope,
  filter: RestatementFilter,
): Promise<Answer<RestatementAnswer>> {
  const day = sql.raw(scope.basis === 'accounting' ? 'j.accounting_date' : 'j.effective_date')
  return answerPortfolios(db, scope, filter, KEY.length, async (tx, point) => {
    const since = await sinceOf(tx, point.portfolios, filter)
    const of = sql`coalesce(j.cash_account, '') AS cash_account, coalesce(j.instrument, '') AS instrument, coalesce(j.currency, '') AS currency`
    const base = sql`CASE WHEN sum(pending) = 0 THEN trim_scale(coalesce(sum(base), 0)) END`
    const earlier = sql`FILTER (WHERE known_from <= since)`
    const rows = sql`(
      WITH line AS MATERIALIZED (
        SELECT j.portfolio, j.account, j.sleeve, ${of}, j.known_from, j.cause, j.entry, j.units, j.local, j.base, j.pending, s.since
        FROM quipu.journal j JOIN unnest(${point.portfolios}::text[], ${since}::bigint[]) AS s(portfolio, since) ON s.portfolio = j.portfolio
        WHERE j.known_from <= ${point.position}::bigint AND ${day} <= ${filter.through}::date
      ), change AS (
        SELECT portfolio, account, sleeve, cash_account, instrument, currency, known_from, array_agg(DISTINCT cause ORDER BY cause) AS causes,
          array_agg(DISTINCT entry ORDER BY entry) AS entries, trim_scale(sum(units)) AS change_units,
          trim_scale(sum(local)) AS change_local, ${base} AS change_base
        FROM line WHERE known_from > since GROUP BY 1, 2, 3, 4, 5, 6, 7
        HAVING sum(units) <> 0 OR sum(local) <> 0 OR coalesce(sum(base), 0) <> 0 OR sum(pending) <> 0
      ), figure AS (
        SELECT portfolio, account, sleeve, cash_account, instrument, currency,
          trim_scale(coalesce(sum(units) ${earlier}, 0)) AS before_units, trim_scale(coalesce(sum(local) ${earlier}, 0)) AS before_local,
          CASE WHEN coalesce(sum(pending) ${earlier}, 0) = 0 THEN trim_scale(coalesce(sum(base) ${earlier}, 0)) END AS before_base,
          trim_scale(sum(units)) AS after_units, trim_scale(sum(local)) AS after_local, ${base} AS after_base
        FROM line GROUP BY 1, 2, 3, 4, 5, 6
      )
      SELECT portfolio, account, a.name, sleeve, cash_account, instrument, currency, before_units, before_local, before_base,
        after_units, after_local, after_base, known_from::text AS changed_at, u.stream, causes, entries, change_units, change_local, change_base
      FROM change JOIN figure USING (portfolio, account, sleeve, cash_account, instrument, currency)
      LEFT JOIN quipu.units u ON u.position = known_from LEFT JOIN quipu.account a USING (account)) restated`
    return selectPage<RestatementRow>(
      tx,
      rows,
      KEY,
      [
        filter.account === undefined ? sql`true` : sql`account = ${Number(filter.account)}`,
        equals('instrument', filter.instrument),
        equals('sleeve', scope.sleeve),
      ],
      filter,
      point.position,
    )
  })
}

/** From which position on each portfolio is compared: what was asked, else its seal of the day. */
async function sinceOf(
  tx: Reading,
  portfolios: readonly string[],
  { since, through }: RestatementFilter,
): Promise<string[]> {
  if (since !== undefined) {
    const { rows } = await sql<{ position: string }>`
      SELECT CASE WHEN ${since} ~ '^[0-9]{1,19}$' THEN ${since} ELSE quipu.position_at(quipu.instant_of(${since}, 'since'))::text END
        AS position`.execute(tx)
    return portfolios.map(() => rows[0]?.position ?? '0')
  }
  const { rows } = await sql<{ portfolio: string; position: string }>`
    SELECT portfolio, min(known_from)::text AS position FROM quipu.activity
    WHERE portfolio = ANY (${portfolios}::text[]) AND kind = 'seal' AND effective_date = ${through}::date GROUP BY 1`.execute(
    tx,
  )
  const sealed = new Map(rows.map(({ portfolio, position }) => [portfolio, position]))
  return portfolios.map(
    (portfolio) =>
      sealed.get(portfolio) ??
      refuse({
        code: 'not-sealed',
        message: `${portfolio} was never sealed through ${through}`,
        field: 'since',
        remedy: 'name the position or the instant to compare with',
      }),
  )
}
