// What the facts of one book say against the reference: each is looked at as it comes, and again when its instrument's terms change.
import { considerationBreak } from './consideration.ts'
import type { Desk } from './desk.ts'
import type { Fill } from './fill.ts'
import type { BookBreak } from './knowledge.ts'
import type { PartitionStep } from './partition.ts'
import type { Receipt } from './receipt.ts'
import { ToldBreaks } from './told-breaks.ts'
import { Unregistered } from './unregistered.ts'

export class ReferenceChecks {
  readonly #desk: Desk
  readonly #unregistered = new Unregistered()
  /** By fill. */
  readonly #mismatches = new ToldBreaks()

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** Whether the registration of an instrument matters here though no partition has it: income of it was received. */
  waitsFor(instrument: string): boolean {
    return this.#unregistered.has(instrument)
  }

  /** A fact took its place in the book. */
  came(fact: PartitionStep | Receipt): void {
    const { reference, rates } = this.#desk
    if (fact.kind === 'fill') {
      const { instrument } = fact.place
      const terms = reference.instrument(instrument, rates.asAt)
      if (terms === null) this.#unregistered.named(instrument, fact)
      // What the end of an option pays is no price.
      else if (fact.end === null) this.#mismatches.note(fact.id, considerationBreak(this.#desk, fact, terms.multiplier))
      return
    }
    for (const instrument of namedBy(fact)) {
      if (reference.instrument(instrument, rates.asAt) !== null) continue
      if (fact.kind === 'action') this.#unregistered.namedBy(instrument, fact)
      else this.#unregistered.named(instrument, fact)
    }
  }

  /** A fact left its place, for good or for its successor. */
  left(fact: PartitionStep | Receipt): void {
    if (fact.kind === 'fill') {
      this.#unregistered.left(fact.place.instrument, fact)
      // A successor under the same id is looked at when it comes.
      this.#mismatches.note(fact.id, null)
    } else for (const instrument of namedBy(fact)) this.#unregistered.left(instrument, fact)
  }

  /** An instrument's terms are known now, or known otherwise. */
  relearned(instrument: string): void {
    this.#unregistered.registered(instrument)
  }

  /** An instrument's multiplier is known now, or known otherwise: its fills are looked at again. */
  repriced(instrument: string, multiplier: string, fills: Iterable<Fill>): void {
    for (const fill of fills)
      if (fill.place.instrument === instrument && fill.end === null)
        this.#mismatches.note(fill.id, considerationBreak(this.#desk, fill, multiplier))
  }

  /** Tells of the breaks that opened and closed, after a fold. */
  breaks(tell: (opened: readonly BookBreak[], closed: readonly BookBreak[]) => void): void {
    const unregistered = this.#unregistered.breaks()
    tell(unregistered.opened, unregistered.closed)
    const mismatches = this.#mismatches.tell()
    tell(mismatches.opened, mismatches.closed)
  }
}

/** The instruments that a fact other than a fill names, so that lines come to carry them. */
function namedBy(fact: Exclude<PartitionStep, { readonly kind: 'fill' }> | Receipt): readonly string[] {
  switch (fact.kind) {
    case 'opening':
      return [fact.instrument]
    case 'transfer':
      return [fact.terms.instrument]
    case 'action': {
      const { instrument, terms } = fact.action
      return [instrument, ...terms.legs.flatMap((leg) => (leg.kind === 'security' ? [leg.instrument] : []))]
    }
    case 'receipt':
      return fact.standalone?.instrument === undefined ? [] : [fact.standalone.instrument]
    case 'method':
    case 'life':
      // A policy names no instrument, and a life is that of one that is known.
      return []
  }
}
