// A transfer whose lots turned out otherwise in the giver's book is restated, so that the receiver books what was given.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Application, createApplication } from '../../src/application/application.ts'
import { correctFill } from '../../src/application/commands/fills.ts'
import { recordTransfer } from '../../src/application/commands/reference.ts'
import { LiveBooks } from '../../src/application/live-books.ts'
import { openCheckpoints } from '../../src/sagas/checkpoints.ts'
import { runSagas } from '../../src/sagas/sagas.ts'
import { fillLine, fillOf, type Ledger, OMS, openWithPortfolio, portfolioGiven } from '../application/ledger.ts'

let ledger: Ledger
let app: Application
let ended: Promise<void>
const stop = new AbortController()
const errors: unknown[] = []

beforeAll(async () => {
  ledger = await openWithPortfolio()
  const onError = (error: unknown) => errors.push(error)
  const books = new LiveBooks({ log: ledger.log, onError })
  app = createApplication({ log: ledger.log, advisor: books, onRecorded: (...what) => books.recorded(...what) })
  await app.start(stop.signal, onError)
  await books.start(stop.signal)
  ended = runSagas({
    log: ledger.log,
    checkpoints: await openCheckpoints(ledger.database.pool),
    executor: { app, lots: books },
    signal: stop.signal,
    onRefused: (_, command, error) => errors.push(command, error),
    onFailed: (_, error) => errors.push(error),
  })
  await app.portfolios.open(portfolioGiven('R1'), OMS)
  await app.fills.record('P1', fillOf('A1', { tradeDate: '2025-03-04' }), OMS)
})
afterAll(async () => {
  stop.abort()
  await ended
  await ledger.close()
})

/** Waits until the transfer's stream has so many units, and answers the events of the last. */
async function unitOfTransfer(count: number) {
  for (;;) {
    const units = await ledger.units('transfer-T1')
    if (units.length >= count) return units.at(-1)?.events.map(({ type, data }) => ({ type, data }))
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const lot = { lot: 'fill:BROKER:2025-03-04:A1', units: '4', cost: '400', currency: 'USD', acquiredOn: '2025-03-04' }

describe('a transfer of 4 of 10 units that cost 1,000', () => {
  it('is restated when the purchase is corrected: to 10 for 1,100, of which 4 cost 440', async () => {
    const input = {
      transfer: 'T1',
      date: '2025-03-20',
      ownership: 'same',
      instrument: 'ABC',
      from: { portfolio: 'P1' },
      to: { portfolio: 'R1' },
    }
    await app.transfers.record(recordTransfer.parse({ ...input, units: '4' }), OMS)
    expect(await unitOfTransfer(1)).toMatchObject([{ data: { terms: { lots: [lot] } } }])

    const {
      source: _,
      execId: __,
      ...terms
    } = fillLine('A1', { tradeDate: '2025-03-04', price: '110', consideration: '1100' })
    const correction = { source: 'BROKER', execId: 'G1', execRefId: 'A1', tradeDate: '2025-03-25', fill: terms }
    await app.fills.correct('P1', correctFill.parse(correction), OMS)
    expect(await unitOfTransfer(2)).toStrictEqual([
      {
        type: 'TransferLotsRestated',
        data: { transfer: 'T1', lots: [{ ...lot, cost: '440' }], reason: "the giver's lots changed" },
      },
    ])
  })

  it('is restated to nothing when the purchase is busted: what was not held did not move', async () => {
    await app.fills.bust('P1', { source: 'BROKER', execId: 'H1', execRefId: 'A1', tradeDate: '2025-03-26' }, OMS)
    expect(await unitOfTransfer(3)).toMatchObject([
      { type: 'TransferLotsRestated', data: { transfer: 'T1', lots: [] } },
    ])
    expect(errors).toStrictEqual([])
  })
})
