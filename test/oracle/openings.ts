// What arrives or leaves in kind: opening balances, and transfers between portfolios.
import { cumulated, type Decimal, decimal, money, negBase } from './arithmetic.ts'
import { cashAccountNumber, type Fold, inBase, post, rateOn } from './fold.ts'
import { gainLines } from './gains.ts'
import { Draft, type When } from './journal.ts'
import type { KnownTransfer } from './knowledge.ts'
import { type Amounts, chosenAmong, dimensionsOf, type Lot, putIn, relieve } from './lots.ts'
import { convert } from './rates.ts'
import type { MovedLot, Opening, Transfer } from './shapes.ts'

/** Each declared balance and lot is an entry of its own: a rate that one lacks says nothing about the others. */
export function open(fold: Fold, fact: string, opening: Opening, when: When): void {
  opening.cash.forEach(({ sleeve, cashAccount, currency, amount, baseCost }, at) => {
    const draft = new Draft()
    const local = decimal(amount)
    const rate = rateOn(fold, currency, opening.date)
    const base = given(fold, currency, baseCost) ?? convert(local, rate, fold.functional)
    draft.add({ sleeve, account: cashAccountNumber(fold, cashAccount), cashAccount, currency, local, base })
    draft.add({ sleeve, account: 3100, currency, local: local.negated(), base: negBase(base) })
    post(fold, draft, `${fact}/opening/cash/${at + 1}`, when)
  })
  for (const declared of opening.lots) {
    const draft = new Draft()
    const base = given(fold, declared.currency, declared.baseCost)
    arrive(fold, draft, { ...declared, lot: `${fact}:${declared.lot}` }, declared, {
      against: 3100,
      instrument: declared.instrument,
      date: opening.date,
      base: decimal(declared.units).isNegative() ? negBase(base) : base,
    })
    post(fold, draft, `${fact}/opening/lot/${declared.lot}`, when)
  }
}

/** A base cost somebody declared is in the portfolio's base currency: it says nothing about a book in another one, nor about cash in it. */
function given(fold: Fold, currency: string, baseCost: string | undefined): Decimal | null {
  return baseCost !== undefined && inBase(fold) && currency !== fold.functional ? decimal(baseCost) : null
}

/** Puts a settled lot in at its local cost; base as given, else at the rate of the date it was acquired on. */
function arrive(
  fold: Fold,
  draft: Draft,
  lot: MovedLot,
  place: { sleeve: string; custodyAccount: string },
  how: { against: number; instrument: string; date: string; base: Decimal | null },
): void {
  const units = decimal(lot.units)
  const side = units.isNegative() ? 'short' : 'long'
  const cost = decimal(lot.cost).times(side === 'short' ? -1 : 1)
  const base = how.base ?? convert(cost, rateOn(fold, lot.currency, lot.acquiredOn, how.date), fold.functional)
  const { sleeve, custodyAccount } = place
  const { currency, acquiredOn } = lot
  const coming = { sleeve, custodyAccount, instrument: how.instrument, side, currency, acquiredOn } as const
  const held = putIn(fold, { ...coming, id: lot.lot, now: { units, cost, base }, waiting: [] }, how.date)
  draft.add({ ...dimensionsOf(held), state: 'settled', units, local: cost, base })
  draft.add({ sleeve, account: how.against, currency, local: cost.negated(), base: negBase(base) })
}

/** Each recorded lot's part of the market value: by units, cumulated. */
function values(terms: Transfer, lots: readonly MovedLot[]): Decimal[] {
  const { amount, currency } = terms.marketValue!
  return cumulated(
    decimal(amount),
    lots.map((lot) => decimal(lot.units).abs()),
    currency,
  )
}

