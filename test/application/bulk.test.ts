// Bulk: a verdict per line, units of the lines that came together, and no bad line that spoils its neighbours.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Verdict } from '../../src/application/bulk-engine.ts'
import { linesOf } from '../../src/application/ndjson.ts'
import { fillLine, instrumentGiven, type Ledger, OMS, openWithPortfolio, portfolioGiven } from './ledger.ts'

let ledger: Ledger
beforeAll(async () => {
  ledger = await openWithPortfolio()
  await ledger.app.portfolios.open(portfolioGiven('P2'), OMS)
})
afterAll(() => ledger.close())

async function* each(lines: readonly (string | object)[]): AsyncGenerator<string> {
  for (const line of lines) yield typeof line === 'string' ? line : JSON.stringify(line)
}

async function verdictsOf(lines: readonly (string | object)[], portfolio?: string): Promise<Verdict[]> {
  const verdicts: Verdict[] = []
  const options = portfolio === undefined ? { context: OMS } : { context: OMS, portfolio }
  for await (const verdict of ledger.app.bulk.activity(each(lines), options)) verdicts.push(verdict)
  return verdicts
}

const fill = (execId: string, changes: object = {}) => ({ type: 'fill', ...fillLine(execId, changes) })

describe('a bulk request', () => {
  it('answers every line in order, whatever became of its neighbours', async () => {
    const verdicts = await verdictsOf(
      [
        fill('A1'),
        '{"type": "fill", ',
        fill('A2', { price: 100 }),
        fill('A3', { colour: 'red' }),
        fill('A4', { instrument: 'NEW' }),
        '',
        fill('A1'),
        fill('A1', { quantity: '11', consideration: '1100' }),
        { type: 'bust-fill', source: 'BROKER', execId: 'A5', execRefId: 'A1', tradeDate: '2025-03-10' },
        { type: 'contribution', ref: 'C1', amount: '5000.00', currency: 'USD', valueDate: '2025-03-10' },
        { type: 'gift' },
        fill('A6', { portfolio: 'P2' }),
        fill('A7', { quantity: '1.5' }),
      ],
      'P1',
    )
    expect(verdicts.map(({ line, verdict }) => [line, verdict])).toStrictEqual([
      [1, 'accepted'],
      [2, 'refused'],
      [3, 'refused'],
      [4, 'refused'],
      [5, 'parked'],
      [7, 'already'],
      [8, 'refused'],
      [9, 'accepted'],
      [10, 'accepted'],
      [11, 'refused'],
      [12, 'refused'],
      [13, 'refused'],
    ])
    const refusals = verdicts.flatMap((v) => (v.verdict === 'refused' ? [[v.line, v.code, v.field]] : []))
    expect(refusals).toStrictEqual([
      [2, 'malformed-json', undefined],
      [3, 'number-not-text', 'price'],
      [4, 'unknown-field', 'colour'],
      [8, 'idempotency-conflict', undefined],
      [11, 'unknown-line-type', 'type'],
      [12, 'other-portfolio', 'portfolio'],
      [13, 'quantity-too-fine', 'quantity'],
    ])
    for (const v of verdicts) if (v.verdict === 'refused') expect(v.remedy).toBeTypeOf('string')
  })

  it('records the lines of one portfolio as one unit, each with its own events', async () => {
    const verdicts = await verdictsOf([fill('B1'), fill('B2'), fill('B3')], 'P2')
    const units = await ledger.units('portfolio-P2')
    const last = units.at(-1)
    expect(last?.events.map(({ type }) => type)).toStrictEqual(['FillExecuted', 'FillExecuted', 'FillExecuted'])
    verdicts.forEach((verdict, i) => {
      expect(verdict).toMatchObject({
        verdict: 'accepted',
        position: last?.position,
        revision: last?.events[i]?.revision,
        eventIds: [last?.events[i]?.id],
      })
    })
  })

  it('sent again records nothing: every line is there already', async () => {
    const lines = [fill('B1'), fill('B2'), fill('B3')]
    const units = await ledger.units('portfolio-P2')
    const first = units.at(-1)
    const expected = first?.events.map(({ id, revision }) => ['already', first.position, revision, [id]])
    const verdicts = await verdictsOf(lines, 'P2')
    const shown = verdicts.map((v) => ('eventIds' in v ? [v.verdict, v.position, v.revision, v.eventIds] : v))
    expect(shown).toStrictEqual(expected)
    expect(await ledger.units('portfolio-P2')).toStrictEqual(units)
  })

  it('sends each line to the portfolio it names', async () => {
    const verdicts = await verdictsOf([
      fill('D1', { portfolio: 'P1' }),
      fill('D1', { portfolio: 'P2' }),
      fill('D1', { portfolio: 'NOBODY' }),
      fill('D1'),
    ])
    expect(verdicts.map((v) => ('code' in v ? v.code : v.verdict))).toStrictEqual([
      'accepted',
      'accepted',
      'unknown-portfolio',
      'missing-field',
    ])
  })

  it('larger than a unit is cut into units that fit, and a later line stands on an earlier one', async () => {
    await ledger.app.portfolios.open(portfolioGiven('P3'), OMS)
    const lines = Array.from({ length: 1200 }, (_, i) => fill(`E${i}`))
    lines.push({ ...fill('E1200'), execId: 'E0', quantity: '11', consideration: '1100' })
    const verdicts = await verdictsOf(lines, 'P3')
    expect(verdicts.filter(({ verdict }) => verdict === 'accepted')).toHaveLength(1200)
    expect(verdicts.at(-1)).toMatchObject({ line: 1201, code: 'idempotency-conflict' })
    const units = await ledger.units('portfolio-P3')
    const sizes = units.map(({ events }) => events.length).filter((n) => n > 1)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(500)
    expect(sizes.reduce((sum, n) => sum + n, 0)).toBe(1200)
    // Lines that arrive together share units: 1,200 fills do not make 1,200 appends.
    expect(units.length).toBeLessThan(10)
  })

  it('counts what the sender adds to every event: the largest lines and the longest context still fit', async () => {
    await ledger.app.portfolios.open(portfolioGiven('P4'), OMS)
    const long = 'x'.repeat(900)
    const lots = Array.from({ length: 60 }, (_, i) => ({ lot: `L${i}`, units: '0.001' }))
    const lines = Array.from({ length: 400 }, (_, i) => fill(`G${i}`, { lots }))
    const verdicts: Verdict[] = []
    const context = { actor: 'o'.repeat(100), correlationId: long, causationId: long }
    for await (const v of ledger.app.bulk.activity(each(lines), { context, portfolio: 'P4' })) verdicts.push(v)
    expect(verdicts.map(({ verdict }) => verdict)).toStrictEqual(lines.map(() => 'accepted'))
  })

  it('keeps lines that may not be written to that portfolio out', async () => {
    const verdicts: Verdict[] = []
    const lines = each([fill('F1', { portfolio: 'P1' }), fill('F1', { portfolio: 'P2' })])
    const options = { context: OMS, mayWrite: (portfolio: string) => portfolio === 'P2' }
    for await (const verdict of ledger.app.bulk.activity(lines, options)) verdicts.push(verdict)
    expect(verdicts.map((v) => ('code' in v ? v.code : v.verdict))).toStrictEqual(['forbidden-portfolio', 'accepted'])
  })
})

