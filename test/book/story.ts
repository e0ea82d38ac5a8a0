// A story told to a book: events become units at sparse positions, each learned at once; every telling can be folded from scratch.
import { type Book, createBook, foldBook } from '../../src/domain/book/book.ts'
import type { BookEvent, Difference, KnownEvent, Unit } from '../../src/domain/book/knowledge.ts'
import type { Posting } from '../../src/domain/book/posting.ts'
import { Reference } from '../../src/domain/book/reference.ts'
import { loadCalendar } from '../../src/domain/kernel/calendar.ts'
import { CALENDARS, withCalendars } from '../../src/domain/kernel/calendars.ts'
import type { ActionTerms, InstrumentTerms } from '../../src/domain/instrument/events.ts'
import type { CashTerms, FillTerms, FxTerms } from '../../src/domain/portfolio/facts.ts'
import type { Policy } from '../../src/domain/portfolio/policy.ts'

/** Monday to Friday, so that a reader can tell open days from a date alone. */
export const WEEKDAYS = loadCalendar({
  id: 'WEEKDAYS',
  kind: 'currency',
  name: 'Monday to Friday',
  from: '2000-01-01',
  to: '2040-12-31',
  source: 'test',
  closures: {},
})

export const calendars = withCalendars(CALENDARS, [WEEKDAYS])

export const POLICY: Policy = {
  lotMethod: 'fifo',
  defaultMethod: 'fifo',
  selection: 'reflow',
  keeping: 'netting',
  reliefScope: 'sleeve-account',
  costs: {},
  fx: { source: 'ECB', fixing: 'daily', pivot: 'USD', calendar: 'WEEKDAYS' },
  gainConvention: 'closing-rate',
  settlement: 'contractual',
  taxRegime: 'none',
  calendar: 'WEEKDAYS',
  zone: 'UTC',
}

const PLACE = { sleeve: 'main', custodyAccount: 'main', cashAccount: 'main' }

export interface StoryOptions {
  readonly baseCurrency?: string
  readonly policy?: Partial<Policy>
  readonly functional?: string
  readonly lens?: Partial<Policy>
  readonly actual?: boolean
}

export class Story {
  readonly reference = new Reference({ calendars })
  readonly units: Unit[] = []
  readonly differences: Difference[] = []
  readonly book: Book
  readonly #functional: string | undefined
  readonly #lens: Partial<Policy> | undefined
  #position = 1000n
  #count = 0

  constructor(options: StoryOptions = {}) {
    this.#functional = options.functional
    this.#lens = options.lens
    this.book = createBook({
      portfolio: 'p',
      reference: this.reference,
      functional: options.functional,
      lens: options.lens,
    })
    this.tell({
      type: 'PortfolioOpened',
      data: {
        portfolio: 'p',
        baseCurrency: options.baseCurrency ?? 'USD',
        openedOn: '2000-01-03',
        policy: { ...POLICY, ...options.policy },
        sleeves: ['main', 'growth'],
        custodyAccounts: ['main', 'other'],
        cashAccounts: [
          { id: 'main', kind: 'cash', ...(options.actual === true ? { settlement: 'actual' as const } : {}) },
          { id: 'broker', kind: 'cash' },
          { id: 'margin', kind: 'margin' },
        ],
        defaults: { ...PLACE, marginAccount: 'margin' },
      },
    })
  }

  /** Records events as one unit and lets the book learn it. */
  tell(...events: BookEvent[]): Difference {
    const unit = this.unit(...events)
    this.reference.learn(unit)
    const difference = this.book.learn(unit)
    this.differences.push(difference)
    return difference
  }

