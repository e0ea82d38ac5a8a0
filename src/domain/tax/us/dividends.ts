// Which dividends are qualified: units held for more than 60 days of the 121 around the ex-date, lot by lot, part by part.
import { dateOf, dayOf } from '../../book/day.ts'
import { type Decimal, decimal, divide, ZERO } from '../../kernel/decimal.ts'
import { least, Sharer } from '../core/cents.ts'
import type { TaxIncome } from '../core/regime.ts'
import type { Income } from '../core/tax-event.ts'
import { CENTS, UNIT_PLACES } from './parcels.ts'

/** The window reaches so many days before and after the ex-date; more than so many days of it must be held. */
const REACH_DAYS = 60

const ONE = decimal('1')

interface Part {
  readonly units: Decimal
  readonly qualified: boolean
  readonly provisional: boolean
}

interface Open {
  readonly event: Income
  readonly exDay: number
  /** First day that counts: the day after acquisition, or the window's first. */
  readonly from: number
  /** Units as they were on the ex-date, not yet decided. */
  left: Decimal
  /** A unit of the ex-date is now so many: `now` for each `once`. */
  now: Decimal
  once: Decimal
  readonly parts: Part[]
}

export class Dividends {
  readonly #all: Open[] = []
  readonly #byLot = new Map<string, Open[]>()
  readonly #moves = new Map<string, { readonly from?: string; readonly to?: string }>()

  paid(event: Income, lot: string): void {
    const exDay = dayOf(event.date)
    const acquired = event.acquiredOn === null ? exDay : dayOf(event.acquiredOn)
    const { units } = event
    const from = Math.max(acquired + 1, exDay - REACH_DAYS)
    const open: Open = { event, exDay, from, left: units, now: units, once: units, parts: [] }
    this.#all.push(open)
    this.#byLot.set(lot, [...this.#ofLot(lot, exDay), open])
  }

  sold(lot: string, units: Decimal, day: number): void {
    if (!this.#byLot.has(lot)) return
    const open = this.#ofLot(lot, day)
    this.#byLot.set(lot, open)
    for (const dividend of open) {
      if (dividend.left.isZero() || dividend.now.isZero()) continue
      const { now, once } = dividend
      const sold = now === once ? units : divide(units.times(once), now, UNIT_PLACES, 'half-even')
      const part = least(sold, dividend.left)
      dividend.left = dividend.left.minus(part)
      dividend.parts.push({ units: part, qualified: heldUntil(dividend, day) > REACH_DAYS, provisional: false })
    }
  }

  /** A lot became another one, or moved. */
  became(lot: string, other: string, before: Decimal, after: Decimal): void {
    const open = this.#byLot.get(lot)
    if (open === undefined) return
    this.#byLot.delete(lot)
    for (const dividend of open) {
      dividend.once = dividend.once.times(before)
      dividend.now = dividend.now.times(after)
    }
    this.#byLot.set(other, [...(this.#byLot.get(other) ?? []), ...open])
  }

  /** A lot left for another account of the view; `arrived` says where it is, before or after. */
  left(transfer: string, lot: string, key: string): void {
    this.#moved(`${transfer}|${lot}`, { from: key })
  }

  arrived(transfer: string, lot: string, key: string): void {
    this.#moved(`${transfer}|${lot}`, { to: key })
  }

  #moved(move: string, end: { readonly from?: string; readonly to?: string }): void {
    const ends = { ...this.#moves.get(move), ...end }
    this.#moves.set(move, ends)
    if (ends.from !== undefined && ends.to !== undefined) this.became(ends.from, ends.to, ONE, ONE)
  }

  /** Every dividend with its class, in parts where units of one lot were held differently. */
  rows(horizon: number, taxYearOf: (date: string) => string): TaxIncome[] {
    return this.#all.flatMap((open) => {
      if (open.left.greaterThan(ZERO)) open.parts.push(remaining(open, horizon))
      return rowsOf(open, taxYearOf(open.event.date))
    })
  }

  /** Dividends of a lot whose window is not over. */
  #ofLot(lot: string, day: number): Open[] {
    return (this.#byLot.get(lot) ?? []).filter(({ exDay }) => exDay + REACH_DAYS >= day)
  }
}

/** Days held through a day, its own included, within the window. */
function heldUntil({ from, exDay }: Open, day: number): number {
  return Math.min(day, exDay + REACH_DAYS) - from + 1
}

function remaining(open: Open, horizon: number): Part {
  const units = open.left
  const decided = heldUntil(open, horizon) > REACH_DAYS
  const possible = heldUntil(open, open.exDay + REACH_DAYS) > REACH_DAYS
  return { units, qualified: possible, provisional: possible && !decided }
}

function rowsOf({ event, parts, exDay, from }: Open, taxYear: string): TaxIncome[] {
  const gross = new Sharer(event.gross, event.units, CENTS)
  const withheld = new Sharer(event.withheld, event.units, CENTS)
  const rows: TaxIncome[] = []
  for (const [qualified, provisional] of [
    [true, false],
    [true, true],
    [false, false],
  ] as const) {
    const units = parts
      .filter((part) => part.qualified === qualified && part.provisional === provisional)
      .reduce((sum, part) => sum.plus(part.units), ZERO)
    if (units.isZero()) continue
    rows.push({
      id: rows.length === 0 ? event.id : `${event.id}#${rows.length + 1}`,
      fact: event.fact,
      portfolio: event.portfolio,
      instrument: event.instrument,
      lot: event.lot,
      date: event.date,
      units,
      gross: gross.next(units),
      withheld: withheld.next(units),
      class: qualified ? 'qualified-dividend' : 'ordinary-dividend',
      provisional,
      decidedOn: provisional ? dateOf(Math.min(from, exDay) + REACH_DAYS) : null,
      rules: ['held-61-of-121-days'],
      taxYear,
    })
  }
  return rows
}
