// Reads the log ahead of the dispatcher, within bounds, and keeps reading when the store comes and goes.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log, RecordedUnit } from '../../eventstore/log.ts'
import type { Logger } from '../../platform/log.ts'
import { isPassing, messageOf } from './failure.ts'

/** Units read ahead: the reader waits beyond that. */
const READ_AHEAD_UNITS = 2_000
const RETRY_MS = 200

export class LogReader {
  readonly #log: Pick<Log, 'subscribe'>
  readonly #logger: Logger
  readonly #signal: AbortSignal
  #after: bigint
  #units: RecordedUnit[] = []
  #wakeTaker: () => void = () => undefined
  #wakeReader: () => void = () => undefined

  /** `after` is exclusive; below zero: from the start. Ends by the signal. */
  constructor(log: Pick<Log, 'subscribe'>, logger: Logger, after: bigint, signal: AbortSignal) {
    this.#log = log
    this.#logger = logger
    this.#after = after
    this.#signal = signal
    signal.addEventListener('abort', () => {
      this.#wakeTaker()
      this.#wakeReader()
    })
  }

  /** Reads until the signal. @throws what cannot pass: a damaged log. */
  async run(): Promise<void> {
    const signal = this.#signal
    while (!signal.aborted) {
      try {
        const after = this.#after
        for await (const item of this.#log.subscribe({ ...(after < 0n ? {} : { after }), signal })) {
          if (item.kind !== 'unit') continue
          this.#units.push(item.unit)
          this.#after = item.unit.position
          this.#wakeTaker()
          while (this.#units.length >= READ_AHEAD_UNITS && !signal.aborted)
            await new Promise<void>((resolve) => {
              this.#wakeReader = resolve
            })
        }
      } catch (error) {
        if (signal.aborted) return
        if (!isPassing(error)) throw error
        this.#logger.warn({ error: messageOf(error) }, 'the log cannot be read; trying again')
      }
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined)
    }
  }

  /** The next units, at least one; none once the signal has come. */
  async take(most: number): Promise<RecordedUnit[]> {
    while (this.#units.length === 0 && !this.#signal.aborted)
      await new Promise<void>((resolve) => {
        this.#wakeTaker = resolve
      })
    const units = this.#units.splice(0, most)
    this.#wakeReader()
    return units
  }
}
