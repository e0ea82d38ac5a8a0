// The newest events of the log, read once for all subscriptions of a process: those that keep up ask PostgreSQL nothing.
import type { StoredEvent } from '../event-store.ts'
import type { Pages } from './pages.ts'
import type { WakeUp } from './wake-up.ts'

/** What is kept; a subscription further behind reads pages of its own. */
const KEPT_EVENTS = 4096
const KEPT_BYTES = 16 * 1024 * 1024
const PAGE_EVENTS = 1000

export class Tail {
  readonly #pages: Pages
  readonly #wakeUp: WakeUp
  /** In order; everything after `#from` up to the head. */
  #events: StoredEvent[] = []
  #bytes = 0
  #from = 0n
  #head: bigint | undefined
  #seen = -1
  #reading: Promise<void> | undefined

  constructor(pages: Pages, wakeUp: WakeUp) {
    this.#pages = pages
    this.#wakeUp = wakeUp
  }

  /** The wake-up count before the last look that found the end of the log. */
  get seen(): number {
    return this.#seen
  }

  /**
   * Looks at the log unless somebody has since the wake-up `seen`, and answers the position up to which it is known; at once when
   * that is beyond `after`, though there may be more. @throws StoreUnavailable
   */
  async reach(seen: number, after: bigint): Promise<bigint> {
    while (this.#head === undefined || (this.#seen < seen && this.#head <= after)) {
      this.#reading ??= this.#read().finally(() => {
        this.#reading = undefined
      })
      await this.#reading
    }
    return this.#head
  }

  /** The events after a position; undefined when not all of them are kept. */
  since(after: bigint): readonly StoredEvent[] | undefined {
    if (after < this.#from || this.#head === undefined) return undefined
    let low = 0
    let high = this.#events.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#events[middle]?.position ?? 0n) <= after) low = middle + 1
      else high = middle
    }
    return this.#events.slice(low)
  }

  async #read(): Promise<void> {
    const seen = this.#wakeUp.count
    if (this.#head === undefined) {
      this.#head = this.#from = await this.#pages.head()
      this.#seen = seen
      return
    }
    const events = await this.#pages.page(this.#head, PAGE_EVENTS, undefined)
    for (const event of events) {
      this.#events.push(event)
      this.#bytes += sizeOf(event)
      this.#head = event.position
    }
    this.#trim()
    // A full page may not be all there is: the next to ask looks again.
    if (events.length < PAGE_EVENTS) this.#seen = seen
  }

  #trim(): void {
    let gone = 0
    let events = this.#events.length
    while (events > KEPT_EVENTS || (this.#bytes > KEPT_BYTES && events > 0)) {
      const oldest = this.#events[gone++]
      if (oldest === undefined) break
      this.#bytes -= sizeOf(oldest)
      this.#from = oldest.position
      events--
    }
    if (gone > 0) this.#events = this.#events.slice(gone)
  }
}

function sizeOf({ data, metadata }: StoredEvent): number {
  return data.length + metadata.length
}
