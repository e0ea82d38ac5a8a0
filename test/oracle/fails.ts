// Fills of whose settlement something was said: which units settle when, and what their entries move.
import { Decimal, decimal, type Decimal as Amount, money, negBase, ZERO } from './arithmetic.ts'
import { laterOf } from './days.ts'
import { type Claim, compare, type Fold, post, waits } from './fold.ts'
import { Draft, type When } from './journal.ts'
import { type KnownFact, type KnownFill, must } from './knowledge.ts'
import { dimensionsOf } from './lots.ts'
import { moveUpTo, reopen } from './receivables.ts'
import type { SettlementNote } from './shapes.ts'

/** Cumulated units, and the day on which the last of them settle; null: never, as far as is known. */
export interface Part {
  readonly on: string | null
  readonly upTo: Amount
}
export interface Plan {
  readonly dueOn: string
  readonly failsOn: string | null
  readonly onTime: Amount
  readonly parts: readonly Part[]
  readonly confirmed: readonly Part[]
}

export function planOf(fold: Fold, { fact, fill }: KnownFill): Plan | null {
  const notes = [...fold.known.facts.values()].flatMap(({ gone, is, root }: KnownFact) => {
    if (gone) return []
    if (is.type === 'SettlementFailed' && is.failed.fill === fact) return [{ failed: true, root, ...is.failed }]
    if (is.type === 'SettlementConfirmed' && is.settled.fill === fact) return [{ failed: false, root, ...is.settled }]
    return []
  })
  if (notes.length === 0) return null
  notes.sort((a, b) => compare(a.date, b.date) || compare(a.root, b.root))
  const { date } = fill.settlement
  const dueOn = laterOf(date, fill.tradeDate)
  const all = decimal(fill.quantity)
  const pile = (list: readonly SettlementNote[], from: Amount): Part[] => {
    let upTo = from
    return list.flatMap(({ date: day, units }) => {
      const next = units === undefined ? all : Decimal.min(all, upTo.plus(units))
      if (next.equals(upTo)) return []
      upTo = next
      return [{ on: laterOf(day, dueOn), upTo }]
    })
  }
  const confirmations = notes.filter(({ failed }) => !failed)
  const confirmed = pile(confirmations, ZERO)
  const fail = notes.filter(({ failed }) => failed).at(-1)
  if (fail === undefined) return { dueOn, failsOn: null, onTime: all, parts: [], confirmed }
  const before =
    pile(
      confirmations.filter((each) => each.date < fail.date),
      ZERO,
    ).at(-1)?.upTo ?? ZERO
  const failed = fail.units === undefined ? all.minus(before) : Decimal.min(all, fail.units)
  const onTime = all.minus(failed)
  const parts: Part[] = [
    ...(onTime.isZero() ? [] : [{ on: dueOn, upTo: onTime }]),
    ...pile(
      confirmations.filter((each) => each.date >= fail.date),
      onTime,
    ),
  ]
  if ((parts.at(-1)?.upTo ?? ZERO).lt(all)) parts.push({ on: null, upTo: all })
  return { dueOn, failsOn: !failed.isZero() && fail.date > dueOn ? fail.date : null, onTime, parts, confirmed }
}

/** Days on which something besides the due date happens. */
export const confirmDays = ({ parts, confirmed, onTime }: Plan): string[] => [
  ...new Set([...parts.filter(({ upTo }) => upTo.gt(onTime)), ...confirmed].flatMap(({ on }) => on ?? [])),
]

const shareOf = (amount: Amount, units: Amount, all: Amount, currency: string): Amount =>
  units.equals(all) ? amount : money(amount.times(units).dividedBy(all), currency)

const claimsOf = (fold: Fold, fact: string, leg: number): Claim[] =>
  fold.claims.filter((claim) => claim.group === `${fact}#${leg}`)

const onDate = (fold: Fold, plan: Plan) => (claim: Claim) =>
  claim.account !== 1200 || !waits(fold, must(claim.cashAccount), plan.dueOn)

export function settleOnTime(fold: Fold, { fact, fill }: KnownFill, plan: Plan, when: When): void {
  const all = decimal(fill.quantity)
  const moving = plan.parts.length === 0 || plan.failsOn !== null ? all : plan.onTime
  for (const leg of [1, 2] as const) {
    const draft = new Draft()
    draft.settles = true
    const claims = claimsOf(fold, fact, leg).filter(onDate(fold, plan))
    moveUpTo(fold, draft, claims, (claim) => shareOf(claim.amount, moving, all, claim.currency!), when.date)
    moveUnits(fold, draft, fact, leg, ({ on, upTo }) => on === plan.dueOn && upTo.lte(plan.onTime))
    post(fold, draft, leg === 1 ? `${fact}/settle` : `${fact}/settle/${leg}`, when)
  }
}

