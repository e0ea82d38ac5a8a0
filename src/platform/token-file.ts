// The file of bearer tokens: made on first start, read again when it changes, refused when others could write it.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { authenticate, newToken, type Principal, ROLES, type Role, type TokenEntry, tokenHash } from './auth.ts'
import { PlatformError } from './platform-error.ts'
import { writePrivately } from './private-file.ts'

const entrySchema = z.strictObject({
  name: z.string().min(1).max(100),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  roles: z.array(z.enum(ROLES)).min(1),
  portfolios: z.union([z.literal('*'), z.array(z.string().min(1))]),
  madeOnFirstStart: z.literal(true).optional(),
})
const fileSchema = z.strictObject({ tokens: z.array(entrySchema) }).superRefine(({ tokens }, context) => {
  for (const field of ['name', 'sha256'] as const)
    if (new Set(tokens.map((token) => token[field])).size !== tokens.length)
      context.addIssue({ code: 'custom', message: `two tokens have the same ${field}` })
})

export interface Tokens {
  /** The entries as they are now. */
  entries(): readonly TokenEntry[]
  /** The holder of the token in an Authorization header, or undefined. */
  authenticate(authorization: string | undefined): Principal | undefined
  /** Makes a token, writes its hash to the file, and returns it: the one moment it is known. */
  add(name: string, roles: readonly Role[], portfolios: '*' | readonly string[]): string
}

export interface TokenOptions {
  readonly path: string
  /** A token known from elsewhere (QUIPU_ADMIN_TOKEN) that holds the role admin; never written down. */
  readonly adminToken?: string | undefined
  readonly log?: (message: string) => void
}

/** Holds the plain token made on first start, beside the token file. */
const ADMIN_TOKEN_FILE = 'admin-token'
/** A token struck from the file stops working this much later at most. */
const RELOAD_MS = 1_000

/**
 * Opens the token file. When there is none it is made, holding one token named `local-admin`, whose text is left in
 * `admin-token` beside it (mode 0600) for the people of this machine.
 * @throws PlatformError `bad-token-file` when it cannot be read or is malformed, `token-file-writable-by-others`.
 */
export function openTokens({ path, adminToken, log = () => undefined }: TokenOptions): Tokens {
  if (!existsSync(path)) {
    firstStart(path)
    log(`made ${path}; the token for local use is in ${adminTokenFile(path)}`)
  }
  const fromEnvironment: TokenEntry[] =
    adminToken === undefined
      ? []
      : [{ name: 'QUIPU_ADMIN_TOKEN', sha256: tokenHash(adminToken), roles: ['admin'], portfolios: '*' }]
  let written = load(path)
  let stamp = stampOf(path)
  let lookedAt = Date.now()

  const refresh = () => {
    if (Date.now() - lookedAt < RELOAD_MS) return
    lookedAt = Date.now()
    const now = stampOf(path)
    if (now === stamp) return
    stamp = now
    try {
      written = load(path)
      log(`read ${path} again: ${written.length} tokens`)
    } catch (error) {
      // Half a file or a slip of the editor must not lock everybody out, nor let anybody in.
      log(
        `${path} has changed and is wrong; the tokens before still hold: ${error instanceof Error ? error.message : error}`,
      )
    }
  }
  const entries = () => {
    refresh()
    return [...written, ...fromEnvironment]
  }
  return {
    entries,
    authenticate: (authorization) => authenticate(entries(), authorization),
    add(name, roles, portfolios) {
      const token = newToken()
      const scope = portfolios === '*' ? portfolios : [...portfolios]
      const next = [...load(path), { name, sha256: tokenHash(token), roles: [...roles], portfolios: scope }]
      save(path, next)
      written = next
      stamp = stampOf(path)
      return token
    },
  }
}

/** Where the plain token of the first start lies, for a token file. */
export function adminTokenFile(path: string): string {
  return join(dirname(path), ADMIN_TOKEN_FILE)
}

function firstStart(path: string): void {
  const token = newToken()
  // The plain text first: a token file without it would leave nobody able to enter.
  writePrivately(adminTokenFile(path), `${token}\n`)
  save(path, [
    { name: 'local-admin', sha256: tokenHash(token), roles: ['admin'], portfolios: '*', madeOnFirstStart: true },
  ])
}

function save(path: string, tokens: readonly TokenEntry[]): void {
  const checked = fileSchema.safeParse({ tokens })
  if (!checked.success) throw bad(path, z.prettifyError(checked.error))
  writePrivately(path, `${JSON.stringify(checked.data, null, 2)}\n`)
}

function load(path: string): TokenEntry[] {
  let text: unknown
  try {
    // Whoever can write here can make himself admin; reading it gives away hashes only.
    if ((statSync(path).mode & 0o022) !== 0 && process.platform !== 'win32')
      throw new PlatformError('token-file-writable-by-others', `${path} can be written by others than its owner`, {
        field: path,
        remedy: `chmod 600 '${path}'`,
      })
    text = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error instanceof PlatformError) throw error
    throw bad(path, error instanceof Error ? error.message : String(error))
  }
  const parsed = fileSchema.safeParse(text)
  if (!parsed.success) throw bad(path, z.prettifyError(parsed.error))
  return parsed.data.tokens
}

function bad(path: string, why: string): PlatformError {
  return new PlatformError('bad-token-file', `${path} is not a token file: ${why}`, {
    field: path,
    remedy: 'correct it, or move it away and let the next start make a new one',
  })
}

function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true })
  return stat === undefined ? 'gone' : `${stat.ino}:${stat.size}:${stat.mtimeNs}`
}
