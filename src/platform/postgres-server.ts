// One running PostgreSQL server: starting it, recognising one left by a killed Quipu, stopping it.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { join } from 'node:path'
import pg from 'pg'
import { invocation, type Account } from './postgres-account.ts'
import { program, type PostgresBinaries } from './postgres-binaries.ts'
import { freePort } from './free-port.ts'
import { PlatformError } from './platform-error.ts'
import { isPostmasterOf, readPidFile, removeForeignPidFile } from './postmaster-file.ts'
import { isAlive } from './process-liveness.ts'

export interface Cluster {
  readonly folder: string
  readonly account: Account
  readonly binaries: PostgresBinaries
  /** Password of the superuser `postgres`. */
  readonly password: string
  readonly logFile: string
  /** False only for databases that may be lost with the machine (tests). */
  readonly durable: boolean
}

export interface Server {
  readonly pid: number
  readonly port: number
}

const POLL_MS = 25
/** Each refused look is a line in the server's log: during a long recovery we look less often. */
const POLL_MAX_MS = 1_000
/** Crash recovery replays up to max_wal_size of log; a slow disk may take minutes over it. */
const READY_DEADLINE_MS = 300_000
/** Backends of a killed server need a moment to notice; until they are gone the new one must wait. */
const LEFTOVER_DEADLINE_MS = 30_000
const FAST_SHUTDOWN_DEADLINE_MS = 60_000
const PORT_ATTEMPTS_MAX = 5
const REFUSED = Symbol('password refused')
/** Another server may have snatched the port from ours, which is then about to give up: one refusal proves nothing. */
const REFUSALS_MAX = 10
const REFUSAL_PAUSE_MS = 100
const LOG_BYTES_SHOWN = 4_000

/** Settings for a small machine whose data matters; given on the command line, so that the cluster's own files stay stock. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '', // loopback with a password is the one way in; a socket's path may not exceed 107 bytes
  max_connections: '100',
  shared_buffers: '128MB',
  maintenance_work_mem: '128MB',
  effective_cache_size: '512MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  wal_compression: 'on',
  random_page_cost: '1.1', // nobody runs this on spinning disks
  jit: 'off', // point-in-time reads are short; compiling them costs more than they take
  timezone: 'UTC',
  log_timezone: 'UTC',
  datestyle: 'ISO, YMD',
  log_line_prefix: '%m [%p] ',
  logging_collector: 'off',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
} as const

const NOT_DURABLE = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  autovacuum_naptime: '10s',
} as const

/**
 * Starts the server on the wanted port, or another when that is taken, and waits until it answers. Throws
 * `postgres-did-not-start` with the end of its log.
 */
export async function startServer(cluster: Cluster, wantedPort: number | undefined): Promise<Server> {
  const leftoverDeadline = Date.now() + LEFTOVER_DEADLINE_MS
  let wanted = wantedPort
  for (let attempt = 0; ; ) {
    const { port } = await freePort(wanted)
    const outcome = await launch(cluster, port)
    if ('pid' in outcome) return outcome
    if (/could not bind|could not create any TCP\/IP sockets/.test(outcome.failure)) {
      wanted = undefined // taken between our look and its start
      if (++attempt < PORT_ATTEMPTS_MAX) continue
    }
    const isLeftover = /pre-existing shared memory block|lock file "postmaster\.pid" already exists/.test(
      outcome.failure,
    )
    if (isLeftover && Date.now() < leftoverDeadline) {
      removeForeignPidFile(cluster.folder)
      await delay(POLL_MS * 10)
      continue
    }
    throw new PlatformError('postgres-did-not-start', `PostgreSQL did not start: ${outcome.failure}`, {
      field: cluster.logFile,
      remedy: 'read the reason above and in its log; or point DATABASE_URL at a PostgreSQL server of your own',
    })
  }
}

