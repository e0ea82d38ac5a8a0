// The demo's story, day by day: what reaches the ledger, in the order in which it does. Deterministic for one seed.
import { addDays, dayOf, monthOf, type PlainDate, plainDate } from '../domain/kernel/date.ts'
import { type DemoPortfolio, OWNERS, PORTFOLIOS } from './cast.ts'
import { Desk, type Line } from './desk.ts'
import { type PlannedAction, plannedActions } from './events-of-the-year.ts'
import { type Listing, LISTINGS, listing, MARKETS } from './listings.ts'
import { isOpen, Markets, ticks, tradingDays } from './markets.ts'
import { Mishaps } from './mishaps.ts'
import { type Random, seeded } from './random.ts'
import type { DemoStep, DemoStepKind } from './step.ts'

export interface DemoOptions {
  readonly seed?: number
  readonly from?: string
  readonly to?: string
  /** About how many fills. */
  readonly fills?: number
}

export const DEMO_FROM = '2025-01-02'
export const DEMO_TO = '2026-03-31'
const FX_SERIES = { source: 'DEMO-FX', fixing: '1415', pivot: 'EUR', calendar: 'TARGET' }
/** Calendar days after the last trade on which rates and prices go on: over any settlement cycle and its holidays. */
const SETTLING_DAYS = 9
/** The day on which the listing that nobody knew is registered: its first fill came the day before. */
const LATE_LISTING = '2025-08-05'
/** Calendars whose days are closed as they pass. */
const CALENDARS_CLOSED = ['XNYS', 'XLON', 'XETR', 'XTKS', 'XSWX'] as const

/** Every request of the demo, in order. */
export function* demoSteps(options: DemoOptions = {}): Generator<DemoStep> {
  yield* new Story(options).tell()
}

class Story {
  readonly #random: Random
  readonly #markets: Markets
  readonly #desks: readonly Desk[]
  readonly #mishaps: Mishaps
  readonly #from: PlainDate
  readonly #to: PlainDate
  readonly #days: readonly PlainDate[]
  readonly #actions: readonly PlannedAction[]
  readonly #fillsPerDay: number
  readonly #announced = new Map<string, PlannedAction>()
  #count = 0

  constructor({ seed = 20250102, from = DEMO_FROM, to = DEMO_TO, fills = 5000 }: DemoOptions) {
    this.#random = seeded(seed)
    this.#markets = new Markets(this.#random)
    this.#desks = PORTFOLIOS.map((portfolio) => new Desk(portfolio, this.#markets, this.#random))
    this.#mishaps = new Mishaps(this.#random)
    this.#from = plainDate(from)
    this.#to = plainDate(to)
    this.#days = tradingDays(this.#from, this.#to)
    this.#actions = plannedActions(this.#from, this.#to)
    this.#fillsPerDay = fills / this.#days.length
  }

