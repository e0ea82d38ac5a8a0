// Lines in, a verdict per line out: lines for one stream are recorded in units, in the order they came; a bad line spoils nothing.
import { canonicalJson } from '../domain/kernel/canonical-json.ts'
import { accept, type Decision } from '../domain/kernel/decider.ts'
import { type Refusal, Refused, type Warning } from '../domain/kernel/refusal.ts'
import { NotLoaded, type RowName } from '../domain/kernel/rows.ts'
import { EventStoreError } from '../eventstore/errors.ts'
import { UNIT_BYTES_MAX, UNIT_EVENTS_MAX } from '../eventstore/event-store.ts'
import type { LedgerEvent } from '../eventstore/registry.ts'
import type { CommandContext } from './answer.ts'
import type { CommandHandler, Recorded } from './command-handler.ts'
import type { Submitted, WriteModel } from './write-model.ts'

/** Lines read ahead of the oldest verdict that is still out: what one request may hold in memory. */
const WINDOW = 4000
/** Room for what an event's envelope holds whoever sends it: hashes, ids, dates and the names of its members. */
const ENVELOPE_BYTES = 750

/** What became of a line. `already`: recorded before, with the same content. `failed`: the store could not say; sending again is safe. */
export type Verdict =
  | {
      readonly line: number
      readonly verdict: 'accepted' | 'parked' | 'already'
      readonly fact: string | null
      /** Where it became known; null where nothing says when it was first recorded (a row of market data). */
      readonly position: bigint | null
      readonly revision: bigint | null
      readonly eventIds: readonly string[]
      readonly warnings: readonly Warning[]
    }
  | ({ readonly line: number; readonly verdict: 'refused' | 'failed' } & Refusal)

/** One line that was read and waits for its turn in its stream. */
export interface LineTask<State, Event extends LedgerEvent> {
  readonly line: number
  readonly stream: string
  readonly model: WriteModel<State, Event>
  readonly fact: string | null
  /** The line itself, for the unit's hash. */
  readonly input: unknown
  decide(state: State): Decision<Event>
  firstRevision(state: State): number | null
}

export interface BulkOptions<Event extends LedgerEvent> {
  readonly context: CommandContext
  /** Lines of one unit. */
  readonly linesMax: number
  /** What the book says of the unit just recorded; each warning goes to the line whose fact it names. */
  adviceOn?(stream: string, position: bigint): readonly Warning[]
  /** Joins events of one unit that say the same of many rows; `places` says into which joined event each went. */
  merge?(events: readonly Event[]): { readonly events: readonly Event[]; readonly places: readonly number[] }
}

interface Queued<State, Event extends LedgerEvent> {
  readonly task: LineTask<State, Event>
  resolve(verdict: Verdict): void
}

/** How one line of a unit was decided. */
type Judged =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | {
      readonly kind: 'decided'
      readonly first: number
      readonly count: number
      readonly warnings: readonly Warning[]
      readonly revision: number | null
      readonly parked: boolean
    }

/** The lines of one unit that fitted, what they record, and where in it the n-th event of their decisions went. */
interface DecidedUnit<Event> {
  readonly judged: readonly Judged[]
  readonly events: readonly Event[]
  readonly placeOf: (n: number) => number
}

export class BulkEngine<State, Event extends LedgerEvent> {
  readonly #handler: CommandHandler
  readonly #options: BulkOptions<Event>
  readonly #queues = new Map<string, Queued<State, Event>[]>()

  constructor(handler: CommandHandler, options: BulkOptions<Event>) {
    this.#handler = handler
    this.#options = options
  }

  /** Verdicts in the order of the lines, each as soon as those before it are out. Reads no further ahead than the window. */
  async *run(lines: AsyncIterable<LineTask<State, Event> | Verdict>): AsyncGenerator<Verdict> {
    const out: (Promise<Verdict> | Verdict)[] = []
    for await (const item of lines) {
      out.push('verdict' in item ? item : this.#enqueue(item))
      while (out.length >= WINDOW) {
        const oldest = out.shift()
        if (oldest !== undefined) yield await oldest
      }
    }
    for (const verdict of out) yield await verdict
  }

  #enqueue(task: LineTask<State, Event>): Promise<Verdict> {
    return new Promise((resolve) => {
      const queue = this.#queues.get(task.stream)
      if (queue !== undefined) {
        queue.push({ task, resolve })
        return
      }
      const fresh = [{ task, resolve }]
      this.#queues.set(task.stream, fresh)
      // Lines that arrive in one chunk are read before the first unit is cut, so that they share it.
      setImmediate(() => void this.#work(task.stream, fresh))
    })
  }

  async #work(stream: string, queue: Queued<State, Event>[]): Promise<void> {
    while (queue.length > 0) await this.#unit(queue)
    this.#queues.delete(stream)
  }

