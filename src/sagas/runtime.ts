// Runs sagas: reads the log from where each stopped, does what it asks for, and stores its place after that.
import type { JsonValue } from '../domain/kernel/canonical-json.ts'
import { Refused } from '../domain/kernel/refusal.ts'
import { EventStoreError } from '../eventstore/errors.ts'
import type { Log, RecordedUnit } from '../eventstore/log.ts'
import type { Checkpoints } from './checkpoints.ts'
import { type Executor, execute } from './execute.ts'
import type { Saga, SagaCommand } from './saga.ts'

/** Units seen without asking for anything before the place is stored all the same. */
const UNITS_PER_CHECKPOINT = 1000
/** Between two tries while the store cannot say, in milliseconds; doubles up to the most. */
const RETRY_MS = 100
const RETRY_MS_MAX = 10_000

export interface SagaOptions {
  readonly log: Log
  readonly checkpoints: Checkpoints
  readonly executor: Executor
  readonly signal: AbortSignal
  /** Told of a refusal that needs a person; the saga goes on with the next unit. */
  onRefused(saga: string, command: SagaCommand, error: Refused): void
}

/** Runs one saga until the signal ends it. @throws what the log or the checkpoints throw; the caller starts it again. */
export async function runSaga<State extends JsonValue>(saga: Saga<State>, options: SagaOptions): Promise<void> {
  const { log, checkpoints, signal } = options
  const stored = await checkpoints.load(saga.name)
  // The decoding edge: what was stored under the saga's name is what its own `see` made.
  let state = stored === undefined ? saga.initial : (stored.state as State)
  let unsaved = 0
  let position = stored?.position
  const save = async () => {
    if (position !== undefined && unsaved > 0) await checkpoints.save(saga.name, { position, state })
    unsaved = 0
  }
  const filter = { streamPrefixes: saga.streamPrefixes }
  const after = position === undefined ? {} : { after: position }
  for await (const item of log.subscribe({ ...after, filter, signal })) {
    if (item.kind === 'caught-up') {
      await save()
      continue
    }
    const seen = saga.see(state, item.unit)
    for (const command of seen.commands) await persisted(command, saga.name, item.unit, options)
    if (signal.aborted) return
    state = seen.state
    position = item.unit.position
    unsaved++
    if (seen.commands.length > 0 || unsaved >= UNITS_PER_CHECKPOINT) await save()
  }
}

/** Executes a command, trying again while the store cannot say. */
async function persisted(command: SagaCommand, saga: string, unit: RecordedUnit, options: SagaOptions): Promise<void> {
  const { executor, signal, onRefused } = options
  // What the directory does not know yet, it is about to learn from the same log.
  if (unit.stream.startsWith('instrument-')) await executor.app.directory.reached(unit.position)
  for (let wait = RETRY_MS; !signal.aborted; wait = Math.min(2 * wait, RETRY_MS_MAX)) {
    try {
      return await execute(command, saga, executor)
    } catch (error) {
      if (error instanceof Refused && error.refusal.code !== 'stream-busy') return onRefused(saga, command, error)
      if (!(error instanceof Refused) && !(error instanceof EventStoreError)) throw error
    }
    await paused(wait, signal)
  }
}

function paused(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds)
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })
}
