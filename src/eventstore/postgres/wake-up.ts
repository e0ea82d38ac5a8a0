// Tells the subscriptions of a process that the log may have grown: at once by NOTIFY, and by a poll should that fail.
import pg from 'pg'
import { Backoff } from './connection.ts'
import { WAKE_CHANNEL } from './schema.ts'

/** The poll that finds what a NOTIFY did not tell: a lost connection may go unnoticed for long. */
const POLL_MS = 1000

export class WakeUp {
  readonly #config: pg.ClientConfig
  readonly #stop = new AbortController()
  #listening: Promise<void> | undefined
  #waiting = new Set<() => void>()
  #count = 0
  #endSession: () => void = () => undefined

  constructor(config: pg.ClientConfig) {
    this.#config = config
  }

  /** Grows with every wake-up: read it before looking at the log, and hand it to `after`. */
  get count(): number {
    return this.#count
  }

  /** Answers when there was a wake-up since `count` was read, at the next poll, or when the signal or close() says so. */
  after(count: number, signal?: AbortSignal): Promise<void> {
    this.#listening ??= this.#listen()
    if (this.#count !== count || this.#stop.signal.aborted || signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.#waiting.delete(done)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      // Whoever's time is up first looks for all.
      const timer = setTimeout(() => this.wake(), POLL_MS)
      this.#waiting.add(done)
      signal?.addEventListener('abort', done)
    })
  }

  wake(): void {
    this.#count++
    for (const done of this.#waiting) done()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.#endSession()
    this.wake()
    await this.#listening
  }

  #settings(): pg.ClientConfig {
    // A pool hides its password from being copied along with the rest.
    const { password } = this.#config
    return {
      connectionTimeoutMillis: 5000,
      ...this.#config,
      ...(password === undefined ? {} : { password }),
      application_name: 'quipu log, listening',
      keepAlive: true,
    }
  }

  /** Keeps one connection listening for as long as the store is open. */
  async #listen(): Promise<void> {
    let backoff = new Backoff()
    while (!this.#stop.signal.aborted) {
      const client = new pg.Client(this.#settings())
      const ended = new Promise<'ended'>((resolve) => {
        this.#endSession = () => resolve('ended')
        client.on('error', this.#endSession)
        client.on('end', this.#endSession)
      })
      try {
        client.on('notification', () => this.wake())
        const listening = client.connect().then(() => client.query(`LISTEN ${WAKE_CHANNEL}`))
        if ((await Promise.race([listening, ended])) !== 'ended') {
          backoff = new Backoff()
          this.wake() // what was appended before we listened
          await ended
        }
      } catch {
        // The poll stands in until the next try succeeds.
      }
      client.end().catch(() => undefined)
      if (!this.#stop.signal.aborted) await backoff.pause(this.#stop.signal)
    }
  }
}
