// Which terms of a corporate action make sense: contradictions are refused when announced, so that the fold never meets them.
import { isCurrency } from '../kernel/currency.ts'
import { decimal, ZERO } from '../kernel/decimal.ts'
import { refuse } from '../kernel/refusal.ts'
import type { ActionCode, Camv } from './action-codes.ts'
import { checkEffect } from './action-effects.ts'
import { everyLeg, takesUnits } from './action-legs.ts'
import { contradicts } from './contradiction.ts'
import type { ActionLeg, ActionOption, ActionTerms, InstrumentTerms } from './events.ts'
import { knownAction } from './support-matrix.ts'

/**
 * Checks the whole terms of an action on `instrument`; `known` says whether an instrument of that id is registered.
 * @throws Refused `unknown-action-code`, `dates-out-of-order`, `legs-misnumbered`, `contradictory-terms`, `basis-over-one`,
 * `rate-over-one`, `unknown-currency`, `unknown-instrument`, `default-option`, `option-misnumbered`, `no-effect`.
 */
export function checkAction(instrument: string, terms: ActionTerms, known: (id: string) => boolean): void {
  const code = knownAction(terms.caev, 'caev')
  checkDates(terms)
  everyLeg(terms).forEach((leg, i) => {
    if (leg.leg !== i + 1)
      refuse({
        code: 'legs-misnumbered',
        message: `leg ${i + 1} is numbered ${leg.leg}`,
        field: `${pathOf(terms, i)}.leg`,
        remedy: 'number the legs 1, 2, 3 ... in order, those of the options after the common ones',
      })
    checkLeg(leg, pathOf(terms, i), known)
  })
  checkList(terms.legs, 'legs')
  checkOptions(terms, code)
  checkEffect(instrument, terms, code)
}

/**
 * Interest and maturity that the instrument's own terms pay come from them alone: announced as an action they would be booked twice.
 * From its default on a bond's terms pay nothing, and what is paid all the same is an action.
 * @throws Refused `paid-by-terms`.
 */
export function checkNotPaidByTerms(
  { bond, deposit }: Pick<InstrumentTerms, 'bond' | 'deposit'>,
  { caev, exDate }: ActionTerms,
): void {
  const paying = bond?.defaultedOn === undefined || exDate < bond.defaultedOn
  const interest =
    deposit !== undefined || (bond !== undefined && (bond.rate !== undefined || bond.indexLinked === true))
  const matures = deposit !== undefined || bond?.maturityDate !== undefined
  if (!paying || !((caev === 'INTR' && interest) || (caev === 'REDM' && matures))) return
  refuse({
    code: 'paid-by-terms',
    message: `the ${caev === 'INTR' ? 'interest' : 'maturity'} of this instrument is paid by its own terms`,
    field: 'caev',
    remedy:
      'record a changed rate as a fixing, a default in the terms, an early redemption as MCAL or PCAL; nothing needs to be announced',
  })
}

/** Where the nth leg of all stands in the terms. */
function pathOf({ legs, options = [] }: ActionTerms, nth: number): string {
  if (nth < legs.length) return `legs.${nth}`
  let left = nth - legs.length
  for (const [i, option] of options.entries()) {
    if (left < option.legs.length) return `options.${i}.legs.${left}`
    left -= option.legs.length
  }
  throw new RangeError(`there is no leg ${nth}`)
}

function checkLeg(leg: ActionLeg, field: string, known: (id: string) => boolean): void {
  if (leg.kind === 'removal') return
  if (leg.kind === 'cash') {
    knownCurrency(leg.currency, `${field}.currency`)
    for (const rate of ['statutory', 'treaty'] as const)
      atMostOne(leg.withholding?.[rate], `${field}.withholding.${rate}`)
    atMostOne(leg.costShare, `${field}.costShare`)
    const { surrenders } = leg
    if (surrenders !== undefined && decimal(surrenders.numerator).greaterThan(decimal(surrenders.denominator)))
      contradicts(`${field}.surrenders`, 'it takes more units than are held', 'numerator go of every denominator held')
    return
  }
  for (const member of ['cashInLieu', 'value', 'subscription'] as const) {
    const price = leg[member]
    if (price !== undefined) knownCurrency(price.currency, `${field}.${member}.currency`)
  }
  if (!known(leg.instrument))
    refuse({
      code: 'unknown-instrument',
      message: `there is no instrument ${leg.instrument}`,
      field: `${field}.instrument`,
      remedy: 'register it first',
    })
  if ((leg.income !== undefined || leg.taxable === true) && leg.value === undefined)
    contradicts(`${field}.value`, 'what is measured by its value needs one', 'state the fair market value of one unit')
  if (leg.income !== undefined && (leg.replaces || leg.basisShare !== undefined))
    contradicts(`${field}.income`, 'income takes nothing of the old cost', 'leave basisShare out and replaces false')
  if (leg.taxable === true && !leg.replaces)
    contradicts(`${field}.taxable`, 'only units that go are sold', 'set replaces to true, or state it as income')
  if (leg.fractions === 'buy-up' && leg.cashInLieu === undefined)
    contradicts(`${field}.cashInLieu`, 'buying up a fraction costs something', 'state the price of a whole unit')
}

