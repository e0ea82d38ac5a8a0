// The transfers that name one portfolio, by id, with their newest terms and what was restated since.
import type { MovedLot } from '../portfolio/facts.ts'
import type { TransferTerms } from '../transfer/events.ts'
import { placesOf } from './amounts.ts'
import type { Entry } from './entry.ts'
import type { KnownEvent } from './knowledge.ts'
import type { Partitions } from './partitions.ts'
import { type Direction, TransferStep } from './transfer.ts'

interface KnownTransfer {
  readonly root: number
  readonly index: number
  readonly terms: TransferTerms
  readonly arriving: readonly MovedLot[]
  readonly cancelled: boolean
}

export class Transfers {
  readonly #portfolio: string
  readonly #partitions: Partitions
  readonly #gone: (Entry | null)[]
  readonly #known = new Map<string, KnownTransfer>()

  constructor(portfolio: string, partitions: Partitions, gone: (Entry | null)[]) {
    this.#portfolio = portfolio
    this.#partitions = partitions
    this.#gone = gone
  }

  /** Whether an event is about a transfer that names this portfolio, or did. */
  wants(event: KnownEvent): boolean {
    switch (event.type) {
      case 'TransferRecorded':
      case 'TransferCorrected':
        return this.#known.has(event.data.terms.transfer) || this.#direction(event.data.terms) !== null
      case 'TransferCancelled':
      case 'TransferLotsRestated':
        return this.#known.has(event.data.transfer)
      default:
        return false
    }
  }

  learn(event: KnownEvent, index: number): void {
    switch (event.type) {
      case 'TransferRecorded':
      case 'TransferCorrected': {
        const { terms } = event.data
        const old = this.#known.get(terms.transfer)
        if (old === undefined && this.#direction(terms) === null) return
        const root = old?.root ?? Number(event.position)
        this.#take(event, {
          root,
          index: old?.index ?? index,
          terms,
          arriving: terms.lots,
          cancelled: old?.cancelled ?? false,
        })
        return
      }
      case 'TransferLotsRestated': {
        const old = this.#known.get(event.data.transfer)
        if (old !== undefined) this.#take(event, { ...old, arriving: event.data.lots })
        return
      }
      case 'TransferCancelled': {
        const old = this.#known.get(event.data.transfer)
        if (old !== undefined) this.#take(event, { ...old, cancelled: true })
        return
      }
      default:
    }
  }

  #direction({ from, to }: TransferTerms): Direction | null {
    const gives = from?.portfolio === this.#portfolio
    const takes = to?.portfolio === this.#portfolio
    if (gives && takes) return 'within'
    return gives ? 'out' : takes ? 'in' : null
  }

  #take(event: KnownEvent, known: KnownTransfer): void {
    const { terms, arriving, root, index } = known
    this.#known.set(terms.transfer, known)
    const old = this.#partitions.transfer(`transfer:${terms.transfer}`)
    if (old !== undefined) this.#partitions.removeTransfer(old)
    const direction = this.#direction(terms)
    if (direction === null || known.cancelled) {
      if (old !== undefined) this.#gone.push(old.entries)
      return
    }
    const step = new TransferStep(event.id, root, index, terms, arriving, direction)
    step.entries = old?.entries ?? null
    this.#partitions.of(terms.instrument)
    for (const lot of [...terms.lots, ...arriving]) this.#partitions.needPlaces(terms.instrument, placesOf(lot.units))
    this.#partitions.addTransfer(step)
  }
}
