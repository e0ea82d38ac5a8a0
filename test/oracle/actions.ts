// Corporate actions on the ex-date, account by account: which units every leg works on, and what its kind does with them.
import { Decimal, decimal, largestRemainder, sum, ZERO } from './arithmetic.ts'
import { exchange } from './exchange.ts'
import { compare, type Fold, post } from './fold.ts'
import { payIncome, payTax } from './income.ts'
import { Draft, groupBy, type When } from './journal.ts'
import { actionId, type KnownAction, must } from './knowledge.ts'
import { byAge, type Lot } from './lots.ts'
import { type Piece, pieceOf } from './pieces.ts'
import { payIn, recover, remove } from './recovery.ts'
import { settleClaims } from './receivables.ts'
import type { Action, Leg, Option } from './shapes.ts'

/** One leg list on one side of one account. */
export interface Side {
  readonly fold: Fold
  readonly draft: Draft
  readonly action: KnownAction
  /** Names the entry: the account, and the option's number. */
  readonly group: string
  readonly when: When
  readonly legs: readonly Leg[]
  readonly pieces: readonly Piece[]
  readonly short: boolean
}

const allLegs = (terms: Action): readonly Leg[] => [...terms.legs, ...(terms.options ?? []).flatMap(({ legs }) => legs)]
export const takes = (leg: Leg): boolean =>
  leg.kind === 'security' ? leg.replaces : leg.kind === 'removal' || leg.income === 'sale'

/** Place among the actions of one day: as stated, else cash, legs that take units, cash per new unit, detaching legs. */
export function sequenceOf(terms: Action): number {
  if (terms.sequence !== undefined) return terms.sequence
  const legs = allLegs(terms)
  if (legs.some(takes)) return 30
  if (legs.some(({ kind }) => kind === 'security')) return 40
  return terms.rateBasis === 'post' ? 35 : 20
}

/** Redemptions at the open, what was decided by the evening at its end, the rest first of all. */
export function phaseOf({ caev }: Action): number {
  if (['REDM', 'PCAL', 'PRED'].includes(caev)) return 2
  return ['TEND', 'EXOF', 'RHTS', 'WRTH'].includes(caev) ? 6 : 1
}

const rank = (leg: Leg): number => (takes(leg) ? 3 : leg.kind === 'cash' ? 1 : 2)
const inOrder = (legs: readonly Leg[]): Leg[] => [...legs].sort((a, b) => rank(a) - rank(b) || a.leg - b.leg)

export function goEx(fold: Fold, action: KnownAction, when: When): void {
  const held = fold.lots.filter((lot) => lot.instrument === action.instrument)
  const accounts = [...groupBy(held, (lot) => lot.custodyAccount)].sort(([a], [b]) => compare(a, b))
  for (const [account, lots] of accounts) {
    const sides = (['long', 'short'] as const).map((side) => {
      const mine = lots.filter((lot) => lot.side === side).sort(byAge)
      const open = mine.filter((lot) => !lot.now.units.isZero())
      return { short: side === 'short', mine, open, taken: takenBy(fold, action, account, open, side === 'short') }
    })
    const run = (legs: readonly Leg[], group: string, option: number | null) => {
      const draft = new Draft()
      for (const { short, mine, open, taken } of sides) {
        const chosen = option === null ? open.map((lot) => lot.now.units.abs()) : (taken.get(option) ?? [])
        const pieces = open.flatMap((lot, at) => (chosen[at]?.gt(0) ? [pieceOf(fold, lot, chosen[at])] : []))
        const side: Side = { fold, draft, action, group, when, legs, pieces, short }
        for (const leg of inOrder(legs)) apply(side, leg, option === null ? mine : [])
      }
      post(fold, draft, `${actionId(action)}/${group}/ex`, when)
    }
    run(action.terms.legs, account, null)
    for (const { option, legs } of action.terms.options ?? []) run(legs, `${account}/${option}`, option)
  }
}

function apply(side: Side, leg: Leg, all: readonly Lot[]): void {
  if (leg.kind === 'security') exchange({ ...side, leg }, all)
  else if (leg.kind === 'removal') remove(side, leg)
  else if (side.pieces.length === 0) return
  else if (leg.income === 'call' || leg.notional) payIn(side, leg)
  else if (leg.income === 'tax' || leg.income === 'reclaim') payTax(side, leg)
  else if (leg.income === 'dividend' || leg.income === 'interest' || leg.income === 'other') payIncome(side, leg)
  else recover(side, leg)
}

/** Units of each lot by option: what was elected, up to what is held; the rest goes to the default. */
function takenBy(
  fold: Fold,
  action: KnownAction,
  account: string,
  open: readonly Lot[],
  short: boolean,
): Map<number, Decimal[]> {
  const { terms, instrument } = action
  const options = terms.options ?? []
  const places = must(fold.known.instruments.get(instrument)).quantityPlaces
  const held = open.map((lot) => lot.now.units.abs())
  const wanted = new Map<number, Decimal>()
  let free = sum(held)
  const elections = [...fold.known.facts.values()]
    .filter(({ gone, is }) => !gone && is.type === 'ElectionMade')
    .sort((a, b) => compare(a.root, b.root))
  for (const { is } of short ? [] : elections) {
    if (is.type !== 'ElectionMade') continue
    const { election } = is
    if (election.instrument !== instrument || election.action !== terms.action) continue
    if (election.custodyAccount !== account || !options.some(({ option }) => option === election.option)) continue
    const units = Decimal.min(free, decimal(election.quantity).toDecimalPlaces(places, Decimal.ROUND_DOWN))
    free = free.minus(units)
    wanted.set(election.option, (wanted.get(election.option) ?? ZERO).plus(units))
  }
  const taken = new Map<number, Decimal[]>()
  let left = held
  for (const { option } of options) {
    const units = wanted.get(option) ?? ZERO
    const chosen = units.isZero() ? held.map(() => ZERO) : largestRemainder(units, left, places)
    left = left.map((rest, at) => rest.minus(chosen[at]!))
    taken.set(option, chosen)
  }
  const fallback = options.find((each) => each.default)
  if (fallback)
    taken.set(
      fallback.option,
      taken.get(fallback.option)!.map((chosen, at) => chosen.plus(left[at]!)),
    )
  for (const each of options) taken.set(each.option, accepted(each, taken.get(each.option)!, held, places))
  return taken
}

function accepted(option: Option, chosen: Decimal[], held: readonly Decimal[], places: number): Decimal[] {
  const all = sum(chosen)
  if (option.proration === undefined || all.isZero()) return chosen
  const odd = option.oddLotBelow !== undefined && all.equals(sum(held)) && all.lt(option.oddLotBelow)
  if (odd) return chosen
  const units = all.times(option.proration).toDecimalPlaces(places, Decimal.ROUND_DOWN)
  return units.isZero() ? chosen.map(() => ZERO) : largestRemainder(units, chosen, places)
}

export function pay(fold: Fold, action: KnownAction, when: When, waits: (cashAccount: string) => boolean): void {
  const paid = (account: number, cashAccount: string) =>
    account === 2200 || account === 2300 || ((account === 1300 || account === 1330) && !waits(cashAccount))
  const claims = fold.claims.filter(
    (claim) => claim.ref === actionId(action) && paid(claim.account, claim.cashAccount!),
  )
  for (const [group, moving] of groupBy(claims, (claim) => claim.group)) {
    const draft = new Draft()
    settleClaims(fold, draft, moving, when.date)
    post(fold, draft, `${group}/pay`, when)
  }
}
