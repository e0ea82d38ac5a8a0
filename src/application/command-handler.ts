// Takes commands to their streams' lanes, and keeps the most recently used write models in memory, bounded.
import { canonicalJson } from '../domain/kernel/canonical-json.ts'
import type { Decision } from '../domain/kernel/decider.ts'
import { Refused } from '../domain/kernel/refusal.ts'
import type { Log } from '../eventstore/log.ts'
import type { LedgerEvent } from '../eventstore/registry.ts'
import { sha256Hex, uuidV4 } from '../platform/ids.ts'
import type { Answer, CommandContext } from './answer.ts'
import type { DryRun } from './dry-run.ts'
import { KEYED } from './lane-state.ts'
import type { Snapshots } from './snapshots.ts'
import { type OnRecorded, StreamLane } from './stream-lane.ts'
import type { Saving } from './stream-snapshot.ts'
import type { Submitted, WriteModel } from './write-model.ts'

/** Rows and events that write models may hold in memory in total, of some 400 bytes each; a little more between two looks. */
const KEPT_MAX = 500_000
/** The part of it that a stream may take before others are forgotten for it, where its rows can be loaded again one by one. */
const SHARE = 1 / 4
/** Events after which a stream is saved again in the middle of a load: as many may have to be read after a crash. */
const SAVE_EVERY = 1000
/** Events that are worth saving when a stream falls quiet or is forgotten, or the process ends. */
const WORTH_SAVING = 200
/** Streams saved at once in the end, and for how long, in milliseconds, saving goes on. */
const LAST_SAVES = 4
const LAST_SAVES_MS = 5_000
/** How many streams are kept, however small. */
const STREAMS_KEPT_MAX = 20_000
/** Revisions that are read over rather than sought again. */
const GAP_MAX = 500n
/** Commands between two looks at what is kept. */
const FORGET_EVERY = 64

export interface Command<State, Event extends LedgerEvent> {
  readonly stream: string
  readonly model: WriteModel<State, Event>
  /** What was asked, as plain JSON: its hash tells a repeated key from a reused one. */
  readonly input: unknown
  /** What the command is about, for the answer. */
  readonly fact: string | null
  /** The business date or instant, where the command has one. */
  readonly effectiveAt?: string | null
  /** See Submission: `fold` is for batches. */
  decide(state: State, fold: (event: Event) => State): Decision<Event>
  firstRevision?(state: State): number | null
}

export interface CommandHandlerOptions {
  readonly log: Log
  /** Told at once of everything this process records. Must not throw. */
  readonly onRecorded?: OnRecorded
  /** Where states are saved; without, every stream is read from its beginning. */
  readonly snapshots?: Snapshots
  /** Told what went wrong with snapshots: nothing that a command would notice but by the time it takes. */
  onSnapshotError?(error: unknown): void
  /** Events after which a stream is saved again. */
  readonly saveEvery?: number
  /** Rows and events held in memory. */
  readonly keptMax?: number
}

/** Printable ASCII, as HTTP headers carry it. */
const KEY = /^[!-~]([ -~]{0,198}[!-~])?$/
const BAD_KEY = {
  code: 'bad-idempotency-key',
  message: 'the idempotency key is empty, too long or not printable',
  field: 'Idempotency-Key',
  remedy: 'use 1 to 200 printable ASCII characters, such as a UUID',
}

/** What a dry run answers in the place of what was appended. */
const NOT_RECORDED = { revision: -1n, position: 0n, eventIds: [], recordedAt: '' }

/** Where an event was recorded. */
export interface Recorded {
  readonly position: bigint
  readonly eventId: string
}

/** A lane of any stream: the stream's name says which model is its own, so that a lane never meets another. */
type AnyLane = StreamLane<unknown, LedgerEvent>

export class CommandHandler {
  readonly #log: Log
  readonly #onRecorded: OnRecorded
  readonly #saving: Saving | null
  readonly #worthSaving: number
  readonly #keptMax: number
  /** Least recently used first. */
  readonly #lanes = new Map<string, AnyLane>()
  /** Streams that are forgotten and still being saved. */
  readonly #leaving = new Set<Promise<void>>()
  readonly #closing = new AbortController()
  #uses = 0

  constructor(options: CommandHandlerOptions) {
    const { log, onRecorded = () => undefined, snapshots, keptMax = KEPT_MAX } = options
    this.#log = log
    this.#onRecorded = onRecorded
    this.#keptMax = keptMax
    const onError = (error: unknown) => options.onSnapshotError?.(error)
    const every = options.saveEvery ?? SAVE_EVERY
    this.#worthSaving = Math.min(WORTH_SAVING, every)
    const { signal } = this.#closing
    this.#saving = snapshots === undefined ? null : { snapshots, every, worth: this.#worthSaving, signal, onError }
  }

