// The addresses under which the adapter looks for its server, and the ones it will not take.
import { describe, expect, test } from 'vitest'
import { openEventStoreDb } from '../../src/eventstore/eventstoredb/eventstoredb.ts'
import { IMPATIENT, aServer } from './set-up.ts'

describe('the address of the event store', () => {
  test.each(['esdb', 'esdb+discover', 'kurrentdb', 'kurrentdb+discover', 'kurrent'])(
    'may begin with %s:',
    async (scheme) => {
      const server = await aServer()
      const connectionString = `${scheme}://127.0.0.1:${server.port}?tls=false`
      const store = await openEventStoreDb({ connectionString, ...IMPATIENT })
      expect(await store.lastPosition()).toBeUndefined()
      await store.close()
    },
  )

  test('may name several nodes', async () => {
    const [one, two] = [await aServer(), await aServer()]
    const connectionString = `esdb://127.0.0.1:${one.port},127.0.0.1:${two.port}?tls=false`
    const store = await openEventStoreDb({ connectionString, ...IMPATIENT })
    expect(await store.lastPosition()).toBeUndefined()
    await store.close()
  })

  const refused = [
    'http://127.0.0.1:2113',
    'esdb://',
    'esdb://ada:secret@127.0.0.1:port',
    'esdb://ada:secret@h?tls=perhaps',
  ]
  test.each(refused)('%s is refused without repeating a password', async (connectionString) => {
    const refusal = await openEventStoreDb({ connectionString }).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(TypeError)
    expect(String(refusal)).not.toContain('secret')
  })

  // Finding 4: with it off, the client answers a conflict with a revision that is not the stream's.
  test.each(['throwOnAppendFailure', 'throw_on_append_failure'])('must not set %s', async (option) => {
    const connectionString = `esdb://127.0.0.1:2113?tls=false&${option}=false`
    await expect(openEventStoreDb({ connectionString })).rejects.toThrow('must not set throwOnAppendFailure')
  })
})
