// The roll-forward of each security over a period: open + buys + sells + actions + transfers + openings + other = close.
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { type Answer, answerPortfolios } from '../read/answer.ts'
import type { Camel } from '../read/camel.ts'
import type { PageRequest } from '../read/page.ts'
import type { ReadScope } from '../read/point.ts'
import { equals, selectPage } from '../read/select.ts'
import type { Database } from '../schema/database.ts'

/** What moves a security; every line of 1100 and 2100 is in exactly one of them, so that the columns always add up. */
const MOVES = ['buys', 'sells', 'actions', 'transfers', 'openings', 'other'] as const
type Part = 'open' | (typeof MOVES)[number] | 'close'

type RollForwardRow = {
  readonly portfolio: string
  readonly sleeve: string
  readonly custody_account: string
  readonly instrument: string
  readonly side: 'long' | 'short'
  readonly currency: string
  readonly base_currency: string
  readonly position: string
} & { readonly [P in Part as `${P}_units` | `${P}_cost`]: string } & {
  /** Null while a line of it waits for a rate. */
  readonly [P in Part as `${P}_base`]: string | null
}
export type RollForwardAnswer = Camel<RollForwardRow>

export interface PeriodFilter extends PageRequest {
  /** First and last day of the period, both included. */
  readonly from: string
  readonly to: string
  readonly instrument?: string | undefined
}

const KEY = [
  { name: 'portfolio', type: 'text' },
  { name: 'instrument', type: 'text' },
  { name: 'side', type: 'text' },
  { name: 'sleeve', type: 'text' },
  { name: 'custody_account', type: 'text' },
  { name: 'currency', type: 'text' },
] as const

/**
 * One row per place, instrument, side and currency of cost; sells are negative. Actions are also the moments of an instrument's life:
 * exercises, expiries, maturities. What a fill opens in a long position is bought
 * and what it relieves sold, in a short one the other way round: by the rule of a line and not its sign, so that a correction
 * counts where the corrected trade does. @throws Refused, see resolvePoint.
 */
export function readRollForward(
  db: Kysely<Database>,
  scope: ReadScope,
  filter: PeriodFilter,
): Promise<Answer<RollForwardAnswer>> {
  const day = sql.raw(scope.basis === 'accounting' ? 'j.accounting_date' : 'j.effective_date')
  const from = sql`${filter.from}::date`
  const to = sql`${filter.to}::date`
  return answerPortfolios(db, scope, filter, KEY.length, (tx, point) => {
    const line = sql`
      SELECT j.portfolio, j.sleeve, j.custody_account, j.instrument, CASE j.account WHEN 1100 THEN 'long' ELSE 'short' END AS side,
        j.currency, p.base_currency, p.position::text AS position, j.units, j.local, j.base, j.pending,
        CASE WHEN ${day} < ${from} THEN 'open'
          WHEN j.entry ~ '^(ca|option|mark|accrual|coupon|maturity):' THEN 'actions'
          WHEN j.entry LIKE 'transfer:%' THEN 'transfers'
          WHEN j.entry LIKE 'opening:%' THEN 'openings'
          WHEN j.entry LIKE 'fill:%' AND (j.rule = 'trade') = (j.account = 1100) AND (j.rule = 'trade' OR j.rule LIKE 'relief:%') THEN 'buys'
          WHEN j.entry LIKE 'fill:%' AND (j.rule = 'trade' OR j.rule LIKE 'relief:%') THEN 'sells'
          ELSE 'other' END AS part
      FROM quipu.resolve(${point.portfolios}::text[], NULL, ${point.position}) p
      JOIN quipu.journal j ON j.portfolio = p.portfolio AND j.known_from <= p.position AND j.account IN (1100, 2100)
        AND ${day} <= ${to}
        AND (${scope.view ?? 'trade'} = 'trade' OR j.state = 'settled')`
    const columns = sql.join([sumsOf('open'), ...MOVES.map(sumsOf), sumsOf('close')])
    const rows = sql`(SELECT portfolio, sleeve, custody_account, instrument, side, currency, base_currency, position, ${columns}
      FROM (${line}) line GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
      HAVING bool_or(part <> 'open') OR sum(units) <> 0 OR sum(local) <> 0) rolled`
    const wanted = [equals('instrument', filter.instrument), equals('sleeve', scope.sleeve)]
    return selectPage<RollForwardRow>(tx, rows, KEY, wanted, filter, point.position)
  })
}

/** Units, cost and base cost of one part; `close` is all of them. */
function sumsOf(part: Part): RawBuilder<unknown> {
  const only = part === 'close' ? sql`` : sql` FILTER (WHERE part = ${part})`
  const named = (what: string) => sql.ref(`${part}_${what}`)
  return sql`trim_scale(coalesce(sum(units)${only}, 0)) AS ${named('units')},
    trim_scale(coalesce(sum(local)${only}, 0)) AS ${named('cost')},
    CASE WHEN coalesce(sum(pending)${only}, 0) = 0 THEN trim_scale(coalesce(sum(base)${only}, 0)) END AS ${named('base')}`
}
