// The dimensions of a posting line, but for its lot: each combination is made once and known by a small integer.
import { Names } from './names.ts'
import type { Account, LotState } from './posting.ts'

/** Everything that names a balance, apart from the lot. */
export interface DimensionTerms {
  readonly account: Account
  readonly sleeve: string
  readonly custodyAccount: string | null
  readonly cashAccount: string | null
  readonly instrument: string | null
  readonly state: LotState | null
  /** Null on 8000. */
  readonly currency: string | null
  /** Decimal places of `units` and of `local`. */
  readonly unitPlaces: number
  readonly localPlaces: number
}

export type Dimension = DimensionTerms

export type DimensionId = number

/** The number of sums that need not be zero. */
export const NOWHERE = 0

/** Four numbers for each dimension, in one growing array: base of the sleeve, of its 9000, local of its currency, units of its instrument. */
export class Balancing {
  numbers = new Int32Array(1024)
  /** More than every number. */
  size = 0

  add(id: DimensionId, numbers: readonly number[]): void {
    if (id * 4 + 4 > this.numbers.length) {
      const wider = new Int32Array(this.numbers.length * 2)
      wider.set(this.numbers)
      this.numbers = wider
    }
    this.numbers.set(numbers, id * 4)
    for (const number of numbers) if (number >= this.size) this.size = number + 1
  }
}

/** All dimensions of one book; ids are never reused. */
export class Dimensions {
  readonly #ids = new Map<string, DimensionId>()
  readonly #list: Dimension[] = []
  readonly #names = new Names()
  /** Under which numbers the amounts of a line must balance within its entry. */
  readonly balancing = new Balancing()
  /** For each id, the one that counts the same units most finely. */
  readonly #finest: DimensionId[] = []
  readonly #byName = new Map<string, DimensionId[]>()

  constructor() {
    this.#names.id('nowhere')
  }

  id(terms: DimensionTerms): DimensionId {
    const { account, sleeve, custodyAccount, cashAccount, instrument, state, currency, unitPlaces } = terms
    const name = [account, sleeve, custodyAccount, cashAccount, instrument, state, currency].join('|')
    const key = `${name}|${unitPlaces}`
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    const id = this.#list.push(terms) - 1
    this.balancing.add(id, [
      this.#names.id(`base of ${sleeve}`),
      account === 9000 ? this.#names.id(`base of 9000 of ${sleeve}`) : NOWHERE,
      this.#names.id(`${currency} of ${sleeve}`),
      this.#names.id(`units of ${instrument} of ${sleeve}`),
    ])
    this.#ids.set(key, id)
    const same = this.#byName.get(name) ?? []
    this.#byName.set(name, same)
    same.push(id)
    const finest = same.reduce((a, b) => (this.of(b).unitPlaces > this.of(a).unitPlaces ? b : a))
    for (const each of same) this.#finest[each] = finest
    return id
  }

  of(id: DimensionId): Dimension {
    const dimension = this.#list[id]
    if (dimension === undefined) throw new RangeError(`no dimension has the id ${id}`)
    return dimension
  }

  /** The same dimension at the finest places its units were ever counted in: lines that differ in that only are one. */
  finest(id: DimensionId): DimensionId {
    return this.#finest[id] ?? id
  }

  get size(): number {
    return this.#list.length
  }
}
