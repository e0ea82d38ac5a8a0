// The facts of one book by id, as they are now known: newest terms, in the place of their first version; a cancelled fact stays so.
import type { FillTerms } from '../portfolio/facts.ts'
import type { Cash } from './cash.ts'
import type { Election } from './election.ts'
import type { Fill } from './fill.ts'
import type { FinancingTerms } from './financing.ts'
import type { Fx } from './fx.ts'
import type { KnownEvent } from './knowledge.ts'
import type { Fee } from './fee.ts'
import type { Manual } from './manual.ts'
import type { OpeningCash, OpeningStep } from './opening.ts'
import type { PolicyChange } from './policies.ts'
import type { Receipt } from './receipt.ts'
import type { SettlementNote } from './settlement-plan.ts'

/** An opening's cash and its lots by instrument. */
export interface Opening {
  readonly kind: 'opening'
  readonly root: number
  readonly index: number
  readonly cash: OpeningCash
  readonly steps: ReadonlyMap<string, OpeningStep>
}
export interface PolicyFact extends PolicyChange {
  readonly kind: 'policy'
}
export interface Choice {
  readonly kind: 'lots'
  readonly root: number
  readonly index: number
  readonly fill: string
  readonly lots: NonNullable<FillTerms['lots']>
}
/** Terms of interest and of borrowed securities: they post nothing by themselves; accruals follow from all of them together. */
export interface Financing {
  readonly kind: 'financing'
  readonly root: number
  readonly index: number
  readonly terms: FinancingTerms
}
export type Fact =
  | Fill
  | Cash
  | Fee
  | Fx
  | Receipt
  | Manual
  | Opening
  | PolicyFact
  | Choice
  | Election
  | Financing
  | SettlementNote

/** Where a version of a fact comes from. */
export interface Version {
  readonly fact: string
  readonly cause: string
  readonly root: number
  readonly index: number
  /** What it replaces. */
  readonly old: Fact | undefined
}

export class FactRegister {
  readonly #facts = new Map<string, Fact>()
  readonly #cancelled = new Set<string>()

  get(id: string): Fact | undefined {
    return this.#facts.get(id)
  }

  set(id: string, fact: Fact): void {
    this.#facts.set(id, fact)
  }

  /** The fact never was, and no later version brings it back. */
  cancel(id: string): Fact | undefined {
    this.#cancelled.add(id)
    const fact = this.#facts.get(id)
    this.#facts.delete(id)
    return fact
  }

  isCancelled(id: string): boolean {
    return this.#cancelled.size > 0 && this.#cancelled.has(id)
  }

  /** The version an event records: its cause, at the place of the fact's first version. */
  version(fact: string, event: KnownEvent, index: number): Version {
    const old = this.#facts.get(fact)
    return {
      fact,
      cause: event.id,
      root: old === undefined ? Number(event.position) : old.root,
      index: old === undefined ? index : old.index,
      old,
    }
  }

  /** Policy changes by date, then place. */
  get policies(): PolicyFact[] {
    const found = [...this.#facts.values()].filter((fact) => fact.kind === 'policy')
    return found.sort((a, b) => a.day - b.day || a.root - b.root || a.index - b.index)
  }

  /** The newest choice of lots for a fill. */
  choiceFor(fill: string): Choice | undefined {
    const found = [...this.#facts.values()].filter((fact) => fact.kind === 'lots')
    return found
      .filter((choice) => choice.fill === fill)
      .sort((a, b) => a.root - b.root || a.index - b.index)
      .at(-1)
  }

  /** What stands of what was said of a fill's settlement. */
  settlementsOf(fill: string): SettlementNote[] {
    return [...this.#facts.values()].filter((fact) => fact.kind === 'settlement').filter((note) => note.fill === fill)
  }

  get all(): Iterable<Fact> {
    return this.#facts.values()
  }
}
