// A portfolio of 100,000 fills with every read model built, and a trade backdated to its start.
import { setTimeout as sleep } from 'node:timers/promises'
import type { FillTerms } from '../../src/domain/portfolio/facts.ts'
import type { LedgerEvent } from '../../src/eventstore/registry.ts'
import { story } from '../fill-story.ts'
import type { BenchResult } from '../run.ts'
import { House, median, quantile } from './house.ts'

export const FILLS = 100_000

/** Fills the house's log with the fills of one portfolio `P`, and builds every read model. */
export async function bigPortfolio(
  house: House,
  shape: { readonly symbols: number; readonly currencies: readonly string[] },
  between?: () => Promise<void>,
): Promise<void> {
  const { reference, opening, fills } = story({ fills: FILLS, ...shape })
  await house.open('sagas')
  await house.tell(reference)
  await house.tell(opening)
  await house.tell(fills)
  await between?.()
  await house.open('projector')
  await house.settled()
}

/** A buy of S1 on the first day, told late; each `n` is another trade. */
export function lateBuy(n: number, instrument: string, currency: string, tradeDate = '2024-01-02'): LedgerEvent {
  const fill: FillTerms = {
    source: 'LATE',
    execId: `L${n}`,
    tradeDate,
    executedAt: `${tradeDate}T09:00:00.000000Z`,
    instrument,
    side: 'buy',
    quantity: '10',
    price: '19.5',
    currency,
    consideration: '195',
    costs: [],
    settlement: { date: '2024-12-31', given: true, currency },
    sleeve: 'main',
    custodyAccount: 'main',
    cashAccount: 'main',
  }
  return { type: 'FillExecuted', data: { fact: `fill:LATE:${tradeDate}:L${n}`, fill } }
}

/** Milliseconds from recording a trade backdated to the start until every read model has it; reads go on meanwhile. */
export function backdated(
  shape: { readonly symbols: number; readonly currencies: readonly string[] },
  { times, goal }: { readonly times: number; readonly goal: string },
): Promise<BenchResult> {
  return House.with(async (house) => {
    await bigPortfolio(house, shape)
    const before = await house.rowsWritten()
    const took: number[] = []
    const reads: number[] = []
    for (let n = 0; n < times; n++) {
      const symbol = n % shape.symbols
      const event = lateBuy(n, `S${symbol}`, shape.currencies[symbol % shape.currencies.length] ?? 'USD')
      const started = performance.now()
      let visible = false
      const done = house.record('portfolio-P', [event]).then(async (position) => {
        await house.seen(position)
        visible = true
        took.push(performance.now() - started)
      })
      while (!visible) {
        const asked = performance.now()
        await house.rows("SELECT * FROM quipu.cash_at('{P}', '2024-06-03')")
        reads.push(performance.now() - asked)
        await Promise.race([done, sleep(5)])
      }
      await done
    }
    const rows = (await house.rowsWritten()) - before
    return {
      value: median(took),
      unit: 'ms until visible everywhere',
      goal,
      notes: [
        `${FILLS} fills over ${shape.symbols} symbols in ${shape.currencies.join(', ')}; ${times} trades backdated to the first day, one after the other: ${took.map((ms) => Math.round(ms)).join(', ')} ms; ${Math.round(rows / times)} rows written each`,
        `cash read meanwhile: ${reads.length} answers, p50 ${quantile(reads, 0.5).toFixed(1)} ms, slowest ${Math.max(...reads).toFixed(1)} ms`,
      ],
    }
  })
}
