// A process that appends to the PostgreSQL log on command: `tsx test/support/log-writer/main.ts URL NAME`.
// It prints `ready`, begins at the line `go`, prints each acknowledged unit as a line of JSON, and ends after the line `stop`.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { WrongExpectedRevision } from '../../../src/eventstore/errors.ts'
import type { ExpectedRevision } from '../../../src/eventstore/event-store.ts'
import { Log } from '../../../src/eventstore/log.ts'
import { openPostgresStore } from '../../../src/eventstore/postgres/postgres-store.ts'
import type { Acknowledgement } from './writer-process.ts'

const OWN_STREAMS = 3

const [connectionString = '', name = ''] = process.argv.slice(2)
const log = new Log({ store: await openPostgresStore({ connectionString }) })
const orders = createInterface({ input: process.stdin })
let stopped = false
orders.on('line', (order) => {
  if (order === 'stop') stopped = true
})
// A parent that has died can say nothing any more.
orders.once('close', () => {
  stopped = true
})

console.log('ready')
await once(orders, 'line')
await Promise.all([
  ...Array.from({ length: OWN_STREAMS }, (_, i) => alone(`portfolio-${name}-${i}`)),
  contested('portfolio-contested'),
  twice('portfolio-twice'),
])
await log.close()
orders.close()
process.stdin.destroy()

/** Nobody else writes here: each append must succeed at the revision that the last one answered. */
async function alone(stream: string): Promise<void> {
  let head: ExpectedRevision = 'no-stream'
  for (let i = 0; !stopped; i++) head = await append(stream, head, `${name}:${stream}:${i}`, 1 + (i % 4))
}

/** Both write here: the one that comes too late is told where the stream is, and tries again there. */
async function contested(stream: string): Promise<void> {
  let head: ExpectedRevision = 'no-stream'
  for (let i = 0; !stopped; ) {
    try {
      head = await append(stream, head, `${name}:${stream}:${i}`, 1 + (i % 2))
      i++
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision) || error.actual === 'unknown') throw error
      head = error.actual
    }
  }
}

/** Both send the same units with the same ids to the same places: each is to be written by one and recognised by the other. */
async function twice(stream: string): Promise<void> {
  let head: ExpectedRevision = 'no-stream'
  for (let i = 0; !stopped; i++) head = await append(stream, head, `both:${stream}:${i}`, 1 + (i % 3))
}

async function append(stream: string, expected: ExpectedRevision, commandId: string, count: number): Promise<bigint> {
  const { revision, position, eventIds, alreadyThere } = await log.append({
    stream,
    expected,
    commandId,
    commandHash: createHash('sha256').update(commandId).digest('hex'),
    actor: name,
    effectiveAt: '2025-03-14',
    events: Array.from({ length: count }, (_, i) => ({
      type: 'CashContributed',
      data: {
        fact: `cash:${commandId}:${i}`,
        cash: {
          ref: `${commandId}:${i}`.replaceAll(':', '.'),
          amount: '1000.00',
          currency: 'EUR',
          valueDate: '2025-03-14',
          sleeve: 'main',
          custodyAccount: 'custody',
          cashAccount: 'cash',
        },
      },
    })),
  })
  const [position_, revision_] = [String(position), String(revision)]
  const told: Acknowledgement = { commandId, stream, revision: revision_, position: position_, eventIds, alreadyThere }
  console.log(JSON.stringify(told))
  return revision
}
