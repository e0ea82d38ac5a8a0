// One stream's commands, in order: each decided on what is certain, appended at the exact revision, and decided again when
// another writer was first.
//
// One append of a stream is under way at a time. Sending the next before the first is certain would be wrong, not only wasteful:
// when the first loses to another writer's event, that event stands at the very revision the next one expects, and it would be
// recorded although it was decided on a history that never came to be. (Two writers recorded one fill twice that way.)
// Appends of different streams share commits all the same, and bulk records up to 500 lines with one append.
import type { Decision } from '../domain/kernel/decider.ts'
import { type Refusal, Refused } from '../domain/kernel/refusal.ts'
import { NotLoaded, type RowName } from '../domain/kernel/rows.ts'
import { WrongExpectedRevision } from '../eventstore/errors.ts'
import type { Appended, Log } from '../eventstore/log.ts'
import type { LedgerEvent } from '../eventstore/registry.ts'
import { LaneState } from './lane-state.ts'
import type { Saving } from './stream-snapshot.ts'
import type { Submission, Submitted, WriteModel } from './write-model.ts'

/** Commands of one stream that may wait for certainty at once: looks, refusals and repetitions, and one append. */
const UNDER_WAY_MAX = 256
/** How often a command is decided again because somebody else's append came first. */
const ATTEMPTS_MAX = 20

/** What was recorded, for whoever keeps a view of their own (the directory, the advisor). Must not throw. */
export type OnRecorded = (stream: string, appended: Appended, events: readonly LedgerEvent[]) => void

/** What a decision led to: an append under way, or nothing of its own to wait for but what came before. */
interface Started {
  readonly done: Promise<unknown>
  readonly appends: boolean
}

interface Waiting {
  attempts: number
  start(): Started
  resolve(outcome: unknown): void
  reject(error: unknown): void
}

type UnderWay = Waiting & Started

/** A decider's refusal on its way through the lane, told apart from what the log refuses. */
class Declined extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

/** The state a decision rested on was not the newest: another writer had appended. */
class Stale extends Error {}

export class StreamLane<State, Event extends LedgerEvent> {
  readonly #log: Log
  readonly #stream: string
  readonly #known: LaneState<State, Event>
  readonly #onRecorded: OnRecorded
  /** The append under way, or the last one: what follows the revision it was decided on may be our own. */
  #sent: { readonly on: bigint; readonly commandId: string } | null = null
  #queue: Waiting[] = []
  #underWay: UnderWay[] = []
  /** Rows that the first of the queue needs and that are not in memory. */
  #missing: readonly RowName[] = []
  #running = false
  /** Whether commands may be decided as they come: not while the state is read or recovered. */
  #open = false

  constructor(
    log: Log,
    stream: string,
    model: WriteModel<State, Event>,
    onRecorded: OnRecorded,
    saving: Saving | null = null,
  ) {
    this.#log = log
    this.#stream = stream
    this.#known = new LaneState(log, stream, model, saving)
    this.#onRecorded = onRecorded
  }

  /** Rough size of what it holds, in rows and events; 0 while nothing is read. */
  get weight(): number {
    return this.#known.weight
  }

  /** Events that would have to be read from the stream again. */
  get unsaved(): number {
    return this.#known.unsaved
  }

  /** Whether nothing waits or is under way, so that it can be forgotten. */
  get idle(): boolean {
    return !this.#running
  }

  /** Lets go of what can be read again row by row, as soon as it may. */
  shed(): void {
    this.#known.shed()
  }

  /** Saves what can be saved. Never fails. */
  save(): Promise<void> {
    return this.#known.save()
  }

  /** @throws Refused by the decider or the log; EventStoreError when the store could not say. */
  submit(submission: Submission<State, Event>): Promise<Submitted<Event>> {
    return this.#enqueue(() => this.#decide(submission))
  }

  /** What `view` makes of the state, once everything before is certain. */
  look<T>(view: (state: State) => T): Promise<T> {
    return this.#enqueue(() => {
      const seen = view(this.#known.state)
      return { done: this.#current(this.#known.revision).then(() => seen), appends: false }
    })
  }

