// As whom PostgreSQL runs: it refuses to be root, so root needs another name for itself or another user.
import { spawnSync, type SpawnOptions } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { PlatformError } from './platform-error.ts'

/**
 * 'direct': as we are. 'user-namespace': our own user under another number inside a Linux user namespace, so that files
 * stay ours and every folder we can enter stays open. 'service-user': another user of the machine.
 */
export type AccountKind = 'direct' | 'user-namespace' | 'service-user'

export interface Account {
  readonly kind: AccountKind
  /** The user the files belong to, seen from outside. */
  readonly uid: number
  readonly gid: number
}

export interface Invocation {
  readonly command: string
  readonly args: readonly string[]
  readonly options: SpawnOptions
}

interface User {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** Users that exist to run services, best first; `nobody` exists everywhere. */
const SERVICE_USERS = ['quipu', 'postgres', 'nobody'] as const

/** The command as this account would run it; `env` replaces the PostgreSQL variables of our own environment. */
export function invocation(
  account: Account,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Invocation {
  // The folder we were started in may be closed to the account.
  const options: SpawnOptions = { cwd: '/', env: { ...ownEnvironment(), ...env } }
  if (account.kind === 'direct') return { command, args, options }
  if (account.kind === 'service-user')
    return { command, args, options: { ...options, uid: account.uid, gid: account.gid } }
  const alias = serviceAccount() // the name we go by inside
  const mapping = ['--user', `--map-user=${alias.uid}`, `--map-group=${alias.gid}`, '--']
  return { command: 'unshare', args: [...mapping, command, ...args], options }
}

/** True when the account can run this program here and now. */
export function canRun(account: Account, command: string, env: Readonly<Record<string, string>>): boolean {
  return succeeds(account, command, ['--version'], env)
}

/** True when the account can enter the folder. */
export function canEnter(account: Account, folder: string): boolean {
  return succeeds(account, '/bin/sh', ['-c', 'cd "$1"', 'sh', folder], {})
}

/** True when the account can enter the folder and make files in it. */
export function canWrite(account: Account, folder: string): boolean {
  return succeeds(account, '/bin/sh', ['-c', 'cd "$1" && test -w .', 'sh', folder], {})
}

/** Ourselves, by our own name. */
export function ownAccount(): Account {
  return { kind: 'direct', uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
}

/** Ourselves inside a user namespace; undefined where there is no such thing, or no name to take in it. */
export function namespacedAccount(): Account | undefined {
  if (process.platform !== 'linux' || serviceUser() === undefined) return undefined
  return { ...ownAccount(), kind: 'user-namespace' }
}

/** A user of the machine that is not root; throws `no-service-user` when there is none. */
export function serviceAccount(): Account {
  const user = serviceUser()
  if (user !== undefined) return { kind: 'service-user', uid: user.uid, gid: user.gid }
  throw new PlatformError(
    'no-service-user',
    'PostgreSQL refuses to run as root, and there is no other user to run it',
    {
      field: '/etc/passwd',
      remedy: 'run Quipu as an ordinary user, add a user named quipu, or point DATABASE_URL at a PostgreSQL server',
    },
  )
}

/** True when the machine knows a name for the user: initdb insists on one. */
export function hasName(uid: number): boolean {
  return process.platform !== 'linux' || knownUsers().some((user) => user.uid === uid)
}

function succeeds(
  account: Account,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): boolean {
  const tried = invocation(account, command, args, env)
  return spawnSync(tried.command, tried.args, { ...tried.options, stdio: 'ignore' }).status === 0
}

function serviceUser(): User | undefined {
  const users = knownUsers().filter((user) => user.uid !== 0)
  return SERVICE_USERS.map((name) => users.find((user) => user.name === name)).find((user) => user !== undefined)
}

function knownUsers(): User[] {
  try {
    return readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name, , uid, gid]) => ({ name: name ?? '', uid: Number(uid), gid: Number(gid) }))
      .filter((user) => Number.isInteger(user.uid) && Number.isInteger(user.gid))
  } catch {
    return []
  }
}

function ownEnvironment(): Record<string, string> {
  const kept: Record<string, string> = {}
  // PGDATA, PGPORT and the like belong to some other server; Node's options are nothing to PostgreSQL.
  for (const [name, value] of Object.entries(process.env))
    if (value !== undefined && !name.startsWith('PG') && !name.startsWith('NODE_')) kept[name] = value
  return { ...kept, LC_ALL: 'C', TZ: 'UTC' }
}
