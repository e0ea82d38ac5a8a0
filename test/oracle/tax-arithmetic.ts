// The tax oracles' own arithmetic: whole numbers of 10^-24, shares rounded half to even, reports half away from zero to cents.

/** One, in 10^-24. */
export const ONE = 10n ** 24n
/** Below this a number of units is nothing: 10^-18. */
const DUST = 10n ** 6n

/** a x b / c, half to even. */
export function ratio(a: bigint, b: bigint, c: bigint): bigint {
  const top = a * b
  const negative = top < 0n !== c < 0n
  const up = top < 0n ? -top : top
  const down = c < 0n ? -c : c
  const cut = up / down
  const rest = (up % down) * 2n
  const rounded = rest > down || (rest === down && cut % 2n === 1n) ? cut + 1n : cut
  return negative ? -rounded : rounded
}

export function share(amount: bigint, part: bigint, whole: bigint): bigint {
  return part === whole ? amount : ratio(amount, part, whole)
}

export function smaller(a: bigint, b: bigint): bigint {
  return b < a ? b : a
}

export function nothing(units: bigint): boolean {
  return units < DUST && units > -DUST
}

/** To cents, half away from zero, as text without trailing zeros. */
export function cents(amount: bigint): bigint {
  const unit = 10n ** 22n
  const up = amount < 0n ? -amount : amount
  const rounded = (up + unit / 2n) / unit
  return amount < 0n ? -rounded : rounded
}

export function centsText(count: bigint): string {
  return text(count * 10n ** 22n)
}

export function text(amount: bigint): string {
  const up = amount < 0n ? -amount : amount
  const fraction = String(up % ONE)
    .padStart(24, '0')
    .replace(/0+$/, '')
  return `${amount < 0n ? '-' : ''}${up / ONE}${fraction === '' ? '' : `.${fraction}`}`
}

/** A trade of the oracle's stories: money with its costs, in whole cents. */
export interface Trade {
  readonly kind: 'buy' | 'sell'
  readonly holder: string
  readonly portfolio: number
  readonly id: string
  readonly instrument: string
  /** Days since the first of the story. */
  readonly day: number
  /** In 10^-24. */
  readonly units: bigint
  readonly cents: bigint
}
export interface Split {
  readonly kind: 'split'
  readonly instrument: string
  readonly day: number
  readonly receive: bigint
  readonly per: bigint
}
/** Money per unit, before the trades and splits of its day, that lowers (or, above zero, raises) cost. */
export interface Capital {
  readonly kind: 'capital'
  readonly instrument: string
  readonly day: number
  /** Cents for each whole unit. */
  readonly perUnit: bigint
}
export type Told = Trade | Split | Capital

/** Units of one day as units of another: every split after the first day, through the second. */
export function carried(units: bigint, splits: readonly Split[], from: number, to: number): bigint {
  let up = 1n
  let down = 1n
  for (const { day, receive, per } of splits) {
    if (from < day && day <= to) {
      up *= receive
      down *= per
    } else if (to < day && day <= from) {
      up *= per
      down *= receive
    }
  }
  return up === down ? units : ratio(units, up, down)
}

/** What a payment comes to in the portfolios of some holders: to whole cents half to even in each of them, in 10^-24. */
export function paidTo(
  told: readonly Told[],
  { instrument, day, perUnit }: Capital,
  isOurs: (holder: string) => boolean,
): bigint {
  const held = new Map<number, bigint>()
  const splits = told.filter((one): one is Split => one.kind === 'split' && one.instrument === instrument)
  for (const one of told) {
    if ((one.kind !== 'buy' && one.kind !== 'sell') || one.instrument !== instrument || one.day >= day) continue
    if (!isOurs(one.holder)) continue
    const units = carried(one.units, splits, one.day, day - 1)
    held.set(one.portfolio, (held.get(one.portfolio) ?? 0n) + (one.kind === 'buy' ? units : -units))
  }
  let sum = 0n
  for (const units of held.values()) sum += ratio(units, perUnit, ONE) * 10n ** 22n
  return sum
}