/** The giver's side: its own lots at its own cost. Units it does not hold do not move. */
export function giveAway(fold: Fold, { terms }: KnownTransfer, when: When): void {
  const { sleeve } = terms.from!
  const draft = new Draft()
  const changed = terms.ownership === 'changed' ? terms.marketValue! : null
  const shares = changed ? values(terms, terms.lots) : []
  terms.lots.forEach((moved, at) => {
    for (const { lot, units } of givenBy(fold, terms, moved)) {
      const taken = relieve(fold, lot, units)
      const away = { units: taken.units.negated(), local: taken.cost.negated(), base: negBase(taken.base) }
      if (changed === null) {
        draft.add({ ...dimensionsOf(lot), state: 'settled', ...away })
        draft.add({ sleeve, account: 3020, currency: lot.currency, local: taken.cost, base: taken.base })
        continue
      }
      const { currency } = changed
      const whole = shares[at]!.times(lot.side === 'short' ? -1 : 1)
      const amount = money(whole.times(units).dividedBy(decimal(moved.units).abs()), currency)
      const sale = new Draft()
      sale.add({ ...dimensionsOf(lot), state: 'settled', ...away })
      gainLines(fold, sale, sleeve, lot, taken, { amount, currency, rate: rateOn(fold, currency, terms.date) })
      sale.add({ sleeve, account: 3020, currency, local: amount, base: sale.residual(sleeve) })
      draft.take(sale)
    }
  })
  post(fold, draft, `transfer:${terms.transfer}/out`, when)
}

/** Between sleeves or accounts of one portfolio: what really moves keeps its base cost, through 2500. */
export function moveWithin(fold: Fold, { terms }: KnownTransfer, when: When): void {
  const { from, to } = { from: terms.from!, to: terms.to! }
  const out = new Draft()
  const into = new Draft()
  const coming: { lot: Lot; taken: Amounts }[] = []
  for (const moved of terms.lots)
    for (const { lot, units } of givenBy(fold, terms, moved)) {
      const taken = relieve(fold, lot, units)
      const away = { units: taken.units.negated(), local: taken.cost.negated(), base: negBase(taken.base) }
      out.add({ ...dimensionsOf(lot), state: 'settled', ...away })
      out.add({ sleeve: from.sleeve, account: 2500, currency: lot.currency, local: taken.cost, base: taken.base })
      coming.push({ lot, taken })
    }
  for (const { lot, taken } of coming) {
    const { sleeve, custodyAccount } = to
    const held = putIn(fold, { ...lot, sleeve, custodyAccount, now: taken, waiting: [] }, terms.date)
    const { units, cost: local, base } = taken
    into.add({ ...dimensionsOf(held), state: 'settled', units, local, base })
    into.add({ sleeve, account: 2500, currency: lot.currency, local: local.negated(), base: negBase(base) })
  }
  post(fold, out, `transfer:${terms.transfer}/out`, when)
  post(fold, into, `transfer:${terms.transfer}/in`, when)
}

/** The lots of the giver that one recorded lot names, and how much of each goes; less than recorded when it is not there. */
function givenBy(fold: Fold, terms: Transfer, moved: MovedLot): { lot: Lot; units: Decimal }[] {
  const { sleeve, custodyAccount } = terms.from!
  const side = decimal(moved.units).isNegative() ? 'short' : 'long'
  const here = fold.lots.filter(
    (lot) =>
      lot.sleeve === sleeve &&
      lot.custodyAccount === custodyAccount &&
      lot.instrument === terms.instrument &&
      lot.side === side &&
      !lot.now.units.isZero(),
  )
  let left = decimal(moved.units).abs()
  return chosenAmong(here, moved.lot)
    .map((lot) => {
      const held = lot.now.units.abs()
      const units = held.lt(left) ? held : left
      left = left.minus(units)
      return { lot, units }
    })
    .filter(({ units }) => !units.isZero())
}

/** The receiver's side: the recorded lots at their recorded cost, or new lots at market value when the owner changes. */
export function takeIn(fold: Fold, { terms, arriving }: KnownTransfer, when: When): void {
  const draft = new Draft()
  const how = { against: 3020, instrument: terms.instrument, date: terms.date, base: null }
  if (terms.ownership === 'same') for (const lot of arriving) arrive(fold, draft, lot, terms.to!, how)
  else {
    const shares = values(terms, arriving)
    arriving.forEach(({ units }, at) => {
      const lot = `transfer:${terms.transfer}/${at + 1}`
      const { currency } = terms.marketValue!
      const bought = { lot, units, cost: shares[at]!.toFixed(), currency, acquiredOn: terms.date }
      arrive(fold, draft, bought, terms.to!, how)
    })
  }
  post(fold, draft, `transfer:${terms.transfer}/in`, when)
}
