// Straight lines through points, by least squares.
import { atLeast, quotient } from '../not-defined.ts'
import { covariance, mean, type Series, variance } from './moments.ts'

export interface Line {
  readonly intercept: number
  readonly slope: number
  /** Share of y's variance that the line explains; 1 for a y that does not vary. */
  readonly rSquared: number
}

/** y = intercept + slope x. @throws NotDefined for fewer than 2 points, or an x that does not vary. */
export function line(x: Series, y: Series): Line {
  atLeast(x.length, 2)
  const [shared, ofX, ofY] = [covariance(x, y), variance(x), variance(y)]
  const slope = quotient(shared, ofX, 'an explaining series that is not constant')
  return {
    intercept: mean(y) - slope * mean(x),
    slope,
    rSquared: ofY === 0 ? 1 : (slope * shared) / ofY,
  }
}
