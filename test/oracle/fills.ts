// Fills: which side they relieve or open, their trade entries, and their settlement.
import { type Base, cumulated, type Decimal, decimal, money, negBase, sum, ZERO } from './arithmetic.ts'
import { inParts, planOf } from './fails.ts'
import { type Fold, inBase, policyAt, post, rateOfFact, waits } from './fold.ts'
import { gainLines } from './gains.ts'
import { Draft, type When } from './journal.ts'
import type { KnownFill } from './knowledge.ts'
import { type Amounts, chosenAmong, dimensionsOf, inOrderOf, inScope, type Lot, putIn, relieve } from './lots.ts'
import { convert, type Rate } from './rates.ts'
import { claimOf, remember, settleClaims } from './receivables.ts'
import type { Choice, Fill, Method, Policy } from './shapes.ts'

/** The part of a fill that one leg books, in the fill's currency; `net` is the cash it brings (+) or costs (-). */
interface LegAmounts {
  readonly units: Decimal
  readonly consideration: Decimal
  readonly accrued: Decimal
  /** Part of the cost or netted from the proceeds, and expensed. */
  readonly carried: Decimal
  readonly expensed: Decimal
  readonly settleAmount: Decimal | null
}

const buys = (fill: Fill): boolean => fill.side === 'buy' || fill.side === 'buy-to-cover'

/** Whether the fill takes from the other side before it opens its own. */
function closesFirst(fill: Fill, policy: Policy): boolean {
  if (policy.keeping !== 'long-short') return true
  if (fill.positionEffect !== undefined) return fill.positionEffect === 'close'
  return fill.side === 'sell' || fill.side === 'buy-to-cover'
}

/** The trade entries of a fill: leg 1 relieves, leg 2 (or the only one) opens. */
export function trade(fold: Fold, known: KnownFill, when: When): void {
  const { fact, fill } = known
  const policy = policyAt(fold, fill.tradeDate)
  const units = decimal(fill.quantity)
  const other = buys(fill) ? 'short' : 'long'
  const candidates = closesFirst(fill, policy) ? inScope(fold, policy, { ...fill, side: other }) : []
  const held = sum(candidates.map((lot) => lot.now.units.abs()))
  const relieved = held.lt(units) ? held : units
  const opened = units.minus(relieved)
  const [first, rest] = split(fill, policy, relieved, opened)
  const rate = tradeRate(fold, fill, policy)
  if (first) {
    const takes = choose(fold, fact, fill, policy, candidates, first.units)
    relieveLeg(fold, known, first, takes, rate, when)
  }
  if (rest) openLeg(fold, known, rest, first ? 2 : 1, rate, when)
}

/** Pro rata by units: leg 1 gets the rounded part of each amount, leg 2 what is left. */
function split(fill: Fill, policy: Policy, relieved: Decimal, opened: Decimal): [LegAmounts | null, LegAmounts | null] {
  const all = relieved.plus(opened)
  const settle = fill.settlement
  const amounts = (part: (amount: Decimal, currency: string) => Decimal, units: Decimal): LegAmounts => {
    const costs = fill.costs.map((cost) => ({ ...cost, part: part(decimal(cost.amount), fill.currency) }))
    const expensed = costs.filter(({ type }) => isExpensed(policy, type, buys(fill)))
    const carried = costs.filter(({ type }) => !isExpensed(policy, type, buys(fill)))
    return {
      units,
      consideration: part(decimal(fill.consideration), fill.currency),
      accrued: part(decimal(fill.accruedInterest ?? '0'), fill.currency),
      carried: sum(carried.map((cost) => cost.part)),
      expensed: sum(expensed.map((cost) => cost.part)),
      settleAmount:
        settle.currency === fill.currency || settle.amount === undefined
          ? null
          : part(decimal(settle.amount), settle.currency),
    }
  }
  const whole = (amount: Decimal, currency: string) => money(amount, currency)
  const first = (amount: Decimal, currency: string) => money(amount.times(relieved).dividedBy(all), currency)
  const rest = (amount: Decimal, currency: string) => whole(amount, currency).minus(first(amount, currency))
  if (opened.isZero()) return [amounts(whole, relieved), null]
  if (relieved.isZero()) return [null, amounts(whole, opened)]
  return [amounts(first, relieved), amounts(rest, opened)]
}

function isExpensed(policy: Policy, type: string, buying: boolean): boolean {
  const treatment = policy.costs[type]
  return (buying ? treatment?.onBuy : treatment?.onSell) === 'expense'
}

