// What the projector asks of the book: the one fold, and the knowledge that all books share.
import type { Difference, KnownEvent, Unit } from '../../domain/book/knowledge.ts'
import type { RecordedEvent } from '../../eventstore/codec.ts'
import type { RecordedUnit } from '../../eventstore/log.ts'

/** One portfolio's book. */
export interface Fold {
  /** Learns one unit, in log order. */
  learn(unit: Unit): Difference
  /** Learns many at once: how a book that was put away comes back. */
  learnAll(units: Iterable<Unit>): Difference
}

/** Makes books over one shared, bitemporal reference. */
export interface Ledger {
  /** Changes whenever what books compute changes: rows made under another version are rebuilt. */
  readonly bookVersion: string
  readonly reference: { learn(unit: Unit): void }
  book(portfolio: string): Fold
}

/** A unit as books learn it. */
export function toKnowledge(unit: RecordedUnit): Unit {
  return { position: unit.position, recordedAt: unit.recordedAt, events: unit.events.filter(isKnowledge) }
}

/** Blocks are decided before they reach a portfolio: books never see them. */
function isKnowledge(event: RecordedEvent): event is RecordedEvent & KnownEvent {
  return !event.type.startsWith('Block')
}
