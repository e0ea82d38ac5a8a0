// The daily mark of a future: what its settlement price moved since the last one is owed the next day; on its expiry it is closed.
import { type Int, mulDivHalfEven, mulInt, negInt, pow10, subInt } from '../kernel/scaled.ts'
import { opposite, plus } from './amounts.ts'
import { fractionOf } from './amounts.ts'
import { marginPlace, realiseMarks, setStanding, standingOf, takeStanding } from './contract.ts'
import { dayOf } from './day.ts'
import type { Desk } from './desk.ts'
import { ENTRY, type Entry, EntryChain } from './entry.ts'
import type { LifeStep } from './life-step.ts'
import { FLAG, NO_ACQUIRED, NO_LOT } from './lines.ts'
import { dropWaiting, postAway } from './lot-moves.ts'
import type { Holding } from './lots.ts'
import type { Partition } from './partition.ts'
import { convert } from './rates.ts'
import { rule } from './rules.ts'
import { WaitingLines } from './waiting.ts'

const MARK = rule('mark')
const EXPIRY = rule('expiry')

/** Posts the mark of one day: an entry for each custody account that holds the contract. */
export function postMark(desk: Desk, partition: Partition, step: LifeStep): Entry | null {
  const known = desk.reference.instrument(step.instrument, desk.rates.asAt)
  const future = known?.future
  if (known === null || future === undefined) return null
  const price = desk.reference.lives.mark(step.instrument, step.date, future.marks, desk.rates.asAt)
  if (price === null) return null
  const waiting = new WaitingLines(partition, step)
  const chain = new EntryChain()
  const multiplier = fractionOf(known.multiplier)
  const expires = step.date === dayOf(future.expiry)
  for (const [account, holdings] of partition.places.byAccount(step.instrument)) {
    desk.lines.begin()
    for (const holding of holdings) {
      for (const lot of holding.lots.slice(holding.head)) {
        const currency = partition.lots.currency[lot] ?? 0
        const worth = (units: Int) => {
          const places = desk.places(desk.currencies.text(currency))
          const up = mulInt(mulInt(price.price.numerator, multiplier.numerator), pow10(places))
          const down = mulInt(
            mulInt(price.price.denominator, multiplier.denominator),
            pow10(desk.unitPlaces(step.instrument)),
          )
          return mulDivHalfEven(units, up, down)
        }
        markLot(desk, partition, step, holding, lot, worth)
        if (expires) expire(desk, partition, waiting, holding, lot)
      }
    }
    chain.add(desk.finish(ENTRY.mark, step, step.date, step.phase, step.payDay ?? step.date, account))
  }
  step.moved = waiting.commit(partition)
  return chain.first
}

function markLot(
  desk: Desk,
  { lots }: Partition,
  step: LifeStep,
  holding: Holding,
  lot: number,
  worth: (units: Int) => Int,
): void {
  const currency = lots.currency[lot] ?? 0
  const standing = standingOf(lots, lot)
  const valued = worth(lots.left[lot] ?? 0)
  const moved = subInt(valued, standing.valued)
  const gain = holding.short ? negInt(moved) : moved
  if (gain === 0) return
  const rate = desk.rates.on(currency, step.date, desk.policies.on(step.date).series)
  const flags = rate.carried ? FLAG.carried : 0
  const base = convert(rate, gain)
  const { owed, marked } = marginPlace(desk, holding, currency)
  desk.lines.merge(owed, 0, gain, base, MARK, flags)
  desk.lines.add(marked, lots.name[lot] ?? NO_LOT, NO_ACQUIRED, 0, negInt(gain), opposite(base), MARK, flags)
  setStanding(lots, lot, { opened: standing.opened, valued, base: plus(standing.base, base) })
}

/** The contract is no more: its units go, and what was marked on it is realised. */
function expire(desk: Desk, partition: Partition, waiting: WaitingLines, holding: Holding, lot: number): void {
  const { lots } = partition
  const { short } = holding
  const currency = lots.currency[lot] ?? 0
  const units = lots.left[lot] ?? 0
  const name = lots.name[lot] ?? NO_LOT
  const at = { dimensions: desk.securities(holding, currency), name }
  const mover = { desk, partition, waiting, short, rule: EXPIRY }
  postAway(mover, at, lots.acquired[lot] ?? 0, { units: short ? negInt(units) : units, local: 0, base: 0 })
  dropWaiting(mover, at)
  const { opened, valued, base } = takeStanding(lots, lot, units, units)
  const gain = short ? subInt(opened, valued) : subInt(valued, opened)
  realiseMarks(desk, holding, currency, name, gain, base, EXPIRY, 0)
  lots.take(lot, units)
}
