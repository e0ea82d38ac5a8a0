// What the command line says when something cannot be done, and with which exit status it ends.
import { Refused } from '../domain/kernel/refusal.ts'
import { EventStoreError } from '../eventstore/errors.ts'
import { BadConfiguration } from '../platform/config.ts'
import { PlatformError } from '../platform/platform-error.ts'

/** Exit statuses, as docs/cli.md lists them. */
export const EXIT = {
  done: 0,
  /** Refused, or a verification found a difference. */
  refused: 1,
  /** The command line itself was wrong. */
  usage: 2,
  /** The server or the data folder could not be reached. */
  unreachable: 3,
} as const

export class CliError extends Error {
  readonly code: string
  readonly field: string | undefined
  readonly remedy: string | undefined
  readonly status: number

  constructor(
    code: string,
    message: string,
    detail: {
      readonly field?: string | undefined
      readonly remedy?: string | undefined
      readonly status?: number
    } = {},
  ) {
    super(message)
    this.code = code
    this.field = detail.field
    this.remedy = detail.remedy
    this.status = detail.status ?? EXIT.refused
  }
}

/** A failure as it is told: to people in words, to programs as JSON. */
interface Told {
  readonly code: string
  readonly message: string
  readonly field?: string | undefined
  readonly remedy?: string | undefined
  readonly status: number
}

/** Prints a failure for people (or as JSON for programs) on stderr and answers the exit status. */
export function reportFailure(error: unknown, json: boolean): number {
  const { status, ...told } = toldOf(error)
  if (json) process.stderr.write(`${JSON.stringify({ error: told })}\n`)
  else {
    const { code, field, message, remedy } = told
    process.stderr.write(
      `quipu: ${code}${field === undefined ? '' : ` (${field})`}: ${message}${remedy === undefined ? '' : `\n  remedy: ${remedy}`}\n`,
    )
  }
  return status
}

function toldOf(error: unknown): Told {
  if (error instanceof CliError) {
    const { code, message, field, remedy, status } = error
    return { code, message, field, remedy, status }
  }
  if (error instanceof PlatformError) {
    const { code, message, field, remedy } = error
    return { code, message, field, remedy, status: error instanceof BadConfiguration ? EXIT.usage : EXIT.unreachable }
  }
  if (error instanceof Refused) return { ...error.refusal, status: EXIT.refused }
  if (error instanceof EventStoreError)
    return {
      code: error.code,
      message: error.message,
      remedy: 'try again: nothing is recorded twice',
      status: EXIT.unreachable,
    }
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  // Refused or lost connections, unknown hosts, wrong passwords (28), unknown databases (3D), a server that ends (57P).
  if (typeof code === 'string' && /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|08|28|3D|57P)/.test(code))
    return {
      code: 'database-unavailable',
      message: `PostgreSQL cannot be used: ${error instanceof Error && error.message !== '' ? error.message : code}`,
      field: 'DATABASE_URL',
      remedy: 'see that it runs, and that the address, user and password are right',
      status: EXIT.unreachable,
    }
  return {
    code: 'internal-error',
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    remedy: 'this is a fault of Quipu: please report it with the lines above',
    status: EXIT.refused,
  }
}
