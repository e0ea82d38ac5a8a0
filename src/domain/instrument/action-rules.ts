// Which terms of a corporate action make sense: contradictions are refused when announced, so that the fold never meets them.
import { isCurrency } from '../kernel/currency.ts'
import { decimal, ZERO } from '../kernel/decimal.ts'
import { refuse } from '../kernel/refusal.ts'
import type { ActionLeg, ActionTerms } from './events.ts'
import { carriedAction, type CarriedAction } from './support-matrix.ts'

type SecurityLeg = Extract<ActionLeg, { kind: 'security' }>

/**
 * Checks the whole terms of an action on `instrument`; `known` says whether an instrument of that id is registered.
 * @throws Refused `unsupported-action`, `dates-out-of-order`, `legs-misnumbered`, `contradictory-terms`, `basis-over-one`,
 * `rate-over-one`, `unknown-currency`, `unknown-instrument`.
 */
export function checkAction(instrument: string, terms: ActionTerms, known: (id: string) => boolean): void {
  const caev = carriedAction(terms.caev, 'caev')
  checkDates(terms)
  terms.legs.forEach((leg, i) => {
    const field = `legs.${i}`
    if (leg.leg !== i + 1)
      refuse({
        code: 'legs-misnumbered',
        message: `leg ${i + 1} is numbered ${leg.leg}`,
        field: `${field}.leg`,
        remedy: 'number the legs 1, 2, 3 ... in order',
      })
    if (leg.kind === 'cash') {
      knownCurrency(leg.currency, `${field}.currency`)
      for (const rate of ['statutory', 'treaty'] as const)
        atMostOne(leg.withholding?.[rate], `${field}.withholding.${rate}`)
    } else {
      if (leg.cashInLieu !== undefined) knownCurrency(leg.cashInLieu.currency, `${field}.cashInLieu.currency`)
      if (!known(leg.instrument))
        refuse({
          code: 'unknown-instrument',
          message: `there is no instrument ${leg.instrument}`,
          field: `${field}.instrument`,
          remedy: 'register it first',
        })
    }
  })
  checkBasis(terms)
  RULES[caev](instrument, terms)
}

const RULES: Readonly<Record<CarriedAction, (instrument: string, terms: ActionTerms) => void>> = {
  DVCA: (_, { legs }) => {
    legs.forEach((leg, i) => {
      if (leg.kind !== 'cash')
        contradicts(
          `legs.${i}.kind`,
          'a cash dividend pays cash only',
          'announce the securities as an action of their own',
        )
      else if (leg.income === 'capital')
        refuse({
          code: 'unsupported-action',
          message: 'returns of capital cannot be applied yet',
          field: `legs.${i}.income`,
          remedy: 'announce it when they can',
        })
    })
  },
  SPLF: (instrument, terms) => split(instrument, terms, 'more'),
  SPLR: (instrument, terms) => split(instrument, terms, 'fewer'),
  SOFF: (instrument, { legs }) => {
    legs.forEach((leg, i) => {
      const field = `legs.${i}`
      if (leg.kind !== 'security' || leg.replaces || leg.instrument === instrument)
        contradicts(
          field,
          'a spin-off gives units of another instrument and leaves the old ones',
          'one security leg for each new instrument, replaces false',
        )
      else if (leg.basisShare === undefined)
        contradicts(
          `${field}.basisShare`,
          'a spin-off takes a part of the cost with it',
          'state the share, or "unknown" until the issuer publishes it',
        )
    })
  },
  BONU: (instrument, terms) => {
    const leg = onlySecurity(terms)
    if (leg.instrument !== instrument)
      contradicts(
        'legs.0.instrument',
        'a bonus issue gives units of the instrument itself',
        'announce others as a spin-off',
      )
    if (leg.replaces) compare(leg, 'more')
    else if (leg.basisShare === undefined || leg.basisShare === 'unknown')
      contradicts(
        'legs.0.basisShare',
        'the new units share the cost of the old by their number',
        'state new units / all units, or announce it with replaces true',
      )
  },
}

function split(instrument: string, terms: ActionTerms, direction: 'more' | 'fewer'): void {
  const leg = onlySecurity(terms)
  if (!leg.replaces || leg.instrument !== instrument)
    contradicts(
      'legs.0',
      'a split replaces the units by units of the same instrument',
      'set replaces to true and name the instrument itself',
    )
  if (leg.basisShare !== undefined && leg.basisShare !== '1')
    contradicts('legs.0.basisShare', 'a split keeps the whole cost', 'leave basisShare out')
  compare(leg, direction)
}

function onlySecurity({ legs, caev }: ActionTerms): SecurityLeg {
  const [leg, ...others] = legs
  if (leg?.kind === 'security' && others.length === 0) return leg
  return contradicts(
    'legs',
    `${caev} has one security leg and nothing else`,
    'announce what else happens as an action of its own',
  )
}

function compare({ ratio }: SecurityLeg, direction: 'more' | 'fewer'): void {
  const more = decimal(ratio.numerator).greaterThan(decimal(ratio.denominator))
  const same = decimal(ratio.numerator).equals(decimal(ratio.denominator))
  if (!same && more === (direction === 'more')) return
  contradicts(
    'legs.0.ratio',
    `${ratio.numerator} for ${ratio.denominator} does not give ${direction} units`,
    'check the ratio: numerator is received, denominator is held',
  )
}

function checkDates({ exDate, recordDate, payDate }: ActionTerms): void {
  for (const [date, name] of [[exDate, 'ex-date'] as const, [recordDate, 'record date'] as const]) {
    if (payDate === undefined || date === undefined || payDate >= date) continue
    refuse({
      code: 'dates-out-of-order',
      message: `it pays on ${payDate}, before its ${name} ${date}`,
      field: 'payDate',
      remedy: 'check the dates',
    })
  }
}

function checkBasis({ legs }: ActionTerms): void {
  const shares = legs.flatMap((leg) =>
    leg.kind === 'security' && leg.basisShare !== undefined && leg.basisShare !== 'unknown'
      ? [decimal(leg.basisShare)]
      : [],
  )
  if (shares.reduce((sum, share) => sum.plus(share), ZERO).lessThanOrEqualTo(decimal('1'))) return
  refuse({
    code: 'basis-over-one',
    message: 'the legs take more than the whole cost',
    field: 'legs',
    remedy: 'basis shares add up to 1 at most',
  })
}

function atMostOne(rate: string | undefined, field: string): void {
  if (rate === undefined || decimal(rate).lessThanOrEqualTo(decimal('1'))) return
  refuse({ code: 'rate-over-one', message: `${rate} is more than the whole`, field, remedy: 'write 15 % as "0.15"' })
}

function knownCurrency(code: string, field: string): void {
  if (!isCurrency(code))
    refuse({
      code: 'unknown-currency',
      message: `${code} is not a currency this ledger knows`,
      field,
      remedy: 'use an ISO 4217 code such as "EUR"',
    })
}

function contradicts(field: string, message: string, remedy: string): never {
  return refuse({ code: 'contradictory-terms', message, field, remedy })
}
