// What a failed call to PostgreSQL means, and how to try again: the difference between "no" and "perhaps".
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { StoreUnavailable } from '../errors.ts'

/**
 * - `lost`: the connection went away or fell silent; what was under way may or may not have committed.
 * - `not-now`: the server said that nothing was done and that a later try may succeed.
 * - `fault`: the server said no for a reason that trying again does not change, or it is our own bug.
 */
export type Failure = 'lost' | 'not-now' | 'fault'

/**
 * Server states in which nothing was done: too many connections, starting up, serialisation, deadlock, lock not available,
 * a statement timeout, a read-only standby. Disk and memory (53100, 53200) too: the transaction was rolled back.
 */
const NOT_NOW = new Set(['53300', '53100', '53200', '57014', '57P03', '40001', '40P01', '55P03', '25006'])

/** A command that got no answer in time: the connection is given up, so that no late answer can be taken for another's. */
export class NoAnswer extends Error {}

/** Which of the three a failure of pg is. */
export function failureOf(error: unknown): Failure {
  if (error instanceof NoAnswer) return 'lost'
  if (error instanceof pg.DatabaseError) {
    const code = error.code ?? ''
    if (NOT_NOW.has(code)) return 'not-now'
    // 08: connection exceptions. 57P01, 57P02, 57P05: shut down or crashed under us, perhaps after the commit.
    if (code.startsWith('08') || /^57P0[125]$/.test(code) || error.severity === 'PANIC') return 'lost'
    return 'fault'
  }
  // Errors of the socket carry a system code; those of pg's own, about the connection, carry none.
  const system = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (/^E[A-Z_]+$/.test(system)) return 'lost'
  return error instanceof Error && /connect|terminated|timeout|not queryable|ended/i.test(error.message)
    ? 'lost'
    : 'fault'
}

/** Runs `work` on one connection of the pool, giving the connection up for good when it failed or fell silent for `ms`. */
export async function withClient<T>(
  pool: pg.Pool,
  ms: number,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const connecting = pool.connect()
  const client = await within(connecting, ms).catch((error: unknown) => {
    // A connection that comes after all goes back to the pool.
    if (error instanceof NoAnswer) connecting.then((late) => late.release()).catch(() => undefined)
    throw new NotConnected(error)
  })
  // A connection that dies while it is ours says so by an event, too; unheard, it would end the process.
  client.on('error', ignore)
  try {
    const result = await within(work(client), ms)
    client.off('error', ignore)
    client.release()
    return result
  } catch (error) {
    const lost = failureOf(error) === 'lost'
    if (!lost) client.off('error', ignore)
    client.release(lost)
    throw error
  }
}

const ignore = () => undefined

/** No connection was had: whatever was to be done has not begun. `cause` says why. */
export class NotConnected extends Error {
  constructor(cause: unknown) {
    super('no connection to PostgreSQL', { cause })
  }
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`no answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, silence])
  } finally {
    clearTimeout(timer)
  }
}

const WAIT_FIRST_MS = 20
const WAIT_MAX_MS = 1000

/** Grows the pause between tries, 20 ms to 1 s, each ended early by the signal. */
export class Backoff {
  #wait = WAIT_FIRST_MS
  /** How long the next pause will be. */
  get next(): number {
    return this.#wait
  }
  async pause(signal?: AbortSignal): Promise<void> {
    const ms = this.#wait
    this.#wait = Math.min(WAIT_MAX_MS, ms * 2)
    await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
  }
}

/**
 * Runs a read, again and again while the server is away, for at most `deadlineMs`.
 * @throws StoreUnavailable at the deadline and when the pool was ended; a fault at once.
 */
export async function read<T>(
  pool: pg.Pool,
  deadlineMs: number,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + deadlineMs
  const backoff = new Backoff()
  for (;;) {
    if (pool.ending || pool.ended) throw new StoreUnavailable('the event store is closed')
    try {
      return await withClient(pool, Math.max(1, deadline - performance.now()), work)
    } catch (error) {
      if (failureOf(error instanceof NotConnected ? error.cause : error) === 'fault') throw error
      if (performance.now() + backoff.next > deadline)
        throw new StoreUnavailable('the log cannot be read: PostgreSQL does not answer', { cause: error })
      await backoff.pause()
    }
  }
}
