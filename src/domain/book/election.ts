// What holders chose: elections by action, and how an account's units are shared over the options of an action.
import { addInt, cmpInt, type Int, parseScaled, pow10, rescale, subInt } from '../kernel/scaled.ts'
import { defaultOption } from '../instrument/action-legs.ts'
import type { ActionOption } from '../instrument/events.ts'
import type { ElectionTerms } from '../portfolio/facts.ts'
import type { ActionStep } from './action.ts'
import type { Desk } from './desk.ts'
import { placesOf, smaller, spread } from './amounts.ts'
import type { Partition } from './partition.ts'
import { entitlement, whole } from './quotient.ts'

/** One standing election, with its place among the facts. */
export interface Election extends ElectionTerms {
  readonly kind: 'election'
  readonly fact: string
  readonly root: number
  readonly index: number
}

/** The fact id of the action an election is about. */
export function actionOf({ instrument, action }: Pick<ElectionTerms, 'instrument' | 'action'>): string {
  return `ca:${instrument}:${action}`
}

/** The standing elections of one book by the action they are about, in order of their facts. */
export class Elections {
  readonly #byAction = new Map<string, Election[]>()

  of(action: string): readonly Election[] {
    return this.#byAction.get(action) ?? []
  }

  put(election: Election): void {
    const action = actionOf(election)
    const there = [...this.of(action), election].sort((a, b) => a.root - b.root || a.index - b.index)
    this.#byAction.set(action, there)
  }

  take(election: Election): void {
    const action = actionOf(election)
    const left = this.of(action).filter(({ fact }) => fact !== election.fact)
    if (left.length > 0) this.#byAction.set(action, left)
    else this.#byAction.delete(action)
  }
}

/** Units of each lot that one option takes, as accepted. */
export interface Taken {
  readonly option: ActionOption
  readonly units: readonly Int[]
}

/**
 * Shares an account's long units over the options: what was elected, in order, up to what is held; the rest takes the default. A
 * short side does what its lender does, of whom nothing is known: the default.
 */
export function optionsTaken(
  desk: Desk,
  partition: Partition,
  step: ActionStep,
  account: string,
  lots: readonly number[],
  short: boolean,
): Taken[] {
  const { terms } = step.action
  const held = lots.map((lot) => partition.lots.left[lot] ?? 0)
  const wanted = short ? new Map<number, Int>() : elected(desk, partition, step, account, held)
  const left = [...held]
  const fallback = defaultOption(terms)
  const taken: Taken[] = []
  const choices: { option: ActionOption; chosen: Int[] }[] = []
  for (const option of terms.options ?? []) {
    const units = wanted.get(option.option) ?? 0
    const chosen = units === 0 ? held.map(() => 0) : spread(units, left)
    for (const [i, part] of chosen.entries()) left[i] = subInt(left[i] ?? 0, part)
    choices.push({ option, chosen })
  }
  for (const { option, chosen } of choices) {
    const all = option === fallback ? chosen.map((part, i) => addInt(part, left[i] ?? 0)) : chosen
    if (all.every((part) => part === 0)) continue
    taken.push({ option, units: accepted(desk, step, option, all, held) })
  }
  return taken
}

/** Elected units by option, cut where they are more than is held. */
function elected(
  desk: Desk,
  partition: Partition,
  step: ActionStep,
  account: string,
  held: readonly Int[],
): Map<number, Int> {
  const { instrument, terms } = step.action
  const places = desk.unitPlaces(instrument)
  let left = held.reduce<Int>(addInt, 0)
  const found = new Map<number, Int>()
  for (const { fact, option, quantity, custodyAccount } of desk.elections.of(step.id)) {
    if (custodyAccount !== account) continue
    if (!(terms.options ?? []).some((each) => each.option === option)) {
      partition.report(step, 'dangling-election', `${fact} chooses option ${option}, which there is not`, step.date)
      continue
    }
    const given = placesOf(quantity)
    const asked =
      given <= places ? parseScaled(quantity, places) : rescale(parseScaled(quantity, given), given, places, 'down')
    const units = smaller(asked, left)
    if (cmpInt(units, asked) < 0)
      partition.report(step, 'election-exceeds-holding', `${fact} chooses for more than is held`, step.date)
    left = subInt(left, units)
    if (units !== 0) found.set(option, addInt(found.get(option) ?? 0, units))
  }
  return found
}

/** What is accepted of what was offered: its pro-rated part, cut to whole units once for the account; odd lots in full. */
function accepted(
  desk: Desk,
  step: ActionStep,
  { proration, oddLotBelow }: ActionOption,
  chosen: readonly Int[],
  held: readonly Int[],
): readonly Int[] {
  if (proration === undefined) return chosen
  const { instrument } = step.action
  const places = desk.unitPlaces(instrument)
  const all = chosen.reduce<Int>(addInt, 0)
  if (oddLotBelow !== undefined && all === held.reduce<Int>(addInt, 0)) {
    const below = placesOf(oddLotBelow)
    const finest = Math.max(below, places)
    if (cmpInt(rescale(all, places, finest, 'down'), parseScaled(oddLotBelow, finest)) < 0) return chosen
  }
  const smallest = pow10(places - Math.min(places, desk.quantityPlaces(instrument)))
  const units = whole(entitlement(all, { numerator: proration, denominator: '1' }, places, places), smallest, 'down')
  return units === 0 ? chosen.map(() => 0) : spread(units, chosen)
}
