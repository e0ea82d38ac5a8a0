// Units and cost of every lot while the entries of a book are read in order: what a lot was just before an entry touched it.
import { addInt, type Int, subInt } from '../kernel/scaled.ts'
import { minus, plus } from './amounts.ts'
import type { Desk } from './desk.ts'
import type { DimensionId } from './dimensions.ts'

/** A lot in one holding. Units and base are positive, for long and short lots alike. */
export interface RunningLot {
  readonly name: number
  readonly holding: number
  readonly sleeve: string
  readonly account: string
  readonly instrument: string
  readonly short: boolean
  readonly unitPlaces: number
  units: Int
  base: Int
  /** Set by the reader when lines name it. */
  acquired: number
}

interface Holding {
  readonly sleeve: string
  readonly account: string
  readonly instrument: string
  readonly short: boolean
  readonly unitPlaces: number
  readonly lots: Map<number, RunningLot>
}

export class RunningLots {
  readonly #desk: Desk
  readonly #holdings: Holding[] = []
  readonly #ids = new Map<string, number>()
  /** Holding by dimension id. */
  readonly #byDimension: number[] = []

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** The number of the holding (sleeve, custody account, instrument, side) of a security line. */
  holdingOf(id: DimensionId): number {
    const known = this.#byDimension[id]
    if (known !== undefined) return known
    // Units may be counted more finely since the line was made: the finest places are those of every line that still stands.
    const { sleeve, custodyAccount, instrument, account, unitPlaces } = this.#desk.dimensions.of(
      this.#desk.dimensions.finest(id),
    )
    const key = `${sleeve}|${custodyAccount}|${instrument}|${account}`
    const number = this.#ids.get(key) ?? this.#holdings.length
    if (number === this.#holdings.length) {
      this.#ids.set(key, number)
      this.#holdings.push({
        sleeve,
        account: custodyAccount ?? '',
        instrument: instrument ?? '',
        short: account === 2100,
        unitPlaces,
        lots: new Map(),
      })
    }
    this.#byDimension[id] = number
    return number
  }

  /** A lot of a holding, as it is so far. */
  at(holding: number, name: number): RunningLot {
    const of = this.#holdings[holding]
    if (of === undefined) throw new RangeError(`no holding has the number ${holding}`)
    const known = of.lots.get(name)
    if (known !== undefined) return known
    const { sleeve, account, instrument, short, unitPlaces } = of
    const made = { name, holding, sleeve, account, instrument, short, unitPlaces, units: 0, base: 0, acquired: 0 }
    of.lots.set(name, made)
    return made
  }

  /** The lot of a name by where it is; an action's entry names the custody account. */
  named(name: number, sleeve: string, instrument: string, account: string | null, short: boolean): RunningLot | null {
    const number = this.#ids.get(`${sleeve}|${account}|${instrument}|${short ? 2100 : 1100}`)
    return number === undefined ? null : (this.#holdings[number]?.lots.get(name) ?? null)
  }

  sameSide(a: number, b: number): boolean {
    const one = this.#holdings[a]
    const two = this.#holdings[b]
    return one !== undefined && two !== undefined && one.short === two.short && one.account === two.account
  }

  /** Adds to a lot (sign 1) or takes from it (-1); a lot without units is forgotten. */
  put(lot: RunningLot, units: Int, base: Int, sign: 1 | -1): void {
    lot.units = sign > 0 ? addInt(lot.units, units) : subInt(lot.units, units)
    lot.base = sign > 0 ? plus(lot.base, base) : minus(lot.base, base)
    const lots = this.#holdings[lot.holding]?.lots
    if (lot.units === 0) lots?.delete(lot.name)
    else lots?.set(lot.name, lot)
  }
}
