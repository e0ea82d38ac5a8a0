// Who may do what: bearer tokens kept as hashes, the roles and portfolios each one has, and the decision.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import { PlatformError } from './platform-error.ts'

export const ROLES = ['oms', 'reporting', 'auditor', 'operator', 'admin'] as const
export type Role = (typeof ROLES)[number]

/** Who asks, once the token is known. */
export interface Principal {
  readonly name: string
  readonly roles: readonly Role[]
  /** Ids of the portfolios within reach, or all of them. */
  readonly portfolios: '*' | readonly string[]
}

/** A token as it is kept. */
export interface TokenEntry extends Principal {
  /** SHA-256 of the token, 64 lower-case hexadecimal digits. */
  readonly sha256: string
  /** Marks the token made for local use; it does not count as authentication set up by somebody. */
  readonly madeOnFirstStart?: true | undefined
}

export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly code: 'role-not-granted' | 'portfolio-not-granted'; readonly message: string }

const TOKEN_BYTES = 32
/** Tokens begin alike, so that scanners find one that leaked into a repository. */
const TOKEN_PREFIX = 'quipu_'

/** A new token: 256 random bits as text. Only its hash is kept. */
export function newToken(): string {
  return TOKEN_PREFIX + randomBytes(TOKEN_BYTES).toString('base64url')
}

/** The hash under which a token is kept. A token is random and long: a plain SHA-256 is enough, and quick at every request. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex')
}

/**
 * The holder of the token in an Authorization header (`Bearer ...`), or undefined. Every entry is compared, each in constant
 * time, so that the answer's delay tells nothing.
 */
export function authenticate(entries: readonly TokenEntry[], authorization: string | undefined): Principal | undefined {
  const token = /^Bearer +([^\s]+) *$/i.exec(authorization ?? '')?.[1]
  if (token === undefined) return undefined
  const presented = Buffer.from(tokenHash(token), 'hex')
  let holder: Principal | undefined
  for (const { name, roles, portfolios, sha256 } of entries)
    if (timingSafeEqual(presented, Buffer.from(sha256, 'hex'))) holder = { name, roles, portfolios }
  return holder
}

/**
 * Whether the principal has one of the roles (admin has them all) and, when a portfolio is named, reach over it.
 */
export function authorize(principal: Principal, anyOf: readonly Role[], portfolio?: string): Decision {
  const { name, roles } = principal
  if (!roles.includes('admin') && !roles.some((role) => anyOf.includes(role)))
    return { allowed: false, code: 'role-not-granted', message: `${name} has none of the roles ${anyOf.join(', ')}` }
  if (portfolio !== undefined && !reaches(principal, portfolio))
    return {
      allowed: false,
      code: 'portfolio-not-granted',
      message: `${name} has no reach over portfolio ${portfolio}`,
    }
  return { allowed: true }
}

/** True when the portfolio is within the principal's scope. */
export function reaches({ portfolios }: Principal, portfolio: string): boolean {
  return portfolios === '*' || portfolios.includes(portfolio)
}

/** True for the names and addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  if (bare === 'localhost' || bare === '::1') return true
  const mapped = bare.replace(/^::ffff:/, '')
  return isIP(mapped) === 4 && mapped.startsWith('127.')
}

/**
 * Refuses to listen where others can reach when all there is is the token made on first start, which nobody chose.
 * @throws PlatformError `auth-required-off-loopback`
 */
export function checkBinding(host: string, entries: readonly TokenEntry[]): void {
  if (isLoopback(host) || entries.some((entry) => entry.madeOnFirstStart !== true)) return
  throw new PlatformError(
    'auth-required-off-loopback',
    `listening on ${host} would let other machines in, and no tokens are set up`,
    {
      field: 'QUIPU_HOST',
      remedy: 'add a token to the token file (QUIPU_TOKEN_FILE), or set QUIPU_ADMIN_TOKEN, or listen on 127.0.0.1',
    },
  )
}
