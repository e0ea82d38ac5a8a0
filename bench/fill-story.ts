// Plain fills for the fold benchmarks: buys and sells in turn, a business day every few fills, everything known beforehand.
import type { KnownEvent, Unit } from '../src/domain/book/knowledge.ts'
import { addDays, type PlainDate, plainDate, weekday } from '../src/domain/kernel/date.ts'

export interface FillStory {
  /** Instruments and rates. */
  readonly reference: readonly Unit[]
  /** The portfolio opened. */
  readonly opening: readonly Unit[]
  readonly fills: readonly Unit[]
}

const DAYS = 250

/** `fills` fills over a year's business days and the symbols in turn; two buys to a sell, so that lots pile up and are split. */
export function story({
  fills,
  symbols,
  currencies,
  business = DAYS,
}: {
  readonly fills: number
  readonly symbols: number
  readonly currencies: readonly string[]
  /** Business days over which they are spread. */
  readonly business?: number
}): FillStory {
  let position = 0n
  const unit = (...events: readonly Omit<KnownEvent, 'id' | 'position'>[]): Unit => {
    const known = events.map((event) => {
      position += 1n
      return { ...event, id: `e${position}`, position } as KnownEvent
    })
    return { position, recordedAt: '2025-01-01T00:00:00.000000Z', events: known }
  }
  const days: PlainDate[] = []
  for (let day = plainDate('2024-01-02'); days.length < business + 10; day = addDays(day, 1))
    if (weekday(day) <= 5) days.push(day)
  const currencyOf = (symbol: number): string => currencies[symbol % currencies.length] ?? 'USD'

  const reference = [
    ...Array.from({ length: symbols }, (_, i) =>
      unit({
        type: 'InstrumentRegistered',
        data: {
          instrument: `S${i}`,
          name: `S${i}`,
          type: 'equity',
          currency: currencyOf(i),
          multiplier: '1',
          quantityPlaces: 0,
          market: 'US',
          tradingCalendar: 'XNYS',
          identifiers: [],
          classifications: [],
        },
      }),
    ),
    ...days.map((date, i) =>
      unit({
        type: 'RatesRecorded',
        data: {
          source: 'FX',
          fixing: 'noon',
          date,
          rows: [
            { base: 'EUR', quote: 'USD', rate: `1.${1000 + (i % 97)}` },
            { base: 'EUR', quote: 'GBP', rate: `0.8${100 + (i % 89)}` },
            { base: 'EUR', quote: 'CHF', rate: `0.9${300 + (i % 83)}` },
          ],
        },
      }),
    ),
  ]
  const opening = [
    unit({
      type: 'PortfolioOpened',
      data: {
        portfolio: 'P',
        baseCurrency: 'USD',
        openedOn: '2024-01-01',
        policy: {
          lotMethod: 'fifo',
          defaultMethod: 'fifo',
          selection: 'reflow',
          keeping: 'long-only',
          reliefScope: 'sleeve-account',
          costs: {},
          fx: { source: 'FX', fixing: 'noon', pivot: 'EUR', calendar: 'TARGET' },
          gainConvention: 'closing-rate',
          settlement: 'contractual',
          taxRegime: 'none',
          calendar: 'XNYS',
          zone: 'America/New_York',
        },
        sleeves: ['main'],
        custodyAccounts: ['main'],
        cashAccounts: [
          { id: 'main', kind: 'cash' },
          { id: 'margin', kind: 'margin' },
        ],
        defaults: { sleeve: 'main', custodyAccount: 'main', cashAccount: 'main', marginAccount: 'margin' },
      },
    }),
  ]
  const perDay = Math.ceil(fills / business)
  const lines = Array.from({ length: fills }, (_, i) => {
    const symbol = i % symbols
    const day = Math.floor(i / perDay)
    const date = days[day] ?? '2024-12-31'
    const sells = Math.floor(i / symbols) % 3 === 2
    const quantity = sells ? 150 : 100 + (i % 7)
    const cents = 2000 + ((i * 37) % 500)
    const currency = currencyOf(symbol)
    return unit({
      type: 'FillExecuted',
      data: {
        fact: `fill:B:${date}:${i}`,
        fill: {
          source: 'B',
          execId: String(i),
          tradeDate: date,
          executedAt: `${date}T${time(i % perDay)}Z`,
          instrument: `S${symbol}`,
          side: sells ? 'sell' : 'buy',
          quantity: String(quantity),
          price: `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`,
          currency,
          consideration: text(cents * quantity),
          costs: [{ type: 'commission', amount: '1.5', currency }],
          settlement: { date: days[day + 1] ?? '2024-12-31', given: true, currency },
          sleeve: 'main',
          custodyAccount: 'main',
          cashAccount: 'main',
        },
      },
    })
  })
  return { reference, opening, fills: lines }
}

/** A moment of the trading day; each fill of a day has a later one. */
function time(n: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const seconds = 9 * 3600 + Math.floor(n / 4)
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${String((n % 4) * 250_000).padStart(6, '0')}`
}

function text(cents: number): string {
  const digits = String(cents).padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`.replace(/\.?0+$/, '')
}
