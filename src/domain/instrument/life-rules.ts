// Which terms of a bond, option, future or deposit make sense, and that each type of instrument comes with its own.
import { isCurrency } from '../kernel/currency.ts'
import { refuse } from '../kernel/refusal.ts'
import type { InstrumentTerms } from './events.ts'
import type { BondTerms, DepositTerms } from './life-terms.ts'

type Lives = Pick<InstrumentTerms, 'type' | 'bond' | 'option' | 'future' | 'deposit'>
type Block = 'bond' | 'option' | 'future' | 'deposit'

/** The block of terms a type needs: without it nothing of its life could be worked out. */
const BLOCKS: Readonly<Partial<Record<InstrumentTerms['type'], Block>>> = {
  bond: 'bond',
  option: 'option',
  future: 'future',
  'money-market': 'deposit',
}
const ALL: readonly Block[] = ['bond', 'option', 'future', 'deposit']

/**
 * Checks the whole terms of one instrument; `known` says whether an instrument of that id is registered.
 * @throws Refused `terms-required`, `terms-not-expected`, `dates-out-of-order`, `contradictory-terms`, `unknown-calendar`,
 * `unknown-currency`, `unknown-underlying`.
 */
export function checkLife(
  terms: Lives,
  knows: { knowsInstrument(id: string): boolean; knowsCalendar(id: string): boolean },
  path: string,
): void {
  const needed = BLOCKS[terms.type]
  if (needed !== undefined && terms[needed] === undefined)
    refuse({
      code: 'terms-required',
      message: `the life of a ${terms.type} cannot be worked out without its terms`,
      field: `${path}${needed}`,
      remedy: `state ${needed}`,
    })
  for (const block of ALL)
    if (terms[block] !== undefined && block !== needed)
      refuse({
        code: 'terms-not-expected',
        message: `a ${terms.type} has no terms of a ${block}`,
        field: `${path}${block}`,
        remedy: 'check the type',
      })
  if (terms.bond !== undefined) checkBond(terms.bond, knows, `${path}bond.`)
  if (terms.deposit !== undefined) checkDeposit(terms.deposit, `${path}deposit.`)
  if (terms.option === undefined) return
  const { strikeCurrency, underlying, settlement } = terms.option
  if (!isCurrency(strikeCurrency))
    refuse({
      code: 'unknown-currency',
      message: `${strikeCurrency} is not a currency this ledger knows`,
      field: `${path}option.strikeCurrency`,
      remedy: 'use an ISO 4217 code such as "EUR"',
    })
  if (settlement === 'physical' && !knows.knowsInstrument(underlying))
    refuse({
      code: 'unknown-underlying',
      message: `there is no instrument ${underlying}, which an exercise would deliver`,
      field: `${path}option.underlying`,
      remedy: 'register it first',
    })
}

function checkBond(bond: BondTerms, knows: { knowsCalendar(id: string): boolean }, path: string): void {
  const { rate, frequency, issueDate, maturityDate, firstCouponDate, paymentCalendar, defaultedOn } = bond
  if (rate === undefined && frequency !== 0)
    contradicts(`${path}rate`, 'it pays coupons, but no rate is stated', 'state the rate, or frequency 0')
  if (maturityDate === undefined && firstCouponDate === undefined)
    contradicts(
      `${path}maturityDate`,
      'neither a maturity nor a first coupon says when coupons are paid',
      'state one of them',
    )
  inOrder(issueDate, maturityDate, `${path}maturityDate`, 'it matures before it is issued')
  inOrder(issueDate, firstCouponDate, `${path}firstCouponDate`, 'its first coupon is before its issue')
  if (maturityDate !== undefined && firstCouponDate !== undefined && firstCouponDate > maturityDate)
    inOrder(firstCouponDate, maturityDate, `${path}firstCouponDate`, 'its first coupon is after its maturity')
  inOrder(issueDate, defaultedOn, `${path}defaultedOn`, 'it defaults before it is issued')
  if (frequency === 0 && rate !== undefined && maturityDate === undefined)
    contradicts(`${path}maturityDate`, 'interest is paid at maturity, and there is none', 'state the maturity')
  if (paymentCalendar !== undefined && !knows.knowsCalendar(paymentCalendar))
    refuse({
      code: 'unknown-calendar',
      message: `there is no calendar ${paymentCalendar}`,
      field: `${path}paymentCalendar`,
      remedy: 'use a calendar that is loaded, such as "TARGET"',
    })
}

function checkDeposit({ startDate, maturityDate }: DepositTerms, path: string): void {
  if (maturityDate <= startDate)
    inOrder(`${startDate}+`, maturityDate, `${path}maturityDate`, 'it matures on or before its start')
}

function inOrder(first: string, then: string | undefined, field: string, message: string): void {
  if (then === undefined || first <= then) return
  refuse({ code: 'dates-out-of-order', message, field, remedy: 'check the dates' })
}

function contradicts(field: string, message: string, remedy: string): never {
  return refuse({ code: 'contradictory-terms', message, field, remedy })
}
