// Commands on a real log: in order, pipelined, deduplicated, and right when several processes write at once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Refused } from '../../src/domain/kernel/refusal.ts'
import { fillOf, type Ledger, OMS, openWithPortfolio, portfolioGiven } from './ledger.ts'

let ledger: Ledger
beforeAll(async () => {
  ledger = await openWithPortfolio()
})
afterAll(() => ledger.close())

/** The refusal a command ends in. */
async function refusalOf(command: Promise<unknown>) {
  const error = await command.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof Refused) return error.refusal
  throw new Error(`expected a refusal, got ${error}`)
}

describe('a command', () => {
  it('answers with the place of what it recorded', async () => {
    const answer = await ledger.app.fills.record('P1', fillOf('A1'), OMS)
    const [unit] = (await ledger.units('portfolio-P1')).slice(-1)
    expect(answer).toStrictEqual({
      fact: 'fill:BROKER:2025-03-10:A1',
      position: unit?.position,
      revision: unit?.revision,
      eventIds: unit?.events.map(({ id }) => id),
      recordedAt: unit?.recordedAt,
      alreadyThere: false,
      parked: false,
      warnings: [],
    })
    expect(unit?.actor).toBe('oms-1')
    expect(unit?.events[0]?.envelope.effectiveAt).toBe('2025-03-10')
  })

  it('sent again answers with the first outcome and records nothing', async () => {
    const first = await ledger.app.fills.record('P1', fillOf('A2'), OMS)
    await ledger.app.fills.record('P1', fillOf('A3'), OMS)
    const units = await ledger.units('portfolio-P1')
    expect(await ledger.app.fills.record('P1', fillOf('A2'), OMS)).toStrictEqual({ ...first, alreadyThere: true })
    expect(await ledger.units('portfolio-P1')).toStrictEqual(units)
  })

  it('that is refused records nothing and says why', async () => {
    const units = await ledger.units('portfolio-P1')
    expect(await refusalOf(ledger.app.fills.record('P1', fillOf('A4', { currency: 'QQQ' }), OMS))).toMatchObject({
      code: 'unknown-currency',
      field: 'currency',
    })
    expect(await refusalOf(ledger.app.fills.record('NOBODY', fillOf('A4'), OMS))).toMatchObject({
      code: 'unknown-portfolio',
    })
    expect(await ledger.units('portfolio-P1')).toStrictEqual(units)
  })

  it('under a key of the sender answers the first outcome for the same content, and refuses other content', async () => {
    const places = { sleeves: ['keyed'], custodyAccounts: [], cashAccounts: [] }
    const keyed = { ...OMS, idempotencyKey: 'k-1' }
    const first = await ledger.app.portfolios.addPlaces('P1', places, keyed)
    await ledger.app.portfolios.addPlaces('P1', { ...places, sleeves: ['other'] }, OMS)
    expect(await ledger.app.portfolios.addPlaces('P1', places, keyed)).toStrictEqual({ ...first, alreadyThere: true })
    const reused = ledger.app.portfolios.addPlaces('P1', { ...places, sleeves: ['third'] }, keyed)
    expect(await refusalOf(reused)).toMatchObject({ code: 'idempotency-conflict', field: 'Idempotency-Key' })
    const unfit = ledger.app.portfolios.addPlaces('P1', places, { ...OMS, idempotencyKey: 'k'.repeat(201) })
    expect(await refusalOf(unfit)).toMatchObject({ code: 'bad-idempotency-key', field: 'Idempotency-Key' })
    // Another process reads the key from the log.
    const other = await ledger.another()
    expect(await other.portfolios.addPlaces('P1', places, keyed)).toStrictEqual({ ...first, alreadyThere: true })
  })
})

