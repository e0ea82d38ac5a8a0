// Personal fields: plain for deciders and readers, sealed in the log, gone for ever once the person is erased.
import { mkdtempSync, readFileSync, rmSync, statSync, chmodSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Refused } from '../../src/domain/kernel/refusal.ts'
import { CorruptEvent } from '../../src/eventstore/errors.ts'
import { Log, type RecordedUnit } from '../../src/eventstore/log.ts'
import { masterKey } from '../../src/eventstore/master-key.ts'
import {
  PersonErased,
  PersonKeyMissing,
  type PersonKeys,
  seal,
  unseal,
  unwrapKey,
  wrapKey,
} from '../../src/eventstore/personal.ts'
import { openPersonKeys } from '../../src/eventstore/postgres/person-keys.ts'
import { openPostgresStore } from '../../src/eventstore/postgres/postgres-store.ts'
import { all } from '../contract/bench.ts'
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts'
import { hashOf, registered } from './ledger-events.ts'

const MASTER = Buffer.alloc(32, 7)
let database: FreshDatabase
let keys: PersonKeys
let log: Log

beforeAll(async () => {
  database = await freshDatabase()
  keys = await openPersonKeys(database.pool, MASTER)
  log = new Log({ store: await openPostgresStore({ pool: database.pool }), personKeys: keys })
})
afterAll(async () => {
  await log.close()
  await database.drop()
})

const register = (owner: string, name: string) =>
  log.append({
    stream: `owner-${owner}`,
    expected: 'no-stream',
    commandId: `register-${owner}`,
    commandHash: hashOf(owner),
    actor: 'ops',
    events: [registered(owner, name)],
  })
const names = (units: readonly RecordedUnit[]) =>
  units.flatMap(({ events }) => events.map((event) => (event.type === 'OwnerRegistered' ? event.data.name : undefined)))
const rawText = async (stream: string): Promise<string> => {
  const { rows } = await database.pool.query<{ raw: string }>(
    'SELECT data::text || metadata::text AS raw FROM quipu_log.event WHERE stream = $1',
    [stream],
  )
  return rows.map(({ raw }) => raw).join()
}

describe('a name in the log', () => {
  it('is sealed there, and plain for readers', async () => {
    await register('O1', 'Ada Lovelace, Gräfin')
    expect(await rawText('owner-O1')).not.toMatch(/Lovelace|Gräfin/)
    expect(names(await all(log.readStream('owner-O1')))).toStrictEqual(['Ada Lovelace, Gräfin'])
  })

  it('is readable in another process with the same master key, and with no other', async () => {
    await register('O2', 'Grace Hopper')
    const reader = async (master: Buffer) =>
      new Log({
        store: await openPostgresStore({ pool: database.pool }),
        personKeys: await openPersonKeys(database.pool, master),
      })
    const same = await reader(MASTER)
    expect(names(await all(same.readStream('owner-O2')))).toStrictEqual(['Grace Hopper'])
    const another = await reader(Buffer.alloc(32, 8))
    await expect(all(another.readStream('owner-O2'))).rejects.toBeInstanceOf(CorruptEvent)
    await Promise.all([same.close(), another.close()])
  })

  it('is gone once the person is erased, and everything else stays', async () => {
    await register('O3', 'Emmy Noether')
    const before = await rawText('owner-O3')
    expect(await keys.erase('O3')).toBe(true)
    const units = await all(log.readStream('owner-O3'))
    expect(names(units)).toStrictEqual([{ erased: true }])
    expect(units[0]?.events[0]?.data).toMatchObject({ owner: 'O3', country: 'DE', taxStatus: 'taxable' })
    // The log itself is untouched: hashes and tree still hold.
    expect(await rawText('owner-O3')).toBe(before)
    const { rows } = await database.pool.query('SELECT wrapped FROM quipu_keys.person_key WHERE person = $1', ['O3'])
    expect(rows).toStrictEqual([{ wrapped: null }])
  })

  it('can be repeated without being sealed twice', async () => {
    const first = await register('O4', 'Alan Turing')
    const again = await register('O4', 'Alan Turing')
    expect(again).toStrictEqual({ ...first, alreadyThere: true })
  })

  it('does not let later appends overtake it while its key is fetched', async () => {
    const linked = log.append({
      ...{
        stream: 'owner-O6',
        expected: 'no-stream',
        commandId: 'register-O6',
        commandHash: hashOf('O6'),
        actor: 'ops',
      },
      events: [registered('O6', 'Sofja Kowalewskaja')],
    })
    const next = log.append({
      ...{ stream: 'owner-O6', expected: 0n, commandId: 'link-O6', commandHash: hashOf('O6'), actor: 'ops' },
      events: [{ type: 'PortfolioLinked', data: { owner: 'O6', portfolio: 'P1', from: '2025-01-02' } }],
    })
    expect((await Promise.all([linked, next])).map(({ revision }) => revision)).toStrictEqual([0n, 1n])
  })

  it('cannot be written without keys', async () => {
    const keyless = new Log({ store: await openPostgresStore({ pool: database.pool }) })
    const writing = keyless.append({
      stream: 'owner-O5',
      expected: 'no-stream',
      commandId: 'register-O5',
      commandHash: hashOf('O5'),
      actor: 'ops',
      events: [registered('O5', 'Kurt Gödel')],
    })
    await expect(writing).rejects.toThrow(/no keys/)
    await keyless.close()
  })
})

