// What a fill was dealt for in the functional currency, before the book rounded any of it but the money as it was paid.
import { type Decimal, divide, scaledDecimal } from '../kernel/decimal.ts'
import { addInt, type Int, subInt } from '../kernel/scaled.ts'
import type { Desk } from './desk.ts'
import { type Fill, Leg } from './fill.ts'
import type { FillMoney } from './lot-change.ts'
import { tradeRate } from './trade.ts'

/** Places of amounts that were never rounded to money. */
const EXACT_PLACES = 24

const leg = new Leg()

/** The whole fill at the exact rate of its trade, to 24 places; `unitPlaces` is how finely its units are counted. */
export function fillMoney(desk: Desk, fill: Fill, unitPlaces: number): FillMoney {
  const inForce = desk.policies.on(fill.date)
  const rate = tradeRate(desk, fill, inForce)
  const places = desk.places(desk.functional)
  leg.whole(fill, inForce)
  const { capital, consideration } = leg
  const exact = (local: Int): Decimal | null => {
    if (!rate.known) return null
    const top = scaledDecimal(local, places).times(scaledDecimal(rate.numerator, 0))
    return divide(top, scaledDecimal(rate.denominator, 0), EXACT_PLACES, 'half-even')
  }
  return {
    units: scaledDecimal(fill.units, unitPlaces),
    net: exact(fill.buys ? addInt(consideration, capital) : subInt(consideration, capital)),
    costs: exact(capital),
  }
}
