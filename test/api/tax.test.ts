// Tax views over HTTP: an owner with two portfolios and a retirement account, years, horizons, knowledge, CSV and refusals.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { equity, type Json, portfolioOf, startLedger, type TestLedger } from '../support/ledger.ts'

let ledger: TestLedger

const trade = (
  execId: string,
  side: 'buy' | 'sell',
  tradeDate: string,
  consideration: string,
  rest: Json = {},
): Json => ({
  type: 'fill',
  source: 'BROKER',
  execId,
  tradeDate,
  instrument: 'XYZ',
  side,
  quantity: '100',
  price: String(Number(consideration) / 100),
  currency: 'USD',
  consideration,
  ...rest,
})

beforeAll(async () => {
  ledger = await startLedger()
  await ledger.record('/v1/instruments', equity('XYZ', 'USD'))
  for (const portfolio of ['P1', 'P2', 'IRA']) await ledger.record('/v1/portfolios', portfolioOf(portfolio, 'USD'))
  await ledger.record('/v1/owners', { owner: 'ann', kind: 'person', country: 'US', taxStatus: 'taxable', name: 'Ann' })
  for (const portfolio of ['P1', 'P2'])
    await ledger.record('/v1/owners/portfolios', { owner: 'ann', portfolio, from: '2020-01-01' })
  await ledger.record('/v1/owners/portfolios', {
    owner: 'ann',
    portfolio: 'IRA',
    from: '2020-01-01',
    taxStatus: 'retirement',
  })
  await ledger.lines('/v1/portfolios/P1/activity', [
    trade('B1', 'buy', '2023-01-09', '1000'),
    trade('S1', 'sell', '2024-12-27', '750'),
    trade('B3', 'buy', '2025-06-02', '900'),
    trade('S3', 'sell', '2025-09-02', '1300'),
  ])
})
afterAll(() => ledger?.close())

const lines = async (url: string) =>
  (await ledger.rows(url)).map(({ soldOn, proceeds, cost, code, disallowed, gain, term, provisional }) => ({
    soldOn,
    proceeds,
    cost,
    code,
    disallowed,
    gain,
    term,
    provisional,
  }))

const LOSS = { soldOn: '2024-12-27', proceeds: '750', cost: '1000', term: 'long', provisional: false }
const ALLOWED = { ...LOSS, code: '', disallowed: '0', gain: '-250' }
const WASHED = { ...LOSS, code: 'W', disallowed: '250', gain: '0' }