describe('the keys of persons', () => {
  it('are made once, however many ask at the same time', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => keys.keyToSeal('P1')))
    expect(new Set(made.map((key) => key.toString('hex'))).size).toBe(1)
    expect(await keys.keyToOpen('P1')).toStrictEqual(made[0])
  })

  it('lie in the database wrapped', async () => {
    const key = await keys.keyToSeal('P2')
    const { rows } = await database.pool.query<{ wrapped: Buffer }>(
      'SELECT wrapped FROM quipu_keys.person_key WHERE person = $1',
      ['P2'],
    )
    // 12 bytes of nonce, 32 of key, 16 of tag.
    expect(rows[0]?.wrapped).toHaveLength(60)
    expect(rows[0]?.wrapped.includes(key)).toBe(false)
  })

  it('are not given again to an erased person', async () => {
    await keys.keyToSeal('P3')
    expect(await keys.erase('P3')).toBe(true)
    expect(await keys.erase('P3')).toBe(false)
    expect(await keys.keyToOpen('P3')).toBe('erased')
    await expect(keys.keyToSeal('P3')).rejects.toBeInstanceOf(PersonErased)
  })

  it('that never were here are missing, which is not erased', async () => {
    await expect(keys.keyToOpen('P4')).rejects.toBeInstanceOf(PersonKeyMissing)
  })

  it('of a person who was erased before anything was sealed are not made later', async () => {
    expect(await keys.erase('P5')).toBe(true)
    await expect(keys.keyToSeal('P5')).rejects.toBeInstanceOf(PersonErased)
  })
})

describe('sealing', () => {
  const key = Buffer.alloc(32, 1)
  const sealed = seal(key, 'O1', 'event/name', 'Ada')

  it('opens with its key at its place', () => {
    expect(unseal(key, 'event/name', sealed)).toBe('Ada')
  })

  it('opens nowhere else, with no other key, and not when a bit was changed', () => {
    const bytes = Buffer.from(sealed.sealed, 'base64')
    bytes[0] = bytes[0]! ^ 1
    expect(() => unseal(key, 'event/alias', sealed)).toThrow(CorruptEvent)
    expect(() => unseal(Buffer.alloc(32, 2), 'event/name', sealed)).toThrow(CorruptEvent)
    expect(() => unseal(key, 'event/name', { ...sealed, sealed: bytes.toString('base64') })).toThrow(CorruptEvent)
    expect(() => unseal(key, 'event/name', { ...sealed, sealed: '' })).toThrow(CorruptEvent)
  })

  it('never makes the same twice, so that equal names do not show', () => {
    expect(seal(key, 'O1', 'event/name', 'Ada').sealed).not.toBe(sealed.sealed)
  })

  it('wraps a key for one person only', () => {
    const wrapped = wrapKey(MASTER, 'O1', key)
    expect(unwrapKey(MASTER, 'O1', wrapped)).toStrictEqual(key)
    expect(() => unwrapKey(MASTER, 'O2', wrapped)).toThrow(CorruptEvent)
  })
})

describe('the master key', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quipu-master-key-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const refusalOf = (work: () => unknown) => {
    try {
      work()
    } catch (error) {
      if (error instanceof Refused) return error.refusal
    }
    throw new Error('it was not refused')
  }

  it('is made once in a private file of the data folder', () => {
    const made = masterKey({ dataDir: folder })
    expect(made).toHaveLength(32)
    expect(statSync(join(folder, 'master.key')).mode & 0o777).toBe(0o600)
    expect(masterKey({ dataDir: folder })).toStrictEqual(made)
  })

  it('from the environment wins over the file', () => {
    expect(masterKey({ fromEnvironment: '07'.repeat(32), dataDir: folder })).toStrictEqual(MASTER)
  })

  it('of the wrong length is refused without being shown', () => {
    const refusal = refusalOf(() => masterKey({ fromEnvironment: 'secretsecret' }))
    expect(refusal).toMatchObject({ code: 'bad-master-key', field: 'QUIPU_MASTER_KEY' })
    expect(JSON.stringify(refusal)).not.toContain('secretsecret')
  })

  it('that others may read is refused with the remedy', () => {
    const path = join(folder, 'master.key')
    chmodSync(path, 0o644)
    expect(refusalOf(() => masterKey({ dataDir: folder }))).toMatchObject({
      code: 'master-key-not-private',
      remedy: `chmod 600 ${JSON.stringify(path)}`,
    })
    chmodSync(path, 0o600)
    expect(masterKey({ dataDir: folder }).toString('hex')).toBe(readFileSync(path, 'utf8').trim())
  })

  it('that is nowhere is refused', () => {
    expect(refusalOf(() => masterKey({}))).toMatchObject({ code: 'no-master-key' })
  })
})
