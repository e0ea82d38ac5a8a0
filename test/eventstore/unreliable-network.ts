// A TCP proxy before PostgreSQL that loses answers, cuts connections and goes away when a test says so.
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net'

export class UnreliableNetwork {
  /** What becomes of the server's answers: passed on, swallowed in silence, or answered by cutting the connection. */
  answers: 'pass' | 'swallow' | 'cut' = 'pass'
  readonly #target: URL
  #server: Server | undefined
  #port = 0
  readonly #sockets = new Set<Socket>()

  constructor(url: string) {
    this.#target = new URL(url)
  }

  /** Connection string of the same database through the proxy. */
  get url(): string {
    const url = new URL(this.#target)
    url.hostname = '127.0.0.1'
    url.port = String(this.#port)
    return url.href
  }

  /** Accepts connections, always on the same port. */
  async up(): Promise<void> {
    this.#server = createServer((client) => this.#join(client))
    await new Promise<void>((resolve) => this.#server?.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Cuts every connection and refuses new ones. */
  async down(): Promise<void> {
    const closed = new Promise<void>((resolve) =>
      this.#server === undefined ? resolve() : this.#server.close(() => resolve()),
    )
    this.cut()
    await closed
  }

  /** Cuts every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #join(client: Socket): void {
    const server = connect(Number(this.#target.port), this.#target.hostname)
    for (const socket of [client, server]) {
      this.#sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.#sockets.delete(socket)
        client.destroy()
        server.destroy()
      })
    }
    client.on('data', (bytes) => server.write(bytes))
    server.on('data', (bytes) => {
      if (this.answers === 'pass') client.write(bytes)
      else if (this.answers === 'cut') client.destroy()
    })
  }
}
