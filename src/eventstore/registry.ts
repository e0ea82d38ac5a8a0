// Every event type the log can hold: its schema, its version, the streams it belongs to and its personal fields.
import type { z } from 'zod'
import { type BlockEvent, blockEvents } from '../domain/block/events.ts'
import { type InstrumentEvent, instrumentEvents } from '../domain/instrument/events.ts'
import { personalFields } from '../domain/kernel/schemas.ts'
import { type MarketEvent, marketEvents } from '../domain/market/events.ts'
import { type OwnerEvent, ownerEvents } from '../domain/owner/events.ts'
import { type PortfolioEvent, portfolioEvents } from '../domain/portfolio/events.ts'
import { type TransferEvent, transferEvents } from '../domain/transfer/events.ts'
import { versionOf } from './upcasters.ts'

/** Any event of the ledger, as deciders make it and readers get it. */
export type LedgerEvent = PortfolioEvent | InstrumentEvent | MarketEvent | TransferEvent | OwnerEvent | BlockEvent

/** The kinds of stream; a stream's name is its kind, a hyphen and an id. */
export type StreamKind = 'portfolio' | 'instrument' | 'prices' | 'fx' | 'calendar' | 'transfer' | 'owner' | 'block'

/** A personal field of an event type: its place in the data, and the place of the id of the person it is about. */
export interface PersonalField {
  readonly field: string
  readonly person: string
}

export interface EventType {
  readonly type: string
  readonly kind: StreamKind
  readonly schema: z.ZodObject
  /** The version this release writes; older ones are upcast on reading. */
  readonly version: number
  readonly personal: readonly PersonalField[]
}

const MARKET_KINDS = {
  PricesRecorded: 'prices',
  PriceCorrected: 'prices',
  PriceWithdrawn: 'prices',
  RatesRecorded: 'fx',
  RateCorrected: 'fx',
  RateWithdrawn: 'fx',
  BusinessDayClosed: 'calendar',
} as const satisfies Record<keyof typeof marketEvents, StreamKind>

const TYPES: ReadonlyMap<string, EventType> = collect([
  ...entries(portfolioEvents, () => 'portfolio'),
  ...entries(instrumentEvents, () => 'instrument'),
  ...entries(marketEvents, (type) => MARKET_KINDS[type]),
  ...entries(transferEvents, () => 'transfer'),
  ...entries(ownerEvents, () => 'owner'),
  ...entries(blockEvents, () => 'block'),
])

/** What is known of an event type; undefined for a type that this release does not know. */
export function eventType(type: string): EventType | undefined {
  return TYPES.get(type)
}

/** Every event type, in the order of the domain's files. */
export function eventTypes(): readonly EventType[] {
  return [...TYPES.values()]
}

function entries<T extends string>(
  schemas: Readonly<Record<T, z.ZodObject>>,
  kindOf: (type: T) => StreamKind,
): EventType[] {
  return (Object.keys(schemas) as T[]).map((type) => {
    const schema = schemas[type]
    return { type, kind: kindOf(type), schema, version: versionOf(type), personal: personalOf(schema) }
  })
}

function personalOf(schema: z.ZodObject): PersonalField[] {
  return Object.entries(schema.shape).flatMap(([field, member]) => {
    const mark = personalFields.get(bare(member))
    return mark === undefined ? [] : [{ field, person: mark.person }]
  })
}

function bare(schema: z.core.$ZodType): z.core.$ZodType {
  const { def } = schema._zod
  return def.type === 'optional' && 'innerType' in def ? bare(def.innerType as z.core.$ZodType) : schema
}

function collect(types: readonly EventType[]): Map<string, EventType> {
  const map = new Map(types.map((one) => [one.type, one]))
  if (map.size !== types.length) throw new Error('two event types have the same name')
  return map
}
