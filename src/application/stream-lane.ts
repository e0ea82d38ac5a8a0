// One stream's commands, in order: decided on the evolving state, their appends sent on without waiting for one another, their
// outcomes answered only when everything they were decided upon is certain.
import { type Refusal, Refused } from '../domain/kernel/refusal.ts'
import { WrongExpectedRevision } from '../eventstore/errors.ts'
import type { Appended, Log } from '../eventstore/log.ts'
import type { LedgerEvent } from '../eventstore/registry.ts'
import type { Submission, Submitted, WriteModel } from './write-model.ts'

/** Appends of one stream that may be under way at once; more would only grow what a conflict throws away. */
const IN_FLIGHT_MAX = 256
/** How often a command is decided again because somebody else's append came first. */
const ATTEMPTS_MAX = 20
/** After a conflict with another writer, so many commands are sent one by one, so that the next conflict costs a tail only. */
const CAREFUL_COMMANDS = 256

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
  /** Revision of the last event in #state, those under way included; -1 for none. */
  #revision = -1n
  /** Keys that senders chose, with what they were used for. */
  #keys = new Map<string, { readonly hash: string; readonly revision: bigint }>()
  /** Revision an append of ours was decided on, to its command id: what follows that revision may be our own. */
  readonly #sent = new Map<bigint, string>()
  #queue: Waiting[] = []
  #underWay: UnderWay[] = []
  #careful = 0
  /** Whether #state holds events that are not certain to be recorded. */
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
    while (this.#queue.length > 0 && this.#underWay.length < (this.#careful > 0 ? 1 : IN_FLIGHT_MAX)) {
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
      folded = true
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
    const append = this.#append(submission, events)
    const evolve = () => {
      if (!folded) for (const event of events) fold(event)
      this.#state = next
      this.#revision += BigInt(events.length)
      if (submission.keyed) this.#keys.set(commandId, { hash: commandHash, revision: this.#revision })
    }
    const later = this.#careful > 0 && !folded
    if (!later) {
      evolve()
      this.#speculative = true
    }
    const done = append.then((appended) => {
      if (later) evolve()
      this.#onRecorded(this.#stream, appended, events)
      return { events, appended, warnings }
    })
    return { done, appends: true }
  }

  #append(submission: Submission<State, Event>, events: readonly Event[]): Promise<Appended> {
    const { commandId, commandHash, actor, correlationId, causationId, effectiveAt = null } = submission
    this.#sent.set(this.#revision, commandId)
    for (const oldest of this.#sent.keys()) {
      if (this.#sent.size <= 2 * IN_FLIGHT_MAX) break
      this.#sent.delete(oldest)
    }
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
      if (this.#sent.get(revision) === unit.commandId) return
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
      if (this.#underWay.length === 0) this.#speculative = false
      if (this.#careful > 0) this.#careful--
      first.resolve(outcome)
    } catch (error) {
      if (first.appends || error instanceof Stale) return this.#recover()
      this.#underWay.shift()
      first.reject(error instanceof Declined ? new Refused(error.refusal) : error)
    }
  }

  /**
   * An append failed, so everything decided after it stood on sand. All that is under way is awaited; what was recorded is
   * answered, what another writer overtook or what stood on the failed one is decided again, what failed by itself is told so.
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
    // Sent one by one, commands change the state only when recorded: what is there is certain, and the tail is enough.
    if (this.#speculative) this.#state = null
    this.#speculative = false
    this.#careful = CAREFUL_COMMANDS
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
