// Income legs and their withholding, taxes and reclaims: rounded once for the account, spread over its lots, converted lot by lot.
import type { Side } from './actions.ts'
import { Decimal, money, sum } from './arithmetic.ts'
import { rateOn } from './fold.ts'
import { Draft } from './journal.ts'
import { actionId } from './knowledge.ts'
import type { Lot } from './lots.ts'
import { byUnits } from './pieces.ts'
import { convert } from './rates.ts'
import { owe } from './receivables.ts'
import type { CashLeg } from './shapes.ts'

export const INCOME = { dividend: 4000, interest: 4010, other: 4020 } as const

export const by = ({ action, group }: Side) => ({ ref: actionId(action), group: `${actionId(action)}/${group}` })
export const on = (lot: Lot, currency: string) => ({
  sleeve: lot.sleeve,
  instrument: lot.instrument,
  lot: lot.id,
  currency,
})
export const inBase = ({ fold, when }: Side, currency: string) => {
  const rate = rateOn(fold, currency, when.date)
  return (amount: Decimal) => ({ local: amount, base: convert(amount, rate, fold.functional) })
}

const grossOf = ({ pieces }: Side, leg: CashLeg): Decimal =>
  money(sum(pieces.map(({ units }) => units)).times(leg.perUnit), leg.currency)

export function payIncome(side: Side, leg: CashLeg): void {
  const { fold, draft, pieces, short } = side
  const { currency } = leg
  const amountOf = inBase(side, currency)
  const gross = grossOf(side, leg)
  const gross_ = byUnits(gross, pieces, currency)
  const { cashAccount, marginAccount } = fold.opened.defaults
  const { statutory, treaty } = leg.withholding ?? { statutory: '0', treaty: '0' }
  const withheld = money(gross.times(statutory), currency)
  const final = money(gross.times(Decimal.min(statutory, treaty)), currency)
  const finalOf = byUnits(final, pieces, currency)
  const reclaimOf = byUnits(withheld.minus(final), pieces, currency)
  pieces.forEach(({ lot }, at) => {
    const from = on(lot, currency)
    if (short) {
      draft.add({ ...from, account: 5300, ...amountOf(gross_[at]!) })
      owe(fold, draft, by(side), {
        ...from,
        account: 2300,
        cashAccount: marginAccount,
        ...amountOf(gross_[at]!.negated()),
      })
      return
    }
    const own = new Draft()
    own.add({ ...from, account: INCOME[leg.income as keyof typeof INCOME], ...amountOf(gross_[at]!.negated()) })
    own.add({ ...from, account: 5200, ...amountOf(finalOf[at]!) })
    draft.take(own)
    const reclaim = amountOf(reclaimOf[at]!)
    own.add({ ...from, account: 1320, ...reclaim })
    owe(fold, draft, by(side), { ...from, account: 1320, cashAccount, ...reclaim })
    const local = gross_[at]!.minus(finalOf[at]!).minus(reclaimOf[at]!)
    owe(fold, draft, by(side), { ...from, account: 1300, cashAccount, local, base: own.residual(lot.sleeve) })
  })
}

export function payTax(side: Side, leg: CashLeg): void {
  const { fold, draft, pieces, short } = side
  if (short) return
  const amountOf = inBase(side, leg.currency)
  const { cashAccount } = fold.opened.defaults
  byUnits(grossOf(side, leg), pieces, leg.currency).forEach((amount, at) => {
    const from = on(pieces[at]!.lot, leg.currency)
    const taxed = leg.income === 'tax' ? amount : amount.negated()
    draft.add({ ...from, account: 5200, ...amountOf(taxed) })
    owe(fold, draft, by(side), {
      ...from,
      account: leg.income === 'tax' ? 2200 : 1320,
      cashAccount,
      ...amountOf(taxed.negated()),
    })
  })
}
