// Where the cluster of a data folder lies and as whom it runs: beside everything else when it can, elsewhere when it must.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { realpathSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import * as accounts from './postgres-account.ts'
import type { Account } from './postgres-account.ts'
import { copyBinaries, installedBinaries, program, type PostgresBinaries } from './postgres-binaries.ts'
import { isCluster } from './postgres-cluster.ts'
import { PlatformError } from './platform-error.ts'
import { writePrivately } from './private-file.ts'
import { stopServer } from './postgres-server.ts'
import { livingPostmaster } from './postmaster-file.ts'

export interface Location {
  /** The cluster's folder as a real path; the folder itself may not exist yet. */
  readonly cluster: string
  readonly account: Account
  readonly binaries: PostgresBinaries
}

/** How root avoids being root; 'auto' takes the user namespace where the kernel allows it. The other is there to be tested. */
export type RootStrategy = 'auto' | 'service-user'

type Log = (message: string) => void

const CLUSTER_FOLDER = 'postgres'
const POINTER_FILE = 'postgres-location.json'
const OWNER_FILE = 'owner.json'
const LIBRARY_FOLDER = 'postgres-lib'
/** Folders every user can enter and that outlive a reboot, best first. */
const OUTSIDE_PARENTS = ['/var/lib', '/opt', '/var/tmp'] as const

const pointerSchema = z.strictObject({ cluster: z.string().min(1) })
const ownerSchema = z.strictObject({ dataDir: z.string().min(1) })

/** Decides for the data folder (a real path, locked by us). A cluster whose place no longer works is moved to one that does. */
export async function locateCluster(dataDir: string, strategy: RootStrategy, log: Log): Promise<Location> {
  const beside = join(dataDir, CLUSTER_FOLDER)
  const present = pointedCluster(dataDir) ?? beside
  const installed = installedBinaries(join(dataDir, LIBRARY_FOLDER))
  const account = chooseAccount(dataDir, present, installed, strategy)
  if (account.kind !== 'service-user') return { cluster: present, account, binaries: installed }

  const binaries = runnableBy(account, installed, log)
  if (present !== beside || accounts.canEnter(account, dataDir)) {
    await handOver(present, account)
    return { cluster: present, account, binaries }
  }
  const cluster = await moveOutside(dataDir, present, account)
  log(`the database lies in ${cluster}: the user that runs PostgreSQL cannot enter ${dataDir}`)
  return { cluster, account, binaries }
}

function chooseAccount(dataDir: string, cluster: string, installed: PostgresBinaries, strategy: RootStrategy): Account {
  const own = accounts.ownAccount()
  const owner = existsSync(cluster) ? statSync(cluster) : undefined
  const runs = (account: Account) =>
    accounts.canRun(account, program(installed, 'postgres'), installed.env) && accounts.canWrite(account, dataDir)
  if (own.uid === 0) {
    if (owner !== undefined && owner.uid !== 0) return { kind: 'service-user', uid: owner.uid, gid: owner.gid }
    const namespaced = accounts.namespacedAccount()
    return strategy === 'auto' && namespaced !== undefined && runs(namespaced) ? namespaced : accounts.serviceAccount()
  }
  if (owner !== undefined && owner.uid !== own.uid)
    throw new PlatformError(
      'cluster-of-another-user',
      `${cluster} belongs to user ${owner.uid}; we run as ${own.uid}`,
      {
        field: cluster,
        remedy: 'run Quipu as the user who first started it on this folder, or give it another folder with QUIPU_DATA',
      },
    )
  // A container may run under a number that has no name; initdb refuses such a user, so it is given one.
  const account = accounts.hasName(own.uid) ? own : (accounts.namespacedAccount() ?? own)
  if (!runs(account)) throw cannotRun(installed)
  return account
}

/** The installed programs when the account can reach them, otherwise a copy that it can. */
function runnableBy(account: Account, installed: PostgresBinaries, log: Log): PostgresBinaries {
  if (accounts.canRun(account, program(installed, 'postgres'), installed.env)) return installed
  const copy = copyBinaries(installed, join(outsideParent(), `quipu-postgres-${installed.version}-${process.arch}`))
  if (!accounts.canRun(account, program(copy, 'postgres'), copy.env)) throw cannotRun(copy)
  log(`PostgreSQL's programs run from ${copy.folder}: the user that runs them cannot enter node_modules`)
  return copy
}