  /** A unit at the next positions, recorded but not learned. */
  unit(...events: BookEvent[]): Unit {
    const known: KnownEvent[] = events.map((event) => {
      this.#position += 37n
      this.#count++
      return { ...event, id: `e${this.#count}`, position: this.#position }
    })
    const unit = { position: this.#position, recordedAt: '2025-01-01T00:00:00.000000Z', events: known }
    this.units.push(unit)
    return unit
  }

  get position(): bigint {
    return this.#position
  }

  /** The book from scratch, as known at a position. */
  folded(asAt = this.#position): Posting[] {
    const reference = new Reference({ calendars })
    return foldBook({ portfolio: 'p', reference, functional: this.#functional, lens: this.#lens }, this.units, asAt)
  }

  /** All postings ever made, in the order they became known. */
  get posted(): Posting[] {
    return this.differences.flatMap((difference) => difference.postings)
  }
}

/** Terms of an instrument. */
export function registered(instrument: string, currency = 'USD', quantityPlaces = 0): BookEvent {
  const data: InstrumentTerms = {
    instrument,
    name: instrument,
    type: 'equity',
    currency,
    multiplier: '1',
    quantityPlaces,
    market: 'US',
    tradingCalendar: 'XNYS',
    identifiers: [],
    classifications: [],
  }
  return { type: 'InstrumentRegistered', data }
}

/** Terms of an instrument that has a life of its own. */
export function living(instrument: string, terms: Partial<InstrumentTerms> & Pick<InstrumentTerms, 'type'>): BookEvent {
  const plain = registered(instrument)
  if (plain.type !== 'InstrumentRegistered') throw new Error('unreachable')
  return { type: 'InstrumentRegistered', data: { ...plain.data, tradingCalendar: 'WEEKDAYS', ...terms } }
}

/** Closes business days of the portfolio's calendar, each as an event. */
export function closed(...dates: string[]): BookEvent[] {
  return dates.map((date) => ({ type: 'BusinessDayClosed', data: { calendar: 'WEEKDAYS', date } }))
}

/** The settlement price of a contract on a day. */
export function settlementPrice(instrument: string, date: string, price: string, currency = 'USD'): BookEvent {
  const rows = [{ instrument, price, currency }]
  return { type: 'PricesRecorded', data: { source: 'EXCH', date, basis: 'settlement', snap: 'final', rows } }
}

export function fillTerms(
  execId: string,
  side: FillTerms['side'],
  instrument: string,
  quantity: string,
  price: string,
  tradeDate: string,
  more: Partial<FillTerms> & { readonly commission?: string; readonly settles?: string } = {},
): FillTerms {
  const { commission, settles, ...rest } = more
  const currency = rest.currency ?? 'USD'
  // Prices in stories have at most two places and quantities none, unless the consideration is stated.
  const consideration = String(Math.round(Number(quantity) * Number(price) * 100) / 100)
  return {
    source: 'B',
    execId,
    tradeDate,
    instrument,
    side,
    quantity,
    price,
    currency,
    consideration,
    costs: commission === undefined ? [] : [{ type: 'commission', amount: commission, currency }],
    settlement: { date: settles ?? tradeDate, given: true, currency },
    ...PLACE,
    ...rest,
  }
}

export function fillId(terms: FillTerms): string {
  return `fill:${terms.source}:${terms.tradeDate}:${terms.execId}`
}

export function fill(...args: Parameters<typeof fillTerms>): BookEvent {
  const terms = fillTerms(...args)
  return { type: 'FillExecuted', data: { fact: fillId(terms), fill: terms } }
}

export function cashTerms(
  ref: string,
  amount: string,
  currency: string,
  valueDate: string,
  more: Partial<CashTerms> = {},
): CashTerms {
  return { ref, amount, currency, valueDate, ...PLACE, ...more }
}

export function contributed(ref: string, amount: string, currency: string, valueDate: string): BookEvent {
  return {
    type: 'CashContributed',
    data: { fact: `contribution:${ref}`, cash: cashTerms(ref, amount, currency, valueDate) },
  }
}

/** One fixing: units of USD per unit of `base`, unless another quote is named. */
export function rate(date: string, value: string, base = 'EUR', quote = 'USD'): BookEvent {
  return {
    type: 'RatesRecorded',
    data: { source: 'ECB', fixing: 'daily', date, rows: [{ base, quote, rate: value }] },
  }
}

export function fxTerms(ref: string, sold: string, bought: string, tradeDate: string, valueDate: string): FxTerms {
  const [soldAmount = '', soldCurrency = ''] = sold.split(' ')
  const [boughtAmount = '', boughtCurrency = ''] = bought.split(' ')
  return {
    ref,
    tradeDate,
    valueDate,
    sold: { amount: soldAmount, currency: soldCurrency },
    bought: { amount: boughtAmount, currency: boughtCurrency },
    costs: [],
    ...PLACE,
  }
}

export function announced(instrument: string, terms: ActionTerms): BookEvent {
  return { type: 'CorporateActionAnnounced', data: { instrument, terms } }
}

/** Replaces every `old` units by `receive`. */
export function split(
  action: string,
  exDate: string,
  receive: string,
  old: string,
  more: Partial<SecurityLeg> = {},
): ActionTerms {
  const leg: SecurityLeg = {
    kind: 'security',
    leg: 1,
    instrument: 'XYZ',
    ratio: { numerator: receive, denominator: old },
    replaces: true,
    holdingPeriod: 'tack',
    fractions: 'down',
    ...more,
  }
  return { action, caev: 'SPLF', exDate, legs: [leg] }
}

type SecurityLeg = Extract<ActionTerms['legs'][number], { kind: 'security' }>

/** Gives `receive` units of a child for every `per` held, and a share of the cost with them. */
export function spinOff(
  action: string,
  exDate: string,
  child: string,
  receive: string,
  per: string,
  basisShare: string,
  leg = 1,
): ActionTerms {
  const terms = split(action, exDate, receive, per, { instrument: child, replaces: false, basisShare, leg })
  return { ...terms, caev: 'SOFF' }
}
