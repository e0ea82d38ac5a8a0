// What each class of corporate action may do with units, cost and cash: which legs go with which code.
import { decimal } from '../kernel/decimal.ts'
import type { ActionCode, EffectClass } from './action-codes.ts'
import { everyLeg, takesUnits } from './action-legs.ts'
import { contradicts } from './contradiction.ts'
import type { ActionLeg, ActionTerms } from './events.ts'

type SecurityLeg = Extract<ActionLeg, { kind: 'security' }>
type CashLeg = Extract<ActionLeg, { kind: 'cash' }>

/** @throws Refused `contradictory-terms` when the legs are not those of the code. */
export function checkEffect(instrument: string, terms: ActionTerms, { effect }: ActionCode): void {
  for (const list of listsOf(terms))
    list.legs.forEach((leg, i) => {
      const wrong = WRONG[effect](leg, instrument)
      if (wrong !== null) contradicts(`${list.field}.${i}${wrong.member}`, wrong.message, wrong.remedy)
    })
  const field = 'legs'
  const legs = everyLeg(terms)
  if (effect === 'information' && (legs.length > 0 || terms.options !== undefined))
    contradicts(field, `${terms.caev} is recorded and does nothing`, 'leave legs and options out, or use another code')
  const needsOptions = effect === 'choice' || effect === 'exercise' || effect === 'offer'
  if (needsOptions && terms.options === undefined)
    contradicts('options', `${terms.caev} is a choice`, 'state the options, each with its legs')
  const mayBeEmpty = effect === 'information' || effect === 'identity'
  if (!mayBeEmpty && legs.length === 0) contradicts(field, 'it does nothing', 'state its legs')
  if (terms.caev === 'SPLF') direction(oneSecurity(terms), 'more')
  if (terms.caev === 'SPLR') direction(oneSecurity(terms), 'fewer')
  if (effect === 'stock')
    for (const leg of terms.legs) if (leg.kind === 'security' && leg.replaces) direction(leg, 'more')
  if (effect === 'identity' && legs.length > 1)
    contradicts(field, 'a thing has one new identity', 'one leg that keeps the lots, or none')
  if (effect === 'worthless' && !legs.every((leg) => leg.kind === 'removal'))
    contradicts(field, 'what is worthless gives nothing', 'one leg that removes the units')
}

function listsOf({
  legs,
  options = [],
}: ActionTerms): { readonly field: string; readonly legs: readonly ActionLeg[] }[] {
  return [{ field: 'legs', legs }, ...options.map((option, i) => ({ field: `options.${i}.legs`, legs: option.legs }))]
}

interface Wrong {
  readonly member: string
  readonly message: string
  readonly remedy: string
}

const wrong = (member: string, message: string, remedy: string): Wrong => ({ member, message, remedy })

/** A cash leg of one of these kinds, paid out; anything else is wrong. */
function cashOf(...kinds: readonly CashLeg['income'][]): (leg: ActionLeg) => Wrong | null {
  return (leg) => {
    if (leg.kind !== 'cash')
      return wrong('.kind', 'this pays cash only', 'announce the securities as an action of their own')
    if (leg.notional === true)
      return wrong('.notional', 'only an accumulation books income that is not paid', 'announce it as ACCU')
    if (kinds.includes(leg.income)) return null
    return wrong('.income', `this cannot pay ${leg.income}`, `it pays ${kinds.join(', ')}`)
  }
}

const income = cashOf('dividend', 'interest', 'other', 'capital', 'tax')
const anyCash = cashOf('dividend', 'interest', 'other', 'capital', 'boot', 'sale', 'principal', 'tax', 'call')

