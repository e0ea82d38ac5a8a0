// Opening balances: cash and lots that arrive with their history, against 3100, settled (docs/book.md, "Transfers, openings").
import { type Int, negInt, parseScaled } from '../kernel/scaled.ts'
import type { OpeningTerms } from '../portfolio/facts.ts'
import { amountOf, opposite } from './amounts.ts'
import { arriveInKind } from './arrival.ts'
import { dayOf, NO_DAY, NO_INSTANT } from './day.ts'
import type { Desk } from './desk.ts'
import { ENTRY, type Entry, EntryChain, type Origin } from './entry.ts'
import { FLAG, NO_ACQUIRED, NO_LOT } from './lines.ts'
import type { Partition } from './partition.ts'
import { convert } from './rates.ts'
import { rule } from './rules.ts'
import type { Step } from './step.ts'

const OPENING = rule('opening')

export type DeclaredLots = OpeningTerms['lots']

/** The declared lots of one instrument. */
export class OpeningStep implements Step {
  readonly kind = 'opening'
  readonly id: string
  readonly cause: string
  readonly date: number
  readonly phase = 0
  readonly sequence = 1
  readonly micros = NO_INSTANT
  readonly rank = 0
  readonly root: number
  readonly index: number
  readonly instrument: string
  readonly lots: DeclaredLots
  mark = 0
  entries: Entry | null = null
  settles: Entry | null = null

  constructor(fact: string, cause: string, root: number, index: number, terms: OpeningTerms, instrument: string) {
    this.id = fact
    this.cause = cause
    this.root = root
    this.index = index
    this.date = dayOf(terms.date)
    this.instrument = instrument
    this.lots = terms.lots.filter((lot) => lot.instrument === instrument)
  }

  /** Days besides its own on which it asks for rates. */
  get rateDays(): readonly number[] {
    return this.lots.map((lot) => dayOf(lot.acquiredOn))
  }
}

/** Posts the declared lots of one instrument, each as an entry of its own: a rate that one lacks says nothing of the others. */
export function postOpening(desk: Desk, partition: Partition, step: OpeningStep): Entry | null {
  const chain = new EntryChain()
  for (const declared of step.lots) {
    const { instrument, currency, sleeve, custodyAccount } = declared
    const units = parseScaled(declared.units, desk.unitPlaces(instrument))
    desk.lines.begin()
    arriveInKind(desk, partition, step, {
      name: desk.lotNames.id(`${step.id}:${declared.lot}`),
      sleeve,
      custodyAccount,
      instrument,
      short: units < 0,
      units: units < 0 ? negInt(units) : units,
      currency,
      cost: amountOf(declared.cost, desk.places(currency)),
      baseCost: declaredBase(desk, currency, declared.baseCost),
      acquired: dayOf(declared.acquiredOn),
      against: 3100,
      marketValue: null,
      rule: OPENING,
    })
    chain.add(desk.finish(ENTRY.opening, step, step.date, 0, NO_DAY, `lot/${declared.lot}`))
  }
  return chain.first
}

/** A declared base cost is in the portfolio's base currency: it says nothing of a book in another one, nor of that currency's own cash. */
function declaredBase(desk: Desk, currency: string, baseCost: string | undefined): Int | null {
  if (baseCost === undefined || desk.functional !== desk.opened.baseCurrency || currency === desk.functional)
    return null
  return amountOf(baseCost, desk.places(desk.functional))
}

/** The cash of an opening: it has no place among the facts of an instrument. */
export class OpeningCash implements Origin {
  readonly kind = 'opening-cash'
  readonly id: string
  readonly cause: string
  readonly root: number
  readonly index: number
  readonly micros = NO_INSTANT
  readonly date: number
  readonly cash: OpeningTerms['cash']
  entries: Entry | null = null

  constructor(fact: string, cause: string, root: number, index: number, terms: OpeningTerms) {
    this.id = fact
    this.cause = cause
    this.root = root
    this.index = index
    this.date = dayOf(terms.date)
    this.cash = terms.cash
  }

  get days(): readonly number[] {
    return [this.date]
  }
}

export function postOpeningCash(desk: Desk, fact: OpeningCash): Entry | null {
  const { lines } = desk
  const chain = new EntryChain()
  for (const [i, { cashAccount, sleeve, currency, amount, baseCost }] of fact.cash.entries()) {
    const local = amountOf(amount, desk.places(currency))
    const rate = desk.rates.on(desk.currencies.id(currency), fact.date, desk.policies.on(fact.date).series)
    const declared = declaredBase(desk, currency, baseCost)
    const base = declared ?? convert(rate, local)
    const flags = declared === null && rate.carried ? FLAG.carried : 0
    if (local === 0 && base === 0) continue
    lines.begin()
    lines.add(desk.cashLine(cashAccount, currency, sleeve), NO_LOT, NO_ACQUIRED, 0, local, base, OPENING, flags)
    lines.add(
      desk.sleeveLine(3100, currency, sleeve),
      NO_LOT,
      NO_ACQUIRED,
      0,
      negInt(local),
      opposite(base),
      OPENING,
      flags,
    )
    chain.add(desk.entry(ENTRY.opening, fact, fact.date, 0, NO_DAY, `cash/${i + 1}`))
  }
  return chain.first
}