describe('many commands at once', () => {
  it('for one portfolio are recorded in the order they were sent, each once', async () => {
    const ids = Array.from({ length: 300 }, (_, i) => `B${i}`)
    const answers = await Promise.all(ids.map((id) => ledger.app.fills.record('P1', fillOf(id), OMS)))
    const revisions = answers.map(({ revision }) => revision)
    expect(revisions).toStrictEqual([...revisions].sort((a, b) => Number(a - b)))
    expect(new Set(revisions).size).toBe(300)
  })

  it('that are the same are recorded once, and all answer that', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ledger.app.fills.record('P1', fillOf('C1'), OMS)),
    )
    expect(new Set(answers.map(({ position }) => position)).size).toBe(1)
    expect(answers.filter(({ alreadyThere }) => !alreadyThere)).toHaveLength(1)
  })

  it('among which one is refused are recorded all the same', async () => {
    const results = await Promise.allSettled([
      ledger.app.fills.record('P1', fillOf('D1'), OMS),
      ledger.app.fills.record('P1', fillOf('D2', { quantity: '1.5' }), OMS),
      ledger.app.fills.record('P1', fillOf('D3'), OMS),
      ledger.app.fills.record('P1', fillOf('D1', { price: '1' }), OMS),
      ledger.app.fills.record('P1', fillOf('D1'), OMS),
    ])
    expect(results.map(({ status }) => status)).toStrictEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ])
  })

  it('from several processes lose nothing and record nothing twice', async () => {
    await ledger.app.portfolios.open(portfolioGiven('P2'), OMS)
    const processes = await Promise.all([ledger.another(), ledger.another(), ledger.another()])
    const ids = Array.from({ length: 60 }, (_, i) => `E${i}`)
    // Every process sends every fill: each must be recorded by exactly one of them.
    const answers = await Promise.all(
      processes.flatMap((app) => ids.map((id) => app.fills.record('P2', fillOf(id), OMS))),
    )
    expect(answers.filter(({ alreadyThere }) => !alreadyThere)).toHaveLength(60)
    const recorded = (await ledger.units('portfolio-P2'))
      .flatMap(({ events }) => events)
      .filter(({ type }) => type === 'FillExecuted')
    expect(recorded).toHaveLength(60)
    for (const id of ids) {
      const positions = answers
        .filter(({ fact }) => fact === `fill:BROKER:2025-03-10:${id}`)
        .map(({ position }) => position)
      expect(new Set(positions).size).toBe(1)
    }
  })
})

describe('a process that was told no by the log', () => {
  it('because another had used the key decides what comes next on what that one recorded', async () => {
    await ledger.app.portfolios.open(portfolioGiven('P3'), OMS)
    const other = await ledger.another()
    await other.fills.record('P3', fillOf('K1'), OMS)
    const keyed = { ...OMS, idempotencyKey: 'k-2' }
    await ledger.app.fills.record('P3', fillOf('K2'), keyed)
    expect(await refusalOf(other.fills.record('P3', fillOf('K3'), keyed))).toMatchObject({
      code: 'idempotency-conflict',
    })
    // Its own append that failed stood where K2 stands now: K2 must not pass for it.
    expect(await other.fills.find('P3', 'BROKER', '2025-03-10', 'K2')).toMatchObject({ status: 'applied' })
  })
})

describe('what became of a message', () => {
  it('is known by its key', async () => {
    await ledger.app.fills.record('P1', fillOf('Q1'), OMS)
    const bust = { source: 'BROKER', execId: 'Q2', execRefId: 'Q1', tradeDate: '2025-03-10' }
    await ledger.app.fills.bust('P1', bust, OMS)
    expect(await ledger.app.fills.find('P1', 'BROKER', '2025-03-10', 'Q1')).toMatchObject({
      kind: 'fill',
      status: 'busted',
    })
    expect(await ledger.app.fills.find('P1', 'BROKER', '2025-03-10', 'Q2')).toMatchObject({
      kind: 'bust',
      status: 'applied',
      root: 'fill:BROKER:2025-03-10:Q1',
    })
    expect(await ledger.app.fills.find('P1', 'BROKER', '2025-03-10', 'Q3')).toBeNull()
  })
})
