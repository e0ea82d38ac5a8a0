// The composition root: the only file that knows everything. It opens what a process needs, by its roles, and closes it in reverse.
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { createApi } from './api/app.ts'
import { type Application, createApplication } from './application/application.ts'
import { LiveBooks } from './application/live-books.ts'
import { openPostgresSnapshots } from './application/postgres-snapshots.ts'
import { portfolio } from './domain/portfolio/portfolio.ts'
import { Log } from './eventstore/log.ts'
import { masterKey } from './eventstore/master-key.ts'
import { openStore } from './eventstore/open-store.ts'
import { openPersonKeys } from './eventstore/postgres/person-keys.ts'
import { checkBinding } from './platform/auth.ts'
import { systemClock } from './platform/clock.ts'
import type { Config } from './platform/config.ts'
import { startEmbeddedPostgres } from './platform/embedded-postgres.ts'
import { freePort } from './platform/free-port.ts'
import { createLogger, type Logger } from './platform/log.ts'
import { createMetrics } from './platform/metrics.ts'
import { openTokens, type Tokens } from './platform/token-file.ts'
import { openReadModels, type ReadModels } from './projections/read-models.ts'
import { openPool } from './projections/schema/connection.ts'
import { type RunningProjector, startProjector } from './projections/start-projector.ts'
import { openCheckpoints } from './sagas/checkpoints.ts'
import { runSagas } from './sagas/sagas.ts'

/** How long a preview waits until it is known whom it concerns, in milliseconds. */
const CONCERNED_WAIT_MS = 5_000

/** A running Quipu. */
export interface Quipu {
  /** Where the API listens; empty without the role `api`. */
  readonly url: string
  /** True when the wanted port was taken and another one was picked. */
  readonly otherPort: boolean
  readonly api: FastifyInstance | undefined
  readonly app: Application
  readonly log: Log
  readonly readModels: ReadModels
  readonly projector: RunningProjector | undefined
  readonly tokens: Tokens
  readonly logger: Logger
  readonly version: string
  /** The database in use: for psql. Holds a password; not for logs. */
  readonly databaseUrl: string
  /** Closes in the reverse order of opening; may be called again. */
  close(): Promise<void>
}

export interface QuipuOptions {
  /** Called with each sentence that an operator should read. */
  readonly say?: (message: string) => void
  readonly logger?: Logger
}

/**
 * Starts what the configuration's roles ask for.
 * @throws PlatformError with its code (folder locked, auth required off loopback, ...), or what opening a store throws.
 */
export async function createQuipu(config: Config, options: QuipuOptions = {}): Promise<Quipu> {
  const logger = options.logger ?? createLogger(config.logLevel)
  const closing: (() => Promise<unknown> | unknown)[] = []
  let closed: Promise<void> | undefined
  // Connections that end because everything ends are no news.
  const say = (message: string): void => {
    if (closed !== undefined) return
    if (options.say === undefined) logger.info(message)
    else options.say(message)
  }
  const lost = (error: Error): void => {
    if (closed === undefined) logger.warn({ error: error.message }, 'an idle connection to PostgreSQL was lost')
  }
  const close = (): Promise<void> => {
    closed ??= (async () => {
      const failures: unknown[] = []
      for (let step = closing.pop(); step !== undefined; step = closing.pop()) {
        try {
          await step()
        } catch (error) {
          // What is left must still be closed: the last of it is the database server.
          failures.push(error)
        }
      }
      if (failures.length > 0) throw new AggregateError(failures, 'not everything closed as it should')
    })()
    return closed
  }
  try {
    return await open(config, { logger, say, lost }, closing, close)
  } catch (error) {
    await close().catch((failure: unknown) => logger.error({ err: failure }, 'closing after a failed start failed'))
    throw error
  }
}

/** Whom to tell what. */
interface Voices {
  readonly logger: Logger
  readonly say: (message: string) => void
  readonly lost: (error: Error) => void
}

