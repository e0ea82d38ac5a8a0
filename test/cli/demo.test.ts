// The demo as a newcomer meets it: on an embedded PostgreSQL, in a folder with spaces, stopped in the middle, started again.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const main = join(root, 'src/cli/main.ts')

/** Those still alive: a test that fails half-way is not to leave its server to the next one. */
const running = new Set<ChildProcess>()

class Running {
  readonly child: ChildProcess
  out = ''
  readonly ended: Promise<number | null>
  readonly #watchers = new Set<() => void>()

  constructor(...args: readonly string[]) {
    // CI is set as a CI sets it: what it prints into a pipe is to stay plain text there too.
    const env: NodeJS.ProcessEnv = { ...process.env, CI: 'true' }
    delete env.DATABASE_URL
    delete env.FORCE_COLOR
    this.child = spawn(process.execPath, ['--import', 'tsx', main, ...args], { cwd: root, env })
    const heard = (chunk: unknown): void => {
      this.out += String(chunk)
      for (const look of this.#watchers) look()
    }
    this.child.stdout?.on('data', heard)
    this.child.stderr?.on('data', heard)
    this.ended = new Promise((resolve) => this.child.once('close', (code) => resolve(code)))
    running.add(this.child)
    this.child.once('close', () => running.delete(this.child))
  }

  /** Resolves once it has printed that; rejects when it ends before. */
  says(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (this.out.includes(text)) resolve()
      }
      this.#watchers.add(look)
      look()
      void this.ended.then((code) => reject(new Error(`it ended with ${code} and never said ${text}:\n${this.out}`)))
    })
  }

  stop(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal)
    return this.ended
  }
}

let parent: string
let data: string
let occupied: Server
let port: string

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'quipu demo '))
  data = join(parent, 'my books')
  occupied = createServer()
  await new Promise<void>((resolve) => occupied.listen(0, '127.0.0.1', resolve))
  port = String((occupied.address() as AddressInfo).port)
})

afterAll(() => {
  occupied.close()
  rmSync(parent, { recursive: true, force: true })
})

afterEach(async () => {
  await Promise.all(
    [...running].map((child) => new Promise<void>((resolve) => child.once('close', () => resolve()).kill('SIGTERM'))),
  )
})

const story = (): string[] => ['--data', data, '--port', port, '--to', '2025-02-14', '--fills', '150']

describe('quipu demo', () => {
  it('ends cleanly when it is interrupted in the middle of the story', async () => {
    const demo = new Running('demo', ...story())
    await demo.says('Replaying')
    expect(await demo.stop('SIGINT')).toBe(0)
    expect(demo.out).not.toContain('verified')
    expect(demo.out).not.toContain('error')
    expect([existsSync(join(data, 'quipu.lock')), existsSync(join(data, 'server.json'))]).toStrictEqual([false, false])
  }, 60_000)

  it('goes on where it stopped, picks another port than the taken one, prints the book, verifies it and serves', async () => {
    const demo = new Running('demo', ...story())
    await demo.says('Ctrl-C stops it')
    expect(demo.out).toContain(`port ${port} is taken`)
    for (const table of ['positions', 'lots', 'cash', 'gains']) expect(demo.out).toContain(`CONDOR-WORLD: ${table}`)
    expect(demo.out).toContain('differences: 0')
    const url = /its pages at (\S+?)\/docs/.exec(demo.out)?.[1]
    expect((await fetch(`${url}/docs`)).status).toBe(200)

    const second = new Running('demo', ...story())
    expect(await second.ended).toBe(3)
    expect(second.out).toContain('quipu: data-folder-in-use')
    expect(second.out).toContain('remedy:')

    const lots = new Running('lots', '--data', data, '-p', 'ANDES-GROWTH', '--limit', '3', '--json')
    expect([await lots.ended, JSON.parse(lots.out).rows.length]).toStrictEqual([0, 3])
    expect(await demo.stop('SIGTERM')).toBe(0)
  }, 120_000)

  it('repeats nothing when it is whole', async () => {
    const demo = new Running('demo', '--once', '--json', ...story())
    expect(await demo.ended).toBe(0)
    const { counts, certificate } = JSON.parse(demo.out)
    expect([counts.accepted, counts.parked, certificate.ok, certificate.differenceCount]).toStrictEqual([0, 0, true, 0])
  }, 60_000)

  it('says so, and changes nothing, when the folder holds the story told otherwise', async () => {
    const demo = new Running('demo', '--once', '--data', data, '--to', '2025-02-14', '--fills', '90')
    expect(await demo.ended).toBe(1)
    expect(demo.out).toContain('quipu: demo-refused (--data)')
    expect(demo.out).toContain('remedy: if the folder holds books of yours')
  }, 60_000)
})
