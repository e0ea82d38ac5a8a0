// What payments to come are worth at a yield, the yield at a price, and how the one moves with the other.
import { type Compounding, growth, type Rate } from '../rate.ts'
import { rootBetween } from '../root.ts'

/** A payment, and the years until it. */
export interface Flow {
  readonly amount: number
  readonly time: number
}

/** The sum of the payments, each over what one unit grows to by then. */
export function presentValue(flows: readonly Flow[], rate: Rate): number {
  return flows.reduce((sum, { amount, time }) => sum + amount / growth(rate, time), 0)
}

/** The yield at which the payments are worth `value`; undefined when there is none above -100 % a period. */
export function yieldOf(
  flows: readonly Flow[],
  value: number,
  compounding: Compounding,
  frequency: number,
): number | undefined {
  const off = (rate: number) => presentValue(flows, { rate, compounding, frequency }) - value
  // Below this a growth factor would be negative.
  const longest = flows.reduce((most, { time }) => Math.max(most, time), 0)
  let low = compounding === 'simple' ? -0.99 / longest : compounding === 'continuous' ? -1 : -0.99 * frequency
  let high = 1
  for (let i = 0; i < 60 && off(high) > 0; i++) high *= 2
  for (let i = 0; i < 40 && compounding === 'continuous' && off(low) < 0; i++) low *= 2
  return rootBetween(off, low, high)
}

export interface Sensitivities {
  /** Years, weighted by present value. */
  readonly macaulayDuration: number
  /** -1/P dP/dy. */
  readonly modifiedDuration: number
  /** 1/P d2P/dy2; Bloomberg prints it divided by 100. */
  readonly convexity: number
}

/** Durations and convexity at a yield, from the derivatives of each payment's discount factor. */
export function sensitivities(flows: readonly Flow[], yieldRate: Rate): Sensitivities {
  const { rate, compounding, frequency } = yieldRate
  let [value, weighted, slope, curve] = [0, 0, 0, 0]
  for (const { amount, time } of flows) {
    const present = amount / growth(yieldRate, time)
    value += present
    weighted += time * present
    const simple = compounding === 'simple' || (compounding === 'simple-then-compounded' && time <= 1 / frequency)
    if (compounding === 'continuous') {
      slope += time * present
      curve += time * time * present
    } else if (simple) {
      slope += (time * present) / (1 + rate * time)
      curve += (2 * time * time * present) / (1 + rate * time) ** 2
    } else {
      slope += (time * present) / (1 + rate / frequency)
      curve += (time * (time + 1 / frequency) * present) / (1 + rate / frequency) ** 2
    }
  }
  return { macaulayDuration: weighted / value, modifiedDuration: slope / value, convexity: curve / value }
}

/** One basis point. */
const POINT = 0.0001

/**
 * What a basis point more of yield does to `value`: duration, and half of convexity over 100 (the scale in which QuantLib and
 * Bloomberg state it).
 */
export function basisPointValue(value: number, { modifiedDuration, convexity }: Sensitivities): number {
  return -modifiedDuration * value * POINT + 0.5 * (convexity / 100) * value * POINT * POINT
}
