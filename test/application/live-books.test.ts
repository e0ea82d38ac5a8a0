// What the book says to commands: oversells and overdrafts as warnings, what a closing portfolio still holds, lots for transfers.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApplication } from '../../src/application/application.ts'
import { recordTransfer } from '../../src/application/commands/reference.ts'
import { factCommands } from '../../src/application/commands/facts.ts'
import { LiveBooks } from '../../src/application/live-books.ts'
import type { Application } from '../../src/application/application.ts'
import type { Verdict } from '../../src/application/bulk-engine.ts'
import { fillLine, fillOf, type Ledger, OMS, openWithPortfolio, portfolioGiven } from './ledger.ts'

let ledger: Ledger
let app: Application
let books: LiveBooks
const stop = new AbortController()

beforeAll(async () => {
  ledger = await openWithPortfolio()
  const fail = (error: unknown) => {
    throw error
  }
  books = new LiveBooks({ log: ledger.log, onError: fail })
  app = createApplication({
    log: ledger.log,
    advisor: books,
    onRecorded: (stream, appended, events) => books.recorded(stream, appended, events),
  })
  await app.start(stop.signal, fail)
  await books.start(stop.signal)
})
afterAll(async () => {
  stop.abort()
  await ledger.close()
})

const contribution = (ref: string, amount: string, valueDate = '2025-03-03') =>
  ({
    kind: 'contribution',
    body: factCommands.contribution.parse({ ref, amount, currency: 'USD', valueDate }),
  }) as const

/** Opens a portfolio and waits until its book is at hand. */
async function withBook(portfolio: string): Promise<void> {
  await app.portfolios.open(portfolioGiven(portfolio), OMS)
  await app.facts.record(portfolio, contribution('0', '100000'), OMS)
  await books.holdingsOf(portfolio)
}

describe('a fill', () => {
  it('that sells more than is held is recorded, and says so', async () => {
    await withBook('S1')
    await app.fills.record('S1', fillOf('A1'), OMS)
    const sold = await app.fills.record(
      'S1',
      fillOf('A2', { side: 'sell', quantity: '12', consideration: '1200' }),
      OMS,
    )
    expect(sold.warnings.map(({ code, details }) => [code, details])).toStrictEqual([
      ['oversold', { fact: 'fill:BROKER:2025-03-10:A2' }],
    ])
    const within = await app.fills.record('S1', fillOf('A3', { tradeDate: '2025-03-11' }), OMS)
    expect(within.warnings).toStrictEqual([])
  })

  it('in bulk has its own warning on its own line', async () => {
    await withBook('S2')
    async function* lines() {
      yield JSON.stringify({ type: 'fill', ...fillLine('B1') })
      yield JSON.stringify({ type: 'fill', ...fillLine('B2', { side: 'sell', quantity: '11', consideration: '1100' }) })
    }
    const verdicts: Verdict[] = []
    for await (const verdict of app.bulk.activity(lines(), { context: OMS, portfolio: 'S2' })) verdicts.push(verdict)
    expect(verdicts.map((v) => ('warnings' in v ? v.warnings.map(({ code }) => code) : v.code))).toStrictEqual([
      [],
      ['oversold'],
    ])
  })
})

describe('a portfolio', () => {
  it('that still holds something cannot be closed; an empty one can', async () => {
    await withBook('C1')
    const close = () => app.portfolios.close('C1', { closedOn: '2025-12-31' }, OMS)
    await expect(close()).rejects.toMatchObject({ refusal: { code: 'holdings-remain' } })
    const out = {
      kind: 'withdrawal',
      body: factCommands.withdrawal.parse({ ...contribution('2', '100000').body }),
    } as const
    await app.facts.record('C1', out, OMS)
    expect(await close()).toMatchObject({ alreadyThere: false })
  })
})

describe('a period', () => {
  it('is sealed once the money in suspense is explained', async () => {
    await withBook('Z1')
    const receipt = (changes: object) =>
      ({ kind: 'receipt', body: factCommands.receipt.parse({ ...contribution('7', '50').body, ...changes }) }) as const
    await app.facts.record('Z1', receipt({}), OMS)
    const seal = () => app.periods.seal('Z1', { through: '2025-03-31' }, OMS)
    await expect(seal()).rejects.toMatchObject({ refusal: { code: 'suspense-not-zero' } })
    await app.facts.correct('Z1', receipt({ standalone: { income: 'interest' } }), OMS)
    expect(await seal()).toMatchObject({ fact: 'seal:2025-03-31', warnings: [] })
  })
})

describe('a transfer without lots', () => {
  it('moves the oldest settled lots of the giver, the last one cut, and is the same when sent again', async () => {
    await withBook('G1')
    await app.portfolios.open(portfolioGiven('R1'), OMS)
    await app.fills.record('G1', fillOf('T1', { tradeDate: '2025-03-04' }), OMS)
    // 10 at 1,201: three of them cost 360.30
    await app.fills.record('G1', fillOf('T2', { tradeDate: '2025-03-05', consideration: '1201', price: '120.1' }), OMS)
    const input = recordTransfer.parse({
      transfer: 'M1',
      date: '2025-03-20',
      ownership: 'same',
      instrument: 'ABC',
      from: { portfolio: 'G1' },
      to: { portfolio: 'R1' },
      units: '13',
    })
    const first = await app.transfers.record(input, OMS)
    const [unit] = await ledger.units('transfer-M1')
    expect(unit?.events[0]?.data).toMatchObject({
      terms: {
        chosenBy: 'book',
        lots: [
          { lot: 'fill:BROKER:2025-03-04:T1', units: '10', cost: '1000', currency: 'USD', acquiredOn: '2025-03-04' },
          { lot: 'fill:BROKER:2025-03-05:T2', units: '3', cost: '360.3', currency: 'USD', acquiredOn: '2025-03-05' },
        ],
      },
    })
    expect(await app.transfers.record(input, OMS)).toStrictEqual({ ...first, alreadyThere: true })
    await expect(app.transfers.record({ ...input, units: '12' }, OMS)).rejects.toMatchObject({
      refusal: { code: 'idempotency-conflict' },
    })
  })

  it('of more than the giver holds is refused, saying how much that is', async () => {
    await withBook('G2')
    await app.fills.record('G2', fillOf('U1'), OMS)
    const input = recordTransfer.parse({
      transfer: 'M2',
      date: '2025-03-20',
      ownership: 'same',
      instrument: 'ABC',
      from: { portfolio: 'G2' },
      to: null,
      units: '11',
    })
    await expect(app.transfers.record(input, OMS)).rejects.toMatchObject({
      refusal: { code: 'not-enough-units', field: 'units', message: 'the giver holds 10 of the 11 units' },
    })
  })
})
