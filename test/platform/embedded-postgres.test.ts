// The embedded PostgreSQL as an ordinary start sees it: what it makes, whom it lets in, and what survives a kill.
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts'
import { isAlive } from '../../src/platform/process-liveness.ts'
import { ask, goneFor, littleQuipu, NOBODY, nobodyCanRun, postmasterPid, until } from './little-quipu.ts'

let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'quipu platform '))
  chmodSync(home, 0o755)
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

describe('a first start', () => {
  it('makes a cluster that is checked, closed to strangers and the same on every machine', async () => {
    const dataDir = join(home, 'first start')
    const postgres = await startEmbeddedPostgres({ dataDir })
    try {
      const settings = `SELECT current_setting('data_checksums') AS checksums, current_setting('fsync') AS fsync,
          current_setting('listen_addresses') AS listens, current_setting('server_encoding') AS encoding,
          current_setting('TimeZone') AS zone, datcollate AS collation, current_user::text AS who,
          (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS super
        FROM pg_database WHERE datname = current_database()`
      expect(await ask(postgres.url, settings)).toStrictEqual([
        {
          checksums: 'on',
          fsync: 'on',
          listens: '127.0.0.1',
          encoding: 'UTF8',
          zone: 'UTC',
          collation: 'C',
          who: 'quipu',
          super: false,
        },
      ])
      const stranger = new URL(postgres.url)
      stranger.password = 'guess'
      await expect(ask(stranger.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' })
      expect(statSync(join(dataDir, 'postgres-passwords.json')).mode & 0o777).toBe(0o600)
      expect(statSync(join(dataDir, 'postgres')).mode & 0o777).toBe(0o700)
    } finally {
      await postgres.stop()
      await postgres.stop() // harmless
    }
  })

  it('stops on request and goes on where it stopped, on the same port', async () => {
    const dataDir = join(home, 'stop and go')
    const first = await startEmbeddedPostgres({ dataDir, durable: false })
    await ask(first.url, 'CREATE TABLE knot AS SELECT 7 AS n')
    const pid = postmasterPid(join(dataDir, 'postgres'))
    await first.stop()
    expect(isAlive(pid)).toBe(false)

    const second = await startEmbeddedPostgres({ dataDir, durable: false })
    expect([second.url, second.adopted]).toStrictEqual([first.url, false])
    expect(await ask(second.url, 'SELECT n FROM knot')).toStrictEqual([{ n: 7 }])
    await second.stop()
  })

  it('picks another port when the wanted one is taken, and says so', async () => {
    const squatter = createServer()
    const taken = await new Promise<number>((resolve) => {
      squatter.listen(0, '127.0.0.1', () => {
        const address = squatter.address()
        resolve(address !== null && typeof address === 'object' ? address.port : 0)
      })
    })
    const said: string[] = []
    const postgres = await startEmbeddedPostgres({
      dataDir: join(home, 'port'),
      port: taken,
      durable: false,
      log: (message) => said.push(message),
    })
    squatter.close()
    await postgres.stop()
    expect(postgres.port).not.toBe(taken)
    expect(said.slice(-1)).toStrictEqual([`port ${taken} is taken: PostgreSQL listens on port ${postgres.port}`])
  })
})

describe('a cluster whose passwords are not beside it', () => {
  it('is not opened, not overwritten and not left running', async () => {
    const dataDir = join(home, 'passwords')
    await (await startEmbeddedPostgres({ dataDir, durable: false })).stop()
    const path = join(dataDir, 'postgres-passwords.json')
    const right = readFileSync(path, 'utf8')

    writeFileSync(path, JSON.stringify({ postgres: 'guess', quipu: 'guess' }))
    const wrong = startEmbeddedPostgres({ dataDir, durable: false })
    await expect(wrong).rejects.toMatchObject({ code: 'cluster-passwords-wrong' })
    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false)

    rmSync(path)
    const absent = startEmbeddedPostgres({ dataDir, durable: false })
    await expect(absent).rejects.toMatchObject({ code: 'cluster-passwords-missing', field: path })

    writeFileSync(path, right)
    await (await startEmbeddedPostgres({ dataDir, durable: false })).stop()
  })
})

describe('after a kill', () => {
  it('a server left running is taken over with everything in it', async () => {
    const dataDir = join(home, 'adopt')
    const killed = await littleQuipu({ dataDir })
    await ask(killed.answer.url, 'CREATE TABLE knot AS SELECT 7 AS n')
    await killed.kill()
    const orphan = postmasterPid(join(dataDir, 'postgres'))
    expect(isAlive(orphan)).toBe(true)

    const next = await startEmbeddedPostgres({ dataDir, durable: false })
    expect([next.adopted, next.url]).toStrictEqual([true, killed.answer.url])
    expect(await ask(next.url, 'SELECT n FROM knot')).toStrictEqual([{ n: 7 }])
    await next.stop()
    expect(isAlive(orphan)).toBe(false)
  })

  it('of both Quipu and PostgreSQL, what was committed is recovered', async () => {
    const dataDir = join(home, 'recover')
    const killed = await littleQuipu({ dataDir })
    await ask(killed.answer.url, 'CREATE TABLE knot AS SELECT 7 AS n')
    await killed.kill()
    const pid = postmasterPid(join(dataDir, 'postgres'))
    process.kill(pid, 'SIGKILL')
    await goneFor(pid)

    const next = await startEmbeddedPostgres({ dataDir, durable: false })
    expect(next.adopted).toBe(false)
    expect(await ask(next.url, 'SELECT n FROM knot')).toStrictEqual([{ n: 7 }])
    await next.stop()
  })

  it('a pid file whose number some other program has got since is cleared', async () => {
    const dataDir = join(home, 'reused pid')
    const first = await littleQuipu({ dataDir })
    await first.kill()
    const pidFile = join(dataDir, 'postgres', 'postmaster.pid')
    const pid = postmasterPid(join(dataDir, 'postgres'))
    process.kill(pid, 'SIGKILL')
    await goneFor(pid)
    writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(String(pid), String(process.pid)))

    const next = await startEmbeddedPostgres({ dataDir, durable: false })
    expect(next.adopted).toBe(false)
    await next.stop()
  })

  it('of PostgreSQL alone, it comes back on its port while Quipu runs', async () => {
    const dataDir = join(home, 'supervised')
    const said: string[] = []
    const postgres = await startEmbeddedPostgres({ dataDir, log: (message) => said.push(message) })
    await ask(postgres.url, 'CREATE TABLE knot AS SELECT 7 AS n')
    const pid = postmasterPid(join(dataDir, 'postgres'))
    process.kill(pid, 'SIGKILL')
    await until(() =>
      ask(postgres.url, 'SELECT n FROM knot').then(
        (rows) => rows.length === 1,
        () => false,
      ),
    )
    await postgres.stop()
    expect(said.slice(-1)).toStrictEqual([
      `PostgreSQL (process ${pid}) has died: starting it again on port ${postgres.port}`,
    ])
  })

  it('a process that ends without stopping takes its server along', async () => {
    const dataDir = join(home, 'forgetful')
    const forgetful = await littleQuipu({ dataDir })
    const pid = postmasterPid(join(dataDir, 'postgres'))
    await forgetful.leave()
    await goneFor(pid)
  })
})