/** Contract rate; else what the settlement amount in functional currency says; else the trade date's fixing. */
function tradeRate(fold: Fold, fill: Fill, policy: Policy): Rate | null {
  const { settlement } = fill
  const fixed = fill.contractRate !== undefined && inBase(fold)
  if (!fixed && settlement.currency === fold.functional && settlement.currency !== fill.currency && settlement.amount) {
    const [whole] = split(fill, policy, decimal(fill.quantity), ZERO)
    const net = whole === null ? ZERO : netOf(fill, whole).abs()
    if (!net.isZero()) return { numerator: decimal(settlement.amount), denominator: net }
  }
  return rateOfFact(fold, fill.currency, fill.tradeDate, fill.contractRate)
}

/** Cash the leg brings: consideration less costs on a sale; minus consideration and costs on a purchase. */
function netOf(fill: Fill, leg: LegAmounts): Decimal {
  const gross = leg.consideration.plus(leg.accrued)
  return (buys(fill) ? gross.negated() : gross).minus(leg.carried).minus(leg.expensed)
}

/** Which lots give how many units: those the client or the saga chose, then by the method. */
function choose(
  fold: Fold,
  fact: string,
  fill: Fill,
  policy: Policy,
  candidates: readonly Lot[],
  units: Decimal,
): { lot: Lot; units: Decimal }[] {
  const takes: { lot: Lot; units: Decimal }[] = []
  let left = units
  const take = (lot: Lot, atMost: Decimal): Decimal => {
    const taken = sum(takes.filter((before) => before.lot === lot).map((before) => before.units))
    const free = lot.now.units.abs().minus(taken)
    const now = [free, atMost, left].reduce((least, amount) => (amount.lt(least) ? amount : least))
    if (now.gt(0)) takes.push({ lot, units: now })
    left = left.minus(now)
    return now
  }
  const choices = choicesOf(fold, fact, fill, policy)
  for (const choice of choices) {
    let wanted = decimal(choice.units)
    for (const lot of chosenAmong(candidates, choice.lot)) wanted = wanted.minus(take(lot, wanted))
  }
  const byDefault = choices.length > 0 || policy.lotMethod === 'specific'
  const method = byDefault ? policy.defaultMethod : policy.lotMethod
  for (const lot of inOrderOf(method as Exclude<Method, 'specific'>, candidates)) take(lot, left)
  return takes
}

function choicesOf(fold: Fold, fact: string, fill: Fill, policy: Policy): readonly Choice[] {
  const lens = fold.lens.lotMethod
  if (policy.lotMethod === 'average' || (lens !== undefined && lens !== 'specific')) return []
  const identified = [...fold.known.facts.values()]
    .filter(({ gone, is }) => !gone && is.type === 'LotsIdentified' && is.fill === fact)
    .sort((a, b) => (a.root < b.root ? -1 : 1))
    .at(-1)?.is
  return identified?.type === 'LotsIdentified' ? identified.lots : (fill.lots ?? [])
}

function relieveLeg(
  fold: Fold,
  known: KnownFill,
  leg: LegAmounts,
  takes: readonly { lot: Lot; units: Decimal }[],
  rate: Rate | null,
  when: When,
): void {
  const { fact, fill } = known
  const draft = new Draft()
  const { sleeve } = fill
  const proceeds = buys(fill) ? leg.consideration.plus(leg.carried).negated() : leg.consideration.minus(leg.carried)
  const shares = cumulated(
    proceeds,
    takes.map((take) => take.units),
    fill.currency,
  )
  takes.forEach(({ lot, units }, at) => {
    const taken = relieve(fold, lot, units)
    moveUnsettled(fold, draft, lot, negated(taken), known, 1)
    if (lot.sleeve !== sleeve) {
      const between = { account: 2500, currency: lot.currency }
      draft.add({ ...between, sleeve: lot.sleeve, local: taken.cost, base: taken.base })
      draft.add({ ...between, sleeve, local: taken.cost.negated(), base: negBase(taken.base) })
    }
    gainLines(fold, draft, sleeve, lot, taken, { amount: shares[at]!, currency: fill.currency, rate })
  })
  finish(fold, draft, fact, fill, leg, 1, takes[0]!.lot.side, rate, when)
}