  /** Records one unit from the head of the queue, and takes from it the lines that went in. */
  async #unit(queue: Queued<State, Event>[]): Promise<void> {
    const lines = queue.slice(0, this.#options.linesMax)
    const [head] = lines
    if (head === undefined) return
    let unit: DecidedUnit<Event> = { judged: [], events: [], placeOf: (n) => n }
    try {
      const submitted = await this.#handler.submit(
        {
          stream: head.task.stream,
          model: head.task.model,
          input: lines.map(({ task }) => task.input),
          fact: null,
          decide: (state, fold) => {
            unit = this.#judge(lines, state, fold)
            return accept(unit.events)
          },
        },
        { ...this.#options.context, idempotencyKey: undefined },
      )
      queue.splice(0, unit.judged.length)
      const known = await this.#handler.whereRecorded(head.task.stream, unit.judged.flatMap(recordedBefore))
      const advice = this.#options.adviceOn?.(head.task.stream, submitted.appended.position) ?? []
      unit.judged.forEach((how, i) => {
        const line = lines[i]
        line?.resolve(verdictOf(line.task, how, unit, submitted, advice, known))
      })
    } catch (error) {
      const taken = queue.splice(0, Math.max(unit.judged.length, 1))
      for (const { task, resolve } of taken) resolve(failed(task.line, error))
    }
  }

  /**
   * Decides line after line, each on what those before it record, until the unit is full.
   * @throws NotLoaded with what all lines need, as far as it can be told.
   */
  #judge(lines: readonly Queued<State, Event>[], start: State, fold: (event: Event) => State): DecidedUnit<Event> {
    let state = start
    let bytes = 0
    const judged: Judged[] = []
    const events: Event[] = []
    const missing: RowName[] = []
    for (const { task } of lines) {
      const decision = attempted(missing, () => task.decide(state))
      if (decision === undefined) continue
      if (!decision.accepted) {
        judged.push({ kind: 'refused', refusal: decision.refusal })
        continue
      }
      const size = decision.events.reduce((sum, event) => sum + sizeOf(event, this.#options.context), 0)
      const full =
        bytes + size > UNIT_BYTES_MAX ||
        (this.#options.merge === undefined && events.length + decision.events.length > UNIT_EVENTS_MAX)
      if (full && events.length > 0) break
      const parked = decision.events.some(({ type }) => type === 'FillParked' || type === 'ReferenceParked')
      const revision = decision.events.length === 0 ? task.firstRevision(state) : null
      judged.push({
        kind: 'decided',
        first: events.length,
        count: decision.events.length,
        warnings: decision.warnings,
        revision,
        parked,
      })
      for (const event of decision.events) state = attempted(missing, () => fold(event)) ?? state
      bytes += size
      events.push(...decision.events)
    }
    if (missing.length > 0) throw new NotLoaded(missing)
    const { merge } = this.#options
    if (merge === undefined) return { judged, events, placeOf: (n) => n }
    const merged = merge(events)
    return { judged, events: merged.events, placeOf: (n) => merged.places[n] ?? 0 }
  }
}

/**
 * What a step answers, or undefined once rows are missing: then nothing of the unit counts, and going on only finds what else is
 * missing, whatever it meets on the way.
 */
function attempted<T>(missing: RowName[], step: () => T): T | undefined {
  try {
    return step()
  } catch (error) {
    if (error instanceof NotLoaded) missing.push(...error.rows)
    else if (missing.length === 0) throw error
    return undefined
  }
}

/** Where a line that records nothing was recorded before. */
function recordedBefore(how: Judged): bigint[] {
  return how.kind === 'refused' || how.revision === null ? [] : [BigInt(how.revision)]
}

/** The verdict of a line that went into a recorded unit. */
function verdictOf<Event extends LedgerEvent>(
  { line, fact }: { readonly line: number; readonly fact: string | null },
  how: Judged,
  { placeOf }: DecidedUnit<Event>,
  { appended, events }: Submitted<Event>,
  advice: readonly Warning[],
  known: ReadonlyMap<bigint, Recorded>,
): Verdict {
  if (how.kind === 'refused') return { line, verdict: 'refused', ...how.refusal }
  const { count, warnings, parked } = how
  if (count === 0) {
    const [revision = null] = recordedBefore(how)
    const first = revision === null ? undefined : known.get(revision)
    const eventIds = first === undefined ? [] : [first.eventId]
    return { line, verdict: 'already', fact, position: first?.position ?? null, revision, eventIds, warnings }
  }
  const places = [...new Set(Array.from({ length: count }, (_, n) => placeOf(how.first + n)))]
  const first = appended.revision - BigInt(events.length) + 1n
  return {
    line,
    verdict: parked ? 'parked' : 'accepted',
    fact,
    position: appended.position,
    revision: first + BigInt(Math.max(...places)),
    eventIds: places.flatMap((place) => appended.eventIds[place] ?? []),
    warnings: [...warnings, ...advice.filter(({ details }) => fact !== null && details?.fact === fact)],
  }
}

/** At least the bytes that an event will have in the log, as the cap of a unit counts them. */
function sizeOf({ type, data }: LedgerEvent, { actor, correlationId = '', causationId = '' }: CommandContext): number {
  const said = Buffer.byteLength(canonicalJson(data)) + Buffer.byteLength(actor + correlationId + causationId)
  return said + 2 * type.length + ENVELOPE_BYTES
}

/** The verdict of a line whose unit could not be recorded. */
function failed(line: number, error: unknown): Verdict {
  if (error instanceof Refused) return { line, verdict: 'refused', ...error.refusal }
  if (error instanceof EventStoreError)
    return {
      line,
      verdict: 'failed',
      code: error.code,
      message: error.message,
      remedy: 'send the line again: what was recorded is recognised',
    }
  throw error
}