  *tell(): Generator<DemoStep> {
    yield* this.#before()
    for (const date of this.#days) {
      yield* this.#announcements(date)
      yield* this.#morning(date)
      for (const desk of this.#desks) yield* this.#activity(desk, date)
      yield* this.#specials(date)
      yield* this.#evening(date)
      this.#markets.pass()
    }
    // The last trades settle in the days that follow: those have rates, so that nothing stays unknown.
    for (const date of tradingDays(addDays(this.#to, 1), addDays(this.#to, SETTLING_DAYS))) {
      yield* this.#evening(date)
      this.#markets.pass()
    }
  }

  *#before(): Generator<DemoStep> {
    const date = this.#from
    for (const owner of OWNERS) yield this.#step('owner', date, owner.owner, { ...owner })
    for (const one of LISTINGS)
      if (one.late !== true) yield this.#step('instrument', date, one.instrument, registration(one))
    for (const portfolio of PORTFOLIOS)
      yield this.#step('portfolio', date, portfolio.portfolio, opening(portfolio, date))
    for (const { portfolio, owner } of PORTFOLIOS)
      yield this.#step('owner-link', date, owner, { owner, portfolio, from: date })
    // The eve's rates and prices, so that the first day is not all unknown.
    yield this.#step('rates', date, FX_SERIES.source, this.#rates(addDays(date, -2)))
  }

  *#announcements(date: PlainDate): Generator<DemoStep> {
    for (const planned of this.#actions) {
      const { instrument, terms } = planned
      if (planned.announcedOn <= date && !this.#announced.has(keyOf(planned))) {
        this.#announced.set(keyOf(planned), planned)
        yield this.#step('action', date, instrument, { instrument, terms })
      }
      if (
        planned.amendedTerms !== undefined &&
        planned.amendedOn !== undefined &&
        within(planned.amendedOn, date, this.#days)
      )
        yield this.#step('action-amended', date, instrument, {
          instrument,
          terms: planned.amendedTerms,
          reason: 'rate restated by the issuer',
        })
      if (planned.cancelledOn !== undefined && within(planned.cancelledOn, date, this.#days))
        yield this.#step('action-cancelled', date, instrument, {
          instrument,
          action: terms.action,
          reason: 'withdrawn by the board',
        })
    }
  }

  /** What happens before trading: units change on ex-dates, and the prices with them. */
  *#morning(date: PlainDate): Generator<DemoStep> {
    for (const planned of this.#actions) {
      const { ratio, instrument } = planned
      if (ratio === undefined || planned.exDate !== date) continue
      for (const desk of this.#desks) desk.act(instrument, ratio.numerator, ratio.denominator, ratio.child)
      if (ratio.child === null) this.#markets.split(listing(instrument), ratio.numerator, ratio.denominator)
    }
    if (date === LATE_LISTING) {
      const one = listing('NEWLARCH')
      yield this.#step('instrument', date, one.instrument, registration(one))
    }
  }

