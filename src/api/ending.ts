// The server's end: requests under way are answered, then every connection is closed, whatever clients keep open.
import type { FastifyInstance } from 'fastify'

/** A request that is still under way this long after the end began is cut off; sending it again is safe. */
const GRACE_MS = 10_000

/**
 * Node's own close waits for connections that were opened and never used, as browsers and HTTP clients do ahead of need; here
 * nothing waits but requests.
 */
export function installEnding(api: FastifyInstance): void {
  const { server } = api
  let ending = false
  let underWay = 0
  const endWhenIdle = () => {
    if (ending && underWay === 0) server.closeAllConnections()
  }
  server.on('request', (_request, response) => {
    underWay++
    response.once('close', () => {
      underWay--
      setImmediate(endWhenIdle)
    })
  })
  api.addHook('preClose', async () => {
    ending = true
    setTimeout(() => server.closeAllConnections(), GRACE_MS).unref()
    // After the close itself has stopped listening: until then a new connection may still come.
    setImmediate(endWhenIdle)
  })
}