/** The server that a killed Quipu left running on this cluster, once it accepts our password; undefined when there is none. */
export async function findServer(cluster: Cluster): Promise<Server | undefined> {
  const deadline = Date.now() + READY_DEADLINE_MS
  while (Date.now() < deadline) {
    const noted = readPidFile(cluster.folder)
    if (noted === undefined || !isPostmasterOf(noted.pid, cluster.folder)) return undefined
    if (noted.port !== undefined) {
      const folder = await dataFolderServed(cluster, noted.port)
      if (folder === REFUSED) throw passwordsWrong(cluster)
      if (folder === cluster.folder) return { pid: noted.pid, port: noted.port }
      if (folder !== undefined) return undefined // another cluster's server has the port: the note is stale
    }
    await delay(POLL_MS * 4) // starting, or recovering
  }
  throw new PlatformError('postgres-does-not-answer', 'the PostgreSQL server left running does not answer', {
    field: cluster.folder,
    remedy: `stop the process named in ${join(cluster.folder, 'postmaster.pid')} and start again`,
  })
}

/** Fast shutdown: sessions are ended, everything is written, the process is gone when this returns. */
export async function stopServer(pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!isAlive(pid)) return
    try {
      process.kill(pid, signal)
    } catch {
      return // gone between the look and the signal
    }
    const deadline = Date.now() + FAST_SHUTDOWN_DEADLINE_MS
    while (Date.now() < deadline) {
      if (!isAlive(pid)) return
      await delay(POLL_MS)
    }
  }
}

async function launch(cluster: Cluster, port: number): Promise<Server | { failure: string }> {
  const logStart = existsSync(cluster.logFile) ? statSync(cluster.logFile).size : 0
  const log = openSync(cluster.logFile, 'a', 0o600)
  const args = ['-D', cluster.folder, '-p', String(port)]
  for (const [name, value] of Object.entries({ ...SETTINGS, ...(cluster.durable ? {} : NOT_DURABLE) }))
    args.push('-c', `${name}=${value}`)
  const run = invocation(cluster.account, program(cluster.binaries, 'postgres'), args, cluster.binaries.env)
  // Its own process group: Ctrl-C in a terminal reaches Quipu, which then stops it in order. Its output goes to a file and
  // not to a pipe, so that it outlives a killed Quipu instead of dying half-way of a broken pipe.
  const child = spawn(run.command, run.args, { ...run.options, detached: true, stdio: ['ignore', log, log] })
  closeSync(log)
  let gone = false
  let failure = ''
  child.once('exit', () => {
    gone = true
  })
  child.once('error', (error) => {
    gone = true
    failure = error.message
  })
  child.unref()
  const deadline = Date.now() + READY_DEADLINE_MS
  let pause = POLL_MS
  let refusals = 0
  while (!gone && Date.now() < deadline && refusals < REFUSALS_MAX) {
    const folder = await dataFolderServed(cluster, port)
    if (child.pid !== undefined && folder === cluster.folder) return { pid: child.pid, port }
    if (folder === REFUSED) refusals++
    await delay(folder === REFUSED ? REFUSAL_PAUSE_MS : pause)
    pause = Math.min(pause * 1.3, POLL_MAX_MS)
  }
  if (!gone && child.pid !== undefined) await stopServer(child.pid)
  if (refusals === REFUSALS_MAX) throw passwordsWrong(cluster)
  return {
    failure:
      `${failure}${readFileSync(cluster.logFile).subarray(logStart).toString('utf8').slice(-LOG_BYTES_SHOWN)}`.trim(),
  }
}

/** The data folder of the server that accepts our superuser's password on this port; REFUSED when it does not accept it. */
async function dataFolderServed(cluster: Cluster, port: number): Promise<string | typeof REFUSED | undefined> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: cluster.password,
    database: 'postgres',
    connectionTimeoutMillis: 5_000,
  })
  client.on('error', () => undefined) // reported by connect and query
  try {
    await client.connect()
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory')
    return rows[0]?.data_directory
  } catch (error) {
    // 28P01: invalid_password
    return error instanceof Error && 'code' in error && error.code === '28P01' ? REFUSED : undefined
  } finally {
    await client.end().catch(() => undefined)
  }
}

function passwordsWrong(cluster: Cluster): PlatformError {
  return new PlatformError(
    'cluster-passwords-wrong',
    `the database cluster ${cluster.folder} does not accept our password`,
    {
      field: cluster.folder,
      remedy: 'bring back the postgres-passwords.json that belongs to this cluster',
    },
  )
}
