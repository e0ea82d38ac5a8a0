// Portfolios and lines of fills as a desk would send them over HTTP: dollar stocks, true to a long-only book.
import { story } from '../fill-story.ts'
import type { House } from './house.ts'

const SYMBOLS = 50

/** Registers 50 instruments and opens these portfolios, past the API. */
export async function openDesk(house: House, portfolios: readonly string[]): Promise<void> {
  const { reference, opening } = story({ fills: 0, symbols: SYMBOLS, currencies: ['USD'] })
  await house.tell(reference)
  for (const portfolio of portfolios) await house.tell(opening, portfolio)
}

/** The i-th fill of a portfolio as a line of activity: two buys, then a sell. */
export function fillLine(portfolio: string, i: number): object {
  const sells = Math.floor(i / SYMBOLS) % 3 === 2
  const cents = 2000 + ((i * 37) % 500)
  const two = (value: number) => String(value % 60).padStart(2, '0')
  return {
    type: 'fill',
    portfolio,
    source: 'BENCH',
    execId: `X${i}`,
    tradeDate: '2024-03-14',
    executedAt: `2024-03-14T${14 + (Math.floor(i / 3600) % 6)}:${two(Math.floor(i / 60))}:${two(i)}Z`,
    instrument: `S${i % SYMBOLS}`,
    side: sells ? 'sell' : 'buy',
    quantity: '100',
    price: `${(cents / 100).toFixed(2)}`,
    currency: 'USD',
    // A hundred units at so many cents each.
    consideration: String(cents),
    costs: [{ type: 'commission', amount: '1.5', currency: 'USD' }],
  }
}

/** Lines of fills from one number up to another. */
export function fillLines(portfolio: string, from: number, count: number): object[] {
  return Array.from({ length: count }, (_, i) => fillLine(portfolio, from + i))
}
