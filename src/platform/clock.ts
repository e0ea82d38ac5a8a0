// What time it is: asked through a port, so that nothing but this file reads the machine's clock for the ledger.
import { fromEpochMicros, type Instant } from '../domain/kernel/instant.ts'

export interface Clock {
  /** The present moment, UTC, six places. The system's clock counts milliseconds: its last three places are zero. */
  now(): Instant
}

const MICROS_PER_MILLI = 1000

/** The machine's clock. It may step back when the machine's time is set; the log's own time axis never does. */
export const systemClock: Clock = { now: () => fromEpochMicros(Date.now() * MICROS_PER_MILLI) }

/** A clock for tests that stands still until it is set. */
export function fixedClock(start: Instant): Clock & { set(now: Instant): void } {
  let at = start
  return {
    now: () => at,
    set(now) {
      at = now
    },
  }
}
