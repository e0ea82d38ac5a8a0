// CSV of activity: what the header means, what a row becomes, and that a bad row costs itself alone.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { activityFromCsv } from '../../src/imports/activity-csv.ts'
import { activityFromNdjson } from '../../src/imports/activity-ndjson.ts'
import type { ColumnOptions } from '../../src/imports/csv-columns.ts'
import { csvRecords } from '../../src/imports/csv-records.ts'
import { UnreadableFile } from '../../src/imports/imported-line.ts'

async function* bytesOf(text: string, size = 7): AsyncGenerator<Uint8Array> {
  const all = Buffer.from(text, 'utf8')
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size)
}

/** Array.fromAsync, which Node 20 lacks. */
async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

async function* listed(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines
}

/** Lines as objects, problems as their codes. */
async function read(text: string, options?: ColumnOptions): Promise<unknown[]> {
  const lines = await collected(activityFromCsv(bytesOf(text), options))
  return lines.map((one) => [one.line, 'text' in one ? JSON.parse(one.text) : one.problem.code])
}

const refusal = async (text: string, options?: ColumnOptions): Promise<unknown> => {
  try {
    return await read(text, options)
  } catch (error) {
    return error instanceof UnreadableFile ? [error.problem.code, error.problem.field] : error
  }
}

describe('the columns of an activity file', () => {
  it('are the fields of the API, in the spelling of other programs too', async () => {
    const text = 'Type,Trade Date,Exec ID,Symbol,Qty,Gross,Settlement Date\nfill,2025-03-14,F1,ACME,10,605,2025-03-17\n'
    expect(await read(text)).toStrictEqual([
      [
        2,
        {
          type: 'fill',
          tradeDate: '2025-03-14',
          execId: 'F1',
          instrument: 'ACME',
          quantity: '10',
          consideration: '605',
          settlement: { date: '2025-03-17' },
        },
      ],
    ])
  })

  it('make costs in the currency of the trade, also within the terms of a correction', async () => {
    const text =
      'type,currency,commission,stamp-duty,fill.currency,fill.commission\nfill,GBP,1.5,3,,\ncorrect-fill,,,,USD,2\n'
    expect(await read(text)).toStrictEqual([
      [
        2,
        {
          type: 'fill',
          currency: 'GBP',
          costs: [
            { type: 'commission', amount: '1.5', currency: 'GBP' },
            { type: 'stamp-duty', amount: '3', currency: 'GBP' },
          ],
        },
      ],
      [
        3,
        {
          type: 'correct-fill',
          fill: { currency: 'USD', costs: [{ type: 'commission', amount: '2', currency: 'USD' }] },
        },
      ],
    ])
  })

  it('name the instrument by any identifier, with its market, but not twice', async () => {
    const text = 'type,ISIN,ticker,market\nfill,US0378331005,,\nfill,,ACME,XNYS\nfill,US0378331005,ACME,XNYS\n'
    expect(await read(text)).toStrictEqual([
      [2, { type: 'fill', instrument: { scheme: 'isin', value: 'US0378331005' } }],
      [3, { type: 'fill', instrument: { scheme: 'ticker', value: 'ACME', market: 'XNYS' } }],
      [4, 'instrument-named-twice'],
    ])
  })

  it('can be mapped, ignored and set for all lines', async () => {
    const options = { map: { 'Bought / sold': 'side' }, ignore: ['Trader'], set: { type: 'fill', source: 'CUSTODIAN' } }
    expect(await read('Bought / sold,Trader,source\nbuy,bob,\nsell,eve,OTHER\n', options)).toStrictEqual([
      [2, { type: 'fill', source: 'CUSTODIAN', side: 'buy' }],
      [3, { type: 'fill', source: 'OTHER', side: 'sell' }],
    ])
  })

  it('are refused as a whole when one is unknown, doubled or missing: no cell is dropped in silence', async () => {
    expect(await refusal('type,Trader\nfill,bob\n')).toStrictEqual(['unknown-column', 'Trader'])
    expect(await refusal('type,side\n', { map: { side: 'colour' } })).toStrictEqual(['unknown-column', 'colour'])
    expect(await refusal('type,Qty,quantity\n')).toStrictEqual(['duplicate-column', 'quantity'])
    expect(await refusal('side\nbuy\n')).toStrictEqual(['missing-column', 'type'])
    expect(await refusal('')).toStrictEqual(['csv-unreadable', undefined])
  })
})

describe('the rows of an activity file', () => {
  it('may be separated by semicolons, begin with a byte order mark and end with CR LF', async () => {
    expect(await read('\uFEFFtype;ref;reason\r\nfee;R1;custody, March\r\n')).toStrictEqual([
      [2, { type: 'fee', ref: 'R1', reason: 'custody, March' }],
    ])
  })

  it('cost themselves alone when they are bad, and are named by their number in the file', async () => {
    const text = [
      'type,ref,reason',
      'fee,R1,"a ""good"" one"',
      'fee,"R"2,stray',
      'fee,R3',
      '',
      'fee,R4,"over',
      'two lines"',
      'fee,R5,"never closed',
      'fee,R6,fine',
      'fee,R7,5" nail',
      'fee,R8,fine',
    ].join('\n')
    expect(await read(text)).toStrictEqual([
      [2, { type: 'fee', ref: 'R1', reason: 'a "good" one' }],
      [3, 'malformed-csv'],
      [4, 'wrong-cell-count'],
      [6, { type: 'fee', ref: 'R4', reason: 'over\ntwo lines' }],
      [8, 'malformed-csv'],
      [9, { type: 'fee', ref: 'R6', reason: 'fine' }],
      [10, 'malformed-csv'],
      [11, { type: 'fee', ref: 'R8', reason: 'fine' }],
    ])
  })

  it('that are not UTF-8 are refused instead of damaged', async () => {
    const bytes = Buffer.concat([Buffer.from('type,reason\nfee,caf'), Buffer.from([0xe9]), Buffer.from('\n')])
    async function* latin1(): AsyncGenerator<Uint8Array> {
      yield bytes
    }
    const lines = await collected(activityFromCsv(latin1()))
    expect(lines).toMatchObject([{ line: 2, problem: { code: 'not-utf-8', field: 'reason' } }])
  })

  it('come back as they were written, whatever the cells hold', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', ' ', 'é'), maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 6 }), async (rows) => {
        const quoted = rows.map((cells) => cells.map((one) => `"${one.replaceAll('"', '""')}"`).join(','))
        const records = await collected(csvRecords(listed(quoted.join('\n').split('\n')), ','))
        expect(records.map((one) => ('cells' in one ? one.cells : one.malformed))).toStrictEqual(rows)
      }),
      { numRuns: 300 },
    )
  })
})

describe('NDJSON of activity', () => {
  it('goes on as it stands, blank lines left out and counted', async () => {
    const lines = await collected(activityFromNdjson(bytesOf('\uFEFF{"type":"fee"}\n\n{"amount":1.10}\nnot json')))
    expect(lines).toStrictEqual([
      { line: 1, text: '{"type":"fee"}' },
      { line: 3, text: '{"amount":1.10}' },
      { line: 4, text: 'not json' },
    ])
  })
})
