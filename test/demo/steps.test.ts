// The demo's story: the same every time, and nothing in it that the ledger would refuse for its form.
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { cancelFact, factCommands } from '../../src/application/commands/facts.ts'
import { bustFill, correctFill, recordFill } from '../../src/application/commands/fills.ts'
import { closeBusinessDay, recordPrices, recordRates } from '../../src/application/commands/market.ts'
import { allocateBlock, endOrder, executeBlock, placeBlock, placeOrder } from '../../src/application/commands/orders.ts'
import { openPortfolio, sealPeriod } from '../../src/application/commands/portfolios.ts'
import {
  amendAction,
  announceAction,
  cancelAction,
  linkPortfolio,
  recordTransfer,
  registerInstrument,
  registerOwner,
} from '../../src/application/commands/reference.ts'
import { LISTINGS } from '../../src/demo/listings.ts'
import type { DemoStepKind } from '../../src/demo/step.ts'
import { demoSteps } from '../../src/demo/steps.ts'
import { identifier } from '../../src/domain/kernel/identifiers.ts'

const bodies: Readonly<Record<Exclude<DemoStepKind, 'activity'>, z.ZodType>> = {
  owner: registerOwner,
  'owner-link': linkPortfolio,
  instrument: registerInstrument,
  portfolio: openPortfolio,
  rates: recordRates,
  prices: recordPrices,
  'day-closed': closeBusinessDay,
  action: announceAction,
  'action-amended': amendAction,
  'action-cancelled': cancelAction,
  transfer: recordTransfer,
  block: placeBlock,
  'block-execution': executeBlock,
  'block-allocation': allocateBlock,
  seal: sealPeriod,
}
const lines: Readonly<Record<string, z.ZodType>> = {
  fill: recordFill,
  'correct-fill': correctFill,
  'bust-fill': bustFill,
  order: placeOrder,
  'end-order': endOrder,
  'cancel-fact': cancelFact,
  ...factCommands,
}

const story = [...demoSteps()]
const allLines = story.flatMap((step) => step.lines ?? [])
const count = (type: string) => allLines.filter((line) => line.type === type).length

describe('the demo', () => {
  it('tells the same story from the same seed, and another from another', () => {
    expect([...demoSteps()]).toStrictEqual(story)
    expect([...demoSteps({ seed: 7, to: '2025-01-10' })]).not.toStrictEqual([...demoSteps({ to: '2025-01-10' })])
  })

  it('gives its fictional issuers identifiers whose check digits hold', () => {
    for (const { isin } of LISTINGS) expect(identifier('isin', isin)).toBe(isin)
    expect(new Set(LISTINGS.map(({ isin }) => isin)).size).toBe(LISTINGS.length)
  })

  it('writes no request that the command schemas would refuse', () => {
    for (const step of story) {
      if (step.kind !== 'activity')
        expect([step.kind, bodies[step.kind].safeParse(step.body).error]).toStrictEqual([step.kind, undefined])
      for (const { type, ...line } of step.lines ?? []) {
        const { error } = lines[String(type)]?.safeParse(line) ?? { error: 'no such line' }
        expect([type, error]).toStrictEqual([type, undefined])
      }
    }
  })

  it('holds about 5,000 fills over fifteen months, and what goes wrong with them', () => {
    expect(count('fill')).toBeGreaterThan(4_700)
    expect(count('fill')).toBeLessThan(5_300)
    expect(count('bust-fill')).toBeGreaterThan(20)
    expect(count('correct-fill')).toBeGreaterThan(60)
    const days = [...new Set(story.map((step) => step.date))]
    expect([days[0], days.at(-1)]).toStrictEqual(['2025-01-02', '2026-04-09'])
    const late = story.flatMap((step) =>
      (step.lines ?? []).filter((l) => l.type === 'fill' && String(l.tradeDate) < step.date),
    )
    expect(late.length).toBeGreaterThan(40)
  })

  it('sends at least one correction before the fill it corrects', () => {
    const seen = new Set<string>()
    let early = 0
    for (const step of story)
      for (const line of step.lines ?? []) {
        if (line.type === 'fill') seen.add(`${step.subject}/${line.execId}`)
        if (line.type === 'correct-fill' && !seen.has(`${step.subject}/${line.execRefId}`)) early += 1
      }
    expect(early).toBeGreaterThan(0)
  })
})
