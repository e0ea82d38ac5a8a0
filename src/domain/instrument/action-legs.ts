// What the terms of an action say as a whole: all its legs, those of its options too, and the securities they deliver.
import type { ActionLeg, ActionOption, ActionTerms } from './events.ts'

/** Every leg, common ones first, then option by option. */
export function everyLeg({ legs, options }: Pick<ActionTerms, 'legs' | 'options'>): ActionLeg[] {
  return [...legs, ...(options ?? []).flatMap((option) => option.legs)]
}

/** The instruments that the action delivers. */
export function deliveredBy(terms: Pick<ActionTerms, 'legs' | 'options'>): string[] {
  return everyLeg(terms).flatMap((leg) => (leg.kind === 'security' ? [leg.instrument] : []))
}

/** What happens to units for which nobody chose; null when nothing does. */
export function defaultOption({ options }: Pick<ActionTerms, 'options'>): ActionOption | null {
  return options?.find((option) => option.default === true) ?? null
}

/** Last day on which a holder may choose: our custodian's deadline, else the market's; null when nobody stated one. */
export function electionDeadline({
  responseDeadline,
  marketDeadline,
}: Pick<ActionTerms, 'responseDeadline' | 'marketDeadline'>): string | null {
  return responseDeadline ?? marketDeadline ?? null
}

/** Whether the leg takes the old units away: at most one of a list does. */
export function takesUnits(leg: ActionLeg): boolean {
  if (leg.kind === 'security') return leg.replaces
  return leg.kind === 'removal' || leg.income === 'sale'
}