const WRONG: Readonly<Record<EffectClass, (leg: ActionLeg, instrument: string) => Wrong | null>> = {
  cash: income,
  accumulation: (leg) =>
    leg.kind === 'cash' && leg.notional === true && ['dividend', 'interest', 'other'].includes(leg.income)
      ? null
      : wrong('', 'an accumulation is income that is not paid', 'one cash leg of income with notional true'),
  choice: (leg) => {
    if (leg.kind === 'cash') return income(leg)
    if (leg.kind === 'security' && !leg.replaces) return sourced(leg)
    return wrong('', 'a choice of income leaves the old units', 'cash, or units beside the old ones')
  },
  stock: (leg, instrument) => {
    if (leg.kind !== 'security') return wrong('.kind', 'this gives units', 'announce the cash as an action of its own')
    if (leg.replaces) return leg.instrument === instrument ? null : notItself
    if (leg.instrument === instrument) return shared(leg)
    return leg.income !== undefined || leg.basisShare === undefined ? notItself : null
  },
  restate: (leg, instrument) => {
    if (leg.kind === 'cash') return cashOf('capital')(leg)
    if (leg.kind !== 'security' || !leg.replaces || leg.instrument !== instrument)
      return wrong(
        '',
        'it replaces the units by units of the same instrument',
        'set replaces to true and name the instrument itself',
      )
    if (leg.basisShare !== undefined && leg.basisShare !== '1')
      return wrong('.basisShare', 'it keeps the whole cost', 'leave basisShare out')
    return null
  },
  detach: (leg, instrument) => {
    if (leg.kind === 'security' && leg.instrument !== instrument) return leg.replaces ? null : sourced(leg)
    return wrong(
      '',
      'it gives units of another instrument and leaves the old ones',
      'one security leg for each new instrument, replaces false',
    )
  },
  exercise: (leg) => {
    if (leg.kind === 'removal') return null
    return leg.kind === 'cash' ? anyCash(leg) : null
  },
  instalment: cashOf('call', 'tax'),
  exchange: (leg) => (leg.kind === 'cash' ? anyCash(leg) : null),
  identity: (leg, instrument) =>
    leg.kind === 'security' && leg.replaces && leg.keepsLots === true && leg.instrument !== instrument && oneForOne(leg)
      ? null
      : wrong(
          '',
          'the same thing under another identity',
          'a leg that replaces one for one and keeps the lots, or none',
        ),
  offer: (leg) => (leg.kind === 'cash' ? anyCash(leg) : takesUnits(leg) ? null : notSold),
  redemption: (leg) => {
    if (leg.kind === 'cash') return cashOf('sale', 'principal', 'capital', 'interest', 'dividend', 'other')(leg)
    return wrong('.kind', 'a redemption pays cash', 'units for units are an exchange')
  },
  worthless: (leg) =>
    leg.kind === 'removal' ? null : wrong('.kind', 'what is worthless gives nothing', 'one leg that removes the units'),
  settlement: cashOf('other', 'capital', 'interest', 'dividend', 'reclaim'),
  information: () => null,
}

const notItself = wrong(
  '.instrument',
  'it gives units of the instrument itself',
  'announce others as a spin-off, or state the share of the cost that another class takes',
)
const notSold = wrong('', 'an offer takes the units', 'a sale, or a leg that replaces them')

/** New units beside the old of one instrument: income at their value, bought, or sharing the cost by number. */
function shared(leg: SecurityLeg): Wrong | null {
  if (leg.income !== undefined || (leg.basisShare !== undefined && leg.basisShare !== 'unknown')) return null
  return wrong(
    '.basisShare',
    'the new units share the cost of the old by their number',
    'state new units / all units, or announce it with replaces true',
  )
}

/** Units beside the old have their cost from somewhere: a share of the old, their value as income, or what is paid for them. */
function sourced(leg: SecurityLeg): Wrong | null {
  if (leg.basisShare !== undefined || leg.income !== undefined || leg.subscription !== undefined) return null
  return wrong(
    '.basisShare',
    'new units take a part of the cost with them',
    'state the share, or "unknown" until the issuer publishes it; or that they are income, or what is paid for them',
  )
}

function oneForOne({ ratio }: SecurityLeg): boolean {
  return decimal(ratio.numerator).equals(decimal(ratio.denominator))
}

function oneSecurity({ legs, caev }: ActionTerms): SecurityLeg {
  const [leg, ...others] = legs
  if (leg?.kind === 'security' && others.length === 0) return leg
  return contradicts(
    'legs',
    `${caev} has one security leg and nothing else`,
    'announce what else happens as an action of its own',
  )
}

function direction({ ratio }: SecurityLeg, way: 'more' | 'fewer'): void {
  const [receive, held] = [decimal(ratio.numerator), decimal(ratio.denominator)]
  if (!receive.equals(held) && receive.greaterThan(held) === (way === 'more')) return
  contradicts(
    'legs.0.ratio',
    `${ratio.numerator} for ${ratio.denominator} does not give ${way} units`,
    'check the ratio: numerator is received, denominator is held',
  )
}
