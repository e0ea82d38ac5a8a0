// Lots that arrive in kind, settled, at a local cost: openings and transfers in.
import { type Int, negInt } from '../kernel/scaled.ts'
import { isUnknown, opposite } from './amounts.ts'
import type { Desk } from './desk.ts'
import { FLAG, NO_LOT } from './lines.ts'
import type { Partition, PartitionStep } from './partition.ts'
import type { Account } from './posting.ts'
import { convert } from './rates.ts'

/** A lot that arrives. Units and cost are positive, for long and short alike. */
export interface Arriving {
  readonly name: number
  readonly sleeve: string
  readonly custodyAccount: string
  readonly instrument: string
  readonly short: boolean
  readonly units: Int
  readonly currency: string
  readonly cost: Int
  /** Known base cost, or null: then the cost at the rate of the acquisition date. */
  readonly baseCost: Int | null
  readonly acquired: number
  /** 3020 or 3100, or 2500 within the portfolio. */
  readonly against: Account
  readonly marketValue: Int | null
  readonly rule: number
  /** FIFO order kept from where it comes from. */
  readonly order?: number
}

/** Puts the lot into the book (or the pool it joins) and posts it; units come from 8000. */
export function arriveInKind(desk: Desk, partition: Partition, step: PartitionStep, lot: Arriving): void {
  if (lot.units === 0) return
  const { lines } = desk
  const { short, units, cost, currency } = lot
  const id = desk.currencies.id(currency)
  const rate = desk.rates.on(id, lot.acquired, desk.policies.on(step.date).series)
  const base = lot.baseCost ?? convert(rate, cost)
  const flags = lot.baseCost === null && rate.carried ? FLAG.carried : 0
  const holding = partition.places.holding(lot.sleeve, lot.custodyAccount, lot.instrument, short)
  const at = partition.putIn(holding, lot.name, lot.acquired, id, units, cost, base, 0, step, lot.order ?? -1)
  const { lots } = partition
  const dimensions = desk.securities(holding, id)
  const local = short ? negInt(cost) : cost
  const value = short ? opposite(base) : base
  const came = short ? negInt(units) : units
  lines.add(
    dimensions.settled,
    lots.name[at] ?? NO_LOT,
    lots.acquired[at] ?? lot.acquired,
    came,
    local,
    value,
    lot.rule,
    flags,
  )
  lines.merge(desk.sleeveLine(lot.against, currency, lot.sleeve), 0, negInt(local), opposite(value), lot.rule, flags)
  if (lot.marketValue !== null)
    lines.addMarketValue(desk.sleeveLine(lot.against, currency, lot.sleeve), lot.marketValue)
  lines.merge(dimensions.outsideSettled, negInt(came), 0, isUnknown(base) ? base : 0, lot.rule, 0)
}
