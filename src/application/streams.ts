// The names of streams (DESIGN.md section 3). The default tenant is `main` and adds nothing to a name.

export const portfolioStream = (portfolio: string): string => `portfolio-${portfolio}`
export const instrumentStream = (instrument: string): string => `instrument-${instrument}`
export const transferStream = (transfer: string): string => `transfer-${transfer}`
export const ownerStream = (owner: string): string => `owner-${owner}`
export const blockStream = (block: string): string => `block-${block}`
export const calendarStream = (calendar: string): string => `calendar-${calendar}`
/** A source's prices of one month: streams stay short, and old months are never read again to append. */
export const priceStream = (source: string, date: string, basis: string): string =>
  `prices-${basis === 'settlement' ? SETTLEMENT : ''}${source}-${date.slice(0, 7)}`
/** Settlement prices stand apart from all others: books are marked by them, and read no other prices. */
const SETTLEMENT = 'settlement~'
export const SETTLEMENT_PRICES = `prices-${SETTLEMENT}`
export const rateStream = (source: string, date: string): string => `fx-${source}-${date.slice(0, 7)}`

/** What all streams of a kind start with. */
export function prefixOf(kind: (id: string) => string): string {
  return kind('')
}
