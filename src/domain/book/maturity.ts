// The maturity of a bond or deposit: its lots are redeemed at what the terms repay, the difference to their cost is realised.
import { addInt, type Int, mulDivHalfEven, mulInt, negInt, pow10 } from '../kernel/scaled.ts'
import { spread } from './amounts.ts'
import { openLots } from './action-side.ts'
import type { Desk } from './desk.ts'
import { ENTRY, type Entry, EntryChain } from './entry.ts'
import { type Realised, realise } from './gain.ts'
import type { LifeStep } from './life-step.ts'
import { FLAG, NO_ACQUIRED, NO_LOT } from './lines.ts'
import { amountsOf, dropWaiting, postAway } from './lot-moves.ts'
import type { Partition } from './partition.ts'
import { rule } from './rules.ts'
import { WaitingLines } from './waiting.ts'

const MATURITY = rule('maturity')

/** Posts the redemption: an entry for each custody account that holds the instrument. */
export function postMaturity(desk: Desk, partition: Partition, step: LifeStep): Entry | null {
  const bond = partition.bonds.get(step.instrument)
  if (bond === undefined) return null
  const { lots } = partition
  const { instrument } = step
  const inForce = desk.policies.on(step.date)
  const rate = desk.rates.on(desk.currencies.id(bond.currency), step.date, inForce.series)
  const flags = rate.carried ? FLAG.carried : 0
  const perUnit = bond.redemption(step.date)
  const waiting = new WaitingLines(partition, step)
  const chain = new EntryChain()
  for (const [account, all] of partition.places.byAccount(instrument)) {
    desk.lines.begin()
    for (const short of [false, true]) {
      const held = openLots(
        partition,
        all.filter((holding) => holding.short === short),
      )
      const weights = held.map((lot) => lots.left[lot] ?? 0)
      const up = mulInt(perUnit.numerator, pow10(desk.places(bond.currency)))
      const down = mulInt(perUnit.denominator, pow10(desk.unitPlaces(instrument)))
      const paid = spread(mulDivHalfEven(weights.reduce<Int>(addInt, 0), up, down), weights)
      const mover = { desk, partition, waiting, short, rule: MATURITY }
      for (const [i, lot] of held.entries()) {
        const holding = lots.holding[lot]
        if (holding === undefined) continue
        const currency = lots.currency[lot] ?? 0
        const name = lots.name[lot] ?? NO_LOT
        const at = { dimensions: desk.securities(holding, currency), name }
        const now = amountsOf(mover, lot)
        postAway(mover, at, lots.acquired[lot] ?? 0, now)
        dropWaiting(mover, at)
        const amount = short ? negInt(paid[i] ?? 0) : (paid[i] ?? 0)
        const left: Realised = { base: 0, pending: false }
        const relieved = { lot: name, currency, cost: now.local, baseCost: now.base }
        const place = desk.gainPlace(holding.sleeve, instrument, bond.currency)
        realise(desk, place, inForce, rate, relieved, amount, MATURITY, flags, left)
        const { defaults } = desk.opened
        const cashAccount = short ? defaults.marginAccount : defaults.cashAccount
        const owed = desk.dimension(1330, bond.currency, { sleeve: holding.sleeve, instrument, cashAccount })
        desk.lines.add(owed, name, NO_ACQUIRED, 0, amount, left.pending ? Number.NaN : left.base, MATURITY, flags)
        lots.take(lot, lots.left[lot] ?? 0)
      }
    }
    chain.add(desk.finish(ENTRY.ex, step, step.date, step.phase, step.payDay ?? step.date, account))
  }
  step.moved = waiting.commit(partition)
  return chain.first
}
