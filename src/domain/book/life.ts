// The kinds of life an instrument can lead in a book, by its terms: each says at which moments something is to be posted.
import type { InstrumentTerms } from '../instrument/events.ts'
import { BondLife, bondOf } from './bond-life.ts'
import type { Desk } from './desk.ts'
import { FutureLife } from './future-life.ts'
import { OptionLife } from './option-life.ts'
import type { LifeKind, LifeStep } from './life-step.ts'

/** A moment at which something may have to be posted. */
export interface Moment {
  readonly what: LifeKind
  readonly day: number
  make(): LifeStep
}

/** For which days moments are asked. */
export interface Span {
  /** The first day (whole), or the last that was looked at before. */
  readonly from: number
  /** The last closed day. */
  readonly through: number
  readonly whole: boolean
  /** Days to be looked at again. */
  readonly touched: ReadonlySet<number>
  /** No fact of the partition is before it. */
  readonly firstDay: number
  /** The last day on which a fact of the partition trades or settles. */
  readonly lastDay: number
}

export interface Life {
  /** Its facts cost no money: gains are marked day by day. */
  readonly isContract: boolean
  /** Whether every moment of a kind is answered each time. */
  isFew(what: LifeKind): boolean
  moments(span: Span): Iterable<Moment>
}

/** An instrument as the reference knows it. */
export interface KnownTerms {
  readonly terms: InstrumentTerms
  readonly cause: string
  readonly root: bigint
}

/** The life its terms promise; null for one that has none of its own. */
export function lifeOf(desk: Desk, known: KnownTerms): Life | null {
  const { future, option, bond, deposit } = known.terms
  if (future !== undefined) return new FutureLife(desk, known, future)
  if (option !== undefined) return new OptionLife(known, option)
  if (bond !== undefined) return new BondLife(desk, known, bond)
  return deposit === undefined ? null : new BondLife(desk, known, bondOf(deposit))
}
