// The same commands make the same log in either store: event by event, byte by byte, and so the same Merkle root.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Log } from '../../src/eventstore/log.ts'
import { leafOf, rootOf } from '../../src/eventstore/merkle.ts'
import { all } from '../contract/bench.ts'
import { ADAPTERS, type EmptyLog } from './adapters.ts'
import { contributed, hashOf } from './ledger-events.ts'

const opened: EmptyLog[] = []
beforeAll(async () => {
  for (const { open } of ADAPTERS) opened.push(await open())
})
afterAll(() => Promise.all(opened.map(({ drop }) => drop())))

it('has the same root on both adapters, wherever the events lie', async () => {
  const trees = await Promise.all(
    opened.map(async ({ store }) => {
      const log = new Log({ store, now: () => '2025-03-14T15:00:00.123456Z' })
      for (let i = 0; i < 10; i++) {
        const events = Array.from({ length: (i % 3) + 1 }, (_, k) =>
          contributed(`C${i}.${k}`, '12.50', 'Größe 東京 😀'),
        )
        const stream = `portfolio-P${i}`
        await log.append({
          stream,
          expected: 'no-stream',
          commandId: `c${i}`,
          commandHash: hashOf('c'),
          actor: 'ops',
          events,
        })
      }
      const stored = await all(store.readAll())
      const positions = stored.map(({ position }) => position)
      return { root: rootOf(stored.map(leafOf)).toString('hex'), events: stored.length, positions }
    }),
  )
  const [postgres, eventStoreDb] = trees
  // 1 + 2 + 3 events three times over, and one more.
  expect(postgres?.events).toBe(19)
  expect(eventStoreDb?.root).toBe(postgres?.root)
  // Positions are the store's own: here dense, there sparse.
  expect(eventStoreDb?.positions).not.toStrictEqual(postgres?.positions)
})