describe('bulk market data', () => {
  const price = (instrument: string, value: string, changes: object = {}) =>
    JSON.stringify({
      source: 'EX',
      date: '2025-03-10',
      basis: 'close',
      snap: 'close',
      instrument,
      price: value,
      currency: 'USD',
      ...changes,
    })

  it('joins rows of one date and basis into one event, with a verdict per row', async () => {
    await ledger.app.instruments.register(instrumentGiven('XYZ'), OMS)
    const lines = [
      price('ABC', '10'),
      price('XYZ', '20'),
      price('XYZ', '20.0'),
      price('XYZ', '21'),
      price('NEW', '1'),
      price('ABC', '11', { date: '2025-03-11' }),
    ]
    const verdicts: Verdict[] = []
    for await (const verdict of ledger.app.bulk.prices(each(lines), OMS)) verdicts.push(verdict)
    expect(verdicts.map((v) => ('code' in v ? v.code : v.verdict))).toStrictEqual([
      'accepted',
      'accepted',
      'already',
      'idempotency-conflict',
      'unknown-instrument',
      'accepted',
    ])
    const events = (await ledger.units('prices-EX-2025-03')).flatMap((unit) => unit.events)
    expect(events.map(({ data }) => 'rows' in data && data.rows.length)).toStrictEqual([2, 1])
  })

  it('takes FX rates too', async () => {
    const lines = [
      { source: 'ECB', fixing: '1415-CET', date: '2025-03-10', base: 'EUR', quote: 'USD', rate: '1.0830' },
      { source: 'ECB', fixing: '1415-CET', date: '2025-03-10', base: 'EUR', quote: 'EUR', rate: '1' },
    ]
    const verdicts: Verdict[] = []
    for await (const verdict of ledger.app.bulk.rates(each(lines), OMS)) verdicts.push(verdict)
    expect(verdicts.map((v) => ('code' in v ? v.code : v.verdict))).toStrictEqual(['accepted', 'same-currency'])
  })
})

describe('lines of a byte stream', () => {
  async function* bytes(...chunks: Buffer[]): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield chunk
  }
  const linesIn = async (...chunks: Buffer[]) => {
    const lines: string[] = []
    for await (const line of linesOf(bytes(...chunks))) lines.push(line)
    return lines
  }

  it('are cut wherever the chunks are, also inside a character', async () => {
    const text = Buffer.from('{"a":"é"}\r\n{"b":1}\n\nlast')
    for (let cut = 0; cut <= text.length; cut++) {
      expect(await linesIn(text.subarray(0, cut), text.subarray(cut))).toStrictEqual([
        '{"a":"é"}',
        '{"b":1}',
        '',
        'last',
      ])
    }
  })

  it('that are too long are refused, holding no more of them than it takes to say so', async () => {
    const [line = ''] = await linesIn(...Array.from({ length: 10 }, () => Buffer.alloc(100_000, 'x')))
    expect(line.length).toBeLessThan(400_000)
    const [verdict] = await verdictsOf([line], 'P1')
    expect(verdict).toMatchObject({ verdict: 'refused', code: 'line-too-long' })
  })
})
