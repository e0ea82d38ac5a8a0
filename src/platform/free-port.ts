// Finding a TCP port to listen on.
import { createServer } from 'node:net'

export interface PortChoice {
  readonly port: number
  /** False when the wanted port was taken and another was picked. */
  readonly wanted: boolean
}

/** The wanted port when nobody listens on it, otherwise one the system picks. The port is free now, not reserved. */
export async function freePort(wanted: number | undefined, host = '127.0.0.1'): Promise<PortChoice> {
  if (wanted !== undefined && wanted !== 0) {
    const port = await probe(wanted, host)
    if (port !== undefined) return { port, wanted: true }
  }
  const port = await probe(0, host)
  if (port === undefined) throw new Error(`no port can be opened on ${host}`)
  return { port, wanted: wanted === undefined || wanted === 0 }
}

function probe(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : undefined))
    })
  })
}
