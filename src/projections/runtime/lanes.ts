// All lanes of a generation: they take turns, a bounded number at a time, so that a long one delays nobody else. Every second turn is
// for a lane that was written to itself, as long as there is one: whoever reads what they have just written does not wait until a split
// has come to a thousand portfolios; and those have their turns, however much is written elsewhere.
import type { Logger } from '../../platform/log.ts'
import { messageOf } from './failure.ts'
import type { Lane } from './lane.ts'

/** A lane whatever it learns. */
export type AnyLane = Pick<
  Lane<unknown>,
  | 'projection'
  | 'portfolio'
  | 'position'
  | 'poison'
  | 'pending'
  | 'pendingSince'
  | 'hasWork'
  | 'hasOwn'
  | 'projectedTo'
  | 'add'
  | 'readUpTo'
  | 'step'
  | 'resume'
>

export class Lanes {
  readonly #atOnce: number
  readonly #logger: Logger
  readonly #onBroken: (error: Error) => void
  readonly #lanes = new Map<string, AnyLane>()
  /** Lanes that wait for their turn: those that were written to, and those that only something common concerns. */
  readonly #own = new Set<AnyLane>()
  readonly #others = new Set<AnyLane>()
  /** Whose turn it is, where both wait. */
  #ownNext = true
  /** Lanes that wait for their turn, run, or pause. */
  readonly #scheduled = new Set<AnyLane>()
  readonly #running = new Set<Promise<void>>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #stopped = false

  /** `onBroken`: a lane failed in a way that is a defect of the projector itself. */
  constructor(atOnce: number, logger: Logger, onBroken: (error: Error) => void) {
    this.#atOnce = atOnce
    this.#logger = logger
    this.#onBroken = onBroken
  }

  get(projection: string, portfolio: string): AnyLane | undefined {
    return this.#lanes.get(`${projection}/${portfolio}`)
  }

  put(lane: AnyLane): void {
    this.#lanes.set(`${lane.projection}/${lane.portfolio}`, lane)
  }

  all(): Iterable<AnyLane> {
    return this.#lanes.values()
  }

  /** Gives the lane a turn when it has work. */
  schedule(lane: AnyLane): void {
    if (this.#stopped || !lane.hasWork) return
    if (this.#scheduled.has(lane)) {
      // Written to while it waits with the others.
      if (lane.hasOwn && this.#others.delete(lane)) this.#own.add(lane)
      return
    }
    this.#scheduled.add(lane)
    const waiting = lane.hasOwn ? this.#own : this.#others
    waiting.add(lane)
    this.#fill()
  }

  /** Ends after the batches that run now. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#own.clear()
    this.#others.clear()
    for (const timer of this.#timers) clearTimeout(timer)
    await Promise.all(this.#running)
  }

  #fill(): void {
    while (!this.#stopped && this.#running.size < this.#atOnce) {
      const lane = this.#next()
      if (lane === undefined) return
      const turn = this.#turn(lane).finally(() => {
        this.#running.delete(turn)
        this.#fill()
      })
      this.#running.add(turn)
    }
  }

  /** The one that has waited longest, of the two kinds by turns. */
  #next(): AnyLane | undefined {
    const [own] = this.#own
    const [other] = this.#others
    const lane = this.#ownNext ? (own ?? other) : (other ?? own)
    if (lane === undefined) return undefined
    this.#ownNext = lane !== own
    this.#own.delete(lane)
    this.#others.delete(lane)
    return lane
  }

  async #turn(lane: AnyLane): Promise<void> {
    let pause: number
    try {
      pause = await lane.step()
    } catch (error) {
      this.#logger.fatal(
        { projection: lane.projection, portfolio: lane.portfolio, error: messageOf(error) },
        'the projector stopped at a defect of its own',
      )
      this.#onBroken(error instanceof Error ? error : new Error(String(error)))
      return
    }
    this.#scheduled.delete(lane)
    if (pause === 0) this.schedule(lane)
    else {
      this.#scheduled.add(lane)
      const timer = setTimeout(() => {
        this.#timers.delete(timer)
        this.#scheduled.delete(lane)
        this.schedule(lane)
      }, pause)
      this.#timers.add(timer)
    }
  }
}