describe('the tax view of an owner', () => {
  it('reports the gains of a year, and what is not decided yet at the horizon', async () => {
    expect(await lines('/v1/owners/ann/tax?regime=US&year=2024')).toStrictEqual([ALLOWED])
    expect(await lines('/v1/owners/ann/tax?regime=US&year=2024&effectiveAt=2024-12-31')).toStrictEqual([ALLOWED])
    const early = '/v1/owners/ann/tax?regime=US&year=2024&effectiveAt=2024-12-31&horizon=2025-01-25'
    expect(await lines(early)).toStrictEqual([{ ...ALLOWED, provisional: true }])
  })

  it('learns of a purchase in another portfolio of the same owner; at the earlier knowledge it is not there', async () => {
    const before = ledger.position
    await ledger.lines('/v1/portfolios/P2/activity', [trade('B2', 'buy', '2025-01-10', '800')])
    expect(await lines('/v1/owners/ann/tax?regime=US&year=2024')).toStrictEqual([WASHED])
    expect(await lines(`/v1/owners/ann/tax?regime=US&year=2024&asAt=${before}`)).toStrictEqual([ALLOWED])
    // 800 + 250; held 718 days before (9 January 2023 to 27 December 2024): 10 January 2025 - 718.
    const [lot] = await ledger.rows('/v1/owners/ann/tax?regime=US&part=lots')
    expect(lot).toMatchObject({
      portfolio: 'P2',
      units: '100',
      bookCost: '800',
      cost: '1050',
      holdingFrom: '2023-01-23',
    })
    // One portfolio alone knows nothing of the other.
    expect(await lines('/v1/portfolios/P1/tax?regime=US&year=2024')).toStrictEqual([ALLOWED])
  })

  it('disallows for good what a retirement account buys, and shows its own gains not at all', async () => {
    await ledger.record('/v1/portfolios/P2/fills/bust', {
      source: 'BROKER',
      execId: 'X2',
      execRefId: 'B2',
      tradeDate: '2025-01-10',
    })
    await ledger.lines('/v1/portfolios/IRA/activity', [
      trade('B9', 'buy', '2025-01-10', '800'),
      trade('S9', 'sell', '2025-03-03', '2000'),
    ])
    const { body } = await ledger.request('GET', '/v1/owners/ann/tax?regime=US')
    expect(body).toMatchObject({
      regime: 'US',
      currency: 'USD',
      portfolios: ['IRA', 'P1', 'P2'],
      totals: [
        { taxYear: '2024', name: 'long-term', amount: '0' },
        { taxYear: '2024', name: 'wash-sale-disallowed', amount: '250' },
        { taxYear: '2025', name: 'short-term', amount: '400' },
      ],
    })
    expect((body.rows as Json[])[0]).toMatchObject({ rules: ['relief:fifo', 'wash-sale-permanent'] })
  })

  it('takes a call bought on the stock for its replacement: one contract of 100 washes the loss on 100', async () => {
    await ledger.record('/v1/instruments', {
      ...equity('XYZ-CALL', 'USD'),
      type: 'option',
      multiplier: '100',
      option: {
        underlying: 'XYZ',
        right: 'call',
        strike: '8',
        strikeCurrency: 'USD',
        expiry: '2025-06-20',
        style: 'american',
        settlement: 'physical',
      },
    })
    await ledger.record('/v1/portfolios', portfolioOf('CALLS', 'USD'))
    await ledger.record('/v1/owners', { owner: 'cy', kind: 'person', country: 'US', taxStatus: 'taxable', name: 'Cy' })
    await ledger.record('/v1/owners/portfolios', { owner: 'cy', portfolio: 'CALLS', from: '2020-01-01' })
    const sold = [trade('B1', 'buy', '2023-01-09', '1000'), trade('S1', 'sell', '2024-12-27', '750')]
    await ledger.lines('/v1/portfolios/CALLS/activity', sold)
    const url = '/v1/owners/cy/tax?regime=US&year=2024'
    expect(await lines(url)).toStrictEqual([ALLOWED])
    const call = { instrument: 'XYZ-CALL', quantity: '1', price: '1.2' }
    await ledger.lines('/v1/portfolios/CALLS/activity', [trade('C1', 'buy', '2025-01-10', '120', call)])
    expect(await lines(url)).toStrictEqual([WASHED])
  })

  it('pages its lines at one knowledge, and gives all of them as CSV', async () => {
    const { body } = await ledger.request('GET', '/v1/owners/ann/tax?regime=US&limit=1')
    const next = await ledger.rows(`/v1/owners/ann/tax?regime=US&limit=1&cursor=${body.next}`)
    expect(next.map(({ soldOn }) => soldOn)).toStrictEqual(['2025-09-02'])
    const csv = await ledger.request('GET', '/v1/owners/ann/tax?regime=US', undefined, { accept: 'text/csv' })
    expect(csv.text.split('\r\n').length).toBe(4)
    expect(csv.text).toMatch(/^line,disposal,fact,portfolio,/)
  })

  it('takes lots in with what wash sales made of them elsewhere, and refuses a holding period that begins too late', async () => {
    await ledger.record('/v1/portfolios', portfolioOf('P5', 'USD'))
    const lot = { lot: 'L', instrument: 'XYZ', units: '10', cost: '100', currency: 'USD', acquiredOn: '2024-06-03' }
    const opening = (wash: Json): Json => ({ ref: 'O', date: '2025-01-02', lots: [{ ...lot, wash }] })
    const refused = await ledger.request('POST', '/v1/portfolios/P5/openings', opening({ holdingFrom: '2024-06-04' }))
    expect([refused.status, refused.body.code]).toStrictEqual([422, 'holding-after-acquisition'])
    await ledger.record('/v1/portfolios/P5/openings', opening({ disallowed: '25.50', holdingFrom: '2024-01-15' }))
    const [row] = await ledger.rows('/v1/portfolios/P5/tax?regime=US&part=lots')
    // 100 + 25.50
    expect(row).toMatchObject({ bookCost: '100', cost: '125.5', acquiredOn: '2024-06-03', holdingFrom: '2024-01-15' })
  })

  it('can be asked under another lot method', async () => {
    await ledger.record('/v1/portfolios', portfolioOf('P4', 'USD'))
    await ledger.lines('/v1/portfolios/P4/activity', [
      trade('B1', 'buy', '2025-01-06', '1000'),
      trade('B2', 'buy', '2025-02-06', '1200'),
      trade('S1', 'sell', '2025-06-06', '1300'),
    ])
    const gains = async (more: string) =>
      (await ledger.rows(`/v1/portfolios/P4/tax?regime=US${more}`)).map(({ gain }) => gain)
    expect(await gains('')).toStrictEqual(['300'])
    expect(await gains('&lotMethod=lifo')).toStrictEqual(['100'])
  })

  it('refuses what it cannot answer', async () => {
    const codeOf = async (url: string) => {
      const { status, body } = await ledger.request('GET', url)
      return [status, body.code]
    }
    expect(await codeOf('/v1/owners/nobody/tax?regime=US')).toStrictEqual([404, 'unknown-owner'])
    expect(await codeOf('/v1/owners/ann/tax?regime=XX')).toStrictEqual([422, 'unknown-regime'])
    expect(await codeOf('/v1/owners/ann/tax?regime=US&convention=tacking:no')).toStrictEqual([
      422,
      'unknown-convention',
    ])
    expect(await codeOf('/v1/owners/ann/tax?regime=US&effectiveAt=2025-12-31&horizon=2025-01-01')).toStrictEqual([
      422,
      'horizon-before-effective-date',
    ])
    expect(await codeOf('/v1/owners/ann/tax?regime=US&cursor=x')).toStrictEqual([400, 'bad-cursor'])
    expect(await codeOf('/v1/portfolios/nowhere/tax?regime=US')).toStrictEqual([404, 'unknown-portfolio'])
    const token = ledger.tokenFor(['reporting'], ['P1'])
    const { status } = await ledger.request('GET', '/v1/owners/ann/tax?regime=US', undefined, {
      authorization: `Bearer ${token}`,
    })
    expect(status).toBe(403)
  })
})
