// Sagas on a real log: what waited is released, allocations become fills, and a crash between repeats nothing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blockGiven, executionGiven } from '../../src/domain/block/given.ts'
import { type Checkpoints, openCheckpoints } from '../../src/sagas/checkpoints.ts'
import { allocation } from '../../src/sagas/allocation.ts'
import { releaseParked } from '../../src/sagas/release-parked.ts'
import { runSaga } from '../../src/sagas/runtime.ts'
import type { Saga } from '../../src/sagas/saga.ts'
import type { JsonValue } from '../../src/domain/kernel/canonical-json.ts'
import { fillOf, instrumentGiven, type Ledger, OMS, openWithPortfolio, portfolioGiven } from '../application/ledger.ts'

let ledger: Ledger
let checkpoints: Checkpoints
beforeAll(async () => {
  ledger = await openWithPortfolio()
  await ledger.app.portfolios.open(portfolioGiven('P2'), OMS)
  checkpoints = await openCheckpoints(ledger.database.pool)
})
afterAll(() => ledger.close())

/** Runs a saga until it has seen everything recorded so far, as a new process would. */
async function caughtUp<S extends JsonValue>(saga: Saga<S>, use: Checkpoints = checkpoints): Promise<void> {
  const end = await ledger.log.lastPosition()
  const stop = new AbortController()
  // The last unit must be one that the saga sees, or nobody would know when it is done: the tests close a day.
  const seen: Saga<S> = { ...saga, streamPrefixes: [...saga.streamPrefixes, 'calendar-'] }
  const watching: Checkpoints = {
    load: use.load,
    async save(name, checkpoint) {
      await use.save(name, checkpoint)
      if (end !== undefined && checkpoint.position >= end) stop.abort()
    },
  }
  await runSaga(seen, {
    log: ledger.log,
    checkpoints: watching,
    executor: { app: ledger.app, lots: { lotsGiven: async () => null } },
    signal: stop.signal,
    onRefused(_, command, error) {
      throw new Error(`${command.type}: ${error.message}`)
    },
  })
}

let day = 10
/** Something every saga of these tests sees, at the end of the log. */
async function endOfLog(): Promise<void> {
  await ledger.app.calendars.close({ calendar: 'XNYS', date: `2025-03-${day++}` }, OMS)
}

describe('a parked fill', () => {
  it('is released by the registration of its instrument, once, whoever saw it', async () => {
    const parked = await ledger.app.fills.record(
      'P1',
      fillOf('N1', { instrument: { scheme: 'ticker', value: 'NEW', market: 'XNYS' } }),
      OMS,
    )
    expect(parked).toMatchObject({ parked: true, warnings: [{ code: 'parked' }] })
    await ledger.app.instruments.register(
      instrumentGiven('I-NEW', { identifiers: [{ scheme: 'ticker', value: 'NEW', market: 'XNYS' }] }),
      OMS,
    )
    await endOfLog()
    await caughtUp(releaseParked)
    expect(await ledger.app.fills.find('P1', 'BROKER', '2025-03-10', 'N1')).toMatchObject({ status: 'applied' })
    expect(await ledger.app.fills.parked('P1')).toStrictEqual([])
    const units = await ledger.units('portfolio-P1')
    expect(units.at(-1)).toMatchObject({
      actor: 'saga.release-parked',
      events: [
        {
          type: 'FillExecuted',
          data: { fill: { instrument: 'I-NEW', named: { scheme: 'ticker', value: 'NEW', market: 'XNYS' } } },
        },
        { type: 'ParkedSettled' },
      ],
    })
    // A saga whose place was lost sees everything again, and nothing happens twice.
    await endOfLog()
    const forgetful: Checkpoints = { load: async () => undefined, save: async () => undefined }
    await caughtUp(releaseParked, forgetful)
    expect(await ledger.units('portfolio-P1')).toStrictEqual(units)
  })
})

describe('an allocation whose process died before the fills', () => {
  it('is finished by the saga, with the very fills it would have recorded', async () => {
    await ledger.app.blocks.place(
      blockGiven.parse({
        block: 'B1',
        instrument: 'ABC',
        side: 'buy',
        currency: 'USD',
        shares: [
          { portfolio: 'P1', quantity: '60' },
          { portfolio: 'P2', quantity: '40' },
        ],
        placedAt: '2025-03-10T14:30:00Z',
        tradeDate: '2025-03-10',
      }),
      OMS,
    )
    const executed = {
      block: 'B1',
      source: 'BROKER',
      execId: 'E1',
      tradeDate: '2025-03-10',
      quantity: '50',
      price: '10',
      consideration: '500',
    }
    await ledger.app.blocks.execute(executionGiven.parse(executed), OMS)
    // Only the allocation itself: as if the process had died right after it.
    const dying = await ledger.another()
    Object.assign(dying.blocks, { recordFills: () => Promise.reject(new Error('killed')) })
    const input = { block: 'B1', tradeDate: '2025-03-10', source: 'block' }
    await expect(dying.blocks.allocate(input, OMS)).rejects.toThrow('killed')
    expect(await ledger.app.fills.find('P1', 'block', '2025-03-10', 'B1.1.1')).toBeNull()

    await endOfLog()
    await caughtUp(allocation)
    expect(await ledger.app.fills.find('P1', 'block', '2025-03-10', 'B1.1.1')).toMatchObject({ status: 'applied' })
    const units = await ledger.units('portfolio-P2')
    expect(units.at(-1)?.events[0]?.data).toMatchObject({
      fact: 'fill:block:2025-03-10:B1.1.2',
      fill: { block: 'B1', quantity: '20', consideration: '200', price: '10', settlement: { date: '2025-03-11' } },
    })
    // Sent again, the allocation finds its fills there.
    const again = await ledger.app.blocks.allocate(input, OMS)
    expect(again.fills.map(({ portfolio, answer }) => [portfolio, answer.alreadyThere])).toStrictEqual([
      ['P1', true],
      ['P2', true],
    ])
    expect(await ledger.units('portfolio-P2')).toStrictEqual(units)
  })

  it('taken back, busts its fills', async () => {
    await ledger.app.blocks.cancelAllocation({ block: 'B1', allocation: 1 }, OMS)
    expect(await ledger.app.fills.find('P1', 'block', '2025-03-10', 'B1.1.1')).toMatchObject({ status: 'busted' })
    expect(await ledger.app.fills.find('P2', 'block', '2025-03-10', 'B1.1.2')).toMatchObject({ status: 'busted' })
    const units = await ledger.units('portfolio-P2')
    await endOfLog()
    await caughtUp(allocation)
    expect(await ledger.units('portfolio-P2')).toStrictEqual(units)
  })
})
