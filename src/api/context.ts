// What every route is given: the application behind it, and who is asking.
import type { FastifyRequest } from 'fastify'
import type pg from 'pg'
import type { Registry } from 'prom-client'
import type { Application } from '../application/application.ts'
import { DryRun } from '../application/dry-run.ts'
import type { CommandContext } from '../application/answer.ts'
import { refuse } from '../domain/kernel/refusal.ts'
import type { Log } from '../eventstore/log.ts'
import type { Principal } from '../platform/auth.ts'
import type { Logger } from '../platform/log.ts'
import type { Tokens } from '../platform/token-file.ts'
import type { ReadModels } from '../projections/read-models.ts'
import type { RunningProjector } from '../projections/start-projector.ts'

export interface ApiDependencies {
  readonly app: Application
  readonly log: Log
  readonly readModels: ReadModels
  /** Absent where another process projects. */
  readonly projector: RunningProjector | undefined
  readonly pool: pg.Pool
  readonly tokens: Tokens
  readonly metrics: Registry
  readonly logger: Logger
  readonly version: string
}

const principals = new WeakMap<FastifyRequest, Principal>()

export function setPrincipal(request: FastifyRequest, principal: Principal): void {
  principals.set(request, principal)
}

/** Who asks; every route but the open ones has gone through authentication. */
export function principalOf(request: FastifyRequest): Principal {
  const principal = principals.get(request)
  if (principal === undefined) throw new Error('a route that needs a principal was reached without one')
  return principal
}

const dryRuns = new WeakMap<FastifyRequest, DryRun>()

/** From here on commands of the request record nothing: what they would record is gathered. */
export function startDryRun(request: FastifyRequest): DryRun {
  const dry = new DryRun()
  dryRuns.set(request, dry)
  return dry
}

/** Longest Idempotency-Key taken. */
const KEY_CHARACTERS_MAX = 200

/** Who sends a command, under which key. @throws Refused `bad-idempotency-key`. */
export function contextOf(request: FastifyRequest): CommandContext {
  const key = request.headers['idempotency-key']
  if (key !== undefined && (typeof key !== 'string' || !/^[!-~]+$/.test(key) || key.length > KEY_CHARACTERS_MAX))
    refuse({
      code: 'bad-idempotency-key',
      message: 'the Idempotency-Key cannot be used',
      field: 'Idempotency-Key',
      remedy: `use 1 to ${KEY_CHARACTERS_MAX} visible ASCII characters`,
    })
  const dryRun = dryRuns.get(request)
  if (dryRun !== undefined) return { actor: principalOf(request).name, dryRun }
  return {
    actor: principalOf(request).name,
    correlationId: request.id,
    ...(key === undefined ? {} : { idempotencyKey: key }),
  }
}
