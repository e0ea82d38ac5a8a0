// A golden file: one event as the log held it on the day it was written. It must decode for ever.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { StoredEvent } from '../../src/eventstore/event-store.ts'
import type { PersonKeys } from '../../src/eventstore/personal.ts'
import type { LedgerEvent } from '../../src/eventstore/registry.ts'
import { portfolioInstances } from './portfolio-instances.ts'
import {
  blockInstances,
  instrumentInstances,
  marketInstances,
  ownerInstances,
  transferInstances,
} from './reference-instances.ts'

export interface Golden {
  readonly type: string
  readonly version: number
  readonly stream: string
  readonly revision: string
  readonly id: string
  readonly data: object
  readonly envelope: { readonly commandId: string; readonly sha256: string; readonly schema: number }
  /** The canonical text of the data, byte for byte. */
  readonly canonical: string
  readonly sha256: string
  /** The Merkle leaf of the event, in hex. */
  readonly leaf: string
}

export const FOLDER = fileURLToPath(new URL('.', import.meta.url))

/** Every golden file, by name. */
export function goldens(): Map<string, Golden> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'))
  return new Map(files.sort().map((file) => [file, JSON.parse(readFileSync(FOLDER + file, 'utf8')) as Golden]))
}

/** The golden's event as a store hands it over: data and envelope in the spelling of the file, not the canonical one. */
export function storedOf(golden: Golden): StoredEvent {
  const { type, stream, id } = golden
  const position = BigInt(golden.revision) + 1n
  return {
    type,
    stream,
    id,
    revision: BigInt(golden.revision),
    position,
    data: JSON.stringify(golden.data, null, 2),
    metadata: JSON.stringify(golden.envelope, null, 2),
  }
}

/** Keys of persons that never change, so that golden files can be opened. */
export const frozenKeys: PersonKeys = {
  keyToSeal: async () => Buffer.alloc(32, 0x51),
  keyToOpen: async () => Buffer.alloc(32, 0x51),
  erase: async () => {
    throw new Error('golden files stay')
  },
}

/** One event of every type, as today's code makes them. */
export const instances: ReadonlyMap<string, LedgerEvent> = new Map(
  Object.entries({
    ...portfolioInstances,
    ...instrumentInstances,
    ...marketInstances,
    ...transferInstances,
    ...ownerInstances,
    ...blockInstances,
  }).map(([type, data]) => [type, { type, data } as LedgerEvent]),
)
