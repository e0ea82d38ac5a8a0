// One stream's commands, in order: each decided on what is certain, appended at the exact revision, and decided again when
// another writer was first.
//
// One append of a stream is under way at a time. Sending the next before the first is certain would be wrong, not only wasteful:
// when the first loses to another writer's event, that event stands at the very revision the next one expects, and it would be
// recorded although it was decided on a history that never came to be. (Two writers recorded one fill twice that way.)
// Appends of different streams share commits all the same, and bulk records up to 500 lines with one append.
import { type Refusal, Refused } from '../domain/kernel/refusal.ts'
import { WrongExpectedRevision } from '../eventstore/errors.ts'
import type { Appended, Log } from '../eventstore/log.ts'
import type { LedgerEvent } from '../eventstore/registry.ts'
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
  readonly #model: WriteModel<State, Event>
  readonly #onRecorded: OnRecorded
  /** Null when it must be read from the stream first. */
  #state: State | null = null
  /** Revision of the last event in #state; -1 for none. */
  #revision = -1n
  /** Keys that senders chose, with what they were used for. */
  #keys = new Map<string, { readonly hash: string; readonly revision: bigint }>()
  /** The append under way, or the last one: what follows the revision it was decided on may be our own. */
  #sent: { readonly on: bigint; readonly commandId: string } | null = null
  #queue: Waiting[] = []
  #underWay: UnderWay[] = []
  /** Whether a batch has changed #state by events that are not certain to be recorded. */
  #speculative = false
  #running = false
  /** Whether commands may be decided as they come: not while the state is read or recovered. */
  #open = false

  constructor(log: Log, stream: string, model: WriteModel<State, Event>, onRecorded: OnRecorded) {
    this.#log = log
    this.#stream = stream
    this.#model = model
    this.#onRecorded = onRecorded
  }

  /** Rough size of what it holds, in events; 0 while nothing is read. */
  get weight(): number {
    return this.#state === null ? 0 : Number(this.#revision + 1n)
  }

  /** Whether nothing waits or is under way, so that it can be forgotten. */
  get idle(): boolean {
    return !this.#running
  }

  /** @throws Refused by the decider or the log; EventStoreError when the store could not say. */
  submit(submission: Submission<State, Event>): Promise<Submitted<Event>> {
    return this.#enqueue(() => this.#decide(submission))
  }

  /** What `view` makes of the state, once everything before is certain. */
  look<T>(view: (state: State) => T): Promise<T> {
    return this.#enqueue(() => {
      const seen = view(this.#state ?? this.#model.initial)
      return { done: this.#current(this.#revision).then(() => seen), appends: false }
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
        // A batch that failed before its append leaves a state that never was.
        if (this.#speculative && this.#underWay.length === 0) this.#state = null
        if (this.#state === null) await this.#read()
        this.#open = true
        this.#startMore()
        await this.#settleFirst()
      }
    } catch (error) {
      // The stream could not be read: whoever waits is told, and may try again.
      this.#state = null
      for (const waiting of this.#queue.splice(0)) waiting.reject(error)
    } finally {
      this.#open = false
      this.#running = false
    }
  }

  #startMore(): void {
    while (this.#queue.length > 0 && this.#underWay.length < UNDER_WAY_MAX) {
      // What comes after an append is decided on what it recorded, once that is certain.
      if (this.#speculative || this.#underWay.at(-1)?.appends === true) return
      const waiting = this.#queue.shift()
      if (waiting === undefined) return
      let started: Started
      try {
        started = waiting.start()
      } catch (error) {
        started = { done: Promise.reject(error), appends: false }
      }
      // A rejection is looked at later, in order; until then it must not count as unhandled.
      started.done.catch(() => undefined)
      this.#underWay.push({ ...waiting, ...started })
    }
  }

  /** Reads the stream, or its tail when there is a state that is certain. */
  async #read(): Promise<void> {
    this.#open = false
    if (this.#state === null) {
      this.#revision = -1n
      this.#keys = new Map()
      this.#speculative = false
    }
    let state = this.#state ?? this.#model.initial
    const from = this.#revision + 1n
    for await (const unit of this.#log.readStream(this.#stream, from === 0n ? {} : { from })) {
      // The registry ties kinds of stream to event types: what this stream holds is what its model wrote.
      for (const event of unit.events) state = this.#model.evolve(state, event as LedgerEvent as Event)
      this.#revision = unit.revision
      const { commandId, commandHash: hash, revision } = unit
      if (commandId.startsWith(KEYED)) this.#keys.set(commandId, { hash, revision })
    }
    this.#state = state
  }

  /** Decides now. What it answers is certain once everything before it is, which the lane sees to. */
  #decide(submission: Submission<State, Event>): { done: Promise<Submitted<Event>>; appends: boolean } {
    const { commandId, commandHash } = submission
    const known = this.#keys.get(commandId)
    if (known !== undefined && known.hash !== commandHash) throw new Declined(KEY_CONFLICT)
    if (known !== undefined) return { done: this.#recordedAt(known.revision, []), appends: false }
    let next = this.#state ?? this.#model.initial
    let folded = false
    const fold = (event: Event): State => {
      // A batch folds as it decides, and models may change the state they are given.
      folded = true
      this.#speculative = true
      next = this.#model.evolve(next, event)
      return next
    }
    const decision = submission.decide(next, fold)
    if (!decision.accepted) {
      const declined = new Declined(decision.refusal)
      return { done: this.#current(this.#revision).then(() => Promise.reject(declined)), appends: false }
    }
    const { events, warnings } = decision
    if (events.length === 0) {
      const first = submission.firstRevision?.(next) ?? null
      // What was recorded stays recorded; that nothing changes is only as true as the state is new.
      if (first !== null) return { done: this.#recordedAt(BigInt(first), warnings), appends: false }
      const now = this.#revision
      return { done: this.#current(now).then(() => this.#unitAt(now, warnings)), appends: false }
    }
    const done = this.#append(submission, events).then((appended) => {
      if (!folded) for (const event of events) fold(event)
      this.#state = next
      this.#revision += BigInt(events.length)
      this.#speculative = false
      if (submission.keyed) this.#keys.set(commandId, { hash: commandHash, revision: this.#revision })
      this.#onRecorded(this.#stream, appended, events)
      return { events, appended, warnings }
    })
    return { done, appends: true }
  }

  #append(submission: Submission<State, Event>, events: readonly Event[]): Promise<Appended> {
    const { commandId, commandHash, actor, correlationId, causationId, effectiveAt = null } = submission
    this.#sent = { on: this.#revision, commandId }
    return this.#log.append({
      stream: this.#stream,
      expected: this.#revision === -1n ? 'no-stream' : this.#revision,
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
    // Commands change the state only when recorded, so what is there is certain and the tail is enough; not so after a batch.
    if (this.#speculative) this.#state = null
    if (this.#queue.length > 0) await this.#read()
  }
}

/** The mark of command ids that senders chose. */
export const KEYED = 'key:'

const KEY_CONFLICT: Refusal = {
  code: 'idempotency-conflict',
  message: 'this idempotency key was used before with other content',
  field: 'Idempotency-Key',
  remedy: 'send new content under a new key',
}

/** What a command answers that changes nothing in a stream that does not exist. */
const NOTHING_YET: Appended = { revision: -1n, position: 0n, eventIds: [], recordedAt: '', alreadyThere: true }

const BUSY: Refusal = { code: 'stream-busy', message: '', remedy: 'try again' }
