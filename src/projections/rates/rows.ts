// FX fixings and closed business days as rows.
import { canonicalDecimal } from '../../domain/kernel/decimal.ts'
import type { RecordedEvent } from '../../eventstore/codec.ts'
import type { RecordedUnit } from '../../eventstore/log.ts'
import { KnownRows, keyText } from '../rows/known-rows.ts'
import { StateHash } from '../rows/state-hash.ts'
import { drainAll, type Model, type Stored, type Writes } from '../runtime/model.ts'
import { closedDays, rates } from './table.ts'

export class RatesModel implements Model<RecordedUnit> {
  readonly #hash: StateHash
  readonly #rates: KnownRows
  readonly #closedDays: KnownRows

  constructor(stateHash: string) {
    this.#hash = new StateHash(stateHash)
    this.#rates = new KnownRows(rates, this.#hash)
    this.#closedDays = new KnownRows(closedDays, this.#hash)
  }

  get stateHash(): string {
    return this.#hash.value
  }

  async prepare(batch: readonly RecordedUnit[], stored: Stored): Promise<void> {
    const events = batch.flatMap((unit) => unit.events)
    const fixings = new Map(events.flatMap(rateKeys).map((key) => [keyText(key), key]))
    if (fixings.size > 0) this.#rates.load(await stored.open(rates, rates.key, [...fixings.values()]))
    const days = events.flatMap((event) =>
      event.type === 'BusinessDayClosed' ? [[event.data.calendar, event.data.date]] : [],
    )
    if (days.length > 0) this.#closedDays.load(await stored.open(closedDays, closedDays.key, days))
  }

  apply(unit: RecordedUnit): void {
    const at = unit.position
    for (const event of unit.events) {
      if (event.type === 'RatesRecorded') for (const row of event.data.rows) this.#put(event.data, row, null, at)
      else if (event.type === 'RateCorrected') this.#put(event.data, event.data.row, event.data.cause, at)
      else if (event.type === 'RateWithdrawn') for (const key of rateKeys(event)) this.#rates.remove(keyText(key), at)
      else if (event.type === 'BusinessDayClosed')
        this.#closedDays.put({ calendar: event.data.calendar, day: event.data.date }, at)
    }
  }

  #put(
    series: { readonly source: string; readonly fixing: string; readonly date: string },
    row: { readonly base: string; readonly quote: string; readonly rate: string },
    cause: string | null,
    at: bigint,
  ): void {
    this.#rates.put(
      {
        source: series.source,
        fixing: series.fixing,
        rate_date: series.date,
        base: row.base,
        quote: row.quote,
        rate: canonicalDecimal(row.rate),
        cause,
      },
      at,
    )
  }

  drain(keepOpen: boolean): Writes[] {
    return drainAll([this.#rates, this.#closedDays], keepOpen)
  }
}

function rateKeys(event: RecordedEvent): string[][] {
  if (event.type === 'RatesRecorded')
    return event.data.rows.map(({ base, quote }) => [
      event.data.source,
      event.data.fixing,
      event.data.date,
      base,
      quote,
    ])
  if (event.type === 'RateCorrected') {
    const { source, fixing, date, row } = event.data
    return [[source, fixing, date, row.base, row.quote]]
  }
  if (event.type !== 'RateWithdrawn') return []
  const { source, fixing, date, base, quote } = event.data
  return [[source, fixing, date, base, quote]]
}
