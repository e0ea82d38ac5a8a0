// The event store in PostgreSQL: the embedded default, and enough for small deployments.
import pg from 'pg'
import type {
  AppendResult,
  EventStore,
  EventToAppend,
  ExpectedRevision,
  ReadAllOptions,
  ReadStreamOptions,
} from '../event-store.ts'
import type { StoredEvent, SubscribeOptions, SubscriptionItem } from '../event-store.ts'
import { Appender } from './appender.ts'
import { migrate } from './migrate.ts'
import { Pages } from './pages.ts'
import { LOG_MIGRATIONS, LOG_SCHEMA } from './schema.ts'
import { subscription } from './subscription.ts'
import { Tail } from './tail.ts'
import { WakeUp } from './wake-up.ts'

export interface PostgresStoreOptions {
  /** PostgreSQL 15 or newer; its role owns, or may create, the schema quipu_log. Either this or `pool`. */
  readonly connectionString?: string
  /** A pool to share, which stays the caller's to end. A listening connection of its own is opened with the same settings. */
  readonly pool?: pg.Pool
  /** How long an append or a page may take, with PostgreSQL away in between; default 10 s. */
  readonly deadlineMs?: number
  /** Told, in whole sentences, what an operator should know. */
  readonly log?: (message: string) => void
}

const DEADLINE_MS = 10_000
const POOL_SIZE = 5
const SERVER_VERSION_MIN = 150_000

/**
 * Opens the log in a PostgreSQL database and brings its schema up to date; several processes may do so at once.
 * @throws MigrationMismatch; errors of pg when the server is not reachable or is too old.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<EventStore> {
  const pool = options.pool ?? newPool(options)
  try {
    await check(pool, options.log)
    await migrate(pool, LOG_SCHEMA, LOG_MIGRATIONS)
  } catch (error) {
    if (options.pool === undefined) await pool.end()
    throw error
  }
  return new PostgresStore(pool, options)
}

function newPool({ connectionString, log }: PostgresStoreOptions): pg.Pool {
  if (connectionString === undefined) throw new Error('the PostgreSQL event store needs a connectionString or a pool')
  const pool = new pg.Pool({
    connectionString,
    max: POOL_SIZE,
    keepAlive: true,
    connectionTimeoutMillis: 5000,
    application_name: 'quipu log',
    // quipu_log.append refuses any other level, whatever the database's default is.
    onConnect: (client) => client.query("SET default_transaction_isolation TO 'read committed'"),
  })
  // An idle connection that the server cut is replaced on the next use; without a listener it would end the process.
  pool.on('error', (error) => log?.(`an idle connection to the log's PostgreSQL was lost: ${error.message}`))
  return pool
}

async function check(pool: pg.Pool, log: PostgresStoreOptions['log']): Promise<void> {
  const { rows } = await pool.query<{ version: number; fsync: string; encoding: string }>(
    `SELECT current_setting('server_version_num')::int AS version, current_setting('fsync') AS fsync,
            current_setting('server_encoding') AS encoding`,
  )
  const { version = 0, fsync, encoding } = rows[0] ?? {}
  if (version < SERVER_VERSION_MIN) throw new Error(`the log needs PostgreSQL 15 or newer; this one reports ${version}`)
  if (encoding !== 'UTF8') throw new Error(`the log needs a database with encoding UTF8; this one has ${encoding}`)
  if (fsync !== 'on') log?.('PostgreSQL runs with fsync off: acknowledged events can be lost with the machine')
}

class PostgresStore implements EventStore {
  readonly #pool: pg.Pool
  readonly #ownsPool: boolean
  readonly #pages: Pages
  readonly #wakeUp: WakeUp
  readonly #tail: Tail
  readonly #appender: Appender
  readonly #closed = new AbortController()
  readonly #log: (message: string) => void

  constructor(pool: pg.Pool, options: PostgresStoreOptions) {
    const deadlineMs = options.deadlineMs ?? DEADLINE_MS
    const log = options.log ?? (() => undefined)
    this.#log = log
    this.#pool = pool
    this.#ownsPool = options.pool === undefined
    this.#pages = new Pages(pool, deadlineMs)
    this.#wakeUp = new WakeUp(pool.options)
    this.#tail = new Tail(this.#pages, this.#wakeUp)
    this.#appender = new Appender({ pool, deadlineMs, log, onAppended: () => this.#wakeUp.wake() })
  }

  append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult> {
    return this.#appender.append(stream, expected, events)
  }

  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<StoredEvent> {
    return this.#pages.readStream(stream, options)
  }

  readAll(options?: ReadAllOptions): AsyncIterable<StoredEvent> {
    return this.#pages.readAll(options)
  }

  subscribeAll(options: SubscribeOptions = {}): AsyncIterable<SubscriptionItem> {
    return subscription(
      { pages: this.#pages, tail: this.#tail, wakeUp: this.#wakeUp, closed: this.#closed.signal, log: this.#log },
      options,
    )
  }

  async lastPosition(): Promise<bigint | undefined> {
    const head = await this.#pages.head()
    return head === 0n ? undefined : head
  }

  async close(): Promise<void> {
    if (this.#closed.signal.aborted) return
    this.#closed.abort()
    await Promise.all([this.#appender.close(), this.#wakeUp.close()])
    if (this.#ownsPool) await this.#pool.end()
  }
}
