// The other commands on a real log: instruments whose identifiers are unique, owners whose names stay sealed, days closed by calendar.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPortfolio } from '../../src/application/commands/portfolios.ts'
import { announceAction, registerOwner } from '../../src/application/commands/reference.ts'
import { fillOf, instrumentGiven, type Ledger, OMS, openWithPortfolio, portfolioGiven } from './ledger.ts'

let ledger: Ledger
beforeAll(async () => {
  ledger = await openWithPortfolio()
})
afterAll(() => ledger.close())

const refusal = (code: string) => ({ refusal: { code } })

describe('an identifier', () => {
  const isin = { scheme: 'isin', value: 'US0378331005' }

  it('asked for by two instruments at once goes to one of them', async () => {
    const results = await Promise.allSettled(
      ['I1', 'I2'].map((id) => ledger.app.instruments.register(instrumentGiven(id, { identifiers: [isin] }), OMS)),
    )
    expect(results.map(({ status }) => status)).toStrictEqual(['fulfilled', 'rejected'])
    expect(results[1]).toMatchObject({ reason: refusal('identifier-taken') })
  })

  it('that moves on names each instrument in its time: a late fill finds the one of its day', async () => {
    const ticker = (from?: string) => ({
      scheme: 'ticker' as const,
      value: 'MOV',
      market: 'XNYS',
      ...(from ? { from } : {}),
    })
    await ledger.app.instruments.register(instrumentGiven('OLD', { identifiers: [ticker()] }), OMS)
    await ledger.app.instruments.assign(
      { instrument: 'OLD', identifier: { ...ticker('2025-03-12'), value: 'OLDX' } },
      OMS,
    )
    await ledger.app.instruments.register(instrumentGiven('NEW', { identifiers: [ticker('2025-03-12')] }), OMS)
    for (const [execId, tradeDate, id] of [
      ['M1', '2025-03-11', 'OLD'],
      ['M2', '2025-03-12', 'NEW'],
    ] as const) {
      await ledger.app.fills.record(
        'P1',
        fillOf(execId, { tradeDate, instrument: { scheme: 'ticker', value: 'MOV' } }),
        OMS,
      )
      expect((await ledger.units('portfolio-P1')).at(-1)?.events[0]?.data).toMatchObject({ fill: { instrument: id } })
    }
  })

  it('of another process is known as soon as the log has brought it', async () => {
    const other = await ledger.another()
    const { position } = await other.instruments.register(instrumentGiven('FAR'), OMS)
    await ledger.app.directory.reached(position)
    expect(ledger.app.directory.instrumentById('FAR')).toMatchObject({ id: 'FAR', currency: 'USD' })
  })
})

describe('a settlement date', () => {
  it('follows from market and calendars: US trades of 2024-10-11 and 2024-10-14 both settle on 2024-10-15', async () => {
    await ledger.app.portfolios.open(portfolioGiven('D1', { openedOn: '2024-01-02' }), OMS)
    for (const [execId, tradeDate] of [
      ['S1', '2024-10-11'],
      ['S2', '2024-10-14'],
    ] as const) {
      await ledger.app.fills.record('D1', fillOf(execId, { tradeDate }), OMS)
      expect((await ledger.units('portfolio-D1')).at(-1)?.events[0]?.data).toMatchObject({
        fill: { settlement: { date: '2024-10-15', given: false } },
      })
    }
  })
})

describe('a portfolio', () => {
  it('takes its places from what is there', async () => {
    await ledger.app.portfolios.open(
      openPortfolio.parse({
        ...portfolioGiven('D2'),
        sleeves: ['value', 'growth'],
        custodyAccounts: ['BNY'],
        cashAccounts: [
          { id: 'M', kind: 'margin' },
          { id: 'C', kind: 'cash' },
        ],
        defaults: { sleeve: 'growth' },
      }),
      OMS,
    )
    expect((await ledger.units('portfolio-D2'))[0]?.events[0]?.data).toMatchObject({
      defaults: { sleeve: 'growth', custodyAccount: 'BNY', cashAccount: 'C', marginAccount: 'M' },
    })
  })
})

describe('an owner', () => {
  it('is registered once, its name sealed in the log and nowhere in plain', async () => {
    const ada = registerOwner.parse({
      owner: 'O1',
      kind: 'person',
      country: 'US',
      taxStatus: 'taxable',
      name: 'Ada Q. Example',
    })
    await ledger.app.owners.register(ada, OMS)
    expect(await ledger.app.owners.register(ada, OMS)).toMatchObject({ alreadyThere: true, fact: 'O1' })
    await expect(ledger.app.owners.register({ ...ada, name: 'Bea' }, OMS)).rejects.toMatchObject(
      refusal('idempotency-conflict'),
    )
    const { rows } = await ledger.database.pool.query<{ text: string }>(
      "SELECT data::text || metadata::text AS text FROM quipu_log.event WHERE stream = 'owner-O1'",
    )
    expect(rows).toHaveLength(1)
    expect(rows[0]?.text).not.toContain('Ada')
    // Another process tells the same name from another, too: it reads the sealed one.
    const other = await ledger.another()
    expect(await other.owners.register(ada, OMS)).toMatchObject({ alreadyThere: true })
    await expect(other.owners.register({ ...ada, name: 'Bea' }, OMS)).rejects.toMatchObject(
      refusal('idempotency-conflict'),
    )
  })

  it('is linked to portfolios that are there', async () => {
    const link = { owner: 'O1', portfolio: 'P1', from: '2025-01-02' }
    await ledger.app.owners.linkPortfolio(link, OMS)
    await expect(ledger.app.owners.linkPortfolio({ ...link, portfolio: 'NOBODY' }, OMS)).rejects.toMatchObject(
      refusal('unknown-portfolio'),
    )
  })
})

describe('a corporate action', () => {
  it('is named by its instrument, and announced again is the same', async () => {
    const input = announceAction.parse({
      instrument: 'ABC',
      terms: {
        action: 'D1',
        caev: 'DVCA',
        exDate: '2025-03-10',
        payDate: '2025-03-24',
        legs: [{ kind: 'cash', leg: 1, income: 'dividend', currency: 'USD', perUnit: '0.50' }],
      },
    })
    const first = await ledger.app.instruments.announce(input, OMS)
    expect(first).toMatchObject({ fact: 'ca:ABC:D1', alreadyThere: false })
    expect(await ledger.app.instruments.announce(input, OMS)).toStrictEqual({ ...first, alreadyThere: true })
  })
})

describe('a business day', () => {
  it('is closed by its calendar', async () => {
    await ledger.app.calendars.close({ calendar: 'XNYS', date: '2025-03-14' }, OMS)
    await expect(ledger.app.calendars.close({ calendar: 'XNYS', date: '2025-03-15' }, OMS)).rejects.toMatchObject(
      refusal('not-a-business-day'),
    )
    await expect(ledger.app.calendars.close({ calendar: 'XMOON', date: '2025-03-17' }, OMS)).rejects.toMatchObject(
      refusal('unknown-calendar'),
    )
    // Monday is left out.
    const { warnings } = await ledger.app.calendars.close({ calendar: 'XNYS', date: '2025-03-18' }, OMS)
    expect(warnings.map(({ code }) => code)).toStrictEqual(['days-skipped'])
  })
})
