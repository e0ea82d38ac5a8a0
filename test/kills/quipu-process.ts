// Quipu as a process of its own on its own data folder and embedded PostgreSQL, to be killed as the kernel or an operator would.
import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stopServer } from '../../src/platform/postgres-server.ts'
import { livingPostmaster } from '../../src/platform/postmaster-file.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
export const ADMIN = 'kill-test-admin-token-of-32-characters'

/** What of PostgreSQL is killed: its first process alone, one that serves a connection or writes, or all of them as a power cut would. */
export type Victim = 'postmaster' | 'one-backend' | 'every-process'
export const VICTIMS: readonly Victim[] = ['postmaster', 'one-backend', 'every-process']

/** Runs a quipu command on the folder to its end. */
export function quipu(data: string, ...args: readonly string[]): Promise<{ status: number | null; out: string }> {
  const child = command(args[0] ?? '', '--data', data, ...args.slice(1))
  let out = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (out += String(chunk)))
  return new Promise((resolve) => child.once('close', (status) => resolve({ status, out })))
}

export class QuipuProcess {
  readonly #data: string
  #child: ChildProcess
  #out = ''
  #gone: Promise<void>
  #started: number
  /** Resolves with its address once it listens; rejects when it ends before. */
  ready: Promise<string>

  constructor(data: string) {
    this.#data = data
    ;({ child: this.#child, gone: this.#gone, ready: this.ready, at: this.#started } = this.#spawn())
  }

  /** Starts it again, after it was killed. */
  start(): void {
    ;({ child: this.#child, gone: this.#gone, ready: this.ready, at: this.#started } = this.#spawn())
  }

  /** Milliseconds from the start of the process to its first listening. */
  async startTime(): Promise<number> {
    await this.ready
    return performance.now() - this.#started
  }

  /** Resolves when the process ends, for whatever reason. */
  get gone(): Promise<void> {
    return this.#gone
  }

  /** SIGKILL; resolves when the process is gone. Its PostgreSQL lives on, an orphan. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#gone
  }

  /** SIGKILL to PostgreSQL; `index` picks the process where one of many is to die. */
  killPostgres(victim: Victim, index: number): void {
    const first = livingPostmaster(this.#cluster)
    if (first === undefined) throw new Error('there is no PostgreSQL to kill')
    const others = processesIn(this.#cluster).filter((pid) => pid !== first)
    const one = others[index % Math.max(others.length, 1)]
    const pids =
      victim === 'postmaster' || one === undefined ? [first] : victim === 'one-backend' ? [one] : [first, ...others]
    for (const pid of pids) killed(pid)
  }

  /** Clean end; answers the exit status. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM')
    await this.#gone
    return this.#child.exitCode
  }

  /** Whatever became of it, nothing of it runs afterwards. */
  async dispose(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.kill()
    const orphan = livingPostmaster(this.#cluster)
    if (orphan !== undefined) await stopServer(orphan)
  }

  /** The end of what it printed, for the message of a failure. */
  get said(): string {
    return this.#out.slice(-4000)
  }

  get #cluster(): string {
    return join(this.#data, 'postgres')
  }

  #spawn() {
    const child = command('serve', '--data', this.#data, '--port', '0', '--log-level', 'error')
    const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
    const ready = new Promise<string>((resolve, reject) => {
      let mine = ''
      const heard = (chunk: unknown): void => {
        mine += String(chunk)
        this.#out += String(chunk)
        const url = /Quipu listens on (\S+)/.exec(mine)?.[1]
        if (url !== undefined) resolve(url)
      }
      child.stdout?.on('data', heard)
      child.stderr?.on('data', heard)
      void gone.then(() => reject(new Error(`Quipu ended before it listened:\n${mine}`)))
    })
    ready.catch(() => undefined) // a start that is killed in the middle is meant to fail
    return { child, gone, ready, at: performance.now() }
  }
}

function command(...args: readonly string[]): ChildProcess {
  const env: NodeJS.ProcessEnv = { ...process.env, CI: 'true', QUIPU_ADMIN_TOKEN: ADMIN }
  for (const name of ['DATABASE_URL', 'EVENTSTORE_URL', 'FORCE_COLOR']) delete env[name]
  return spawn(process.execPath, ['--import', 'tsx', join(root, 'src/cli/main.ts'), ...args], { cwd: root, env })
}

/** PostgreSQL's processes all work inside their cluster; nothing else does. Only the first is known where there is no /proc. */
function processesIn(cluster: string): number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && workingFolder(entry) === cluster)
    .map(Number)
}

function workingFolder(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return undefined // gone since we looked
  }
}

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it ended by itself a moment ago
  }
}
