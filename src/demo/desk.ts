// One portfolio's trading desk in the demo: what it would send, and its own rough idea of what it holds. The ledger never sees
// the latter; it is there so that the story makes sense (nobody sells what was never bought, except once, on purpose).
import { addDays, type PlainDate } from '../domain/kernel/date.ts'
import { fxSpotDate } from '../domain/kernel/settlement-cycle.ts'
import type { DemoPortfolio } from './cast.ts'
import { type Listing, LISTINGS, SPUN_OFF } from './listings.ts'
import { isOpen, type Markets, ticks } from './markets.ts'
import type { Random } from './random.ts'

export type Line = Readonly<Record<string, unknown>>
type Side = 'buy' | 'sell' | 'sell-short' | 'buy-to-cover'

/** A line and the day on which it is sent. */
export interface Dispatch {
  readonly line: Line
  readonly sentOn: PlainDate
}

const minorPlaces = (currency: string): number => (currency === 'JPY' ? 0 : 2)

/** Names a choice of lots would have to follow through a split: the specific-lot portfolio stays out of them. */
const WITH_ACTIONS = new Set(['HOLLOWAY', 'PENROSEM', 'JUNIPERM', 'KESTRELR', SPUN_OFF])

export class Desk {
  readonly portfolio: DemoPortfolio
  readonly #random: Random
  readonly #markets: Markets
  /** Units by `sleeve|instrument`; short positions below zero. */
  readonly #held = new Map<string, number>()
  /** Minor units by `sleeve|currency`. */
  readonly #cash = new Map<string, number>()
  /** Bought lots by instrument, for the portfolio that chooses its lots. */
  readonly #lots = new Map<string, { lot: string; units: number }[]>()
  readonly #universe: readonly Listing[]
  #serial = 0

