// The read models that no portfolio owns, one lane each: which streams they read and what writes them.
import type { RecordedUnit } from '../../eventstore/log.ts'
import { InstrumentsModel } from '../instruments/rows.ts'
import { OwnersModel } from '../owners/rows.ts'
import { PricesModel } from '../prices/rows.ts'
import { RatesModel } from '../rates/rows.ts'
import type { SharedProjection } from '../schema/tables.ts'
import { UnitsModel } from '../units/rows.ts'
import type { Model } from './model.ts'

interface SharedModel {
  /** Prefixes of the streams it reads; empty: all of them. */
  readonly streams: readonly string[]
  make(stateHash: string): Model<RecordedUnit>
}

export const SHARED_MODELS: Readonly<Record<SharedProjection, SharedModel>> = {
  units: { streams: [''], make: (hash) => new UnitsModel(hash) },
  instruments: { streams: ['instrument-'], make: (hash) => new InstrumentsModel(hash) },
  prices: { streams: ['prices-'], make: (hash) => new PricesModel(hash) },
  rates: { streams: ['fx-', 'calendar-'], make: (hash) => new RatesModel(hash) },
  owners: { streams: ['owner-'], make: (hash) => new OwnersModel(hash) },
}

/** The lane of the time axis: its checkpoint is how far the log has been read and handed out. */
export const AXIS = 'units' satisfies SharedProjection

/** The shared projections, besides the axis, that read a stream. */
export function sharedReadersOf(stream: string): SharedProjection[] {
  const names = Object.keys(SHARED_MODELS) as SharedProjection[]
  return names.filter(
    (name) => name !== AXIS && SHARED_MODELS[name].streams.some((prefix) => stream.startsWith(prefix)),
  )
}