describe('two on one folder', () => {
  it('the second is refused with a code while the first lives, and let in when it was killed', async () => {
    const dataDir = join(home, 'two')
    const first = await littleQuipu({ dataDir })
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({
      code: 'data-folder-in-use',
      message: expect.stringContaining(`process id ${first.pid}`),
    })
    await first.kill()
    const second = await startEmbeddedPostgres({ dataDir, durable: false })
    await second.stop()
  })
})

describe.runIf(nobodyCanRun)('an ordinary user', () => {
  it('starts it directly, and root and others keep off its cluster or run it as its owner', async () => {
    const dataDir = join(home, 'of nobody')
    chownSync(home, NOBODY.uid, NOBODY.gid)
    const first = await littleQuipu({ dataDir, as: NOBODY })
    await ask(first.answer.url, 'CREATE TABLE knot AS SELECT 7 AS n')
    await first.stop()
    chownSync(home, 0, 0)
    expect(statSync(join(dataDir, 'postgres')).uid).toBe(NOBODY.uid)

    const asRoot = await startEmbeddedPostgres({ dataDir, durable: false })
    expect(await ask(asRoot.url, 'SELECT n FROM knot')).toStrictEqual([{ n: 7 }])
    await asRoot.stop()

    const other = await littleQuipu({ dataDir, as: { uid: 1, gid: 1 } })
    expect(other.answer.code).toBe('data-folder-not-writable')
  })
})