function openLeg(fold: Fold, known: KnownFill, leg: LegAmounts, n: 1 | 2, rate: Rate | null, when: When): void {
  const { fact, fill } = known
  const draft = new Draft()
  const side = buys(fill) ? 'long' : 'short'
  const cost = buys(fill) ? leg.consideration.plus(leg.carried) : leg.consideration.minus(leg.carried).negated()
  const opening: Amounts = {
    units: side === 'long' ? leg.units : leg.units.negated(),
    cost,
    base: convert(cost, rate, fold.functional),
  }
  const lot = putIn(
    fold,
    {
      id: fact,
      sleeve: fill.sleeve,
      custodyAccount: fill.custodyAccount,
      instrument: fill.instrument,
      side,
      currency: fill.currency,
      acquiredOn: fill.tradeDate,
      now: opening,
      waiting: [],
    },
    fill.tradeDate,
  )
  moveUnsettled(fold, draft, lot, opening, known, n)
  finish(fold, draft, fact, fill, leg, n, side, rate, when)
}

const negated = (amounts: Amounts): Amounts => ({
  units: amounts.units.negated(),
  cost: amounts.cost.negated(),
  base: negBase(amounts.base),
})

function moveUnsettled(fold: Fold, draft: Draft, lot: Lot, amounts: Amounts, known: KnownFill, leg: number): void {
  const { units, cost: local, base } = amounts
  draft.add({ ...dimensionsOf(lot), state: 'unsettled', units, local, base })
  for (const part of inParts(fold, planOf(fold, known), known, amounts, lot.currency))
    lot.waiting.push({ ...part, fact: known.fact, leg })
}

/** Expensed costs, accrued interest, and the receivable or payable, which takes the residual and may be in another currency. */
function finish(
  fold: Fold,
  draft: Draft,
  fact: string,
  fill: Fill,
  leg: LegAmounts,
  n: 1 | 2,
  side: 'long' | 'short',
  rate: Rate | null,
  when: When,
): void {
  const { sleeve, currency, instrument } = fill
  const inFunctional = (local: Decimal): Base => convert(local, rate, fold.functional)
  const cashAccount = side === 'short' ? fold.opened.defaults.marginAccount : fill.cashAccount
  const accrued = buys(fill) ? leg.accrued : leg.accrued.negated()
  draft.add({ sleeve, account: 5100, instrument, currency, local: leg.expensed, base: inFunctional(leg.expensed) })
  draft.add({ sleeve, account: 1310, cashAccount, instrument, currency, local: accrued, base: inFunctional(accrued) })
  const net = netOf(fill, leg)
  const base = draft.residual(sleeve)
  let owed = { currency, local: net }
  if (leg.settleAmount !== null) {
    owed = { currency: fill.settlement.currency, local: buys(fill) ? leg.settleAmount.negated() : leg.settleAmount }
    draft.add({ sleeve, account: 9000, currency, local: net, base })
    draft.add({ sleeve, account: 9000, currency: owed.currency, local: owed.local.negated(), base: negBase(base) })
  }
  const account = buys(fill) ? 2200 : 1200
  const claim = { sleeve, account, cashAccount, instrument, custodyAccount: null, lot: null, state: null, ...owed }
  draft.add({ ...claim, base })
  const group = `${fact}#${n}`
  remember(fold, draft, claimOf({ ...claim, ref: fact, group, amount: owed.local, base }))
  post(fold, draft, n === 1 ? `${fact}/trade` : `${fact}/trade/${n}`, when)
}

/** The settle entries: cash moves (unless it waits for its confirmation), and so do the units, as actions have changed them. */
export function settle(fold: Fold, { fact }: KnownFill, when: When): void {
  for (const leg of [1, 2] as const) {
    const draft = new Draft()
    draft.settles = true
    const group = fold.claims.filter((claim) => claim.group === `${fact}#${leg}`)
    const moving = group.filter((claim) => claim.account === 2200 || !waits(fold, claim.cashAccount!, when.date))
    settleClaims(fold, draft, moving, when.date)
    for (const lot of fold.lots) {
      const mine = lot.waiting.filter((waiting) => waiting.fact === fact && waiting.leg === leg)
      for (const { units, cost, base } of mine) {
        const there = { units, local: cost, base }
        const away = { units: units.negated(), local: cost.negated(), base: negBase(base) }
        draft.add({ ...dimensionsOf(lot), state: 'unsettled', ...away })
        draft.add({ ...dimensionsOf(lot), state: 'settled', ...there })
      }
      lot.waiting = lot.waiting.filter((waiting) => !mine.includes(waiting))
    }
    post(fold, draft, leg === 1 ? `${fact}/settle` : `${fact}/settle/${leg}`, when)
  }
}
