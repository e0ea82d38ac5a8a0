// The hand-written types of the database against the table descriptions, which schema.test.ts holds to the live schema.
import { expect, it } from 'vitest'
import type { activity } from '../../src/projections/activity/table.ts'
import type { breaks } from '../../src/projections/breaks/table.ts'
import type { disposals } from '../../src/projections/disposals/table.ts'
import type { actions, classifications, identifiers, instruments } from '../../src/projections/instruments/table.ts'
import type { journal } from '../../src/projections/journal/table.ts'
import type { orders } from '../../src/projections/orders/table.ts'
import type { ownerLinks, owners } from '../../src/projections/owners/table.ts'
import type { parked } from '../../src/projections/parked/table.ts'
import type { policies, portfolios } from '../../src/projections/portfolios/table.ts'
import type { prices } from '../../src/projections/prices/table.ts'
import type { rates } from '../../src/projections/rates/table.ts'
import type { lane } from '../../src/projections/runtime/tables.ts'
import type { Database } from '../../src/projections/schema/database.ts'
import type { Column, ColumnType, Table } from '../../src/projections/schema/table.ts'
import type { units } from '../../src/projections/units/table.ts'

interface Values extends Record<ColumnType, unknown> {
  text: string
  date: string
  numeric: string
  bigint: string
  integer: number
  boolean: boolean
  instant: string
  json: unknown
  flags: string[]
}
type ValueOf<C extends Column> = C extends { readonly nullable: true } ? Values[C['type']] | null : Values[C['type']]
type ViewOf<T extends Table> = { readonly [K in keyof T['columns']]: ValueOf<T['columns'][K]> }
type Same<A, B> =
  (<X>() => X extends { [K in keyof A]: A[K] } ? 1 : 2) extends <X>() => X extends { [K in keyof B]: B[K] } ? 1 : 2
    ? true
    : false

/** `true` compiles only where the two types are the same: `npm run check:types` is the test. */
const same: {
  readonly journal: Same<Database['quipu.journal'], ViewOf<typeof journal>>
  readonly disposals: Same<Database['quipu.disposals'], ViewOf<typeof disposals>>
  readonly breaks: Same<Database['quipu.breaks'], ViewOf<typeof breaks>>
  readonly activity: Same<Database['quipu.activity'], ViewOf<typeof activity>>
  readonly orders: Same<Database['quipu.orders'], ViewOf<typeof orders>>
  readonly parked: Same<Database['quipu.parked'], ViewOf<typeof parked>>
  readonly portfolios: Same<Database['quipu.portfolios'], ViewOf<typeof portfolios>>
  readonly policies: Same<Database['quipu.policies'], ViewOf<typeof policies>>
  readonly instruments: Same<Database['quipu.instruments'], ViewOf<typeof instruments>>
  readonly identifiers: Same<Database['quipu.identifiers'], ViewOf<typeof identifiers>>
  readonly classifications: Same<Database['quipu.classifications'], ViewOf<typeof classifications>>
  readonly actions: Same<Database['quipu.actions'], ViewOf<typeof actions>>
  readonly prices: Same<Database['quipu.prices'], ViewOf<typeof prices>>
  readonly rates: Same<Database['quipu.rates'], ViewOf<typeof rates>>
  readonly owners: Same<Database['quipu.owners'], ViewOf<typeof owners>>
  readonly ownerLinks: Same<Database['quipu.owner_links'], ViewOf<typeof ownerLinks>>
  readonly units: Same<Database['quipu.units'], ViewOf<typeof units>>
  readonly lane: Same<Database['quipu.lane'], ViewOf<typeof lane>>
} = {
  journal: true,
  disposals: true,
  breaks: true,
  activity: true,
  orders: true,
  parked: true,
  portfolios: true,
  policies: true,
  instruments: true,
  identifiers: true,
  classifications: true,
  actions: true,
  prices: true,
  rates: true,
  owners: true,
  ownerLinks: true,
  units: true,
  lane: true,
}

it('has one type per view that queries name', () => {
  expect(Object.values(same)).not.toContain(false)
})
