// What stays behind in the client after reads: nothing, however they ended. A ledger's process runs for months.
import { expect, test } from 'vitest'
import { Clients } from '../../src/eventstore/eventstoredb/clients.ts'
import { readAll, readStream } from '../../src/eventstore/eventstoredb/read.ts'
import { settingsOf } from '../../src/eventstore/eventstoredb/settings.ts'
import { all, someEvents } from '../contract/bench.ts'
import { aSetting, IMPATIENT } from './set-up.ts'

test('a read leaves no open call and no stream behind, read to its end or broken off', async () => {
  const { server, store } = await aSetting()
  await store.append('portfolio-1', 'no-stream', someEvents(200))
  const { connectionString } = server
  const settings = settingsOf({ connectionString, ...IMPATIENT })
  const clients = new Clients(connectionString)
  try {
    for (let i = 0; i < 5; i++) {
      await all(readStream(clients, settings, 'portfolio-1'))
      await all(readStream(clients, settings, 'portfolio-none'))
      await all(readAll(clients, settings, { direction: 'backwards', limit: 1 }))
      for await (const _ of readStream(clients, settings, 'portfolio-1')) break
      for await (const _ of readAll(clients, settings)) break
    }
    // The client cancels in a later turn of the event loop; a few turns are enough.
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
    // biome-ignore lint/complexity/useLiteralKeys: the member is private, and what it holds is what would leak
    expect(clients.reader['disposableStreams'].size).toBe(0)
  } finally {
    await clients.close()
  }
})
