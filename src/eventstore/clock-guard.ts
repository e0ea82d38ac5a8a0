// Keeps a writer whose clock is behind from writing: its events would look older than what was known before them.
import { epochMicros, type Instant, instant } from '../domain/kernel/instant.ts'
import { refuse } from '../domain/kernel/refusal.ts'
import { isEnvelope } from './envelope.ts'
import type { EventStore } from './event-store.ts'

/** How far a writer may be behind the newest event; clocks of one site are closer than that. */
const BEHIND_MAX_MICROS = 5_000_000
/** Another process may have written since: look again when the last look is this old. */
const LOOK_EVERY_MS = 1000

export class ClockGuard {
  readonly #store: EventStore
  #newest: Instant | undefined
  #lookedAt = Number.NEGATIVE_INFINITY
  #looking: Promise<void> | undefined

  constructor(store: EventStore) {
    this.#store = store
  }

  /** @throws Refused `clock-behind`. */
  async check(now: Instant): Promise<void> {
    if (performance.now() - this.#lookedAt > LOOK_EVERY_MS) {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = undefined
      })
      await this.#looking
    }
    if (this.#newest === undefined) return
    const behind = epochMicros(this.#newest) - epochMicros(now)
    if (behind > BEHIND_MAX_MICROS)
      refuse({
        code: 'clock-behind',
        message: `this machine's clock is ${(behind / 1e6).toFixed(1)} s behind the newest event of the log (${this.#newest})`,
        remedy: 'set the clock, or wait until it has passed that instant',
      })
  }

  /** Remembers what was just recorded. */
  saw(recordedAt: Instant): void {
    if (this.#newest === undefined || recordedAt > this.#newest) this.#newest = recordedAt
  }

  async #look(): Promise<void> {
    for await (const { metadata } of this.#store.readAll({ direction: 'backwards', limit: 1 })) {
      const parsed: unknown = JSON.parse(metadata)
      // An event that another program wrote has no say here; readers stop at it and name it.
      if (isEnvelope(parsed)) this.saw(instant(parsed.recordedAt))
    }
    this.#lookedAt = performance.now()
  }
}
