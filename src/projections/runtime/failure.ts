// Which failures of a lane pass, and which mean that a unit cannot be applied.

/** Another projector moved this lane: two must never write one lane. */
export class LaneMoved extends Error {
  readonly code = 'lane-moved'
}

/** What is known of a unit that stopped a lane. */
export interface Poison {
  readonly position: bigint
  readonly event: string
  readonly type: string
  readonly error: string
}

/** SQLSTATE classes that say nothing about the data: connections (08), resources (53), shutdowns (57), conflicts (40), locks (55). */
const PASSING_CLASSES = new Set(['08', '53', '57', '40', '55'])
/** The generation was dropped under us (no such table, no such schema): readers have moved on, and so will the projector. */
const PASSING_STATES = new Set(['42P01', '3F000'])
/** What Node says about sockets. */
const PASSING_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
])
/** What pg says, without a code, when its connection is gone. */
const PASSING_MESSAGES =
  /connection terminated|connection ended|timeout exceeded when trying to connect|client has encountered a connection error|not queryable/i
/** Of the event store: nothing was read, trying again is safe. */
const PASSING_STORE = 'store-unavailable'

/** True when trying again later may help, and the unit is not to blame. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (code === PASSING_STORE || PASSING_CODES.has(code)) return true
  if (/^[0-9A-Z]{5}$/.test(code)) return PASSING_CLASSES.has(code.slice(0, 2)) || PASSING_STATES.has(code)
  return PASSING_MESSAGES.test(error.message)
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
