// Instruments that facts of one book name and the reference does not know: one break for each, on the first fact that names it.
import type { ActionStep } from './action.ts'
import { dateOf } from './day.ts'
import type { BookBreak } from './knowledge.ts'
import { ToldBreaks } from './told-breaks.ts'

/** A fact that names an instrument. */
export interface NamingFact {
  readonly id: string
  readonly date: number
  readonly root: number
  readonly index: number
}

interface Unknown {
  readonly facts: Set<NamingFact>
  /** The first of them by place in the log; null when it has to be looked for. */
  first: NamingFact | null
  /** Actions that take or give it: each counts while it posts. */
  readonly actions: Set<ActionStep>
}

export class Unregistered {
  /** Nothing is ever unregistered again, so that instruments only leave. */
  readonly #unknown = new Map<string, Unknown>()
  readonly #touched = new Set<string>()
  readonly #breaks = new ToldBreaks()

  /** Whether facts wait for the instrument to be registered. */
  has(instrument: string): boolean {
    return this.#unknown.has(instrument)
  }

  named(instrument: string, fact: NamingFact): void {
    const unknown = this.#of(instrument)
    unknown.facts.add(fact)
    if (unknown.facts.size === 1 || (unknown.first !== null && isBefore(fact, unknown.first))) unknown.first = fact
    this.#touched.add(instrument)
  }

  namedBy(instrument: string, action: ActionStep): void {
    this.#of(instrument).actions.add(action)
  }

  /** A fact or action that names it no more, or is no more. */
  left(instrument: string, fact: NamingFact | ActionStep): void {
    const unknown = this.#unknown.get(instrument)
    if (unknown === undefined) return
    unknown.facts.delete(fact)
    for (const action of unknown.actions) if (action === fact) unknown.actions.delete(action)
    if (unknown.first === fact) unknown.first = null
    this.#touched.add(instrument)
  }

  registered(instrument: string): void {
    if (!this.#unknown.delete(instrument)) return
    this.#touched.delete(instrument)
    this.#breaks.note(instrument, null)
  }

  /** Breaks that opened and closed since the last question, which comes after a fold: what actions post is known then. */
  breaks(): ReturnType<ToldBreaks['tell']> {
    if (this.#unknown.size > 0) {
      for (const [instrument, unknown] of this.#unknown)
        if (unknown.actions.size > 0 || this.#touched.has(instrument)) this.#look(instrument, unknown)
      this.#touched.clear()
    }
    return this.#breaks.tell()
  }

  #of(instrument: string): Unknown {
    const known = this.#unknown.get(instrument)
    if (known !== undefined) return known
    const made: Unknown = { facts: new Set(), first: null, actions: new Set() }
    this.#unknown.set(instrument, made)
    return made
  }

  #look(instrument: string, unknown: Unknown): void {
    unknown.first ??= firstOf(unknown.facts)
    const posting = [...unknown.actions].filter((action) => action.entries !== null)
    const first = firstOf(unknown.first === null ? posting : [unknown.first, ...posting])
    this.#breaks.note(instrument, first === null ? null : breakOf(instrument, first))
  }
}

function breakOf(instrument: string, { id, date }: NamingFact): BookBreak {
  const message = `${instrument} is not registered: nothing is known of its multiplier and of the places of its units`
  return { code: 'unknown-instrument', fact: id, message, since: dateOf(date) }
}

function firstOf(facts: Iterable<NamingFact>): NamingFact | null {
  let first: NamingFact | null = null
  for (const fact of facts) if (first === null || isBefore(fact, first)) first = fact
  return first
}

/** By place in the log: a fact with an earlier date that becomes known later does not take the break over. */
function isBefore(a: NamingFact, b: NamingFact): boolean {
  return a.root - b.root < 0 || (a.root === b.root && a.index < b.index)
}