async function open(
  config: Config,
  { logger, say, lost }: Voices,
  closing: (() => Promise<unknown> | unknown)[],
  close: () => Promise<void>,
): Promise<Quipu> {
  const has = (role: Config['roles'][number]): boolean => config.roles.includes(role)
  const version = versionOfPackage()
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  // Before anything is opened: a refusal must leave nothing running.
  const tokens = openTokens({
    path: config.tokenFile ?? join(config.dataDir, 'tokens.json'),
    adminToken: config.adminToken,
    log: say,
  })
  if (has('api')) checkBinding(config.host, tokens.entries())

  const databaseUrl = config.databaseUrl ?? (await embedded(config, say, closing))
  const pool = openPool(databaseUrl, lost)
  closing.push(() => pool.end())
  const readPool = openPool(databaseUrl, lost)
  closing.push(() => readPool.end())
  // The first command of a portfolio must not wait until a lane or a reader is done with its connection.
  const snapshotPool = openPool(databaseUrl, lost)
  closing.push(() => snapshotPool.end())

  const personKeys = await openPersonKeys(
    pool,
    masterKey({
      ...(config.masterKey === undefined ? {} : { fromEnvironment: config.masterKey }),
      dataDir: config.dataDir,
    }),
  )
  const store = await openStore({ eventStoreUrl: config.eventStoreUrl, postgres: databaseUrl, log: say })
  const log = new Log({ store, personKeys, now: systemClock.now })
  closing.push(() => log.close())

  const metrics = createMetrics(version)
  const projector = has('projector') ? await startProjector({ pool, log, logger, metrics }) : undefined
  if (projector !== undefined) closing.push(() => projector.stop())
  const readModels = openReadModels(readPool, projector)

  const stop = new AbortController()
  const books = new LiveBooks({
    log,
    onError: (error) =>
      logger.warn({ err: error }, 'the books beside the commands fell behind; warnings may be missing'),
  })
  const snapshots = await openPostgresSnapshots(snapshotPool)
  const snapshotFailed = (error: unknown): void =>
    logger.warn({ err: error }, 'a snapshot could not be used; its stream is read instead')
  const app = createApplication({
    log,
    advisor: books,
    books,
    concernedBy: (units, position) => readModels.concernedBy(units, position, CONCERNED_WAIT_MS),
    priceDates: (instruments, through) => readModels.priceDates(instruments, through),
    pastBooks: books,
    onRecorded: (stream, appended, events) => books.recorded(stream, appended, events),
    snapshots,
    onSnapshotError: snapshotFailed,
  })
  closing.push(() => app.close())
  closing.push(() => stop.abort())
  void snapshots.forgetOthers([portfolio.layers.shape], stop.signal).catch(snapshotFailed)
  await app.start(stop.signal, (error) => logger.error({ err: error }, 'following the instruments ended'))
  await books.start(stop.signal)

  if (has('sagas')) {
    const sagas = runSagas({
      log,
      checkpoints: await openCheckpoints(pool),
      executor: { app, lots: books },
      signal: stop.signal,
      onRefused: (saga, command, error) => logger.warn({ saga, command, refusal: error.refusal }, 'a saga was refused'),
      onFailed: (saga, error) => logger.error({ saga, err: error }, 'a saga failed and starts again'),
    })
    closing.push(async () => {
      stop.abort()
      await sagas
    })
  }

  const started = { app, log, readModels, projector, tokens, logger, version, databaseUrl, close }
  if (!has('api')) return { ...started, url: '', otherPort: false, api: undefined }
  const api = await createApi({ app, log, readModels, projector, pool: readPool, tokens, metrics, logger, version })
  closing.push(() => api.close())
  const choice = await freePort(config.port === 0 ? undefined : config.port, config.host)
  const url = await api.listen({ host: config.host, port: choice.port })
  return { ...started, url, otherPort: config.port !== 0 && choice.port !== config.port, api }
}

async function embedded(
  config: Config,
  say: (message: string) => void,
  closing: (() => Promise<unknown> | unknown)[],
): Promise<string> {
  const server = await startEmbeddedPostgres({
    dataDir: config.dataDir,
    ...(config.postgresPort === undefined ? {} : { port: config.postgresPort }),
    log: say,
  })
  closing.push(() => server.stop())
  return server.url
}

function versionOfPackage(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}
