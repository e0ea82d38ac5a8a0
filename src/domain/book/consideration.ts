// Whether a fill's consideration is what its price says: the rule of the commands (portfolio/amounts.ts), asked of what is booked.
import { ISO_4217 } from '../kernel/currency.ts'
import { DIGITS_MAX } from '../kernel/decimal.ts'
import { absInt, formatScaled, type Int, mulDivHalfEven, mulInt, parseScaled, pow10, subInt } from '../kernel/scaled.ts'
import { considerationWarning, priced } from '../portfolio/amounts.ts'
import { placesOf } from './amounts.ts'
import { dateOf } from './day.ts'
import type { Desk } from './desk.ts'
import type { Fill } from './fill.ts'
import type { BookBreak } from './knowledge.ts'

/** The most places of `pow10`. */
const POWER_MAX = 36

/** The break of a fill whose consideration is more than one minor unit away from price x quantity x multiplier, or null. */
export function considerationBreak(desk: Desk, fill: Fill, multiplier: string): BookBreak | null {
  const { consideration, price, units } = fill
  const { code, instrument } = fill.place
  const places = desk.places(code)
  const unitPlaces = desk.unitPlaces(instrument)
  const expected = fromPrice(price, units, unitPlaces, multiplier, places)
  // Of what is within one minor unit the rule has nothing to say: no decimal is made for the many fills that are in order.
  if (absInt(subInt(expected, consideration)) <= 1) return null
  // The rule knows the minor units of ISO 4217, and decimals of so many digits.
  if (ISO_4217.get(code)?.minorUnits !== places || String(absInt(expected)).length > DIGITS_MAX) return null
  const asPriced = priced(price, formatScaled(units, unitPlaces), multiplier, code)
  const [warning] = considerationWarning(formatScaled(consideration, places), asPriced, code)
  if (warning === undefined) return null
  return { code: 'consideration-mismatch', fact: fill.id, message: warning.message, since: dateOf(fill.date) }
}

/** price x units x multiplier in minor units, half to even. */
function fromPrice(price: string, units: Int, unitPlaces: number, multiplier: string, places: number): Int {
  const pricePlaces = Math.max(placesOf(price), places)
  const plain = multiplier === '1'
  const multiplierPlaces = plain ? 0 : placesOf(multiplier)
  const gross = mulInt(parseScaled(price, pricePlaces), units)
  const shift = pricePlaces + unitPlaces + multiplierPlaces - places
  const divisor = shift <= POWER_MAX ? pow10(shift) : 10n ** BigInt(shift)
  return mulDivHalfEven(gross, plain ? 1 : parseScaled(multiplier, multiplierPlaces), divisor)
}
