// Where a story that was begun before goes on: found by asking the ledger, so that nothing beside it has to be remembered.
import type { DemoStep } from './step.ts'

/** A recorded price as the ledger answers it. */
export interface RecordedPrice {
  readonly instrument?: unknown
  readonly price?: unknown
}

/** Prices of one source from a date on, at most `limit`. */
export type AskPrices = (query: {
  readonly source: string
  readonly from: string
  readonly to?: string
  readonly limit: number
}) => Promise<readonly RecordedPrice[]>

interface PriceStep {
  readonly source: string
  readonly date: string
  readonly rows: readonly RecordedPrice[]
}

/** More than one day has. */
const DAY_ROWS = 1000

/**
 * How many of the steps, from the first on, are surely there: those before the last day that has its closing prices, because
 * each day's are sent after everything of the days before was answered. 0 when the ledger holds another story: sending it all
 * then says where they part.
 */
export async function stepsThere(steps: readonly DemoStep[], ask: AskPrices): Promise<number> {
  const days = steps.flatMap((step) => (step.kind === 'prices' && isPrices(step.body) ? [step.body] : []))
  let [low, high] = [-1, days.length - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const day = days[middle]
    if (day !== undefined && (await ask({ source: day.source, from: day.date, limit: 1 })).length > 0) low = middle
    else high = middle - 1
  }
  const last = days[low]
  if (last === undefined) return 0
  const { source, date } = last
  const recorded = await ask({ source, from: date, to: date, limit: DAY_ROWS })
  if (told(recorded) !== told(last.rows)) return 0
  return steps.findIndex((step) => step.date >= date)
}

function told(rows: readonly RecordedPrice[]): string {
  return rows
    .map(({ instrument, price }) => `${String(instrument)} ${String(price)}`)
    .sort()
    .join('\n')
}

function isPrices(body: DemoStep['body']): body is DemoStep['body'] & PriceStep {
  return body !== undefined && typeof body.date === 'string' && Array.isArray(body.rows)
}