  /** Decides as {@link submit} would, on what is certain, and takes it back: nothing is appended. @throws Refused by the decider. */
  tryOut(submission: Pick<Submission<State, Event>, 'decide'>): Promise<Extract<Decision<Event>, { accepted: true }>> {
    return this.#enqueue(() => {
      const { revision } = this.#known
      const decision = this.#known.decide(submission)
      this.#known.drop()
      const certain = this.#current(revision)
      if (decision.accepted) return { done: certain.then(() => decision), appends: false }
      const declined = new Declined(decision.refusal)
      return { done: certain.then(() => Promise.reject(declined)), appends: false }
    })
  }

  #enqueue<T>(start: () => { readonly done: Promise<T>; readonly appends: boolean }): Promise<T> {
    return new Promise((resolve, reject) => {
      // The promise of `start` is the one that `resolve` takes its value from.
      this.#queue.push({ attempts: 0, start, resolve: (outcome) => resolve(outcome as T), reject })
      if (this.#open) this.#startMore()
      if (!this.#running) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#running = true
    try {
      while (this.#queue.length > 0 || this.#underWay.length > 0) {
        if (this.#missing.length > 0) await this.#known.load(this.#missing)
        this.#missing = []
        if (!this.#known.isRead) await this.#known.read()
        this.#open = true
        this.#startMore()
        if (this.#missing.length === 0) await this.#settleFirst()
      }
    } catch (error) {
      // The stream could not be read: whoever waits is told, and may try again.
      this.#known.forget()
      for (const waiting of this.#queue.splice(0)) waiting.reject(error)
    } finally {
      this.#open = false
      this.#running = false
    }
  }

  #startMore(): void {
    while (this.#queue.length > 0 && this.#underWay.length < UNDER_WAY_MAX) {
      // What comes after an append is decided on what it recorded, once that is certain.
      if (this.#missing.length > 0 || !this.#known.isRead || this.#underWay.at(-1)?.appends === true) return
      const waiting = this.#queue.shift()
      if (waiting === undefined) return
      let started: Started
      try {
        started = waiting.start()
      } catch (error) {
        if (error instanceof NotLoaded) {
          this.#queue.unshift(waiting)
          this.#missing = error.rows
          this.#open = false
          return
        }
        started = { done: Promise.reject(error), appends: false }
      }
      // A rejection is looked at later, in order; until then it must not count as unhandled.
      started.done.catch(() => undefined)
      this.#underWay.push({ ...waiting, ...started })
    }
  }

  /** Decides now. What it answers is certain once everything before it is, which the lane sees to. @throws NotLoaded */
  #decide(submission: Submission<State, Event>): { done: Promise<Submitted<Event>>; appends: boolean } {
    const { commandId, commandHash: hash, keyed } = submission
    const used = keyed ? this.#known.key(commandId) : undefined
    if (used !== undefined && used.hash !== hash) throw new Declined(KEY_CONFLICT)
    if (used !== undefined) return { done: this.#recordedAt(BigInt(used.revision), []), appends: false }
    const decision = this.#known.decide(submission)
    const { revision } = this.#known
    if (!decision.accepted) {
      const declined = new Declined(decision.refusal)
      return { done: this.#current(revision).then(() => Promise.reject(declined)), appends: false }
    }
    const { events, warnings } = decision
    if (events.length === 0) {
      const first = submission.firstRevision?.(this.#known.state) ?? null
      // What was recorded stays recorded; that nothing changes is only as true as the state is new.
      if (first !== null) return { done: this.#recordedAt(BigInt(first), warnings), appends: false }
      return { done: this.#current(revision).then(() => this.#unitAt(revision, warnings)), appends: false }
    }
    const done = this.#append(submission, events).then((appended) => {
      this.#known.keep(events.length, appended.eventIds.at(-1) ?? '', keyed ? { commandId, hash } : undefined)
      this.#onRecorded(this.#stream, appended, events)
      return { events, appended, warnings }
    })
    return { done, appends: true }
  }

  #append(submission: Submission<State, Event>, events: readonly Event[]): Promise<Appended> {
    const { commandId, commandHash, actor, correlationId, causationId, effectiveAt = null } = submission
    const on = this.#known.revision
    this.#sent = { on, commandId }
    return this.#log.append({
      stream: this.#stream,
      expected: on === -1n ? 'no-stream' : on,
      commandId,
      commandHash,
      actor,
      ...(correlationId === undefined ? {} : { correlationId }),
      ...(causationId === undefined ? {} : { causationId }),
      effectiveAt,
      events,
    })
  }

  /**
   * Makes sure that a decision which appends nothing rested on the newest state: other processes write too.
   * @throws Stale, which the lane answers by reading on and deciding again.
   */
  async #current(revision: bigint): Promise<void> {
    await Promise.allSettled(this.#underWay.map(({ done }) => done))
    for await (const unit of this.#log.readStream(this.#stream, { from: revision + 1n })) {
      if (this.#sent?.on === revision && this.#sent.commandId === unit.commandId) return
      throw new Stale()
    }
  }

  /** The unit that holds the event at a revision, as the append that recorded it answered; waits for what is under way. */
  async #recordedAt(revision: bigint, warnings: Submitted<Event>['warnings']): Promise<Submitted<Event>> {
    await Promise.allSettled(this.#underWay.map(({ done }) => done))
    return this.#unitAt(revision, warnings)
  }

  async #unitAt(revision: bigint, warnings: Submitted<Event>['warnings']): Promise<Submitted<Event>> {
    if (revision < 0n) return { events: [], appended: NOTHING_YET, warnings }
    for await (const unit of this.#log.readStream(this.#stream, { from: revision })) {
      const { position, recordedAt } = unit
      const eventIds = unit.events.map(({ id }) => id)
      const appended = { revision: unit.revision, position, eventIds, recordedAt, alreadyThere: true }
      return { events: [], appended, warnings }
    }
    throw new Error(`stream ${this.#stream} has no event at revision ${revision}`)
  }

  /** Answers the oldest command under way, or clears up when what it stands on did not come true. */
  async #settleFirst(): Promise<void> {
    const [first] = this.#underWay
    if (first === undefined) return
    try {
      const outcome = await first.done
      this.#underWay.shift()
      first.resolve(outcome)
    } catch (error) {
      if (first.appends || error instanceof Stale) return this.#recover()
      this.#underWay.shift()
      first.reject(error instanceof Declined ? new Refused(error.refusal) : error)
    }
  }

  /**
   * An append failed, or another writer has moved the stream on. All that is under way is awaited; what was recorded is answered,
   * what another writer overtook is decided again, what failed by itself is told so.
   */
  async #recover(): Promise<void> {
    this.#open = false
    const results = await Promise.allSettled(this.#underWay.map(({ done }) => done))
    const all = this.#underWay.splice(0)
    const again: Waiting[] = []
    all.forEach((command, i) => {
      const result = results[i]
      if (command.appends && result?.status === 'fulfilled') command.resolve(result.value)
      else if (command.appends && result?.status === 'rejected' && !(result.reason instanceof WrongExpectedRevision))
        command.reject(result.reason)
      else if (command.attempts < ATTEMPTS_MAX) again.push({ ...command, attempts: command.attempts + 1 })
      else command.reject(new Refused({ ...BUSY, message: `other writers kept appending to ${this.#stream} first` }))
    })
    this.#queue = [...again, ...this.#queue]
    this.#known.drop()
    // Nothing that was decided before it is out any more: what stands after its revision now is another's.
    this.#sent = null
    if (this.#queue.length > 0) await this.#known.read()
  }
}

const KEY_CONFLICT: Refusal = {
  code: 'idempotency-conflict',
  message: 'this idempotency key was used before with other content',
  field: 'Idempotency-Key',
  remedy: 'send new content under a new key',
}

/** What a command answers that changes nothing in a stream that does not exist. */
const NOTHING_YET: Appended = { revision: -1n, position: 0n, eventIds: [], recordedAt: '', alreadyThere: true }

const BUSY: Refusal = { code: 'stream-busy', message: '', remedy: 'try again' }
