// Waiting with an end: a limit on one promise, and pauses that grow until the time for the whole is used up.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Settings } from './settings.ts'

export class TookTooLong extends Error {}

/** The promise's own outcome, or TookTooLong; a late outcome is let go quietly. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TookTooLong(`no answer within ${ms} ms`)), ms)
  })
  // The promise may settle long after nobody waits for it; that must not become an unhandled rejection.
  promise.catch(() => {})
  try {
    return await Promise.race([promise, tooLong])
  } finally {
    clearTimeout(timer)
  }
}

/** Pauses between the repeats of one undertaking. */
export class Patience {
  readonly #totalMs: number
  readonly #pauseMs: Settings['pauseMs']
  #since = performance.now()
  #repeats = 0

  /** @param totalMs how long to go on without success; Infinity never gives up. */
  constructor(totalMs: number, pauseMs: Settings['pauseMs']) {
    this.#totalMs = totalMs
    this.#pauseMs = pauseMs
  }

  /** What is left of the whole, in milliseconds; at least 0. */
  get leftMs(): number {
    return Math.max(0, this.#totalMs - (performance.now() - this.#since))
  }

  /** Something went well: the count starts afresh. */
  renew(): void {
    this.#since = performance.now()
    this.#repeats = 0
  }

  /** Waits before the next try; false when the time is used up. Ends early, with true, when the signal is given. */
  async pause(signal?: AbortSignal): Promise<boolean> {
    const ms = Math.min(this.#pauseMs.most, this.#pauseMs.first * 2 ** this.#repeats)
    if (ms >= this.leftMs) return false
    this.#repeats += 1
    // A signal ends the pause by rejecting it, and the loop around it looks at the signal next.
    await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {})
    return true
  }
}