export function moveBack(fold: Fold, { fact, fill }: KnownFill, plan: Plan, when: When): void {
  for (const leg of [1, 2] as const) {
    const draft = new Draft()
    const claims = claimsOf(fold, fact, leg).filter(onDate(fold, plan))
    const kept = (claim: Claim) => shareOf(claim.amount, plan.onTime, decimal(fill.quantity), claim.currency!)
    reopen(fold, draft, claims, kept, when.date)
    post(fold, draft, leg === 1 ? `${fact}/fail` : `${fact}/fail/${leg}`, when)
  }
}

export function settlePart(fold: Fold, { fact, fill }: KnownFill, plan: Plan, when: When): void {
  const all = decimal(fill.quantity)
  const reached = (list: readonly Part[]) =>
    list.filter(({ on }) => on !== null && on <= when.date).at(-1)?.upTo ?? ZERO
  const settled = reached(plan.parts)
  for (const leg of [1, 2] as const) {
    const draft = new Draft()
    draft.settles = true
    const claims = claimsOf(fold, fact, leg)
    const first = claims.filter(({ layer }) => layer === 0)
    moveUnits(fold, draft, fact, leg, ({ on, upTo }) => on === when.date && upTo.gt(plan.onTime))
    if (plan.parts.length > 0 && settled.gt(plan.onTime)) {
      if (plan.failsOn === null)
        moveUpTo(
          fold,
          draft,
          first.filter(onDate(fold, plan)),
          (claim) => shareOf(claim.amount, settled, all, claim.currency!),
          when.date,
        )
      else
        moveUpTo(
          fold,
          draft,
          claims.filter(({ failed }) => failed === true),
          (claim) => shareOf(claim.amount, settled.minus(plan.onTime), all.minus(plan.onTime), claim.currency!),
          when.date,
        )
    }
    const waiting = first.filter((claim) => !onDate(fold, plan)(claim))
    moveUpTo(
      fold,
      draft,
      waiting,
      (claim) => shareOf(claim.amount, reached(plan.confirmed), all, claim.currency!),
      when.date,
    )
    post(fold, draft, `${fact}/settle/${leg === 1 ? '' : '2/'}${when.date}`, when)
  }
}

function moveUnits(fold: Fold, draft: Draft, fact: string, leg: number, meant: (part: Part) => boolean): void {
  for (const lot of fold.lots) {
    const mine = lot.waiting.filter((each) => each.fact === fact && each.leg === leg && each.part && meant(each.part))
    for (const { units, cost, base } of mine) {
      const away = { units: units.negated(), local: cost.negated(), base: negBase(base) }
      draft.add({ ...dimensionsOf(lot), state: 'unsettled', ...away })
      draft.add({ ...dimensionsOf(lot), state: 'settled', units, local: cost, base })
    }
    lot.waiting = lot.waiting.filter((each) => !mine.includes(each))
  }
}

/** What a trade leaves waiting on a lot, in the parts in which it settles. */
export function inParts(
  fold: Fold,
  plan: Plan | null,
  of: KnownFill,
  amounts: { units: Amount; cost: Amount; base: Amount | null },
  currency: string,
): { part: Part | null; units: Amount; cost: Amount; base: Amount | null }[] {
  if (plan === null || plan.parts.length === 0) {
    const part = plan === null ? null : { on: plan.dueOn, upTo: plan.onTime }
    return [{ ...amounts, part }]
  }
  const { quantityPlaces } = must(fold.known.instruments.get(of.fill.instrument))
  const all = decimal(of.fill.quantity)
  let given = { units: ZERO, cost: ZERO, base: ZERO as Amount | null }
  return plan.parts.map((part) => {
    const last = part.upTo.equals(all)
    const cut = (amount: Amount, round: (exact: Amount) => Amount) =>
      last ? amount : round(amount.times(part.upTo).dividedBy(all))
    const upTo = {
      units: cut(amounts.units, (exact) => exact.toDecimalPlaces(quantityPlaces, Decimal.ROUND_HALF_EVEN)),
      cost: cut(amounts.cost, (exact) => money(exact, currency)),
      base: amounts.base && cut(amounts.base, (exact) => money(exact, fold.functional)),
    }
    const piece = {
      part,
      units: upTo.units.minus(given.units),
      cost: upTo.cost.minus(given.cost),
      base: upTo.base === null || given.base === null ? null : upTo.base.minus(given.base),
    }
    given = upTo
    return piece
  })
}