  *#activity(desk: Desk, date: PlainDate): Generator<DemoStep> {
    const { portfolio } = desk
    const fresh: Line[] = []
    if (date === this.#from) fresh.push(...desk.open(date))
    if (this.#firstOfMonth(date) && date !== this.#from) fresh.push(...this.#monthly(desk, date))
    const paces = PORTFOLIOS.reduce((sum, one) => sum + one.pace, 0)
    const expected = (this.#fillsPerDay * portfolio.pace) / paces
    const trades = Math.floor(expected) + (this.#random.chance(expected % 1) ? 1 : 0)
    for (let i = 0; i < trades; i++) fresh.push(...desk.trade(date))
    fresh.push(...this.#scripted(desk, date))
    const lines = [...this.#mishaps.due(portfolio.portfolio, date), ...this.#mishaps.befall(desk, date, fresh)]
    if (lines.length > 0) yield this.#activityStep(portfolio, date, lines)
  }

  #monthly(desk: Desk, date: PlainDate): Line[] {
    const month = date.slice(0, 7)
    const quarterly = monthOf(date) % 3 === 1
    return [
      desk.fee(date, month),
      desk.interest(date, month),
      ...(quarterly ? [desk.withdrawal(date, Math.round(desk.portfolio.capital * 0.004))] : []),
    ]
  }

  /** Single lines that the story needs: a listing nobody knew, a method changed, an oversell, orders left open. */
  #scripted(desk: Desk, date: PlainDate): Line[] {
    const { portfolio, sleeves } = desk.portfolio
    const [sleeve = 'main'] = sleeves
    if (portfolio === 'ANDES-GROWTH' && date === '2025-08-04')
      return desk.fill(date, listing('NEWLARCH'), 'buy', 400, sleeve)
    if (portfolio === 'ANDES-GROWTH' && date === '2026-03-20') {
      const one = listing('NEWLARCH')
      return desk.fill(date, one, 'sell', desk.held(sleeve, one.instrument) + 10, sleeve)
    }
    if (portfolio === 'CONDOR-LIFO' && date === '2026-01-05')
      return [
        {
          type: 'policy',
          ref: 'fifo-from-2026',
          effectiveOn: '2026-01-01',
          changes: { lotMethod: 'fifo' },
          reason: 'method changed with the tax year',
        },
      ]
    if (portfolio === 'CONDOR-WORLD' && date === '2026-02-10') return this.#reclaim(desk, date)
    if (date === this.#days.at(-1))
      return sleeves.flatMap((one) => {
        const order = desk.openOrder(date, one)
        return order === null ? [] : [order]
      })
    return []
  }

  /** The tax office pays back half of what it owes on one dividend. */
  #reclaim(desk: Desk, date: PlainDate): Line[] {
    const one = listing('TAUNUSSW')
    const units = desk.heldInAll(one.instrument)
    const rate = Number(MARKETS.EU.withholding?.statutory ?? '0') - Number(MARKETS.EU.withholding?.treaty ?? '0')
    const minor = Math.floor((units * one.dividend * rate) / 2)
    return minor < 1 ? [] : [desk.reclaim(date, one.instrument, 'DIV-2025Q4', minor, one.market.currency)]
  }

  *#specials(date: PlainDate): Generator<DemoStep> {
    if (date === '2025-07-15')
      yield* this.#transfer(date, 'TR-2025-1', 'ANDES-GROWTH', 'ANDES-SPECIFIC', 'DUNEFOOD', 'same')
    if (date === '2025-11-25')
      yield* this.#transfer(date, 'TR-2025-2', 'CONDOR-WORLD', 'CONDOR-LIFO', 'QWORLDEU', 'changed')
    if (date === '2025-10-20') yield* this.#block(date)
    if (date === '2026-01-20') yield this.#step('seal', date, 'CONDOR-VALUE', { ref: '2025', through: '2025-12-31' })
  }

  *#transfer(
    date: PlainDate,
    id: string,
    giver: string,
    taker: string,
    instrument: string,
    ownership: 'same' | 'changed',
  ): Generator<DemoStep> {
    const from = this.#desk(giver)
    const to = this.#desk(taker)
    const sleeve = from.portfolio.sleeves.find((one) => from.held(one, instrument) > 1)
    const [into = 'main'] = to.portfolio.sleeves
    if (sleeve === undefined) return
    const units = Math.floor(from.held(sleeve, instrument) / 2)
    const one = listing(instrument)
    from.add(sleeve, instrument, -units)
    to.add(into, instrument, units)
    const value = {
      amount: ticks(units * this.#markets.price(one), one.market.pricePlaces),
      currency: one.market.currency,
    }
    yield this.#step('transfer', date, id, {
      transfer: id,
      date,
      ownership,
      instrument,
      from: { portfolio: giver, sleeve },
      to: { portfolio: taker, sleeve: into },
      units: String(units),
      marketValue: value,
    })
  }

