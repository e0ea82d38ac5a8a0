// The PostgreSQL that Quipu brings along: one call starts it on a data folder, or adopts it, and keeps it up until stopped.
import { accessSync, constants, mkdirSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { lockFolder } from './folder-lock.ts'
import { checkVersion, initialise, isCluster, passwords, type Passwords } from './postgres-cluster.ts'
import { PlatformError } from './platform-error.ts'
import { locateCluster, type RootStrategy } from './postgres-location.ts'
import { findServer, startServer, stopServer, type Cluster, type Server } from './postgres-server.ts'
import { isAlive } from './process-liveness.ts'
import { readRememberedPort, rememberPort } from './remembered-port.ts'

export interface EmbeddedPostgresOptions {
  /** Folder of this Quipu's data; made when missing. */
  readonly dataDir: string
  /** Port wanted on 127.0.0.1; default: the one used last on this folder. Another is picked when it is taken. */
  readonly port?: number
  /** Told, in whole sentences, what an operator should know. */
  readonly log?: (message: string) => void
  /** False only for databases that may be lost with the machine: no fsync. Default true. */
  readonly durable?: boolean
  readonly rootStrategy?: RootStrategy
}

export interface EmbeddedPostgres {
  /** Connection string of the role `quipu` and its database `quipu`. */
  readonly url: string
  readonly port: number
  /** True when a server that a killed Quipu left running was taken over. */
  readonly adopted: boolean
  /** Fast shutdown and release of the folder; harmless when called twice. */
  stop(): Promise<void>
}

const DATABASE = 'quipu'
const SUPERVISION_MS = 250
const RESTARTS_MAX = 5
const RESTART_WINDOW_MS = 60_000
/** The old log is kept once, as postgres.log.1, when it has grown over this. */
const LOG_BYTES_MAX = 16 * 1024 * 1024

/**
 * Starts, or adopts, the PostgreSQL server of a data folder and waits until it answers. While this process lives the server
 * is started again on the same port should it die; when this process ends, the server is told to stop. Throws PlatformError:
 * `data-folder-in-use` for a second Quipu on the folder, and the codes of locateCluster, initialise and startServer.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined)
  const dataDir = openFolder(options.dataDir)
  const lock = lockFolder(dataDir)
  try {
    const { cluster: folder, account, binaries } = await locateCluster(dataDir, options.rootStrategy ?? 'auto', log)
    const secret = passwords(dataDir, folder)
    const durable = options.durable ?? true
    if (isCluster(folder)) checkVersion(folder, binaries)
    else initialise(folder, account, binaries, secret, durable)
    const logFile = join(dataDir, 'postgres.log')
    const cluster: Cluster = { folder, account, binaries, password: secret.postgres, logFile, durable }

    const orphan = await findServer(cluster)
    if (orphan !== undefined) log(`took over the PostgreSQL server with process id ${orphan.pid} that was left running`)
    else turnLog(logFile)
    const wanted = options.port ?? readRememberedPort(dataDir)
    const server = orphan ?? (await startServer(cluster, wanted))
    if (orphan === undefined && wanted !== undefined && server.port !== wanted)
      log(`port ${wanted} is taken: PostgreSQL listens on port ${server.port}`)
    rememberPort(dataDir, server.port)
    await ensureDatabase(server, secret)

    const supervised = supervise(cluster, server, log)
    return {
      url: `postgres://quipu:${secret.quipu}@127.0.0.1:${server.port}/${DATABASE}`,
      port: server.port,
      adopted: orphan !== undefined,
      async stop() {
        await supervised.stop()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

function openFolder(path: string): string {
  try {
    // Root lets others pass through, because its database server is one of the others; secrets in it are 0600 each.
    mkdirSync(path, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
    accessSync(path, constants.W_OK)
    return realpathSync(path)
  } catch (cause) {
    throw new PlatformError('data-folder-not-writable', `the data folder ${path} cannot be made or written`, {
      field: path,
      remedy: 'run Quipu as the user who owns it, or give it another folder with QUIPU_DATA',
      cause,
    })
  }
}

/** Makes the role and its database when they are not there: also after a first start that was cut short. */
async function ensureDatabase(server: Server, secret: Passwords): Promise<void> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: server.port,
    user: 'postgres',
    password: secret.postgres,
    database: 'postgres',
  })
  await client.connect()
  try {
    const role = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [DATABASE])
    if (role.rowCount === 0) {
      const password = client.escapeLiteral(secret.quipu)
      await client.query(`CREATE ROLE ${DATABASE} LOGIN CREATEDB CREATEROLE PASSWORD ${password}`)
    }
    const database = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE])
    if (database.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE} OWNER ${DATABASE}`)
  } finally {
    await client.end()
  }
}

/** Watches the server, brings it back on its port when it dies, and lets it go with this process. */
function supervise(cluster: Cluster, first: Server, log: (message: string) => void): { stop(): Promise<void> } {
  let server = first
  let stopping = false
  let restart: Promise<void> | undefined
  let restarts: number[] = []

  const bringBack = async () => {
    restarts = [...restarts.filter((at) => at > Date.now() - RESTART_WINDOW_MS), Date.now()]
    if (restarts.length > RESTARTS_MAX) {
      clearInterval(timer)
      log(`PostgreSQL died ${restarts.length} times within a minute and is left down: see ${cluster.logFile}`)
      return
    }
    log(`PostgreSQL (process ${server.pid}) has died: starting it again on port ${server.port}`)
    try {
      const next = await startServer(cluster, server.port)
      if (next.port !== server.port) log(`port ${server.port} was taken meanwhile: PostgreSQL listens on ${next.port}`)
      server = next
    } catch (error) {
      log(`PostgreSQL could not be started again: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const timer = setInterval(() => {
    if (stopping || restart !== undefined || isAlive(server.pid)) return
    restart = bringBack().finally(() => {
      restart = undefined
    })
  }, SUPERVISION_MS)
  timer.unref()
  const letGo = () => {
    try {
      process.kill(server.pid, 'SIGINT')
    } catch {
      // already gone
    }
  }
  process.once('exit', letGo)

  return {
    async stop() {
      stopping = true
      clearInterval(timer)
      process.off('exit', letGo)
      await restart
      await stopServer(server.pid)
    },
  }
}

function turnLog(logFile: string): void {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0
  if (size < LOG_BYTES_MAX) return
  rmSync(`${logFile}.1`, { force: true })
  renameSync(logFile, `${logFile}.1`)
}
