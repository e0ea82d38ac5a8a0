// One pass over the events of an owner and its affiliates under US rules: lines of gain, lots at a date, dividends, marks, flags.
import { dayOf } from '../../book/day.ts'
import { type Decimal, ZERO } from '../../kernel/decimal.ts'
import { Sharer, sum } from '../core/cents.ts'
import type { TaxFlag, TaxIncome, TaxLine, TaxLot, TaxOptions } from '../core/regime.ts'
import type { Acquire, Capital, Dispose, Income, Mark, Move, Restate, TaxEvent } from '../core/tax-event.ts'
import { BoxedShorts } from './boxed-shorts.ts'
import { Dividends } from './dividends.ts'
import { Groups } from './groups.ts'
import { type GainLine, lineOf, lotRows } from './lines.ts'
import { addParcel, CENTS, type Parcel } from './parcels.ts'
import { keyOf, TaxedLots } from './taxed-lots.ts'
import { lossOf, type Sold, type WashConventions, WashSales } from './wash-sales.ts'

export class UsFold {
  readonly lines: TaxLine[] = []
  readonly income: TaxIncome[] = []
  readonly marks: Mark[] = []
  readonly flags: TaxFlag[] = []
  lots: TaxLot[] = []
  readonly #events: readonly TaxEvent[]
  readonly #options: TaxOptions
  readonly #taxYearOf: (date: string) => string
  readonly #lots: TaxedLots
  readonly #groups: Groups
  readonly #wash: WashSales
  readonly #dividends = new Dividends()
  readonly #boxed: BoxedShorts
  readonly #horizon: number

  constructor(events: readonly TaxEvent[], options: TaxOptions, taxYearOf: (date: string) => string) {
    this.#events = events
    this.#options = options
    this.#taxYearOf = taxYearOf
    this.#horizon = dayOf(options.horizon)
    this.#lots = new TaxedLots(events)
    this.#groups = new Groups(events, options.instrument, (move) => !this.#lots.isWithin(move))
    this.#wash = new WashSales(this.#groups, conventionsOf(options), options.owner, options.affiliates)
    this.#boxed = new BoxedShorts(this.flags)
  }

  run(): this {
    const events = this.#events
    const { effectiveAt } = this.#options
    let asked = false
    for (let i = 0; i < events.length; i++) {
      const event = events[i]
      if (event === undefined) break
      if (!asked && event.date > effectiveAt) {
        asked = true
        this.lots = this.#held()
      }
      if (event.kind === 'dispose') i += this.#disposed(i) - 1
      else if (event.kind === 'restate') i += this.#restated(i) - 1
      else this.#other(event)
    }
    if (!asked) this.lots = this.#held()
    this.income.push(...this.#dividends.rows(this.#horizon, this.#taxYearOf))
    return this
  }

  #held(): TaxLot[] {
    return [...this.#lots.all].flatMap((lot) => (lot.owner === this.#options.owner ? lotRows(lot) : []))
  }

  #other(event: Exclude<TaxEvent, Dispose | Restate>): void {
    switch (event.kind) {
      case 'acquire':
        this.#boxed.acquired(event)
        this.#acquired(event, event.cost)
        return
      case 'move':
        this.#moved(event)
        return
      case 'capital':
        this.#capital(event)
        return
      case 'income':
        this.#paid(event)
        return
      case 'mark':
        if (this.#reported(event)) this.marks.push(event)
    }
  }

  #acquired(event: Acquire | Move, cost: Decimal | null): void {
    const lot = this.#lots.at(event)
    lot.units = lot.units.plus(event.units)
    lot.cost = sum(lot.cost, cost)
    const acquisition = this.#groups.acquisition(event.order)
    if (acquisition === undefined) return
    const { day } = acquisition
    const parcel = (units: Decimal, more: Partial<Parcel>): Parcel => ({
      home: lot,
      acquisition,
      acquired: day,
      units,
      adjustment: ZERO,
      holdingFrom: day,
      used: false,
      replaces: [],
      ...more,
    })
    let left = event.units
    for (const { units, adjustment, holdingFrom, replaces } of acquisition.reserved) {
      addParcel(lot, parcel(units, { used: true, adjustment, holdingFrom: holdingFrom ?? day, replaces: [replaces] }))
      left = left.minus(units)
    }
    acquisition.parcels = []
    const wash = event.kind === 'acquire' ? (event.wash ?? null) : null
    if (wash !== null && left.greaterThan(ZERO)) {
      // Declared with its history: that is of the units which replaced nothing since.
      const from = wash.holdingFrom === null ? day : dayOf(wash.holdingFrom)
      const rest = parcel(left, { adjustment: wash.disallowed, holdingFrom: from, used: wash.replaced })
      acquisition.free = wash.replaced ? ZERO : left
      if (!wash.replaced) acquisition.parcels.push(rest)
      addParcel(lot, rest)
      return
    }
    acquisition.free = left
    if (!left.greaterThan(ZERO)) return
    const rest = parcel(left, {})
    acquisition.parcels.push(rest)
    addParcel(lot, rest)
  }

