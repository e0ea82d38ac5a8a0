// A second start of the demo: what the ledger already holds is found by asking it, and another story is told from it.
import { describe, expect, it } from 'vitest'
import { type AskPrices, type RecordedPrice, stepsThere } from '../../src/demo/resume.ts'
import type { DemoStep } from '../../src/demo/step.ts'
import { demoSteps } from '../../src/demo/steps.ts'

const story = [...demoSteps({ to: '2025-02-28', fills: 300 })]

/** What a ledger that received these steps answers. */
function holding(steps: readonly DemoStep[]): AskPrices {
  const rows = steps.flatMap(({ kind, body }) =>
    kind === 'prices' && Array.isArray(body?.rows)
      ? body.rows.map((row: RecordedPrice) => ({ ...row, date: String(body.date), source: String(body.source) }))
      : [],
  )
  return async ({ source, from, to = '9999-12-31', limit }) =>
    rows.filter((row) => row.source === source && row.date >= from && row.date <= to).slice(0, limit)
}

describe('a demo that was stopped', () => {
  it('starts at the beginning on an empty ledger, and before the first day is priced', async () => {
    expect(await stepsThere(story, holding([]))).toBe(0)
    expect(await stepsThere(story, holding(story.slice(0, 40)))).toBe(0)
  })

  it('goes on with the last day that has its closing prices, wherever it was stopped: never past a step that is missing', async () => {
    for (let stopped = 0; stopped <= story.length; stopped += 13) {
      const there = await stepsThere(story, holding(story.slice(0, stopped)))
      expect(there).toBeLessThanOrEqual(stopped)
      // At most two days are sent again: the one it stopped in, and the one before.
      const days = new Set(story.slice(there, stopped).map((step) => step.date))
      const eve = there === 0 ? 1 : 2
      expect(days.size).toBeLessThanOrEqual(eve)
    }
  })

  it('sends everything when the ledger holds the story told otherwise', async () => {
    const other = [...demoSteps({ to: '2025-02-28', fills: 500 })]
    expect(await stepsThere(story, holding(other))).toBe(0)
  })
})
