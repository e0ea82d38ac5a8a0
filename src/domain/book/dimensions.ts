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

/** A dimension and the numbers under which its amounts must balance within an entry. */
export interface Dimension extends DimensionTerms {
  readonly sleeveNumber: number
  /** Of (sleeve, currency) and (sleeve, instrument). */
  readonly currencyNumber: number
  readonly instrumentNumber: number
}

export type DimensionId = number

/** All dimensions of one book; ids are never reused. */
export class Dimensions {
  readonly #ids = new Map<string, DimensionId>()
  readonly #list: Dimension[] = []
  readonly #names = new Names()
  /** For each id, the one that counts the same units most finely. */
  readonly #finest: DimensionId[] = []
  readonly #byName = new Map<string, DimensionId[]>()

  id(terms: DimensionTerms): DimensionId {
    const { account, sleeve, custodyAccount, cashAccount, instrument, state, currency, unitPlaces } = terms
    const name = [account, sleeve, custodyAccount, cashAccount, instrument, state, currency].join('|')
    const key = `${name}|${unitPlaces}`
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    const made = {
      ...terms,
      sleeveNumber: this.#names.id(sleeve),
      currencyNumber: this.#names.id(`${sleeve} in ${currency}`),
      instrumentNumber: this.#names.id(`${sleeve} of ${instrument}`),
    }
    const id = this.#list.push(made) - 1
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

  /** What a balance number stands for. */
  nameOf(number: number): string {
    return this.#names.text(number)
  }

  get size(): number {
    return this.#list.length
  }
}
