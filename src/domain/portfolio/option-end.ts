// From the end of an option as given to the terms the log records: what it delivers and when, by the option's terms.
import { decimal, decimalText } from '../kernel/decimal.ts'
import { defined } from '../kernel/defined.ts'
import { refuse, type Warning } from '../kernel/refusal.ts'
import { costsIn, fittingQuantity, priced, wholeMinorUnits } from './amounts.ts'
import type { OptionEndTerms } from './facts.ts'
import type { OptionEndGiven } from './given.ts'
import type { KnownInstrument, ReferenceKnowledge } from './reference-knowledge.ts'

type Option = NonNullable<KnownInstrument['option']>
type Places = Pick<OptionEndTerms, 'sleeve' | 'custodyAccount' | 'cashAccount'>

/**
 * @throws Refused `not-an-option`, `side-required`, `contradictory-outcome`, `after-expiry`, `before-expiry`, `not-exercisable`,
 * `cash-required`, `cash-not-expected`, `unknown-underlying`, `option-on-contract`, `settlement-date-required`, `quantity-too-fine`.
 */
export function optionEnded(
  given: OptionEndGiven,
  instrument: KnownInstrument,
  places: Places,
  knowledge: ReferenceKnowledge,
): { readonly terms: OptionEndTerms; readonly warnings: readonly Warning[] } {
  const { option } = instrument
  if (option === undefined)
    return refuse({
      code: 'not-an-option',
      message: `${instrument.id} is a ${instrument.type}`,
      field: 'instrument',
      remedy: 'name an option',
    })
  const side = sideOf(given)
  fittingQuantity(given.quantity, instrument, 'quantity')
  checkDates(given, option)
  checkCash(given, option)
  const delivered =
    given.outcome === 'expiry' || option.settlement === 'cash' ? null : underlying(option, given, knowledge)
  const delivery = delivered === null ? undefined : deliveryOf(option, given, side, instrument, delivered)
  costsIn([delivery?.currency ?? given.cash?.currency ?? instrument.currency], given.costs, 'costs')
  const settlementDate = given.settlementDate ?? settles(delivered ?? instrument, given, knowledge)
  return { terms: defined({ ...given, side, delivery, settlementDate, ...places }), warnings: [] }
}

function sideOf({ outcome, side }: OptionEndGiven): 'long' | 'short' {
  const own = outcome === 'exercise' ? 'long' : outcome === 'assignment' ? 'short' : undefined
  if (own !== undefined && side !== undefined && side !== own)
    return refuse({
      code: 'contradictory-outcome',
      message: `an ${outcome} is the end of a ${own} position`,
      field: 'side',
      remedy: 'leave side out',
    })
  return (
    own ??
    side ??
    refuse({
      code: 'side-required',
      message: 'bought and written options both expire',
      field: 'side',
      remedy: 'say "long" or "short"',
    })
  )
}

function checkDates({ outcome, date }: OptionEndGiven, { expiry, style }: Option): void {
  if (outcome === 'expiry' && date < expiry)
    refuse({
      code: 'before-expiry',
      message: `it expires on ${expiry}`,
      field: 'date',
      remedy: 'check the date',
    })
  if (outcome !== 'expiry' && date > expiry)
    refuse({ code: 'after-expiry', message: `it expired on ${expiry}`, field: 'date', remedy: 'check the date' })
  if (outcome !== 'expiry' && style === 'european' && date !== expiry)
    refuse({
      code: 'not-exercisable',
      message: `it is European: it can be exercised on ${expiry} only`,
      field: 'date',
      remedy: 'check the date',
    })
}

function checkCash({ outcome, cash }: OptionEndGiven, { settlement }: Option): void {
  const due = outcome !== 'expiry' && settlement === 'cash'
  if (due && cash === undefined)
    refuse({
      code: 'cash-required',
      message: "it is settled in cash: the amount is the clearing house's to say",
      field: 'cash',
      remedy: 'state what the holder is paid',
    })
  if (!due && cash !== undefined)
    refuse({
      code: 'cash-not-expected',
      message: outcome === 'expiry' ? 'an option that expires pays nothing' : 'it delivers its underlying',
      field: 'cash',
      remedy: 'leave cash out',
    })
  if (cash !== undefined) wholeMinorUnits(cash.amount, cash.currency, 'cash.amount')
}

function underlying(option: Option, { date }: OptionEndGiven, knowledge: ReferenceKnowledge): KnownInstrument {
  const found = knowledge.instrument({ scheme: 'id', value: option.underlying }, date)
  if (found === 'unknown' || found === 'ambiguous')
    return refuse({
      code: 'unknown-underlying',
      message: `there is no instrument ${option.underlying}, which it delivers`,
      field: 'instrument',
      remedy: 'register it first',
    })
  if (found.future === undefined) return found
  return refuse({
    code: 'option-on-contract',
    message: `${found.id} is a future, which costs no money that a premium could be part of`,
    field: 'outcome',
    remedy: 'record the option as expired, and the future at the strike as a fill',
  })
}

function deliveryOf(
  { right, strike, strikeCurrency }: Option,
  { outcome, quantity }: OptionEndGiven,
  side: 'long' | 'short',
  { multiplier }: KnownInstrument,
  delivered: KnownInstrument,
): NonNullable<OptionEndTerms['delivery']> {
  const units = decimalText(decimal(quantity).times(decimal(multiplier)))
  fittingQuantity(units, delivered, 'quantity')
  const amount = priced(strike, units, delivered.multiplier, strikeCurrency)
  const buys = (right === 'call') === (side === 'long')
  if (!/[1-9]/.test(amount))
    return refuse({
      code: 'contradictory-outcome',
      message: `${outcome} of ${quantity} at ${strike} comes to nothing`,
      field: 'quantity',
      remedy: 'check the strike and the multiplier',
    })
  return {
    instrument: delivered.id,
    side: buys ? 'buy' : 'sell',
    quantity: units,
    price: strike,
    amount,
    currency: strikeCurrency,
  }
}

function settles(instrument: KnownInstrument, { date }: OptionEndGiven, knowledge: ReferenceKnowledge): string {
  const derived = knowledge.settlementDate(instrument, date, [instrument.currency])
  if (derived.ok) return derived.date
  return refuse({
    code: 'settlement-date-required',
    message: `no settlement date can be derived: ${derived.refusal.message}`,
    field: 'settlementDate',
    remedy: 'state settlementDate',
  })
}
