// The process's own log: one line of JSON an event, to stderr, so that standard output stays the answer's.
import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino'

export type { Logger }

/** Where secrets are known to travel; pino writes [redacted] in their place, wherever the object is nested one level deep. */
const SECRETS = [
  'authorization',
  'cookie',
  'password',
  'token',
  'masterKey',
  'adminToken',
  'databaseUrl',
  'eventStoreUrl',
]
const REDACTED = SECRETS.flatMap((name) => [name, `*.${name}`, `*.headers.${name}`])

/**
 * A logger that writes to stderr, or to the stream given.
 * @param level 'silent' to 'trace', as pino has them
 */
export function createLogger(level: string, stream?: DestinationStream): Logger {
  const options = {
    level,
    base: { name: 'quipu', pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    redact: { paths: REDACTED, censor: '[redacted]' },
  }
  // Written at once: the last lines before a crash are the ones that matter.
  return pino(options, stream ?? destination({ fd: 2, sync: true }))
}
