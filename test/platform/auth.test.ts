// Tokens: how they are kept, what each role and scope reaches, and where Quipu may listen with what.
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { authorize, checkBinding, isLoopback, type Principal, tokenHash } from '../../src/platform/auth.ts'
import { adminTokenFile, openTokens } from '../../src/platform/token-file.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'quipu-auth-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const desk: Principal = { name: 'desk', roles: ['oms'], portfolios: ['growth', 'income'] }
const auditor: Principal = { name: 'auditor', roles: ['auditor', 'reporting'], portfolios: '*' }
const admin: Principal = { name: 'admin', roles: ['admin'], portfolios: '*' }

describe('a decision', () => {
  it('wants one of the roles, and admin has them all', () => {
    expect(authorize(desk, ['oms', 'operator'])).toStrictEqual({ allowed: true })
    expect(authorize(admin, ['oms'])).toStrictEqual({ allowed: true })
    expect(authorize(auditor, ['oms', 'operator'])).toStrictEqual({
      allowed: false,
      code: 'role-not-granted',
      message: 'auditor has none of the roles oms, operator',
    })
  })

  it('wants reach over the portfolio named', () => {
    expect(authorize(desk, ['oms'], 'growth')).toStrictEqual({ allowed: true })
    expect(authorize(auditor, ['reporting'], 'anything')).toStrictEqual({ allowed: true })
    expect(authorize(desk, ['oms'], 'grow')).toStrictEqual({
      allowed: false,
      code: 'portfolio-not-granted',
      message: 'desk has no reach over portfolio grow',
    })
    // The role comes first: who may not ask at all is not told which portfolios there are.
    expect(authorize(desk, ['auditor'], 'grow')).toMatchObject({ code: 'role-not-granted' })
  })
})

describe('the token file', () => {
  it('is made on first start with one token, whose text lies beside it for its owner alone', () => {
    const path = join(folder, 'first.json')
    const tokens = openTokens({ path })
    const text = readFileSync(adminTokenFile(path), 'utf8').trim()
    expect(text).toMatch(/^quipu_[A-Za-z0-9_-]{43}$/) // 32 bytes in base64url
    expect([path, adminTokenFile(path)].map((file) => statSync(file).mode & 0o777)).toStrictEqual([0o600, 0o600])
    expect(readFileSync(path, 'utf8')).not.toContain(text)
    expect(tokens.authenticate(`Bearer ${text}`)).toStrictEqual({
      name: 'local-admin',
      roles: ['admin'],
      portfolios: '*',
    })
    // The second start finds it as it was.
    expect(openTokens({ path }).authenticate(`bearer ${text}`)?.name).toBe('local-admin')
  })

  it('knows nobody by a wrong, cut, absent or otherwise presented token', () => {
    const path = join(folder, 'strangers.json')
    const tokens = openTokens({ path })
    const text = readFileSync(adminTokenFile(path), 'utf8').trim()
    const presented = [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      `Bearer ${text.slice(0, -1)}`,
      `Bearer ${text}x`,
      text,
      `Basic ${text}`,
    ]
    const hash = `Bearer ${tokenHash(text)}` // what the file holds is no key
    expect([...presented, hash].map((header) => tokens.authenticate(header))).toStrictEqual(Array(9).fill(undefined))
  })

  it('gives out new tokens once, and refuses two of one name', () => {
    const path = join(folder, 'added.json')
    const tokens = openTokens({ path })
    const text = tokens.add('desk', ['oms'], ['growth'])
    expect(tokens.authenticate(`Bearer ${text}`)).toStrictEqual({
      name: 'desk',
      roles: ['oms'],
      portfolios: ['growth'],
    })
    expect(() => tokens.add('desk', ['oms'], '*')).toThrow(expect.objectContaining({ code: 'bad-token-file' }))
    expect(
      openTokens({ path })
        .entries()
        .map(({ name }) => name),
    ).toStrictEqual(['local-admin', 'desk'])
  })

  it('is read again when it changes: a token struck out stops working; a slip of the editor changes nothing', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      const path = join(folder, 'changing.json')
      const said: string[] = []
      const tokens = openTokens({ path, log: (message) => said.push(message) })
      const text = tokens.add('desk', ['oms'], '*')
      const local = readFileSync(adminTokenFile(path), 'utf8').trim()
      const before = readFileSync(path, 'utf8')

      writeFileSync(path, '{ "tokens": [')
      vi.advanceTimersByTime(2_000)
      expect(tokens.authenticate(`Bearer ${text}`)?.name).toBe('desk')
      expect(said.at(-1)).toContain('is wrong; the tokens before still hold')

      writeFileSync(path, JSON.stringify({ tokens: JSON.parse(before).tokens.slice(0, 1) }))
      vi.advanceTimersByTime(2_000)
      expect(tokens.authenticate(`Bearer ${text}`)).toBeUndefined()
      expect(tokens.authenticate(`Bearer ${local}`)?.name).toBe('local-admin')
    } finally {
      vi.useRealTimers()
    }
  })

  it('is refused when others can write it, and when it is no token file', () => {
    const path = join(folder, 'open.json')
    openTokens({ path })
    chmodSync(path, 0o666)
    expect(() => openTokens({ path })).toThrow(expect.objectContaining({ code: 'token-file-writable-by-others' }))
    chmodSync(path, 0o600)
    writeFileSync(path, JSON.stringify({ tokens: [{ name: 'x', sha256: 'secret', roles: ['king'], portfolios: '*' }] }))
    expect(() => openTokens({ path })).toThrow(expect.objectContaining({ code: 'bad-token-file', field: path }))
  })
})

describe('listening', () => {
  it('on this machine is always allowed', () => {
    const hosts = ['127.0.0.1', '127.8.9.1', 'localhost', '::1', '[::1]', '::ffff:127.0.0.1']
    expect(hosts.filter((host) => !isLoopback(host))).toStrictEqual([])
    for (const host of hosts) checkBinding(host, [])
  })

  it('for others is refused until somebody set up a token', () => {
    const path = join(folder, 'binding.json')
    const refused = expect.objectContaining({ code: 'auth-required-off-loopback', field: 'QUIPU_HOST' })
    for (const host of ['0.0.0.0', '::', '10.0.0.5', 'quipu.example', '127.evil.example', '::ffff:10.0.0.5'])
      expect(() => checkBinding(host, openTokens({ path }).entries())).toThrow(refused)
    checkBinding('0.0.0.0', openTokens({ path, adminToken: 'x'.repeat(32) }).entries())
    const tokens = openTokens({ path })
    tokens.add('desk', ['oms'], '*')
    checkBinding('0.0.0.0', tokens.entries())
  })
})
