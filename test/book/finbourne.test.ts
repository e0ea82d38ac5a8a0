// FINBOURNE's published tax-lot example (test data: figures of finbourne/sample-notebooks, read from the golden folder): a GBP book,
// trades in USD, lots per sleeve, five methods, a split, a backdated sale and a correction at three knowledge times.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { LotMethod } from '../../src/domain/portfolio/policy.ts'
import { lotsOf } from '../../src/domain/book/views.ts'
import { decimal, decimalText } from '../../src/domain/kernel/decimal.ts'
import { announced, fill, fillTerms, registered, split, Story } from './story.ts'

const FILE = new URL('../../../shared/golden/d0_taxlots_lusid/taxlots.json', import.meta.url)
const trade = z.object({
  id: z.string(),
  type: z.enum(['FundsIn', 'Buy', 'Sell']),
  units: z.string(),
  price: z.string(),
  at: z.string(),
  settle: z.string(),
  total: z.string(),
  instrument: z.string(),
  sleeve: z.string(),
  usd_gbp: z.string(),
})
type Trade = z.output<typeof trade>
const golden = z.object({ transactions: z.array(trade), backdated_sale_and_correction: z.array(trade) })

const there = existsSync(FILE)
if (!there) console.warn('skipped: the golden folder with FINBOURNE figures is not here')

function read(): z.output<typeof golden> {
  return golden.parse(JSON.parse(readFileSync(FILE, 'utf8')))
}

function termsOf(each: Trade): Parameters<typeof fillTerms> {
  const side = each.type === 'Buy' ? 'buy' : 'sell'
  const more = {
    consideration: each.total,
    settles: each.settle,
    executedAt: each.at,
    contractRate: each.usd_gbp,
    sleeve: each.sleeve === 'Sleeve 1' ? 'main' : 'growth',
  }
  return [each.id, side, each.instrument, each.units, each.price, each.at.slice(0, 10), more]
}

function told(lotMethod: LotMethod, withSplit = false): Story {
  const { transactions } = read()
  const story = new Story({ baseCurrency: 'GBP', policy: { lotMethod } })
  const trades = transactions.filter(({ type }) => type !== 'FundsIn')
  for (const instrument of new Set(trades.map((each) => each.instrument))) story.tell(registered(instrument))
  if (withSplit)
    story.tell(announced('EQUITY_MSFT', split('msft', '2020-03-06', '2', '1', { instrument: 'EQUITY_MSFT' })))
  for (const each of trades) story.tell(fill(...termsOf(each)))
  return story
}

const lots = (story: Story, instrument: string) =>
  lotsOf(story.book.journal)
    .filter((row) => row.instrument === instrument)
    .map((row) => [row.lot.split(':')[3]?.split('/')[0], row.units, row.local])

/** Gains of a sale over all its lots: USD, price part, FX part and whole in GBP. */
function gains(
  story: Story,
  id: string,
): { readonly usd: string; readonly price: string; readonly fx: string; readonly all: string } {
  const standing = new Map(story.differences.flatMap((d) => d.disposals).map((each) => [each.disposal, each]))
  for (const difference of story.differences) for (const gone of difference.withdrawnDisposals) standing.delete(gone)
  for (const difference of story.differences) for (const each of difference.disposals) standing.set(each.disposal, each)
  const of = [...standing.values()].filter((each) => each.fact.endsWith(`:${id}`))
  const still = new Set([...story.book.journal].map((p) => `${p.entry}/${p.lot}`))
  const sum = (pick: (each: (typeof of)[0]) => string | null) =>
    decimalText(
      of
        .filter((each) => still.has(each.disposal))
        .reduce((total, each) => total.plus(decimal(pick(each) ?? '0')), decimal('0')),
    )
  return {
    usd: sum((d) => d.gain),
    price: sum((d) => d.priceGain),
    fx: sum((d) => d.fxGain),
    all: sum((d) => d.baseGain),
  }
}

/** Equal within the source's one decimal. */
const near = (actual: string, printed: string) =>
  expect(Math.abs(Number(actual) - Number(printed)), `${actual} against ${printed}`).toBeLessThanOrEqual(0.1)

describe.skipIf(!there)("FINBOURNE's tax lots", () => {
  it.each([
    [
      'fifo',
      [
        ['txn_003', '50000', '8149000'],
        ['txn_004', '100000', '16542000'],
      ],
    ],
    [
      'lifo',
      [
        ['txn_002', '100000', '16763000'],
        ['txn_003', '50000', '8149000'],
      ],
    ],
    [
      'hifo',
      [
        ['txn_003', '100000', '16298000'],
        ['txn_004', '50000', '8271000'],
      ],
    ],
    [
      'lowest-cost',
      [
        ['txn_002', '100000', '16763000'],
        ['txn_004', '50000', '8271000'],
      ],
    ],
    ['average', [['txn_002', '150000', '24801500']]],
  ] as const)('end with the printed Apple lots by %s', (method, expected) => {
    expect(lots(told(method), 'EQUITY_APPL')).toStrictEqual(expected)
  })

  it('end with the printed pools by average cost', () => {
    const story = told('average')
    const pool = (instrument: string) => lots(story, instrument).map(([, units, cost]) => [units, cost])
    expect(pool('EQUITY_BRKB')).toStrictEqual([['15000', '4844850']])
    near(String(pool('EQUITY_MSFT')[0]?.[1]), '11883666.7')
    near(String(pool('EQUITY_NVDA')[0]?.[1]), '556443.8')
  })

  it.each([
    ['average', '-11651840', '-8929445.8', '-169899.2', '-9099345.0'],
    ['fifo', '-11870100', '-9096710.5', '-267372.4', '-9364082.9'],
    ['lifo', '-11446600', '-8772159.2', '-78179.6', '-8850338.8'],
  ] as const)('part the Microsoft gain after a 2:1 split by %s', (method, usd, price, fx, all) => {
    const found = gains(told(method, true), 'txn_009')
    expect(found.usd).toBe(usd)
    near(found.price, price)
    near(found.fx, fx)
    near(found.all, all)
  })

  it('re-flow a backdated sale and a corrected purchase: three knowledge times', () => {
    const [sale, correction] = read().backdated_sale_and_correction
    if (sale === undefined || correction === undefined) throw new Error('the golden file has both')
    const story = told('fifo')
    const first = gains(story, 'txn_005')
    expect(first.usd).toBe('46500')
    near(first.all, '-54445.3')

    story.tell(fill(...termsOf(sale)))
    expect(gains(story, 'txn_backdated_sale').usd).toBe('-66000')
    near(gains(story, 'txn_backdated_sale').all, '-153169.0')
    expect(gains(story, 'txn_005').usd).toBe('389500')
    near(gains(story, 'txn_005').all, '323620.2')

    const terms = fillTerms(...termsOf(correction))
    const fact = `fill:B:${terms.tradeDate}:${terms.execId}`
    const data = { fact, execId: 'c', execRefId: terms.execId, tradeDate: terms.tradeDate, fill: terms }
    story.tell({ type: 'FillCorrected', data })
    expect(gains(story, 'txn_005').usd).toBe('417500')
    near(gains(story, 'txn_005').all, '345077.8')
    expect(lots(story, 'EQUITY_APPL')).toStrictEqual([['txn_004', '50000', '8243000']])
  })
})
