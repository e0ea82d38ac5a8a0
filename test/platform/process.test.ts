// The parts every process has: clock, log, metrics, progress, the folder's lock and the orderly end.
import { spawnSync } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { WriteStream } from 'node:tty'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { instant } from '../../src/domain/kernel/instant.ts'
import { fixedClock, systemClock } from '../../src/platform/clock.ts'
import { folderHolder, lockFolder } from '../../src/platform/folder-lock.ts'
import { createLogger } from '../../src/platform/log.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { incarnation, isAlive } from '../../src/platform/process-liveness.ts'
import { startProgress } from '../../src/platform/progress.ts'
import { installShutdown } from '../../src/platform/shutdown.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'quipu-process-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('the clock', () => {
  it('tells the present, and a fixed one what it was set to', () => {
    const [before, now, after] = [Date.now(), Date.parse(systemClock.now()), Date.now()]
    expect(before <= now && now <= after).toBe(true)
    const clock = fixedClock(instant('2025-03-14T15:00:00Z'))
    clock.set(instant('2025-03-14T15:00:00.000001Z'))
    expect(clock.now()).toBe('2025-03-14T15:00:00.000001Z')
  })
})

describe('the log', () => {
  it('writes a line of JSON and no secret in it', () => {
    const { stream, text } = collector()
    const log = createLogger('info', stream)
    log.info(
      { request: { headers: { authorization: 'Bearer s3cret' } }, token: 's3cret', portfolio: 'growth' },
      'asked',
    )
    log.debug('not written at this level')
    const lines = text().trim().split('\n')
    expect(lines.length).toBe(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      name: 'quipu',
      msg: 'asked',
      portfolio: 'growth',
      token: '[redacted]',
    })
    expect(text()).not.toContain('s3cret')
  })
})

describe('metrics', () => {
  it('are a registry of their own each time', async () => {
    const [one, other] = [createMetrics('0.1.0'), createMetrics('0.1.0')]
    expect(one).not.toBe(other)
    expect(await one.metrics()).toContain(`quipu_build_info{version="0.1.0",node="${process.version}"} 1`)
  })
})

describe('progress', () => {
  it('is drawn on a terminal when the work takes over a second, and says what is left', () => {
    vi.useFakeTimers()
    try {
      const { stream, text } = terminal()
      const progress = startProgress({ label: 'replaying', unit: 'events', total: 4_000, stream })
      progress.advance(1_000)
      expect(text()).toBe('') // not yet a second
      vi.advanceTimersByTime(1_100)
      progress.reach(2_000)
      vi.advanceTimersByTime(1_000)
      progress.finish()
      expect(text()).toMatch(/replaying {2}█{15}░{15} {2}50 % {2}2,000\/4,000 events .* s left/)
    } finally {
      vi.useRealTimers()
    }
  })

  it('stays silent off a terminal, under --json, and for work that was quick', () => {
    const quick = terminal()
    startProgress({ label: 'quick', unit: 'events', total: 1, stream: quick.stream }).finish()
    const json = terminal()
    startProgress({ label: 'json', unit: 'events', silent: true, stream: json.stream }).advance()
    expect([quick.text(), json.text()]).toStrictEqual(['', ''])
  })
})

describe('the lock of a folder', () => {
  it('is held by one, released once, and leaves nothing behind', () => {
    const lock = lockFolder(folder)
    expect(() => lockFolder(folder)).toThrow(expect.objectContaining({ code: 'data-folder-in-use' }))
    expect(folderHolder(folder)).toStrictEqual({ pid: process.pid })
    lock.release()
    lock.release()
    expect(folderHolder(folder)).toBeUndefined()
    expect(readdirSync(folder)).toStrictEqual([])
  })

  it.each([
    ['a process that is gone', () => ({ pid: spawnSync('true').pid, since: '2025-01-01T00:00:00Z' })],
    [
      'an earlier process of the same number',
      () => ({ pid: process.pid, incarnation: 'boot:1', since: '2025-01-01T00:00:00Z' }),
    ],
    ['nobody, being no lock at all', () => 'garbage'],
  ])('is taken over from %s', (_name, holder) => {
    writeFileSync(join(folder, 'quipu.lock'), JSON.stringify(holder()))
    const lock = lockFolder(folder)
    expect(JSON.parse(readFileSync(join(folder, 'quipu.lock'), 'utf8')).pid).toBe(process.pid)
    lock.release()
    expect(readdirSync(folder)).toStrictEqual([])
  })

  it('goes to exactly one of many that find it stale at once', () => {
    writeFileSync(join(folder, 'quipu.lock'), JSON.stringify({ pid: spawnSync('true').pid, since: 'long ago' }))
    const outcomes = Array.from({ length: 8 }, () => {
      try {
        return lockFolder(folder)
      } catch {
        return undefined
      }
    })
    expect(outcomes.filter((lock) => lock !== undefined).length).toBe(1)
    for (const lock of outcomes) lock?.release()
  })
})

describe('a process id', () => {
  it('lives while its process does', () => {
    expect([isAlive(process.pid), isAlive(spawnSync('true').pid)]).toStrictEqual([true, false])
    if (process.platform === 'linux') expect(incarnation(process.pid)).toMatch(/^[0-9a-f-]{36}:\d+$/)
  })
})

describe('the orderly end', () => {
  it('closes in reverse on a signal, once, goes on past a failure, and says it failed', async () => {
    const signals = new EventEmitter()
    const closed: string[] = []
    const said: string[] = []
    const exited = new Promise<number>((exit) => {
      const shutdown = installShutdown({ say: (message) => said.push(message), exit, signals })
      shutdown.before('database', () => void closed.push('database'))
      shutdown.before('projector', () => Promise.reject(new Error('stuck')))
      shutdown.before('api', async () => void closed.push('api'))
    })
    signals.emit('SIGTERM', 'SIGTERM')
    expect(await exited).toBe(1)
    expect(closed).toStrictEqual(['api', 'database'])
    expect(said).toStrictEqual(['stopping: SIGTERM', 'closing projector failed: stuck'])
    expect(signals.eventNames()).toStrictEqual([])
  })

  it('gives up at the deadline, and a second signal ends at once', async () => {
    const signals = new EventEmitter()
    const codes: number[] = []
    const said: string[] = []
    const options = { say: (message: string) => void said.push(message), exit: (code: number) => void codes.push(code) }
    const shutdown = installShutdown({ ...options, signals, deadlineMs: 50 })
    shutdown.before('api', () => new Promise(() => undefined))
    signals.emit('SIGINT', 'SIGINT')
    signals.emit('SIGINT', 'SIGINT')
    expect(codes).toStrictEqual([130])
    expect(await shutdown.ended).toBe(1)
    expect(said.at(-1)).toBe('still closing api after 0.05 s: giving up')
  })
})

function collector() {
  const written: string[] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk.toString('utf8'))
      done()
    },
  })
  return { stream, text: () => written.join('') }
}

/** A terminal that keeps what is written to it. */
function terminal(): { stream: NodeJS.WriteStream; text: () => string } {
  const { stream, text } = collector()
  const screen = Object.assign(Object.create(WriteStream.prototype), {
    isTTY: true,
    columns: 200,
    write: (chunk: string) => stream.write(chunk),
  })
  return { stream: screen, text }
}
