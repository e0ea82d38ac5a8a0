// Corporate actions on the ex-date, account by account: cash legs and their withholding, splits, spin-offs, fractions.
import { Decimal, largestRemainder, money, placesOf, sum } from './arithmetic.ts'
import { compare, type Fold, post, rateOn } from './fold.ts'
import { exchange } from './exchange.ts'
import { Draft, groupBy, type When } from './journal.ts'
import { actionId, type KnownAction } from './knowledge.ts'
import { byAge, type Lot } from './lots.ts'
import { convert } from './rates.ts'
import { owe, settleClaims } from './receivables.ts'
import type { Action, CashLeg, SecurityLeg } from './shapes.ts'

/** Place among the actions of one day: as stated, else cash, replacing legs, cash per new unit, detaching legs. */
export function sequenceOf(terms: Action): number {
  if (terms.sequence !== undefined) return terms.sequence
  const securities = terms.legs.filter((leg) => leg.kind === 'security')
  if (securities.some((leg) => leg.replaces)) return 30
  if (securities.length > 0) return 40
  return terms.rateBasis === 'post' ? 35 : 20
}

export function goEx(fold: Fold, action: KnownAction, when: When): void {
  const held = fold.lots.filter((lot) => lot.instrument === action.instrument)
  const accounts = [...groupBy(held, (lot) => lot.custodyAccount)].sort(([a], [b]) => compare(a, b))
  for (const [account, lots] of accounts) {
    const draft = new Draft()
    const legs = [...action.terms.legs].sort((a, b) => rank(a) - rank(b) || a.leg - b.leg)
    for (const side of ['long', 'short'] as const) {
      // A replacing leg is the last of its action, so every leg sees the lots as they were before the action.
      const mine = lots.filter((lot) => lot.side === side).sort(byAge)
      for (const leg of legs) {
        if (leg.kind === 'cash') payOut(fold, draft, action, account, leg, mine, when)
        else exchange({ fold, draft, action, account, leg, when }, mine)
      }
    }
    post(fold, draft, `${actionId(action)}/${account}/ex`, when)
  }
}

const rank = (leg: CashLeg | SecurityLeg): number => (leg.kind === 'cash' ? 1 : leg.replaces ? 3 : 2)

export function pay(fold: Fold, action: KnownAction, when: When, waits: (cashAccount: string) => boolean): void {
  const claims = fold.claims.filter(
    (claim) =>
      claim.ref === actionId(action) &&
      (claim.account === 2300 || ((claim.account === 1300 || claim.account === 1330) && !waits(claim.cashAccount!))),
  )
  for (const [group, moving] of groupBy(claims, (claim) => claim.group)) {
    const draft = new Draft()
    settleClaims(fold, draft, moving, when.date)
    post(fold, draft, `${group}/pay`, when)
  }
}

const INCOME = { dividend: 4000, interest: 4010, other: 4020, capital: 4000 } as const

/** A cash leg: rounded once for the account, spread over its lots by units, converted lot by lot; the net takes the residual. */
function payOut(
  fold: Fold,
  draft: Draft,
  action: KnownAction,
  account: string,
  leg: CashLeg,
  all: readonly Lot[],
  when: When,
): void {
  const lots = all.filter((lot) => !lot.now.units.isZero())
  if (lots.length === 0) return
  const { currency } = leg
  const weights = lots.map((lot) => lot.now.units.abs())
  const spread = (amount: Decimal) => largestRemainder(amount, weights, placesOf(currency))
  const rate = rateOn(fold, currency, when.date)
  const by = { ref: actionId(action), group: `${actionId(action)}/${account}` }
  const inFunctional = (amount: Decimal) => ({ local: amount, base: convert(amount, rate, fold.functional) })
  const gross = money(sum(weights).times(leg.perUnit), currency)
  const grossOf = spread(gross)
  if (lots[0]!.side === 'short') {
    lots.forEach((lot, at) => {
      const from = { sleeve: lot.sleeve, instrument: lot.instrument, lot: lot.id, currency }
      const owed = inFunctional(grossOf[at]!.negated())
      draft.add({ ...from, account: 5300, ...inFunctional(grossOf[at]!) })
      owe(fold, draft, by, {
        ...from,
        account: 2300,
        cashAccount: fold.opened.defaults.marginAccount,
        ...owed,
      })
    })
    return
  }
  const { statutory, treaty } = leg.withholding ?? { statutory: '0', treaty: '0' }
  const withheld = money(gross.times(statutory), currency)
  const final = money(gross.times(Decimal.min(statutory, treaty)), currency)
  const finalOf = spread(final)
  const reclaimOf = spread(withheld.minus(final))
  lots.forEach((lot, at) => {
    const from = { sleeve: lot.sleeve, instrument: lot.instrument, lot: lot.id, currency }
    const { cashAccount } = fold.opened.defaults
    const own = new Draft()
    own.add({ ...from, account: INCOME[leg.income], ...inFunctional(grossOf[at]!.negated()) })
    own.add({ ...from, account: 5200, ...inFunctional(finalOf[at]!) })
    draft.take(own)
    const reclaim = inFunctional(reclaimOf[at]!)
    own.add({ ...from, account: 1320, ...reclaim })
    owe(fold, draft, by, { ...from, account: 1320, cashAccount, ...reclaim })
    const local = grossOf[at]!.minus(finalOf[at]!).minus(reclaimOf[at]!)
    owe(fold, draft, by, { ...from, account: 1300, cashAccount, local, base: own.residual(lot.sleeve) })
  })
}