  /** Three portfolios buy together and share the average price. */
  *#block(date: PlainDate): Generator<DemoStep> {
    const one = listing('TAUNUSSW')
    const block = 'BLK-2025-1'
    const shares = [
      { portfolio: 'CONDOR-WORLD', sleeve: 'europe', quantity: '500' },
      { portfolio: 'CONDOR-LIFO', sleeve: 'main', quantity: '250' },
      { portfolio: 'CONDOR-VALUE', sleeve: 'value', quantity: '133' },
    ]
    for (const { portfolio, sleeve, quantity } of shares)
      this.#desk(portfolio).add(sleeve, one.instrument, Number(quantity))
    const { currency, pricePlaces } = one.market
    yield this.#step('block', date, block, {
      block,
      instrument: one.instrument,
      side: 'buy',
      currency,
      shares,
      placedAt: `${date}T08:05:00.000000Z`,
      tradeDate: date,
    })
    for (const [i, quantity] of [400, 483].entries()) {
      const price = this.#markets.traded(one)
      yield this.#step('block-execution', date, block, {
        block,
        source: 'BROKER-CONDOR',
        execId: `${block}-${i + 1}`,
        tradeDate: date,
        executedAt: `${date}T09:1${i}:00.000000Z`,
        quantity: String(quantity),
        price: ticks(price, pricePlaces),
        consideration: ticks(price * quantity, 2),
        costs: [{ type: 'commission', amount: ticks(Math.round(price * quantity * 0.0009), 2), currency }],
      })
    }
    yield this.#step('block-allocation', date, block, { block, tradeDate: date, source: 'BLOCK-CONDOR' })
  }

  *#evening(date: PlainDate): Generator<DemoStep> {
    if (isOpen(FX_SERIES.calendar, date)) yield this.#step('rates', date, FX_SERIES.source, this.#rates(date))
    const open = Object.values(MARKETS).filter((market) => isOpen(market.calendar, date))
    const rows = this.#markets.closes(date, open, (one) => one.late !== true || date >= LATE_LISTING)
    if (rows.length > 0)
      yield this.#step('prices', date, 'DEMO-PX', { source: 'DEMO-PX', date, basis: 'close', snap: 'close', rows })
    for (const calendar of CALENDARS_CLOSED)
      if (isOpen(calendar, date)) yield this.#step('day-closed', date, calendar, { calendar, date })
  }

  #rates(date: PlainDate): Readonly<Record<string, unknown>> {
    return { source: FX_SERIES.source, fixing: FX_SERIES.fixing, date, rows: this.#markets.fixings() }
  }

  #desk(portfolio: string): Desk {
    const found = this.#desks.find((desk) => desk.portfolio.portfolio === portfolio)
    if (found === undefined) throw new Error(`the demo has no portfolio ${portfolio}`)
    return found
  }

  #firstOfMonth(date: PlainDate): boolean {
    const at = this.#days.indexOf(date)
    return dayOf(date) <= 7 && (at === 0 || monthOf(this.#days[at - 1] ?? date) !== monthOf(date))
  }

  #activityStep(portfolio: DemoPortfolio, date: PlainDate, lines: readonly Line[]): DemoStep {
    return { ...this.#head('activity', date, portfolio.portfolio), lines }
  }

  #step(kind: DemoStepKind, date: PlainDate, subject: string, body: Readonly<Record<string, unknown>>): DemoStep {
    return { ...this.#head(kind, date, subject), body }
  }

  #head(kind: DemoStepKind, date: PlainDate, subject: string): Omit<DemoStep, 'body' | 'lines'> {
    this.#count += 1
    return {
      kind,
      date,
      subject,
      label: `${date} ${kind.replace('-', ' ')}`,
      key: `demo-${String(this.#count).padStart(5, '0')}`,
    }
  }
}

const keyOf = ({ instrument, terms }: PlannedAction): string => `${instrument}/${terms.action}`

/** Whether `due` falls on `date`, or on the weekend before it. */
function within(due: PlainDate, date: PlainDate, days: readonly PlainDate[]): boolean {
  const before = days[days.indexOf(date) - 1]
  return due <= date && (before === undefined || due > before)
}

function registration({ instrument, name, type, market, isin, sector }: Listing): Readonly<Record<string, unknown>> {
  return {
    instrument,
    name,
    type,
    currency: market.currency,
    market: market.id,
    tradingCalendar: market.calendar,
    country: market.country,
    identifiers: [
      { scheme: 'isin', value: isin },
      { scheme: 'ticker', value: instrument, market: market.mic },
    ],
    classifications: [{ taxonomy: 'sector', code: sector }],
  }
}

function opening(one: DemoPortfolio, date: PlainDate): Readonly<Record<string, unknown>> {
  return {
    portfolio: one.portfolio,
    baseCurrency: one.base,
    openedOn: date,
    owner: one.owner,
    sleeves: one.sleeves,
    policy: {
      lotMethod: one.lotMethod,
      keeping: one.keeping,
      reliefScope: one.reliefScope,
      fx: FX_SERIES,
      taxRegime: one.taxRegime,
      calendar: one.calendar,
      zone: one.zone,
    },
  }
}
