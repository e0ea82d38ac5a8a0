// Writes the golden file of every event type and version that has none yet: `npx tsx test/history/write.ts`.
// It never touches a file that is there: what the log once held is history. Commit the new files with the new version.
import { existsSync, writeFileSync } from 'node:fs'
import { Codec } from '../../src/eventstore/codec.ts'
import { leafOf } from '../../src/eventstore/merkle.ts'
import { eventTypes } from '../../src/eventstore/registry.ts'
import { sha256Hex } from '../../src/platform/ids.ts'
import { FOLDER, frozenKeys, type Golden, instances } from './golden.ts'

const codec = new Codec(frozenKeys)

for (const { type, version, kind } of eventTypes()) {
  const path = `${FOLDER}${type}.v${version}.json`
  const event = instances.get(type)
  if (existsSync(path)) continue
  if (event === undefined) throw new Error(`there is no instance of ${type}: add one to the instances beside this file`)
  const stream = `${kind}-golden.${type}`
  const unit = {
    stream,
    commandId: `golden:${type}:${version}`,
    commandHash: sha256Hex(type),
    actor: 'golden',
    recordedAt: '2025-03-14T15:30:00.123456Z',
    effectiveAt: '2025-03-14',
    causationId: 'cause-1',
  }
  const [encoded] = await codec.encode({ ...unit, events: [event] })
  if (encoded === undefined) throw new Error('an event was encoded to nothing')
  const golden: Golden = {
    type,
    version,
    stream,
    revision: '0',
    id: encoded.id,
    data: JSON.parse(encoded.data) as object,
    envelope: JSON.parse(encoded.metadata) as Golden['envelope'],
    canonical: encoded.data,
    sha256: sha256Hex(encoded.data),
    leaf: leafOf({ ...encoded, stream, revision: 0n }).toString('hex'),
  }
  writeFileSync(path, `${JSON.stringify(golden, null, 2)}\n`)
  console.log(`wrote ${path}`)
}