/** Gives a cluster that another account made to this one. */
async function handOver(cluster: string, account: Account): Promise<void> {
  if (!isCluster(cluster) || statSync(cluster).uid === account.uid) return
  await stopLeftover(cluster)
  run('chown', ['-R', `${account.uid}:${account.gid}`, cluster])
}

/** A new place outside the data folder, taking along the cluster that lies in it, and the note that points there. */
async function moveOutside(dataDir: string, present: string, account: Account): Promise<string> {
  const home = await newHome(dataDir)
  const cluster = join(home, CLUSTER_FOLDER)
  if (isCluster(present)) {
    await stopLeftover(present)
    cpSync(present, cluster, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
    run('chown', ['-R', `${account.uid}:${account.gid}`, cluster])
    run('sync', ['-f', cluster])
  }
  writePrivately(join(home, OWNER_FILE), `${JSON.stringify({ dataDir })}\n`)
  writePrivately(join(dataDir, POINTER_FILE), `${JSON.stringify({ cluster })}\n`)
  if (isCluster(present)) renameSync(present, `${present}.moved`) // kept: nothing of a book is deleted unasked
  return cluster
}

/** An empty folder named after the data folder; what an earlier, deleted data folder left there is put aside, not reused. */
async function newHome(dataDir: string): Promise<string> {
  const parent = outsideParent()
  const name = `quipu-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`
  const home = join(parent, name)
  if (parent === '/var/tmp') return reopened(mkdtempSync(`${home}-`)) // anybody may make a folder there: an unguessable name
  if (existsSync(home)) {
    await stopLeftover(join(home, CLUSTER_FOLDER))
    renameSync(home, `${home}-left-${Date.now()}`)
  }
  mkdirSync(home, { mode: 0o755 })
  return reopened(home)
}

/** Lets others pass through the folder whatever our umask is; the cluster inside is its owner's alone. */
function reopened(folder: string): string {
  run('chmod', ['0755', folder])
  return realpathSync(folder)
}

async function stopLeftover(cluster: string): Promise<void> {
  const pid = livingPostmaster(cluster)
  if (pid !== undefined) await stopServer(pid)
}

function pointedCluster(dataDir: string): string | undefined {
  const pointer = join(dataDir, POINTER_FILE)
  if (!existsSync(pointer)) return undefined
  const { cluster } = pointerSchema.parse(JSON.parse(readFileSync(pointer, 'utf8')))
  if (!existsSync(join(cluster, '..', OWNER_FILE)))
    throw new PlatformError(
      'cluster-folder-missing',
      `${pointer} says the database lies in ${cluster}, and it does not`,
      {
        field: pointer,
        remedy: 'bring that folder back; only if the book in it may be lost, delete the file and start afresh',
      },
    )
  claim(dataDir, join(cluster, '..', OWNER_FILE), cluster)
  return cluster
}

/** A data folder that was copied points to the same cluster as its original: two books must not share one. */
function claim(dataDir: string, ownerFile: string, cluster: string): void {
  const owner = ownerSchema.parse(JSON.parse(readFileSync(ownerFile, 'utf8'))).dataDir
  if (owner === dataDir) return
  if (existsSync(join(owner, POINTER_FILE)))
    throw new PlatformError('cluster-of-another-folder', `the database in ${cluster} belongs to ${owner}`, {
      field: join(dataDir, POINTER_FILE),
      remedy: `use ${owner}; a copy of a data folder does not copy the database it points to`,
    })
  writePrivately(ownerFile, `${JSON.stringify({ dataDir })}\n`) // the data folder was moved
}

function outsideParent(): string {
  for (const parent of OUTSIDE_PARENTS) {
    try {
      accessSync(parent, constants.W_OK)
      return parent
    } catch {
      // read-only or absent here: try the next
    }
  }
  throw new PlatformError('no-reachable-folder', `none of ${OUTSIDE_PARENTS.join(', ')} can be written`, {
    remedy: 'put the data folder where other users can enter it (QUIPU_DATA), or set DATABASE_URL',
  })
}

function cannotRun(binaries: PostgresBinaries): PlatformError {
  return new PlatformError('postgres-cannot-run', `the PostgreSQL in ${binaries.folder} does not run on this machine`, {
    field: program(binaries, 'postgres'),
    remedy: 'it needs glibc and libstdc++ (not Alpine); otherwise point DATABASE_URL at a PostgreSQL server',
  })
}

function run(command: string, args: string[]): void {
  const done = spawnSync(command, args, { stdio: 'pipe', encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${done.error?.message ?? done.stderr}`)
}
