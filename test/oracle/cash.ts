// Cash facts and FX trades.
import { type Decimal, decimal, negBase, subBase, sum } from './arithmetic.ts'
import { cashAccountNumber, type Fold, post, rateOfFact, waits } from './fold.ts'
import { Draft, type When } from './journal.ts'
import { convert, type Rate } from './rates.ts'
import { claimOf, remember, settleClaims } from './receivables.ts'
import type { Cash, Fx } from './shapes.ts'

/** Against which account each kind of cash fact is posted, and whether it brings cash (1) or takes it (-1). */
export const AGAINST = {
  CashContributed: { account: 3000, direction: 1 },
  CashWithdrawn: { account: 3010, direction: -1 },
  FeeCharged: { account: 5000, direction: -1 },
  InterestReceived: { account: 4010, direction: 1 },
  InterestPaid: { account: 5400, direction: -1 },
  TaxPaid: { account: 5500, direction: -1 },
} as const

export function bookCash(fold: Fold, fact: string, type: keyof typeof AGAINST, cash: Cash, when: When): void {
  const { account, direction } = AGAINST[type]
  const { sleeve, cashAccount, currency } = cash
  const local = decimal(cash.amount).times(direction)
  const base = convert(local, rateOfFact(fold, currency, cash.valueDate, cash.contractRate), fold.functional)
  const draft = new Draft()
  draft.add({ sleeve, account: cashAccountNumber(fold, cashAccount), cashAccount, currency, local, base })
  draft.add({ sleeve, account, currency, local: local.negated(), base: negBase(base) })
  post(fold, draft, `${fact}/cash`, when)
}

/** Both ends at the day's rate; between sleeves through 2500. */
export function transferCash(
  fold: Fold,
  fact: string,
  moved: { cash: Cash; toCashAccount: string; toSleeve: string },
  when: When,
): void {
  const { cash, toCashAccount, toSleeve } = moved
  const { currency } = cash
  const local = decimal(cash.amount)
  const base = convert(local, rateOfFact(fold, currency, cash.valueDate, cash.contractRate), fold.functional)
  const out = { local: local.negated(), base: negBase(base) }
  const draft = new Draft()
  const on = (cashAccount: string) => ({ account: cashAccountNumber(fold, cashAccount), cashAccount, currency })
  draft.add({ ...on(cash.cashAccount), sleeve: cash.sleeve, ...out })
  draft.add({ ...on(toCashAccount), sleeve: toSleeve, local, base })
  if (cash.sleeve !== toSleeve) {
    draft.add({ sleeve: cash.sleeve, account: 2500, currency, local, base })
    draft.add({ sleeve: toSleeve, account: 2500, currency, ...out })
  }
  post(fold, draft, `${fact}/cash`, when)
}

/** BOOK.md section 5 row 3. One base value for the whole trade; costs at the rate that value implies for their leg. */
export function tradeFx(fold: Fold, fact: string, fx: Fx, when: When): void {
  const { sleeve, cashAccount, sold, bought } = fx
  const value = baseValueOf(fold, fx)
  const cost = (currency: string): Decimal =>
    sum(fx.costs.filter((each) => each.currency === currency).map((each) => decimal(each.amount)))
  const draft = new Draft()
  for (const leg of [
    { ...bought, account: 1210, sign: 1 },
    { ...sold, account: 2210, sign: -1 },
  ]) {
    const { currency } = leg
    const local = decimal(leg.amount).times(leg.sign)
    const implied: Rate | null = value && { numerator: value, denominator: decimal(leg.amount) }
    const base = value === null ? null : value.times(leg.sign)
    const extra = cost(currency)
    const extraBase = convert(extra, implied, fold.functional)
    const claim = {
      sleeve,
      account: leg.account,
      cashAccount,
      currency,
      custodyAccount: null,
      instrument: null,
      lot: null,
      state: null,
      local: local.minus(extra),
      base: subBase(base, extraBase),
    }
    draft.add(claim)
    draft.add({ sleeve, account: 9000, currency, local: local.negated(), base: negBase(base) })
    draft.add({ sleeve, account: 5100, currency, local: extra, base: extraBase })
    remember(fold, draft, claimOf({ ...claim, ref: fact, group: fact, amount: claim.local }))
  }
  post(fold, draft, `${fact}/trade`, when)
}

/** The functional leg; else the sold amount at the contract rate; else at the trade date's fixing. */
function baseValueOf(fold: Fold, { sold, bought, tradeDate, contractRate }: Fx): Decimal | null {
  if (bought.currency === fold.functional) return decimal(bought.amount)
  if (sold.currency === fold.functional) return decimal(sold.amount)
  return convert(decimal(sold.amount), rateOfFact(fold, sold.currency, tradeDate, contractRate), fold.functional)
}

export function settleFx(fold: Fold, fact: string, when: When): void {
  const draft = new Draft()
  const moving = fold.claims.filter(
    (claim) => claim.group === fact && (claim.account === 2210 || !waits(fold, claim.cashAccount!, when.date)),
  )
  settleClaims(fold, draft, moving, when.date)
  post(fold, draft, `${fact}/settle`, when)
}
