// Corporate actions on the ex-date, account by account: cash legs and their withholding, splits, spin-offs, fractions.
import { cut, Decimal, decimal, largestRemainder, money, placesOf, sum, ZERO } from './arithmetic.ts'
import { type Fold, post, rateOn } from './fold.ts'
import { gainLines } from './gains.ts'
import { Draft, groupBy, type When } from './journal.ts'
import { type KnownAction, must } from './knowledge.ts'
import {
  type Amounts,
  byAge,
  dimensionsOf,
  type Lot,
  minus,
  putIn,
  rebase,
  settledOf,
  type Waiting,
  waitingOf,
} from './lots.ts'
import { convert } from './rates.ts'
import { settleClaims } from './receivables.ts'
import type { Action, CashLeg, SecurityLeg } from './shapes.ts'

export const actionId = ({ instrument, terms }: KnownAction): string => `ca:${instrument}:${terms.action}`

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
  for (const [account, lots] of groupBy(held, (lot) => lot.custodyAccount)) {
    const draft = new Draft()
    const legs = [...action.terms.legs].sort((a, b) => rank(a) - rank(b) || a.leg - b.leg)
    for (const side of ['long', 'short'] as const) {
      // A replacing leg is the last of its action, so every leg sees the lots as they were before the action.
      const mine = lots.filter((lot) => lot.side === side).sort(byAge)
      for (const leg of legs) {
        if (leg.kind === 'cash') payOut(fold, draft, action, account, leg, mine, when)
        else exchange(fold, draft, action, account, leg, mine, when)
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
      (claim.account === 2300 || claim.account === 1330 || (claim.account === 1300 && !waits(claim.cashAccount!))),
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
  const inFunctional = (amount: Decimal) => ({ local: amount, base: convert(amount, rate, fold.functional) })
  const gross = money(sum(weights).times(leg.perUnit), currency)
  const grossOf = spread(gross)
  if (lots[0]!.side === 'short') {
    lots.forEach((lot, at) => {
      const from = { sleeve: lot.sleeve, instrument: lot.instrument, lot: lot.id, currency }
      const owed = inFunctional(grossOf[at]!.negated())
      draft.add({ ...from, account: 5300, ...inFunctional(grossOf[at]!) })
      claim(fold, draft, action, account, {
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
    draft.lines.push(...own.lines)
    const reclaim = inFunctional(reclaimOf[at]!)
    own.add({ ...from, account: 1320, ...reclaim })
    claim(fold, draft, action, account, { ...from, account: 1320, cashAccount, ...reclaim })
    const local = grossOf[at]!.minus(finalOf[at]!).minus(reclaimOf[at]!)
    claim(fold, draft, action, account, { ...from, account: 1300, cashAccount, local, base: own.residual(lot.sleeve) })
  })
}

interface Claimed {
  sleeve: string
  account: number
  cashAccount: string
  instrument: string | null
  lot: string | null
  currency: string
  local: Decimal
  base: Decimal | null
}
function claim(fold: Fold, draft: Draft, action: KnownAction, account: string, claimed: Claimed): void {
  draft.add(claimed)
  fold.claims.push({
    ...claimed,
    custodyAccount: null,
    state: null,
    ref: actionId(action),
    group: `${actionId(action)}/${account}`,
    open: claimed.local,
    openBase: claimed.base,
    unconfirmed: ZERO,
  })
}

/** New units of the account: exact, and as the instrument's places and the terms' convention allow. */
function unitsOf(
  leg: SecurityLeg,
  held: Decimal,
  places: number,
): { exact: Decimal; whole: Decimal; paysFraction: boolean } {
  const exact = held.times(leg.ratio.numerator).dividedBy(leg.ratio.denominator)
  const rounding =
    leg.fractions === 'up' ? Decimal.ROUND_UP : leg.fractions === 'half-up' ? Decimal.ROUND_HALF_UP : Decimal.ROUND_DOWN
  const whole = exact.toDecimalPlaces(places, rounding)
  return {
    exact,
    whole,
    paysFraction: leg.fractions === 'cash-in-lieu' && leg.cashInLieu !== undefined && whole.lt(exact),
  }
}

/** A security leg over one account and side: what every lot gives up, gets, and what is paid out for the fraction. */
function exchange(
  fold: Fold,
  draft: Draft,
  action: KnownAction,
  account: string,
  leg: SecurityLeg,
  all: readonly Lot[],
  when: When,
): void {
  // A lot without units that still waits for settlement moves both its states.
  const lots = all.filter((lot) => !lot.now.units.isZero() || lot.waiting.length > 0)
  const weights = lots.map((lot) => lot.now.units.abs())
  const held = sum(weights)
  const { quantityPlaces } = must(fold.known.instruments.get(leg.instrument))
  const { exact, whole, paysFraction } = unitsOf(leg, held, quantityPlaces)
  const newUnits = held.isZero() ? weights : largestRemainder(whole, weights, quantityPlaces)
  const fraction = paysFraction ? exact.minus(whole) : ZERO
  const paid = paysFraction
    ? largestRemainder(
        money(fraction.times(leg.cashInLieu!.price), leg.cashInLieu!.currency),
        weights,
        placesOf(leg.cashInLieu!.currency),
      )
    : weights.map(() => ZERO)
  const fractionOf = (amount: Decimal | null, currency: string) =>
    amount && (paysFraction ? money(amount.times(fraction).dividedBy(exact), currency) : ZERO)
  const proceeds: Proceeds[] = []
  lots.forEach((lot, at) => {
    const sign = lot.side === 'long' ? 1 : -1
    const part = partOf(fold, lot, leg)
    const got = newUnits[at]!.times(sign)
    const lost: Amounts = {
      units: ZERO,
      cost: fractionOf(part.cost, lot.currency)!,
      base: fractionOf(part.base, fold.functional),
    }
    const remains = minus(part, lost)
    const empty = got.isZero() && !lot.now.units.isZero()
    // Of a lot that gets no units, a spin-off takes no cost; a replacing leg realises what is left of it.
    const kept: Amounts = empty ? { units: ZERO, cost: ZERO, base: ZERO } : { ...remains, units: got }
    const realised = empty && leg.replaces ? part : lost
    transform(fold, draft, action, leg, lot, kept, realised, when)
    const amount = paid[at]!.times(sign)
    if (!realised.cost.isZero() || !realised.base?.isZero() || !amount.isZero())
      proceeds.push({ lot, realised, amount })
  })
  payFractions(fold, draft, action, account, leg, proceeds, when)
}

/** The part of a lot's cost that the leg takes: all of it, or its basis share (none while the issuer has not published it). */
function partOf(fold: Fold, lot: Lot, leg: SecurityLeg): Amounts {
  if (leg.replaces) return lot.now
  const share = shareOf(leg)
  return {
    units: ZERO,
    cost: money(lot.now.cost.times(share), lot.currency),
    base: lot.now.base && money(lot.now.base.times(share), fold.functional),
  }
}

const shareOf = (leg: SecurityLeg): Decimal =>
  leg.basisShare === undefined || leg.basisShare === 'unknown' ? ZERO : decimal(leg.basisShare)

/** Puts `kept` into the lot's successor or child and leaves it the rest, state by state; `realised` is what neither has. */
function transform(
  fold: Fold,
  draft: Draft,
  action: KnownAction,
  leg: SecurityLeg,
  lot: Lot,
  kept: Amounts,
  realised: Amounts,
  when: When,
): void {
  const { numerator, denominator } = leg.ratio
  const { quantityPlaces } = must(fold.known.instruments.get(leg.instrument))
  const share = leg.replaces ? decimal(1) : shareOf(leg)
  const before = { now: lot.now, waiting: lot.waiting }
  const ratio = (to: Decimal | null, from: Decimal | null, otherwise: Decimal): Decimal | null =>
    to === null || from === null ? null : from.isZero() ? otherwise : to.dividedBy(from)
  const perUnit = ratio(kept.units, before.now.units, decimal(numerator).dividedBy(denominator))!
  const child = scaled(fold, lot, before.waiting, quantityPlaces, {
    units: perUnit,
    cost: ratio(kept.cost, before.now.cost, share)!,
    base: ratio(kept.base, before.now.base, share),
  })
  const left: Amounts = leg.replaces
    ? { units: ZERO, cost: ZERO, base: ZERO }
    : minus(before.now, { units: ZERO, cost: kept.cost.plus(realised.cost), base: plusBase(kept.base, realised.base) })
  const stays = decimal(1).minus(share)
  const parent = leg.replaces
    ? []
    : scaled(fold, lot, before.waiting, null, {
        units: decimal(1),
        cost: ratio(left.cost, before.now.cost, stays)!,
        base: ratio(left.base, before.now.base, stays),
      })
  const was = { unsettled: waitingOf(lot), settled: settledOf(lot) }
  lot.now = left
  lot.waiting = parent
  rebase(lot)
  const is = { unsettled: waitingOf(lot), settled: settledOf(lot) }
  for (const state of ['unsettled', 'settled'] as const) {
    const { units, cost: local, base } = minus(is[state], was[state])
    draft.add({ ...dimensionsOf(lot), state, units, local, base })
  }
  if (leg.replaces) fold.lots = fold.lots.filter((other) => other !== lot)
  if (kept.units.isZero() && !before.now.units.isZero()) return
  const acquiredOn = leg.holdingPeriod === 'restart' ? when.date : lot.acquiredOn
  const coming = {
    id: `${lot.id}/${action.terms.action}/${leg.leg}`,
    sleeve: lot.sleeve,
    custodyAccount: lot.custodyAccount,
    instrument: leg.instrument,
    side: lot.side,
    currency: lot.currency,
    acquiredOn,
    born: lot.born,
    now: kept,
    waiting: child,
  }
  const arrived = { unsettled: waitingOf({ ...lot, waiting: child }), settled: ZERO_AMOUNTS }
  arrived.settled = minus(kept, arrived.unsettled)
  const held = putIn(fold, coming, when.date)
  for (const state of ['unsettled', 'settled'] as const) {
    const { units, cost: local, base } = arrived[state]
    draft.add({ ...dimensionsOf(held), state, units, local, base })
  }
}

const ZERO_AMOUNTS: Amounts = { units: ZERO, cost: ZERO, base: ZERO }
const plusBase = (a: Decimal | null, b: Decimal | null) => (a === null || b === null ? null : a.plus(b))

/** What waits for settlement, scaled movement by movement, cumulated: units cut, amounts rounded. */
function scaled(
  fold: Fold,
  lot: Lot,
  waiting: readonly Waiting[],
  places: number | null,
  by: { units: Decimal; cost: Decimal; base: Decimal | null },
): Waiting[] {
  let all: Amounts = ZERO_AMOUNTS
  let given: Amounts = ZERO_AMOUNTS
  return waiting.map((movement) => {
    all = {
      units: all.units.plus(movement.units),
      cost: all.cost.plus(movement.cost),
      base: plusBase(all.base, movement.base),
    }
    const units = all.units.times(by.units)
    const upToHere: Amounts = {
      units: places === null ? units : cut(units, places),
      cost: money(all.cost.times(by.cost), lot.currency),
      base: by.base && all.base && money(all.base.times(by.base), fold.functional),
    }
    const own = minus(upToHere, given)
    given = upToHere
    return { ...movement, ...own }
  })
}

interface Proceeds {
  readonly lot: Lot
  readonly realised: Amounts
  readonly amount: Decimal
}

/** The fraction's money: gains per lot, one receivable (or payable of a short) per sleeve, which takes the residual. */
function payFractions(
  fold: Fold,
  draft: Draft,
  action: KnownAction,
  account: string,
  leg: SecurityLeg,
  proceeds: readonly Proceeds[],
  when: When,
): void {
  for (const [sleeve, mine] of groupBy(proceeds, ({ lot }) => lot.sleeve)) {
    const gains = new Draft()
    let base: Decimal | null = ZERO
    for (const { lot, realised, amount } of mine) {
      const currency = leg.cashInLieu?.currency ?? lot.currency
      const rate = rateOn(fold, currency, when.date)
      gainLines(fold, gains, sleeve, lot, realised, { amount, currency, rate })
      base = plusBase(base, realised.base)
    }
    draft.lines.push(...gains.lines)
    const local = sum(mine.map(({ amount }) => amount))
    if (local.isZero()) continue
    const { marginAccount, cashAccount } = fold.opened.defaults
    const fromGains = gains.residual(sleeve)
    claim(fold, draft, action, account, {
      sleeve,
      account: 1330,
      cashAccount: mine[0]!.lot.side === 'short' ? marginAccount : cashAccount,
      instrument: null,
      lot: null,
      currency: leg.cashInLieu!.currency,
      local,
      base: fromGains && base && fromGains.plus(base),
    })
  }
}
