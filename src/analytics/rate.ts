// Interest rates from one compounding to another: equal when they make the same of one unit over the same time.

export type Compounding = 'simple' | 'compounded' | 'continuous' | 'simple-then-compounded'

/** A rate a year; `frequency`, periods a year, matters where interest is compounded in periods. */
export interface Rate {
  readonly rate: number
  readonly compounding: Compounding
  readonly frequency: number
}

/** Simple up to one period, compounded beyond it. */
function settled(compounding: Compounding, frequency: number, time: number): Compounding {
  if (compounding !== 'simple-then-compounded') return compounding
  return time <= 1 / frequency ? 'simple' : 'compounded'
}

/** What one unit grows to in `time` years: 1 + r t, (1 + r/f)^(f t), or e^(r t). */
export function growth({ rate, compounding, frequency }: Rate, time: number): number {
  const kind = settled(compounding, frequency, time)
  if (kind === 'simple') return 1 + rate * time
  if (kind === 'continuous') return Math.exp(rate * time)
  return (1 + rate / frequency) ** (frequency * time)
}

/** The rate that makes `factor` of one unit in `time` years. */
export function impliedRate(factor: number, time: number, compounding: Compounding, frequency: number): number {
  const kind = settled(compounding, frequency, time)
  if (kind === 'simple') return (factor - 1) / time
  if (kind === 'continuous') return Math.log(factor) / time
  return frequency * (factor ** (1 / (frequency * time)) - 1)
}
