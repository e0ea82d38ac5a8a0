// Refusals as RFC 9457 problems: the only table that knows which code is which HTTP status.
import { STATUS_CODES } from 'node:http'
import type { FastifyError } from 'fastify'
import { z } from 'zod'
import type { JsonValue } from '../domain/kernel/canonical-json.ts'
import { type Refusal, Refused } from '../domain/kernel/refusal.ts'
import { EventStoreError } from '../eventstore/errors.ts'
import type { Logger } from '../platform/log.ts'

/** What is wrong with what was sent; everything that has no line here is 422: understood, and refused by a rule. */
const STATUS_OF: Readonly<Record<string, number>> = {
  'malformed-json': 400,
  'malformed-body': 400,
  'missing-field': 400,
  'unknown-field': 400,
  'wrong-type': 400,
  'invalid-field': 400,
  'number-not-text': 400,
  'not-a-decimal': 400,
  'decimal-too-long': 400,
  'decimal-too-fine': 400,
  'not-a-date': 400,
  'not-an-instant': 400,
  'unreadable-time': 400,
  'bad-cursor': 400,
  'bad-idempotency-key': 400,
  'bad-position': 400,
  'append-too-large': 413,
  'unit-too-large': 413,
  'body-too-large': 413,
  unauthenticated: 401,
  'role-not-granted': 403,
  'portfolio-not-granted': 403,
  'forbidden-portfolio': 403,
  'unknown-route': 404,
  'unknown-portfolio': 404,
  'unknown-instrument': 404,
  'unknown-owner': 404,
  'unknown-fill': 404,
  'unknown-fact': 404,
  'unknown-order': 404,
  'unknown-block': 404,
  'unknown-transfer': 404,
  'unknown-parked': 404,
  'unknown-action': 404,
  'unknown-price': 404,
  'unknown-rate': 404,
  'unknown-stream': 404,
  'method-not-allowed': 405,
  'unsupported-media-type': 415,
  'not-acceptable': 406,
  'idempotency-conflict': 409,
  'portfolio-exists': 409,
  'instrument-exists': 409,
  'owner-exists': 409,
  'wrong-expected-revision': 409,
  'book-moved': 409,
  'clock-behind': 503,
  'stream-busy': 503,
  'not-yet-projected': 503,
  'book-unknown': 503,
  'store-unavailable': 503,
  'book-unavailable': 503,
  'append-outcome-unknown': 503,
  'database-unavailable': 503,
  'projector-elsewhere': 503,
  'internal-error': 500,
  'corrupt-event': 500,
  'stream-deleted': 500,
}

/** A problem as it is sent. `type` is a name, not a page to fetch: docs/api/README.md lists them. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    field: z.string().optional(),
    remedy: z.string().optional(),
    errors: z
      .array(z.object({ field: z.string(), code: z.string(), detail: z.string() }))
      .optional()
      .meta({ description: 'all that is wrong, the first included, where more than one thing is' }),
    details: z.record(z.string(), z.unknown()).optional().meta({ description: 'the figures of the case' }),
    instance: z.string().optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457; `code` is stable and safe to branch on' })
export type Problem = z.output<typeof problem>

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'
/** Seconds after which a 503 may be tried again. */
export const RETRY_AFTER_SECONDS = 1

export function statusOf(code: string): number {
  return STATUS_OF[code] ?? 422
}

export function problemOf(refusal: Refusal, instance?: string): Problem {
  const status = statusOf(refusal.code)
  const { problems: listed, ...details } = refusal.details ?? {}
  const errors = listedErrors(listed)
  return {
    type: `urn:quipu:problem:${refusal.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: refusal.message,
    code: refusal.code,
    ...(refusal.field === undefined ? {} : { field: refusal.field }),
    ...(refusal.remedy === undefined ? {} : { remedy: refusal.remedy }),
    ...(errors.length === 0 ? {} : { errors }),
    ...(Object.keys(details).length === 0 ? {} : { details }),
    ...(instance === undefined ? {} : { instance }),
  }
}

/** The further problems that reading the input listed (src/application/input.ts). */
function listedErrors(listed: JsonValue | undefined): NonNullable<Problem['errors']> {
  if (!Array.isArray(listed)) return []
  return listed.map((one) => ({
    field: String(Reflect.get(Object(one), 'field') ?? ''),
    code: String(Reflect.get(Object(one), 'code')),
    detail: String(Reflect.get(Object(one), 'message')),
  }))
}

/** What Fastify itself refuses, in our words. */
const OF_FASTIFY: Readonly<Record<string, Refusal>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: {
    code: 'malformed-json',
    message: 'the body is not JSON',
    remedy: 'send one JSON value',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'missing-field', message: 'the body is empty', remedy: 'send a JSON object' },
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: 'body-too-large',
    message: 'the body is over the limit of 1 MiB',
    remedy: 'send it in parts, or as NDJSON lines to a bulk route, which has no limit in all',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'unsupported-media-type',
    message: 'the body is of a type this route does not read',
    field: 'Content-Type',
    remedy: 'send application/json, or application/x-ndjson to a bulk route',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'malformed-body',
    message: 'the body is not as long as Content-Length says',
    remedy: 'send it again, whole',
  },
}

/** The refusal to send for any error; one of ours is logged under the request id and sent without its words. */
export function refusalOrLogged(error: unknown, logger: Logger, request: string): Refusal {
  const refusal = refusalOfError(error)
  if (refusal !== undefined) return refusal
  logger.error({ err: error, request }, 'a request failed')
  return {
    code: 'internal-error',
    message: `something went wrong here; it was logged under the request id ${request}`,
    remedy: 'send the same request again (nothing is recorded twice), and report the request id if it stays',
  }
}

/** Any error as a refusal; undefined for one that is nobody's fault but ours. */
function refusalOfError(error: unknown): Refusal | undefined {
  if (error instanceof Refused) return error.refusal
  if (error instanceof EventStoreError)
    return {
      code: error.code,
      message: error.message,
      remedy: 'send the same request again: nothing is recorded twice',
    }
  if (!(error instanceof Error)) return undefined
  const { code, statusCode } = error as FastifyError
  if (error instanceof SyntaxError && statusCode === 400)
    return { code: 'malformed-json', message: `the body is not JSON: ${error.message}`, remedy: 'send one JSON value' }
  if (typeof code !== 'string') return undefined
  const known = OF_FASTIFY[code]
  if (known !== undefined) return known
  // Connection refused or lost (08), the server shutting down (57P), or the socket itself.
  if (/^(ECONNREFUSED|ECONNRESET|EPIPE|08...|57P0.)$/.test(code))
    return { code: 'database-unavailable', message: 'PostgreSQL does not answer', remedy: 'try again in a moment' }
  if (code.startsWith('FST_ERR_') && statusCode !== undefined && statusCode < 500)
    return { code: 'malformed-body', message: error.message, remedy: 'see the API reference' }
  return undefined
}
