// The standard normal distribution to full double precision.

const ROOT_TWO_PI = Math.sqrt(2 * Math.PI)
/** Beyond this the series loses digits and the continued fraction is quick. */
const SERIES_MAX = 4

/** The density at x. */
export function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / ROOT_TWO_PI
}

/**
 * The probability of a value up to x. The series 1/2 + density (x + x^3/3 + x^5/15 + ...) near the middle, Laplace's continued
 * fraction in the tails (G. Marsaglia, Evaluating the normal distribution, 2004).
 */
export function normalCumulative(x: number): number {
  if (Number.isNaN(x)) return x
  if (Math.abs(x) > SERIES_MAX) return x > 0 ? 1 - upperTail(x) : upperTail(-x)
  let term = x
  let sum = x
  for (let n = 3; ; n += 2) {
    term *= (x * x) / n
    const next = sum + term
    if (next === sum) return 0.5 + sum * normalDensity(x)
    sum = next
  }
}

/** density / (x + 1/(x + 2/(x + 3/(x + ...)))), from the inside out. */
function upperTail(x: number): number {
  let fraction = x
  for (let n = 200; n >= 1; n--) fraction = x + n / fraction
  return normalDensity(x) / fraction
}
