// Every table of one generation, by the lane that writes it.
import { activity } from '../activity/table.ts'
import { breaks } from '../breaks/table.ts'
import { disposals } from '../disposals/table.ts'
import { actions, classifications, identifiers, instruments } from '../instruments/table.ts'
import { journal } from '../journal/table.ts'
import { orderLinks, orders } from '../orders/table.ts'
import { affiliates, ownerLinks, owners } from '../owners/table.ts'
import { parked } from '../parked/table.ts'
import { policies, portfolios } from '../portfolios/table.ts'
import { prices } from '../prices/table.ts'
import { closedDays, rates } from '../rates/table.ts'
import { interest, lane, work } from '../runtime/tables.ts'
import { units } from '../units/table.ts'
import { balanceVersions, lotVersions } from '../versions/tables.ts'
import type { Table } from './table.ts'

/** The tables of a portfolio's lane (projection `book`). */
export const PORTFOLIO_TABLES: readonly Table[] = [
  journal,
  lotVersions,
  balanceVersions,
  disposals,
  breaks,
  activity,
  orders,
  orderLinks,
  parked,
  portfolios,
  policies,
]

/** The shared tables, by the projection whose one lane writes them. */
export const SHARED_TABLES = {
  units: [units],
  instruments: [instruments, identifiers, classifications, actions],
  prices: [prices],
  rates: [rates, closedDays],
  owners: [owners, ownerLinks, affiliates],
} as const satisfies Record<string, readonly Table[]>
export type SharedProjection = keyof typeof SHARED_TABLES

/** Tables of the projector itself; no part of what the log means. */
export const RUNTIME_TABLES: readonly Table[] = [lane, work, interest]

/** Every table of a generation. */
export const TABLES: readonly Table[] = [...PORTFOLIO_TABLES, ...Object.values(SHARED_TABLES).flat(), ...RUNTIME_TABLES]
