// The fill that the end of an option stands for: of the underlying where it delivers, else of the option itself.
import type { FillTerms, OptionEndTerms } from '../portfolio/facts.ts'
import type { Desk } from './desk.ts'
import type { OptionEnd } from './fill.ts'

export function fillOfEnd(desk: Desk, terms: OptionEndTerms): { readonly fill: FillTerms; readonly end: OptionEnd } {
  const { instrument, side, quantity, delivery, cash, sleeve, custodyAccount, cashAccount } = terms
  const own = desk.reference.instrument(instrument, desk.rates.asAt)?.currency
  const currency = delivery?.currency ?? cash?.currency ?? own ?? desk.opened.baseCurrency
  const fill: FillTerms = {
    source: terms.source ?? '',
    execId: terms.ref,
    tradeDate: terms.date,
    instrument: delivery?.instrument ?? instrument,
    side: delivery?.side ?? (side === 'long' ? 'sell' : 'buy-to-cover'),
    quantity: delivery?.quantity ?? quantity,
    price: delivery?.price ?? '0',
    currency,
    consideration: delivery?.amount ?? cash?.amount ?? '0',
    costs: terms.costs,
    settlement: { date: terms.settlementDate, given: true, currency },
    sleeve,
    custodyAccount,
    cashAccount,
    // Lots chosen are the option's; where it delivers, those of the underlying go by the method in force.
    ...(delivery === undefined && terms.lots !== undefined ? { lots: terms.lots } : {}),
  }
  const end = {
    instrument,
    short: side === 'short',
    quantity,
    lots: terms.lots ?? null,
    expires: terms.outcome === 'expiry',
    delivers: delivery !== undefined,
  }
  return { fill, end }
}
