// What the command line says when something cannot be done, and with which exit status it ends.
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

/** Prints a failure for people (or as JSON for programs) on stderr and answers the exit status. */
export function reportFailure(error: unknown, json: boolean): number {
  const known =
    error instanceof CliError || error instanceof PlatformError
      ? { code: error.code, message: error.message, field: error.field, remedy: error.remedy }
      : { code: 'internal-error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  if (json) process.stderr.write(`${JSON.stringify({ error: known })}\n`)
  else {
    const field = 'field' in known && known.field !== undefined ? ` (${known.field})` : ''
    const remedy = 'remedy' in known && known.remedy !== undefined ? `\n  remedy: ${known.remedy}` : ''
    process.stderr.write(`quipu: ${known.code}${field}: ${known.message}${remedy}\n`)
  }
  if (error instanceof CliError) return error.status
  return error instanceof PlatformError ? EXIT.unreachable : EXIT.refused
}