  #moved(event: Move): void {
    if (!this.#lots.isWithin(event)) {
      if (event.direction === 'in') this.#acquired(event, event.cost)
      else this.#lots.move(event)
      return
    }
    const from = keyOf(event)
    this.#lots.move(event)
    if (event.direction === 'in') this.#dividends.arrived(event.fact, event.lot, from)
    else this.#dividends.left(event.fact, event.lot, from)
  }

  #capital(event: Capital): void {
    const absorbed = this.#lots.capital(event)
    const gain = event.gain === null ? null : event.gain.minus(absorbed)
    if (!this.#reported(event) || gain?.isZero() === true) return
    const day = dayOf(event.acquiredOn)
    const of = { disposal: event.id, rule: 'return-of-capital', number: 1, soldOn: event.date }
    const sold = { units: ZERO, proceeds: gain, cost: gain === null ? null : ZERO, adjustment: ZERO }
    const parcel = { acquired: day, holdingFrom: day, replaces: [] }
    this.#line(event, { ...of, ...sold, parcel, replacement: null, disallowed: ZERO, open: false })
  }

  #paid(event: Income): void {
    if (!this.#reported(event)) return
    if (event.income === 'dividend' && event.lot !== null && event.units.greaterThan(ZERO)) {
      this.#dividends.paid(event, keyOf({ ...event, lot: event.lot }))
      return
    }
    const { id, fact, portfolio, instrument, lot, date, units, gross, withheld } = event
    const kind = event.income === 'dividend' ? 'ordinary-dividend' : event.income
    const rules = event.income === 'dividend' ? ['no-lot-named'] : []
    const row = { id, fact, portfolio, instrument, lot, date, units, gross, withheld, class: kind, rules }
    this.income.push({ ...row, provisional: false, decidedOn: null, taxYear: this.#taxYearOf(date) })
  }

  /** All that one fact relieved goes before any of it is matched: the very units sold replace none of them. */
  #disposed(start: number): number {
    const sale: { readonly event: Dispose; readonly taken: readonly Parcel[] }[] = []
    const first = this.#events[start]
    for (let i = start; i < this.#events.length; i++) {
      const event = this.#events[i]
      if (event?.kind !== 'dispose' || event.fact !== first?.fact || event.portfolio !== first.portfolio) break
      this.#boxed.disposed(event)
      sale.push({ event, taken: this.#lots.take(event) })
      this.#dividends.sold(keyOf(event), event.units, dayOf(event.date))
    }
    for (const { event, taken } of sale) this.#settle(event, taken)
    return sale.length
  }

  #settle(event: Dispose, taken: readonly Parcel[]): void {
    // A contract that is marked to market has its gain in its marks.
    if (this.#options.instrument(event.instrument).type === 'future') return
    const taxed = event.taxStatus === 'taxable' || event.taxStatus === 'corporate'
    const reported = taxed && this.#reported(event)
    const day = dayOf(event.date)
    const proceeds = new Sharer(event.proceeds, event.units, CENTS)
    const cost = new Sharer(event.cost, event.units, CENTS)
    let number = 0
    const write = (sold: Omit<GainLine, 'disposal' | 'rule' | 'number' | 'soldOn'>): void => {
      number++
      if (reported) this.#line(event, { ...sold, disposal: event.id, rule: event.rule, number, soldOn: event.date })
    }
    if (event.units.isZero()) {
      const acquired = dayOf(event.acquiredOn)
      const parcel = { acquired, holdingFrom: acquired, replaces: [] }
      const money = { units: ZERO, proceeds: event.proceeds, cost: event.cost, adjustment: ZERO }
      write({ ...money, parcel, replacement: null, disallowed: ZERO, open: false })
      return
    }
    for (const parcel of taken) {
      const { units, adjustment } = parcel
      const sold: Sold = { parcel, units, proceeds: proceeds.next(units), cost: cost.next(units), adjustment }
      if (!taxed || lossOf(sold).isZero()) {
        write({ ...sold, replacement: null, disallowed: ZERO, open: false })
        continue
      }
      for (const washed of this.#wash.match(event, sold, day)) write({ ...washed, open: washed.replacement === null })
    }
  }

  #restated(start: number): number {
    const group: Restate[] = []
    const first = this.#events[start]
    if (first?.kind !== 'restate') return 1
    const key = keyOf(first)
    for (let i = start; i < this.#events.length; i++) {
      const event = this.#events[i]
      if (event?.kind !== 'restate' || event.fact !== first.fact || keyOf(event) !== key) break
      group.push(event)
    }
    this.#lots.restate(group)
    const heir = group.find(({ replaces }) => replaces)
    if (heir !== undefined) {
      const to = keyOf({ ...heir, instrument: heir.toInstrument, lot: heir.to })
      this.#dividends.became(key, to, heir.unitsBefore, heir.unitsAfter)
    }
    return group.length
  }

  #reported({ owner, date, taxStatus }: TaxEvent): boolean {
    const { owner: asked, effectiveAt } = this.#options
    return owner === asked && date <= effectiveAt && (taxStatus === 'taxable' || taxStatus === 'corporate')
  }

  #line(event: Dispose | Capital, line: GainLine): void {
    this.lines.push(lineOf(event, line, this.#horizon, this.#taxYearOf(event.date)))
  }
}

function conventionsOf({ conventions }: TaxOptions): WashConventions {
  return {
    tacking: conventions.tacking === 'holding-date' ? 'holding-date' : 'add-days',
    scope: conventions.scope === 'account' ? 'account' : 'taxpayer',
    earlier: conventions.earlier === 'eligible' ? 'eligible' : 'excluded',
  }
}
