// The envelope around every event: who, when, by which command, in which unit, and the hash of the data.
import { z } from 'zod'
import { dateText } from '../domain/kernel/schemas.ts'

const sha256Text = z.string().regex(/^[0-9a-f]{64}$/, 'not a SHA-256 in hex')
const traceText = z.string().min(1).max(1000)
/** UTC with `Z`; the ledger writes six places. */
const instantText = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$/, 'not an instant in UTC')

export const envelope = z.strictObject({
  /** The command's idempotency key. */
  commandId: traceText,
  /** SHA-256 of the command's canonical input: the same key with other content is a conflict. */
  commandHash: sha256Text,
  /** Who asked: the name of a token or of a saga, never of a person. */
  actor: z.string().min(1).max(100),
  /** The writer's clock; the time axis is its running maximum in log order (known-time.ts). */
  recordedAt: instantText,
  /** When it holds in the world, where the event has one such date; for people who browse the log. */
  effectiveAt: z.union([dateText, instantText]).nullable(),
  /** Version of the event type's schema. */
  schema: z.number().int().min(1).max(999),
  /** The names that EventStoreDB gives a meaning to. */
  $correlationId: traceText,
  $causationId: traceText.optional(),
  /** One append to one stream is one unit: this is event `i` (from 0) of `n`. */
  unit: z.strictObject({
    id: z.uuid(),
    i: z.number().int().min(0).max(499),
    n: z.number().int().min(1).max(500),
  }),
  /** SHA-256 of the canonical data as the log holds it (personal fields sealed). */
  sha256: sha256Text,
})
export type Envelope = z.output<typeof envelope>

/**
 * Whether it has every member a reader relies on, of the right type: what a replay asks of its own writing, for a tenth of
 * the time that the schema takes.
 */
export function isEnvelope(value: unknown): value is Envelope {
  const found = value as { readonly [K in keyof Envelope]?: unknown } | null | undefined
  if (typeof found !== 'object' || found === null) return false
  const unit = found.unit as { readonly [K in keyof Envelope['unit']]?: unknown } | null | undefined
  return (
    typeof found.commandId === 'string' &&
    typeof found.commandHash === 'string' &&
    typeof found.actor === 'string' &&
    typeof found.recordedAt === 'string' &&
    (found.effectiveAt === null || typeof found.effectiveAt === 'string') &&
    Number.isSafeInteger(found.schema) &&
    typeof found.$correlationId === 'string' &&
    typeof found.sha256 === 'string' &&
    typeof unit === 'object' &&
    unit !== null &&
    typeof unit.id === 'string' &&
    Number.isSafeInteger(unit.i) &&
    Number.isSafeInteger(unit.n)
  )
}
