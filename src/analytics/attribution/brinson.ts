// Attribution of one period by segment: what allocation, selection and their interaction added to the benchmark's return.
import { atLeast, NotDefined } from '../not-defined.ts'

/** Segments of one period, in one order; weights are shares of the whole, returns decimals of the period. */
export interface SegmentPeriod {
  readonly weightsPortfolio: readonly number[]
  readonly weightsBenchmark: readonly number[]
  readonly returnsPortfolio: readonly number[]
  readonly returnsBenchmark: readonly number[]
}

export interface BrinsonOptions {
  /** `bhb`: allocation against nothing (Brinson, Hood and Beebower 1986); `bf`: against the benchmark (Brinson and Fachler 1985). */
  readonly model: 'bhb' | 'bf'
  /** Where (wp - wb)(rp - rb) goes: top-down into selection, bottom-up into allocation. */
  readonly interaction: 'separate' | 'in-selection' | 'in-allocation'
  /** `geometric`: effects compound to (1 + rp)/(1 + rb) - 1; always against the benchmark, interaction in selection (Bacon 2008, 5.5). */
  readonly form: 'arithmetic' | 'geometric'
}

/** One number a segment. `interaction` is nothing unless it is separate. */
export interface Effects {
  readonly allocation: readonly number[]
  readonly selection: readonly number[]
  readonly interaction: readonly number[]
}

export const EFFECTS = ['allocation', 'selection', 'interaction'] as const

/** sum w r. */
export function weighted(weights: readonly number[], returns: readonly number[]): number {
  return weights.reduce((sum, weight, i) => sum + weight * (returns[i] ?? 0), 0)
}

/** Returns of the portfolio and of the benchmark. */
export function returnsOf(period: SegmentPeriod): { readonly portfolio: number; readonly benchmark: number } {
  checked(period)
  return {
    portfolio: weighted(period.weightsPortfolio, period.returnsPortfolio),
    benchmark: weighted(period.weightsBenchmark, period.returnsBenchmark),
  }
}

/**
 * Effects by segment. Arithmetic ones sum to rp - rb, to the rounding of a double; geometric allocation and selection, each summed,
 * compound to (1 + rp)/(1 + rb) - 1. @throws NotDefined `mismatched-series`, `undefined` (a benchmark that lost everything, geometric).
 */
export function brinson(period: SegmentPeriod, { model, interaction, form }: BrinsonOptions): Effects {
  const { benchmark } = returnsOf(period)
  const { weightsPortfolio: wp, weightsBenchmark: wb, returnsPortfolio: rp, returnsBenchmark: rb } = period
  const at = (values: readonly number[], i: number) => values[i] ?? 0
  const segments = wp.map((_, i) => i)
  if (form === 'geometric') {
    const notional = 1 + weighted(wp, rb)
    const base = 1 + benchmark
    if (notional === 0 || base === 0) throw new NotDefined('undefined', 'a benchmark that did not lose everything')
    return {
      allocation: segments.map((i) => (at(wp, i) - at(wb, i)) * ((1 + at(rb, i)) / base - 1)),
      selection: segments.map((i) => (at(wp, i) * (at(rp, i) - at(rb, i))) / notional),
      interaction: segments.map(() => 0),
    }
  }
  const against = model === 'bf' ? benchmark : 0
  const allocation = segments.map((i) => (at(wp, i) - at(wb, i)) * (at(rb, i) - against))
  const selection = segments.map((i) => at(wb, i) * (at(rp, i) - at(rb, i)))
  const shared = segments.map((i) => (at(wp, i) - at(wb, i)) * (at(rp, i) - at(rb, i)))
  const plus = (values: readonly number[]) => values.map((value, i) => value + at(shared, i))
  return {
    allocation: interaction === 'in-allocation' ? plus(allocation) : allocation,
    selection: interaction === 'in-selection' ? plus(selection) : selection,
    interaction: interaction === 'separate' ? shared : segments.map(() => 0),
  }
}

function checked({ weightsPortfolio, weightsBenchmark, returnsPortfolio, returnsBenchmark }: SegmentPeriod): void {
  const count = weightsPortfolio.length
  atLeast(count, 1, 'segments')
  for (const other of [weightsBenchmark, returnsPortfolio, returnsBenchmark])
    if (other.length !== count) throw new NotDefined('mismatched-series', `weights and returns for ${count} segments`)
}
