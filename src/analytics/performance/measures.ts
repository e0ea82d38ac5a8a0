// All measures by name, over a whole history or a rolling window of it.
import { NotDefined, type Outcome, outcome } from '../not-defined.ts'
import { CALENDAR_MEASURES } from './calendar-measures.ts'
import { type Conventions, type History, type Measure, type MeasureValue, Reading } from './measure.ts'
import { LOSS_MEASURES } from './loss-measures.ts'
import { RELATIVE_MEASURES } from './relative-measures.ts'
import { SINGLE_MEASURES } from './single-measures.ts'

export const MEASURES: ReadonlyMap<string, Measure> = new Map(
  [...CALENDAR_MEASURES, ...SINGLE_MEASURES, ...LOSS_MEASURES, ...RELATIVE_MEASURES].map((measure) => [
    measure.name,
    measure,
  ]),
)

/** A measure with the conventions wanted of it; those that are left out are the measure's own. */
export interface MeasureRequest {
  readonly measure: Measure
  readonly conventions: Conventions
  /** Periods of a rolling window: one answer for each. */
  readonly window?: number
}

/** The value, or why there is none; with a window, of each in turn. */
export function measured(
  history: History,
  { measure, conventions, window }: MeasureRequest,
): Outcome<MeasureValue> | readonly Outcome<MeasureValue>[] {
  const chosen = { ...measure.conventions, ...conventions }
  const of = (part: History) => outcome(() => finite(measure.compute(new Reading(part), chosen)))
  if (window === undefined) return of(history)
  const windows = Math.max(history.returns.length - window + 1, 0)
  return Array.from({ length: windows }, (_, start) => of(part(history, start, start + window)))
}

/** Nothing that is no number leaves: what a formula did not foresee is undefined too. */
function finite(value: MeasureValue): MeasureValue {
  const parts =
    typeof value === 'number' ? [value] : value.flatMap((one) => (typeof one === 'number' ? one : Object.values(one)))
  if (parts.every((one) => typeof one !== 'number' || Number.isFinite(one))) return value
  throw new NotDefined('undefined', 'returns for which the formula has a value')
}

function part(history: History, start: number, end: number): History {
  const cut = <T>(given: T | readonly (number | null)[]) => (Array.isArray(given) ? given.slice(start, end) : given)
  const { returns, benchmark, riskFree, minimumAcceptable, ...rest } = history
  return {
    ...rest,
    returns: returns.slice(start, end),
    ...(benchmark === undefined ? {} : { benchmark: benchmark.slice(start, end) }),
    ...(riskFree === undefined ? {} : { riskFree: cut(riskFree) }),
    ...(minimumAcceptable === undefined ? {} : { minimumAcceptable: cut(minimumAcceptable) }),
  }
}
