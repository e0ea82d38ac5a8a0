// The database cluster's folder: where it lies, who owns it, its passwords, and making it.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { invocation, type Account } from './postgres-account.ts'
import { program, type PostgresBinaries } from './postgres-binaries.ts'
import { PlatformError } from './platform-error.ts'
import { writePrivately } from './private-file.ts'

export interface Passwords {
  /** Of the superuser `postgres`, which only this layer uses. */
  readonly postgres: string
  /** Of the role `quipu`, which owns the database. */
  readonly quipu: string
}

const PASSWORD_FILE = 'postgres-passwords.json'
const PASSWORD_BYTES = 24
const passwordsSchema = z.object({ postgres: z.string().min(1), quipu: z.string().min(1) })

/** The passwords beside the cluster, made on first use. Throws `cluster-passwords-missing` for a cluster without them. */
export function passwords(dataDir: string, cluster: string): Passwords {
  const path = join(dataDir, PASSWORD_FILE)
  if (existsSync(path)) return passwordsSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  if (isCluster(cluster))
    throw new PlatformError('cluster-passwords-missing', `${cluster} is a database cluster, but ${path} is not there`, {
      field: path,
      remedy: 'bring the file back from the backup the cluster came from',
    })
  const made = {
    postgres: randomBytes(PASSWORD_BYTES).toString('hex'),
    quipu: randomBytes(PASSWORD_BYTES).toString('hex'),
  }
  writePrivately(path, `${JSON.stringify(made)}\n`)
  return made
}

/** True when the folder holds an initialised cluster. */
export function isCluster(folder: string): boolean {
  return existsSync(join(folder, 'PG_VERSION'))
}

/** Throws `cluster-of-another-version` when these binaries cannot open the cluster. */
export function checkVersion(cluster: string, binaries: PostgresBinaries): void {
  const held = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim()
  const ours = binaries.version.split('.')[0]
  if (held === ours) return
  throw new PlatformError('cluster-of-another-version', `${cluster} is of PostgreSQL ${held}, and we run ${ours}`, {
    field: cluster,
    remedy: `open it with the Quipu that made it and export the log, or serve it with PostgreSQL ${held} and set DATABASE_URL`,
  })
}

/**
 * Makes the cluster: data checksums, UTF-8, C collation (the same order on every machine), passwords only. It is made
 * under another name and renamed, so that one cut short is never taken for a cluster.
 */
export function initialise(
  cluster: string,
  account: Account,
  binaries: PostgresBinaries,
  secret: Passwords,
  durable: boolean,
): void {
  const draft = `${cluster}.new`
  const passwordFile = `${cluster}.password`
  rmSync(draft, { recursive: true, force: true })
  rmSync(passwordFile, { force: true })
  mkdirSync(draft, { mode: 0o700 })
  writeFileSync(passwordFile, secret.postgres, { mode: 0o600, flag: 'wx' })
  if (account.kind === 'service-user')
    for (const path of [draft, passwordFile]) chownSync(path, account.uid, account.gid)
  const args = ['--pgdata', draft, '--username', 'postgres', '--pwfile', passwordFile, '--auth', 'scram-sha-256']
  args.push('--locale', 'C', '--encoding', 'UTF8', '--data-checksums', '--no-instructions')
  if (!durable) args.push('--no-sync')
  try {
    const run = invocation(account, program(binaries, 'initdb'), args, binaries.env)
    const done = spawnSync(run.command, run.args, { ...run.options, stdio: 'pipe', encoding: 'utf8' })
    if (done.status !== 0) throw initdbFailed(dirname(cluster), `${done.error?.message ?? ''}${done.stderr}`)
    renameSync(draft, cluster)
  } finally {
    rmSync(passwordFile, { force: true })
  }
}

function initdbFailed(folder: string, output: string): PlatformError {
  return new PlatformError('initdb-failed', `PostgreSQL could not make a cluster in ${folder}: ${output.trim()}`, {
    field: folder,
    remedy: 'read the reason above; or point DATABASE_URL at a PostgreSQL server of your own',
  })
}
