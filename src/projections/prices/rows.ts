// Prices as rows.
import { canonicalDecimal } from '../../domain/kernel/decimal.ts'
import { instant } from '../../domain/kernel/instant.ts'
import type { RecordedUnit } from '../../eventstore/log.ts'
import { KnownRows, keyText } from '../rows/known-rows.ts'
import { StateHash } from '../rows/state-hash.ts'
import { drainAll, type Model, type Stored, type Writes } from '../runtime/model.ts'
import { prices } from './table.ts'

/** Which snapshot of prices: what an event says once for all of its rows. */
interface Snapshot {
  readonly source: string
  readonly date: string
  readonly basis: string
  readonly snap: string
}

interface Price {
  readonly instrument: string
  readonly price: string
  readonly currency: string
  readonly at?: string | undefined
}

/** The columns that name a price without the moment of a quote: a withdrawal names no moment. */
const WITHOUT_QUOTE = ['instrument', 'price_date', 'source', 'basis', 'snap'] as const

export class PricesModel implements Model<RecordedUnit> {
  readonly #hash: StateHash
  readonly #prices: KnownRows

  constructor(stateHash: string) {
    this.#hash = new StateHash(stateHash)
    this.#prices = new KnownRows(prices, this.#hash)
  }

  get stateHash(): string {
    return this.#hash.value
  }

  async prepare(batch: readonly RecordedUnit[], stored: Stored): Promise<void> {
    const keys = new Map<string, string[]>()
    const need = (s: Snapshot, instrument: string) => {
      const key = [instrument, s.date, s.source, s.basis, s.snap]
      keys.set(keyText(key), key)
    }
    for (const event of batch.flatMap(({ events }) => events)) {
      if (event.type === 'PricesRecorded') for (const row of event.data.rows) need(event.data, row.instrument)
      else if (event.type === 'PriceCorrected') need(event.data, event.data.row.instrument)
      else if (event.type === 'PriceWithdrawn') need(event.data, event.data.instrument)
    }
    if (keys.size > 0) this.#prices.load(await stored.open(prices, WITHOUT_QUOTE, [...keys.values()]))
  }

  apply(unit: RecordedUnit): void {
    const at = unit.position
    for (const event of unit.events) {
      if (event.type === 'PricesRecorded') for (const row of event.data.rows) this.#put(event.data, row, null, at)
      else if (event.type === 'PriceCorrected') this.#put(event.data, event.data.row, event.data.cause, at)
      else if (event.type === 'PriceWithdrawn') this.#withdraw(event.data, event.data.instrument, at)
    }
  }

  #put(s: Snapshot, { instrument, price, currency, at: moment }: Price, cause: string | null, at: bigint): void {
    const quotedAt = moment === undefined ? null : instant(moment)
    this.#prices.put(
      {
        instrument,
        price_date: s.date,
        source: s.source,
        basis: s.basis,
        snap: s.snap,
        quote: quotedAt ?? '',
        price: canonicalDecimal(price),
        currency,
        quoted_at: quotedAt,
        cause,
      },
      at,
    )
  }

  #withdraw(s: Snapshot, instrument: string, at: bigint): void {
    const start = `${keyText([instrument, s.date, s.source, s.basis, s.snap])}${keyText(['', ''])}`
    const keys = [...this.#prices.rows()].map((row) => this.#prices.keyOf(row)).filter((key) => key.startsWith(start))
    for (const key of keys) this.#prices.remove(key, at)
  }

  drain(keepOpen: boolean): Writes[] {
    return drainAll([this.#prices], keepOpen)
  }
}