  /** Rows and events held in memory. */
  get kept(): number {
    let kept = 0
    for (const lane of this.#lanes.values()) kept += lane.weight
    return kept
  }

  /**
   * Decides and records one command.
   * @throws Refused when it is not accepted; EventStoreError (`store-unavailable`: nothing was written; `append-outcome-unknown`:
   * sending the same again is safe).
   */
  async handle<State, Event extends LedgerEvent>(
    command: Command<State, Event>,
    context: CommandContext,
  ): Promise<Answer> {
    return answered(command.fact, await this.submit(command, context))
  }

  /** As {@link handle}, answering the events recorded too. */
  submit<State, Event extends LedgerEvent>(
    command: Command<State, Event>,
    context: CommandContext,
  ): Promise<Submitted<Event>> {
    const { actor, idempotencyKey, correlationId, causationId } = context
    if (idempotencyKey !== undefined && !KEY.test(idempotencyKey)) return Promise.reject(new Refused(BAD_KEY))
    if (context.dryRun !== undefined) return this.#tryOut(command, context.dryRun)
    return this.#lane(command.stream, command.model).submit({
      stream: command.stream,
      model: command.model,
      commandId: idempotencyKey === undefined ? uuidV4() : `${KEYED}${idempotencyKey}`,
      commandHash: sha256Hex(canonicalJson(command.input)),
      keyed: idempotencyKey !== undefined,
      actor,
      correlationId,
      causationId,
      effectiveAt: command.effectiveAt,
      decide: (state, fold) => command.decide(state, fold),
      ...(command.firstRevision === undefined
        ? {}
        : { firstRevision: (state: State) => command.firstRevision?.(state) ?? null }),
    })
  }

  /** Decides on what the stream holds and what the dry run would have added to it; records nothing. */
  async #tryOut<State, Event extends LedgerEvent>(
    command: Command<State, Event>,
    dry: DryRun,
  ): Promise<Submitted<Event>> {
    const decision = await this.#lane(command.stream, command.model).tryOut({
      decide(start, fold) {
        // What was gathered for a stream is what its own model decided.
        const state = dry.eventsOf(command.stream).reduce((_, event) => fold(event as Event), start)
        return command.decide(state, fold)
      },
    })
    dry.add(command.stream, decision.events)
    const alreadyThere = decision.events.length === 0
    return { ...decision, appended: { ...NOT_RECORDED, alreadyThere } }
  }

  /** What `view` makes of a stream's state, everything submitted before included. `view` must not keep the state. */
  look<State, Event extends LedgerEvent, T>(
    stream: string,
    model: WriteModel<State, Event>,
    view: (state: State) => T,
  ): Promise<T> {
    return this.#lane(stream, model).look(view)
  }

  /**
   * Where the events at some revisions of a stream were recorded: the position of their unit and their own ids. Reads on over
   * short gaps and anew after long ones.
   */
  async whereRecorded(stream: string, revisions: readonly bigint[]): Promise<Map<bigint, Recorded>> {
    const left = [...new Set(revisions)].sort((a, b) => (a < b ? -1 : 1))
    const found = new Map<bigint, Recorded>()
    for (let before = 0; left[0] !== undefined && left.length !== before; ) {
      before = left.length
      for await (const { position, revision: last, events } of this.#log.readStream(stream, { from: left[0] })) {
        for (const { id, revision } of events) {
          if (revision !== left[0]) continue
          found.set(revision, { position, eventId: id })
          left.shift()
        }
        if (left[0] === undefined || left[0] > last + GAP_MAX) break
      }
    }
    return found
  }

  #lane<State, Event extends LedgerEvent>(stream: string, model: WriteModel<State, Event>): StreamLane<State, Event> {
    const known = this.#lanes.get(stream)
    this.#lanes.delete(stream)
    // The dispatcher: a stream's name ties its lane to one model, which the map's type cannot say.
    const lane =
      (known as StreamLane<State, Event> | undefined) ??
      new StreamLane(this.#log, stream, model, this.#onRecorded, this.#saving)
    this.#lanes.set(stream, lane as AnyLane)
    if (++this.#uses % FORGET_EVERY === 0) this.#forget(stream)
    return lane
  }

  /** Makes what is kept fit: long streams let go of rows first, then idle ones are forgotten, least recently used first. */
  #forget(using: string): void {
    let { kept } = this
    const shed = (lane: AnyLane) => {
      kept -= lane.weight
      lane.shed()
      kept += lane.weight
    }
    if (kept > this.#keptMax)
      for (const lane of this.#lanes.values()) if (lane.weight > this.#keptMax * SHARE) shed(lane)
    for (const [stream, lane] of this.#lanes) {
      if (kept <= this.#keptMax && this.#lanes.size <= STREAMS_KEPT_MAX) return
      if (!lane.idle || stream === using) {
        if (kept > this.#keptMax) shed(lane)
        continue
      }
      kept -= lane.weight
      this.#lanes.delete(stream)
      if (lane.unsaved < this.#worthSaving) continue
      const saving: Promise<void> = lane.save().finally(() => this.#leaving.delete(saving))
      this.#leaving.add(saving)
    }
  }

  /** Saves what the next process would otherwise have to read, as far as there is time. Nothing may be submitted any more. */
  async close(): Promise<void> {
    const enough = setTimeout(() => this.#closing.abort(), LAST_SAVES_MS)
    const { signal } = this.#closing
    const lanes = [...this.#lanes.values()].filter(({ unsaved }) => unsaved >= this.#worthSaving)
    this.#lanes.clear()
    const save = async () => {
      for (let lane = lanes.pop(); lane !== undefined && !signal.aborted; lane = lanes.pop()) {
        // One may be under way that began before the last events.
        await lane.save()
        if (lane.unsaved >= this.#worthSaving) await lane.save()
      }
    }
    await Promise.all([...Array.from({ length: LAST_SAVES }, save), ...this.#leaving])
    clearTimeout(enough)
    this.#closing.abort()
  }
}

/** The answer to what was submitted. */
export function answered(fact: string | null, { events, appended, warnings }: Submitted<LedgerEvent>): Answer {
  const { position, revision, eventIds, recordedAt, alreadyThere } = appended
  const parked = events.some(({ type }) => type === 'FillParked' || type === 'ReferenceParked')
  return { fact, position, revision, eventIds, recordedAt, alreadyThere, parked, warnings }
}
