// The tax events of an owner: the lot changes of each book, whose they are, and all of them in one order.
import { dateOf } from '../../book/day.ts'
import type { LotChange } from '../../book/lot-change.ts'
import { type Decimal, decimal } from '../../kernel/decimal.ts'
import type { Holder } from './owners.ts'
import type { TaxEvent } from './tax-event.ts'

/** What one book says of its lots, and whose the portfolio is on a date (null: nobody's that is known). */
export interface TaxSource {
  readonly portfolio: string
  readonly changes: readonly LotChange[]
  readonly holderOn: (date: string) => Holder | null
}

const NOBODY: Holder = { owner: '', taxStatus: 'taxable' }

/** All events of some portfolios through a date, in the order of the book: date, phase, instant, then portfolios as they are given. */
export function taxEventsOf(sources: readonly TaxSource[], through: string): TaxEvent[] {
  const found: { readonly change: LotChange; readonly source: TaxSource }[] = []
  for (const source of sources) for (const change of source.changes) found.push({ change, source })
  // Each book gives its changes in its own order, which a stable sort keeps among equals.
  found.sort(
    ({ change: a }, { change: b }) =>
      a.day - b.day ||
      a.phase - b.phase ||
      (a.phase === 4 && a.micros !== b.micros ? (a.micros < b.micros ? -1 : 1) : 0),
  )
  const events: TaxEvent[] = []
  for (const { change, source } of found) {
    const date = dateOf(change.day)
    if (date > through) break
    events.push(eventOf(change, source, date, events.length))
  }
  return events
}

function eventOf(change: LotChange, { portfolio, holderOn }: TaxSource, date: string, order: number): TaxEvent {
  const { owner, taxStatus } = holderOn(date) ?? NOBODY
  const { entry, fact, sleeve, account, instrument } = change
  const common = { fact, owner, taxStatus, portfolio, sleeve, account, instrument, date, order }
  if (change.kind === 'income') {
    const { income, lot, short, units, gross, withheld, reclaimable, acquired } = change
    const acquiredOn = acquired === null ? null : dateOf(acquired)
    const id = `${entry}/${lot ?? ''}/income`
    return { id, kind: 'income', ...common, income, lot, short, units, gross, withheld, reclaimable, acquiredOn }
  }
  if (change.kind === 'mark') return { id: `${entry}/mark`, kind: 'mark', ...common, amount: change.amount }
  const { lot, short } = change
  const acquiredOn = dateOf(change.acquired)
  const id = `${entry}/${lot}`
  switch (change.kind) {
    case 'opened': {
      const { how, units, cost, wash } = change
      const carried =
        wash === null
          ? null
          : {
              disallowed: decimal(wash.disallowed ?? '0'),
              holdingFrom: wash.holdingFrom ?? null,
              replaced: wash.replaced ?? false,
            }
      const of = { how, units, cost, acquiredOn, wash: carried }
      return { id, kind: 'acquire', ...common, lot, short, ...of, ...ofFill(change) }
    }
    case 'relieved': {
      const { how, units, rule, cost: booked, gain } = change
      const [proceeds, cost] = short ? [booked, less(booked, gain)] : [plus(booked, gain), booked]
      const of = { how, units, proceeds, cost, acquiredOn, rule, ...ofFill(change) }
      return { id, kind: 'dispose', ...common, lot, short, ...of }
    }
    case 'restated': {
      const { to, toInstrument, replaces, unitsBefore, unitsAfter, costBefore, cost } = change
      const of = { to, toInstrument, replaces, unitsBefore, unitsAfter, costBefore, cost }
      return { id: `${id}>${to}`, kind: 'restate', ...common, lot, short, ...of, acquiredOn: dateOf(change.toAcquired) }
    }
    case 'cost': {
      const { amount, gain, units } = change
      return { id: `${id}/cost`, kind: 'capital', ...common, lot, short, amount, gain, units, acquiredOn }
    }
    case 'moved': {
      const { direction, units, cost } = change
      return { id: `${id}/${direction}`, kind: 'move', ...common, lot, short, direction, units, cost, acquiredOn }
    }
  }
}

function ofFill({ order, settles, money }: Extract<LotChange, { kind: 'opened' | 'relieved' }>) {
  return { orderId: order, money, settlesOn: settles === null ? null : dateOf(settles) }
}

function plus(a: Decimal | null, b: Decimal | null): Decimal | null {
  return a === null || b === null ? null : a.plus(b)
}

function less(a: Decimal | null, b: Decimal | null): Decimal | null {
  return a === null || b === null ? null : a.minus(b)
}