/** What a list of legs, common or of one option, may have together. */
function checkList(legs: readonly ActionLeg[], field: string): void {
  const taking = legs.filter(takesUnits)
  if (taking.length > 1)
    contradicts(
      field,
      'the old units go twice',
      'one leg replaces, sells or removes them; others leave them where they are',
    )
  const boot = legs.find((leg) => leg.kind === 'cash' && leg.income === 'boot')
  const replacing = legs.find((leg) => leg.kind === 'security' && leg.replaces)
  if (boot !== undefined && (replacing?.kind !== 'security' || replacing.value === undefined))
    contradicts(
      field,
      'money beside new units is a gain by what the new units are worth',
      'add a leg that replaces the units and states their value; without one it is a sale',
    )
  if (boot?.kind === 'cash' && replacing?.kind === 'security' && replacing.value?.currency !== boot.currency)
    contradicts(field, 'the boot and the value of the new units are in two currencies', 'state both in one currency')
  checkBasis(legs, field)
}

function checkOptions({ options = [], legs, camv: said }: ActionTerms, code: ActionCode): void {
  const camv: Camv = said ?? code.camv
  options.forEach((option: ActionOption, i) => {
    if (option.option !== i + 1)
      refuse({
        code: 'option-misnumbered',
        message: `option ${i + 1} is numbered ${option.option}`,
        field: `options.${i}.option`,
        remedy: 'number the options 1, 2, 3 ... in order',
      })
    checkList(option.legs, `options.${i}.legs`)
    atMostOne(option.proration, `options.${i}.proration`)
    if (legs.some(takesUnits))
      contradicts(`options.${i}.legs`, 'the old units go whatever is chosen', 'say it in the options alone')
  })
  const defaults = options.filter((option) => option.default === true).length
  if (defaults > 1 || (defaults === 0 && camv === 'CHOS' && options.length > 0))
    refuse({
      code: 'default-option',
      message: `${defaults} options are the default`,
      field: 'options',
      remedy: 'exactly one option is what happens to who chooses nothing (a voluntary action may have none)',
    })
}

function checkDates(terms: ActionTerms): void {
  const { exDate, recordDate, payDate, announcedOn, marketDeadline, responseDeadline, expiryDate } = terms
  const ordered = (earlier: string | undefined, later: string | undefined, field: string, message: string) => {
    if (earlier === undefined || later === undefined || earlier <= later) return
    refuse({ code: 'dates-out-of-order', message, field, remedy: 'check the dates' })
  }
  ordered(exDate, payDate, 'payDate', `it pays on ${payDate}, before its ex-date ${exDate}`)
  ordered(recordDate, payDate, 'payDate', `it pays on ${payDate}, before its record date ${recordDate}`)
  ordered(
    responseDeadline,
    marketDeadline,
    'responseDeadline',
    `the custodian's deadline ${responseDeadline} is after the market's ${marketDeadline}`,
  )
  ordered(announcedOn, marketDeadline, 'marketDeadline', `elections end on ${marketDeadline}, before it was announced`)
  ordered(announcedOn, expiryDate, 'expiryDate', `it expires on ${expiryDate}, before it was announced`)
}

function checkBasis(legs: readonly ActionLeg[], field: string): void {
  const regimes = new Set<string | null>([null])
  for (const leg of legs)
    if (leg.kind === 'security') for (const { regime } of leg.basisByRegime ?? []) regimes.add(regime)
  for (const regime of regimes) {
    const shares = legs.flatMap((leg) => {
      if (leg.kind !== 'security') return []
      const own = leg.basisByRegime?.find((row) => row.regime === regime)?.share ?? leg.basisShare
      return own === undefined || own === 'unknown' ? [] : [decimal(own)]
    })
    if (shares.reduce((sum, share) => sum.plus(share), ZERO).lessThanOrEqualTo(decimal('1'))) continue
    refuse({
      code: 'basis-over-one',
      message: 'the legs take more than the whole cost',
      field,
      remedy: 'basis shares add up to 1 at most',
    })
  }
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
