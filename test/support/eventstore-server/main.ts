// Runs the protocol server as a process of its own: `tsx test/support/eventstore-server/main.ts --port 2113`.
import { parseArgs } from 'node:util'
import { EventStoreServer } from './server.ts'

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })
const port = Number(values.port)
if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`--port ${values.port} is not a port`)
const server = await EventStoreServer.start(port)
// The one line a parent process waits for.
console.log(server.connectionString)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.stop()
    process.exit(0)
  })
}