  constructor(portfolio: DemoPortfolio, markets: Markets, random: Random) {
    this.portfolio = portfolio
    this.#markets = markets
    this.#random = random
    const chooses = portfolio.lotMethod === 'specific'
    this.#universe = LISTINGS.filter(
      (one) =>
        portfolio.markets.includes(one.market.id) &&
        one.late !== true &&
        one.instrument !== SPUN_OFF &&
        !(chooses && WITH_ACTIONS.has(one.instrument)),
    )
  }

  get source(): string {
    return `BROKER-${this.portfolio.portfolio.split('-')[0]}`
  }

  held(sleeve: string, instrument: string): number {
    return this.#held.get(`${sleeve}|${instrument}`) ?? 0
  }

  heldInAll(instrument: string): number {
    return this.portfolio.sleeves.reduce((sum, sleeve) => sum + this.held(sleeve, instrument), 0)
  }

  add(sleeve: string, instrument: string, units: number): void {
    this.#held.set(`${sleeve}|${instrument}`, this.held(sleeve, instrument) + units)
  }

  /** Day one: every strategy gets its share of the capital in base, and some of every currency it will trade in. */
  open(date: PlainDate): Line[] {
    const { base, capital, sleeves } = this.portfolio
    const share = Math.floor(capital / sleeves.length)
    const currencies = [...new Set(this.#universe.map((one) => one.market.currency))].filter((code) => code !== base)
    const part = Math.floor((share * 0.85) / (currencies.length + 1))
    return sleeves.flatMap((sleeve) => [
      this.#contribution(date, sleeve, share),
      ...currencies.map((code) => this.exchange(date, sleeve, code, part)),
    ])
  }

  /** The owner puts in `units` of base (whole units). */
  #contribution(date: PlainDate, sleeve: string, units: number): Line {
    this.#pay(sleeve, this.portfolio.base, units * 100)
    return this.#cashLine('contribution', this.#ref('in'), units * 100, this.portfolio.base, date, sleeve)
  }

  /** Sells `units` of base (whole units) for another currency at about the day's rate. */
  exchange(date: PlainDate, sleeve: string, currency: string, units: number): Line {
    const { base } = this.portfolio
    const rate = this.#markets.about(base, currency) * (1 - 0.0004)
    const bought = Math.round(units * rate * 10 ** minorPlaces(currency))
    this.#pay(sleeve, base, -units * 100)
    this.#pay(sleeve, currency, bought)
    return {
      type: 'fx',
      ref: this.#ref('fx'),
      tradeDate: date,
      valueDate: fxSpotDate(date, base, currency),
      sold: { amount: ticks(units * 100, 2), currency: base },
      bought: { amount: ticks(bought, minorPlaces(currency)), currency },
      sleeve,
    }
  }

  /** One decision of the day: usually a fill, sometimes the exchange of currencies that pays for it first. */
  trade(date: PlainDate): Line[] {
    const open = this.#universe.filter((one) => isOpen(one.market.calendar, date))
    if (open.length === 0) return []
    const one = this.#random.pick(open)
    const sleeve = this.#random.pick(this.portfolio.sleeves)
    const side = this.#side(sleeve, one)
    const units = this.#size(one, side, sleeve)
    if (units === 0) return []
    return this.fill(date, one, side, units, sleeve)
  }

  #side(sleeve: string, one: Listing): Side {
    const held = this.held(sleeve, one.instrument)
    if (this.portfolio.keeping === 'long-short' && sleeve === 'short')
      return held < 0 && this.#random.chance(0.42) ? 'buy-to-cover' : 'sell-short'
    return held > 0 && this.#random.chance(0.42) ? 'sell' : 'buy'
  }

  #size(one: Listing, side: Side, sleeve: string): number {
    const value = this.portfolio.ticket * (0.4 + this.#random.next() * 1.2)
    const price =
      (this.#markets.price(one) / 10 ** one.market.pricePlaces) *
      this.#markets.about(one.market.currency, this.portfolio.base)
    const lot = one.market.id === 'JP' ? 100 : 1
    const wanted = Math.max(lot, Math.floor(value / price / lot) * lot)
    const held = Math.abs(this.held(sleeve, one.instrument))
    if (side === 'buy' || side === 'sell-short') return wanted
    // Sometimes all of it goes, which is where average pools and cost rounding earn their keep.
    return this.#random.chance(0.25) ? held : Math.min(held, wanted)
  }

  /** The lines of one fill: exchange first when its currency runs low, an order around it now and then. */
  fill(date: PlainDate, one: Listing, side: Side, units: number, sleeve: string): Line[] {
    const { market } = one
    const price = this.#markets.traded(one)
    const consideration = price * units
    const costs = costsOf(one, side, units, consideration)
    const total = costs.reduce((sum, [, amount]) => sum + amount, 0)
    const buys = side === 'buy' || side === 'buy-to-cover'
    const lines: Line[] = []
    const spent = consideration + total
    if (buys) lines.push(...this.#funded(date, sleeve, market.currency, spent))
    this.#pay(sleeve, market.currency, buys ? -spent : consideration - total)
    this.add(sleeve, one.instrument, buys ? units : -units)

    const execId = this.#ref('X')
    const order = this.#random.chance(0.03) ? this.#ref('ord') : undefined
    const at = this.#instant(date, market.opens, market.closes)
    const body = {
      source: this.source,
      execId,
      ...(order === undefined ? {} : { order }),
      tradeDate: date,
      executedAt: at,
      instrument: one.instrument,
      side,
      quantity: String(units),
      price: ticks(price, market.pricePlaces),
      currency: market.currency,
      consideration: ticks(consideration, minorPlaces(market.currency)),
      costs: costs.map(([type, amount]) => ({
        type,
        amount: ticks(amount, minorPlaces(market.currency)),
        currency: market.currency,
      })),
      venue: market.mic,
      sleeve,
      ...this.#choice(one, side, units, `fill:${this.source}:${date}:${execId}`),
    }
    const place = { instrument: one.instrument, side, quantity: String(units), sleeve }
    if (order !== undefined)
      lines.push({
        type: 'order',
        order,
        orderType: 'market',
        placedAt: `${at.slice(0, 14)}00:00.000000Z`,
        tradeDate: date,
        ...place,
      })
    lines.push({ type: 'fill', ...body })
    if (order !== undefined) lines.push({ type: 'end-order', order, outcome: 'filled', at })
    return lines
  }

  /** What must come before a purchase of `spent` minor units: an exchange, and money from the owner when base runs low too. */
  #funded(date: PlainDate, sleeve: string, currency: string, spent: number): Line[] {
    const { base, ticket } = this.portfolio
    const lines: Line[] = []
    const exchanged = ticket * 6
    const foreign = currency !== base
    const short = this.#cashOf(sleeve, currency) < spent * 2
    if (!short) return lines
    if (this.#cashOf(sleeve, base) < (foreign ? exchanged * 100 : spent) * 1.2)
      lines.push(this.#contribution(date, sleeve, ticket * 20))
    if (foreign) lines.push(this.exchange(date, sleeve, currency, exchanged))
    return lines
  }

  /** The portfolio with specific lots names its newest ones; the others say nothing. */
  #choice(one: Listing, side: Side, units: number, fact: string): { lots?: readonly Line[] } {
    if (this.portfolio.lotMethod !== 'specific') return {}
    const lots = this.#lots.get(one.instrument) ?? []
    this.#lots.set(one.instrument, lots)
    if (side === 'buy') {
      lots.push({ lot: fact, units })
      return {}
    }
    const chosen: { lot: string; units: string }[] = []
    for (let left = units, i = lots.length - 1; left > 0 && i >= 0; i--) {
      const from = lots[i]
      if (from === undefined || from.units === 0) continue
      const taken = Math.min(left, from.units)
      from.units -= taken
      left -= taken
      chosen.push({ lot: from.lot, units: String(taken) })
    }
    return { lots: chosen }
  }

  fee(date: PlainDate, month: string): Line {
    const amount = Math.round(this.portfolio.capital * 100 * 0.0004)
    this.#pay(this.#first, this.portfolio.base, -amount)
    return {
      ...this.#cashLine('fee', `custody-${month}`, amount, this.portfolio.base, date, this.#first),
      fee: 'custody',
    }
  }

  interest(date: PlainDate, month: string): Line {
    const amount = 1000 + this.#random.whole(0, 90_000)
    this.#pay(this.#first, this.portfolio.base, amount)
    return this.#cashLine('interest-received', `interest-${month}`, amount, this.portfolio.base, date, this.#first)
  }

  withdrawal(date: PlainDate, units: number): Line {
    this.#pay(this.#first, this.portfolio.base, -units * 100)
    return this.#cashLine('withdrawal', `out-${date}`, units * 100, this.portfolio.base, date, this.#first)
  }

  reclaim(date: PlainDate, instrument: string, action: string, minor: number, currency: string): Line {
    const line = this.#cashLine('receipt', `reclaim-${action}`, minor, currency, date, this.#first)
    return { ...line, settles: { kind: 'reclaim', ref: action, instrument } }
  }

  /** Units the desk holds change by an action on its ex-date; a fraction stays with the issuer. */
  act(instrument: string, numerator: number, denominator: number, child: string | null): void {
    for (const sleeve of this.portfolio.sleeves) {
      const held = this.held(sleeve, instrument)
      if (held === 0) continue
      const units = Math.trunc((held * numerator) / denominator)
      if (child === null) this.#held.set(`${sleeve}|${instrument}`, units)
      else this.add(sleeve, child, units)
    }
  }

  openOrder(date: PlainDate, sleeve: string): Line | null {
    const one = this.#universe.find((listed) => this.held(sleeve, listed.instrument) > 20)
    if (one === undefined) return null
    const { pricePlaces, currency, opens, closes } = one.market
    return {
      type: 'order',
      order: this.#ref('ord'),
      instrument: one.instrument,
      side: 'sell',
      quantity: String(Math.floor(this.held(sleeve, one.instrument) / 4)),
      orderType: 'limit',
      limitPrice: ticks(Math.round(this.#markets.price(one) * 1.05), pricePlaces),
      currency,
      timeInForce: 'gtc',
      placedAt: this.#instant(date, opens, closes),
      tradeDate: date,
      sleeve,
    }
  }

  nextRef(kind: string): string {
    return this.#ref(kind)
  }

  #cashLine(type: string, ref: string, minor: number, currency: string, valueDate: PlainDate, sleeve: string): Line {
    return { type, ref, amount: ticks(minor, minorPlaces(currency)), currency, valueDate, sleeve }
  }

  get #first(): string {
    return this.portfolio.sleeves[0] ?? 'main'
  }

  #cashOf(sleeve: string, currency: string): number {
    return this.#cash.get(`${sleeve}|${currency}`) ?? 0
  }

  #pay(sleeve: string, currency: string, minor: number): void {
    this.#cash.set(`${sleeve}|${currency}`, this.#cashOf(sleeve, currency) + minor)
  }

  #ref(kind: string): string {
    this.#serial += 1
    return `${kind}${String(this.#serial).padStart(5, '0')}`
  }

  #instant(date: PlainDate, opens: number, closes: number): string {
    const two = (n: number): string => String(n).padStart(2, '0')
    const hour = this.#random.whole(opens, closes)
    const fraction = String(this.#random.whole(0, 999_999)).padStart(6, '0')
    return `${date}T${two(hour)}:${two(this.#random.whole(0, 59))}:${two(this.#random.whole(0, 59))}.${fraction}Z`
  }
}

/** What a broker and the state take, in minor units of the trade's currency, by market. */
function costsOf(
  one: Listing,
  side: Side,
  units: number,
  consideration: number,
): readonly (readonly [string, number])[] {
  const part = (rate: number): number => Math.max(1, Math.round(consideration * rate))
  const buys = side === 'buy' || side === 'buy-to-cover'
  switch (one.market.id) {
    case 'US':
      return [
        ['commission', Math.max(100, Math.round(units * 0.5))],
        ...(buys ? [] : [['regulatory-fee', part(0.0000278)] as const]),
      ]
    case 'UK':
      return [
        ['commission', part(0.001)],
        ...(buys && one.type === 'equity' ? [['stamp-duty', part(0.005)] as const] : []),
      ]
    case 'CH':
      return [
        ['commission', part(0.001)],
        ['transaction-tax', part(0.00075)],
      ]
    default:
      return [['commission', part(0.0009)]]
  }
}

/** The day on which a line that is `days` late is sent. */
export function later(date: PlainDate, days: number): PlainDate {
  return addDays(date, days)
}
