// The dimensions of a posting line, but for its lot: each combination is made once and known by a small integer.
import type { Account, LotState } from './posting.ts'

/** Everything that names a balance, apart from the lot. */
export interface Dimension {
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

export type DimensionId = number

/** All dimensions of one book; ids are never reused. */
export class Dimensions {
  readonly #ids = new Map<string, DimensionId>()
  readonly #list: Dimension[] = []

  id(dimension: Dimension): DimensionId {
    const { account, sleeve, custodyAccount, cashAccount, instrument, state, currency, unitPlaces } = dimension
    const key = [account, sleeve, custodyAccount, cashAccount, instrument, state, currency, unitPlaces].join('|')
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    const id = this.#list.push(dimension) - 1
    this.#ids.set(key, id)
    return id
  }

  of(id: DimensionId): Dimension {
    const dimension = this.#list[id]
    if (dimension === undefined) throw new RangeError(`no dimension has the id ${id}`)
    return dimension
  }

  get size(): number {
    return this.#list.length
  }
}
