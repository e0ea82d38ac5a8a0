// Starts test/support/little-quipu as a process of its own, so that tests can kill it or run it as another user.
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { z } from 'zod'
import { type Account, canEnter, canRun } from '../../src/platform/postgres-account.ts'
import { isAlive } from '../../src/platform/process-liveness.ts'

export const isRoot = process.getuid?.() === 0
/** An ordinary user for the tests that root runs: `nobody`, who exists everywhere. */
export const NOBODY = { uid: 65_534, gid: 65_534 }
const here = join(import.meta.dirname, '..', '..')
const nobody: Account = { kind: 'service-user', ...NOBODY }
/** False for an ordinary user, and where `nobody` cannot enter this project or run Node: in a closed home folder. */
export const nobodyCanRun = isRoot && canEnter(nobody, here) && canRun(nobody, process.execPath, {})
if (isRoot && !nobodyCanRun)
  console.warn(
    'SKIPPED: the tests that run as an ordinary user. The user nobody cannot enter this project or run this Node.',
  )

export interface LittleQuipu {
  /** The line it printed. */
  readonly answer: {
    readonly url: string
    readonly port: number
    readonly adopted: boolean
    readonly said: readonly string[]
    readonly code: string
  }
  readonly pid: number
  /** Kills it as `kill -9` does; its database server is left behind. */
  kill(): Promise<void>
  /** Lets it end by itself without a call of stop(). */
  leave(): Promise<void>
  stop(): Promise<void>
}

export interface Start {
  readonly dataDir: string
  readonly strategy?: 'auto' | 'service-user'
  readonly port?: number
  readonly as?: { readonly uid: number; readonly gid: number }
  /** Folder holding src/, test/ and node_modules/; default: this project. */
  readonly project?: string
}

const answerSchema = z.object({
  url: z.string().default(''),
  port: z.number().default(0),
  adopted: z.boolean().default(false),
  said: z.array(z.string()).default([]),
  code: z.string().default(''),
})

/** Resolves once it has printed its line; a failure without one carries what it wrote to stderr. */
export async function littleQuipu(start: Start): Promise<LittleQuipu> {
  const project = start.project ?? here
  const args = [
    '--import',
    'tsx',
    join(project, 'test/support/little-quipu/main.ts'),
    start.dataDir,
    start.strategy ?? 'auto',
  ]
  if (start.port !== undefined) args.push(String(start.port))
  const child = spawn(process.execPath, args, { cwd: project, stdio: 'pipe', ...start.as })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const complaints: string[] = []
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk.toString('utf8')))
  const answer = await firstLine(child).catch(() => {
    throw new Error(`it said nothing but: ${complaints.join('')}`)
  })
  return {
    answer: answerSchema.parse(JSON.parse(answer)),
    pid: child.pid ?? 0,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    async leave() {
      child.stdin.write('leave\n')
      await ended
    },
    async stop() {
      child.stdin.end()
      await ended
    },
  }
}

/** The rows of one statement, on a connection of its own. */
export async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** The process id that the cluster's pid file names. */
export function postmasterPid(cluster: string): number {
  return Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0])
}

/** Waits until the process is gone. */
export async function goneFor(pid: number): Promise<void> {
  await until(async () => !isAlive(pid))
}

/** Waits until the condition holds; gives up with an error after 20 seconds. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('waited 20 seconds in vain')
    await delay(20)
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no output')
  for await (const line of createInterface({ input: child.stdout })) return line
  throw new Error('no line')
}
