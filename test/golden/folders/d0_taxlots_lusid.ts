// FINBOURNE's printed tax-lot example: 28 trades in USD in a GBP book, five lot methods, a 2:1 split, a backdated sale and a corrected
// price at three knowledge times.
import { equity, type Json, portfolioOf } from '../../support/ledger.ts'
import type { Door, FolderFiles, GoldenCase, GoldenFolder } from '../golden-case.ts'
import { isNear, isSame, sumOf } from '../figures.ts'

interface Trade {
  readonly id: string
  readonly type: 'FundsIn' | 'Buy' | 'Sell'
  readonly units: string
  readonly price: string
  readonly at: string
  readonly settle: string
  readonly total: string
  readonly instrument: string
  readonly sleeve: string
  readonly usd_gbp: string
}

/** Units and cost by what holds them. */
type Lots = Readonly<Record<string, readonly [string, string]>>

interface Taxlots {
  readonly transactions: readonly Trade[]
  readonly backdated_sale_and_correction: readonly [Trade, Trade]
  readonly expected: {
    readonly end_lots_without_split: { readonly average: Lots } & Readonly<
      Record<string, Readonly<Record<string, Lots>>>
    >
    readonly txn_009_after_split: Readonly<Record<string, readonly string[]>>
    readonly fifo_txn_005: Readonly<Record<string, unknown>>
  }
}

/** The source's names of the methods, and ours. */
const METHODS: Readonly<Record<string, string>> = {
  average: 'average',
  fifo: 'fifo',
  lifo: 'lifo',
  'highest-cost': 'hifo',
  'lowest-cost': 'lowest-cost',
}
/** The source prints one place. */
const TOLERANCE = '0.1'
const BACKDATED_SALE_DAY = '2020-03-08'

const sleeveOf = (name: string) => name.toLowerCase().replace(' ', '-')
const lotOf = (id: string, date: string) => `fill:LUSID:${date}:${id}`

/** A trade as an OMS sends it. The rate of each trade is its own: a contract rate; the total is stated, not price times units. */
function fillOf(door: Door, trade: Trade): Json {
  return {
    source: 'LUSID',
    execId: trade.id,
    tradeDate: trade.at.slice(0, 10),
    executedAt: trade.at,
    instrument: door.id(trade.instrument),
    side: trade.type.toLowerCase(),
    quantity: trade.units,
    price: trade.price,
    currency: 'USD',
    consideration: trade.total,
    contractRate: trade.usd_gbp,
    settlement: { date: trade.settle },
    sleeve: sleeveOf(trade.sleeve),
  }
}

/** A GBP book under the method with all trades of the example; answers its path. */
async function booked(door: Door, transactions: readonly Trade[], lotMethod: string): Promise<string> {
  const instruments = new Set(transactions.filter(({ type }) => type !== 'FundsIn').map(({ instrument }) => instrument))
  for (const instrument of instruments) await door.record('/v1/instruments', equity(door.id(instrument), 'USD'))
  const policy = { lotMethod, calendar: 'XLON', zone: 'Europe/London' }
  await door.record('/v1/portfolios', portfolioOf(door.id('PF'), 'GBP', policy, { sleeves: ['sleeve-1', 'sleeve-2'] }))
  const path = `/v1/portfolios/${door.id('PF')}`
  const verdicts = await door.ledger.lines(
    `${path}/activity`,
    transactions.map((one) =>
      one.type === 'FundsIn'
        ? {
            type: 'contribution',
            ref: one.id,
            amount: one.total,
            currency: 'USD',
            valueDate: one.settle,
            contractRate: one.usd_gbp,
            sleeve: sleeveOf(one.sleeve),
          }
        : { type: 'fill', ...fillOf(door, one) },
    ),
  )
  isSame(
    'verdicts',
    verdicts.map(({ verdict }) => verdict),
    transactions.map(() => 'accepted'),
  )
  return path
}

/** The lots at the end, before any split. */
function endLots({ transactions, expected }: Taxlots): GoldenCase[] {
  const { average, ...lotted } = expected.end_lots_without_split
  const pooled: GoldenCase = {
    name: 'the pool of each instrument under average cost',
    figures: Object.keys(average).length * 2,
    async run(door) {
      const path = await booked(door, transactions, 'average')
      for (const [instrument, [units, cost]] of Object.entries(average)) {
        const rows = await door.rows(`${path}/positions?instrument=${door.id(instrument)}`)
        isSame(
          `units of ${instrument}`,
          rows.map((row) => row.units),
          [units],
        )
        isNear(`cost of ${instrument}`, rows[0]?.cost, cost, TOLERANCE)
      }
      return undefined
    },
  }
  const others = Object.entries(lotted).map(
    ([method, instruments]): GoldenCase => ({
      name: `the lots at the end under ${method}`,
      figures: Object.values(instruments).reduce((sum, lots) => sum + Object.keys(lots).length * 2, 0),
      async run(door) {
        const path = await booked(door, transactions, METHODS[method] ?? method)
        for (const [instrument, lots] of Object.entries(instruments)) {
          const rows = await door.rows(`${path}/lots?instrument=${door.id(instrument)}`)
          isSame(
            `lots of ${instrument}`,
            Object.fromEntries(rows.map((row) => [String(row.lot).split(':').at(-1), [row.units, row.cost]])),
            lots,
          )
        }
        return undefined
      },
    }),
  )
  return [pooled, ...others]
}

/** The sale after a 2:1 split that reaches a book with every trade in it: all holders re-flow. */
function afterSplit({ transactions, expected }: Taxlots): GoldenCase[] {
  return Object.entries(expected.txn_009_after_split)
    .filter(([method]) => method in METHODS)
    .map(([method, printed]) => ({
      name: `the gain of the sale after the split under ${method}, by price and currency`,
      figures: 5,
      async run(door) {
        const path = await booked(door, transactions, METHODS[method] ?? method)
        const instrument = door.id('EQUITY_MSFT')
        const ratio = { numerator: '2', denominator: '1' }
        const leg = {
          kind: 'security',
          leg: 1,
          instrument,
          ratio,
          replaces: true,
          holdingPeriod: 'keep',
          fractions: 'down',
        }
        const terms = { action: 'SPLIT', caev: 'SPLF', exDate: '2020-03-06', legs: [leg] }
        await door.record('/v1/corporate-actions', { instrument, terms })
        const rows = await door.rows(`${path}/disposals?fact=${lotOf('txn_009', BACKDATED_SALE_DAY)}`)
        for (const [index, field] of ['cost', 'gain', 'priceGain', 'fxGain', 'baseGain'].entries())
          isNear(field, sumOf(rows, field), printed[index] ?? '', TOLERANCE)
        return undefined
      },
    }))
}

/** As first booked, after the backdated sale, after the corrected price: each as it was known. */
function threeTimes({ transactions, backdated_sale_and_correction, expected }: Taxlots): GoldenCase {
  const figure = (...path: string[]) =>
    String(path.reduce<unknown>((at, key) => Reflect.get(Object(at), key), expected.fifo_txn_005))
  return {
    name: 'a backdated sale and a corrected price, at three knowledge times',
    figures: 11,
    async run(door) {
      const path = await booked(door, transactions, 'fifo')
      const gainsAre = async (fact: string, asAt: string, ...printed: string[]) => {
        const rows = await door.rows(`${path}/disposals?fact=${fact}&asAt=${asAt}`)
        isNear(`gain of ${fact}`, sumOf(rows, 'gain'), figure(...printed, 'gain_usd'), TOLERANCE)
        isNear(`gain of ${fact} in GBP`, sumOf(rows, 'baseGain'), figure(...printed, 'total_gain_gbp'), TOLERANCE)
      }
      const [sale, correction] = backdated_sale_and_correction
      const txn005 = lotOf('txn_005', BACKDATED_SALE_DAY)
      const first = door.ledger.position
      await gainsAre(txn005, first, 'as_first_known')

      await door.record(`${path}/fills`, fillOf(door, sale))
      const second = door.ledger.position
      const saleFact = lotOf(sale.id, sale.at.slice(0, 10))
      await gainsAre(saleFact, second, 'after_backdated_sale', 'backdated_sale')
      await gainsAre(txn005, second, 'after_backdated_sale', 'txn_005')

      const { source: _, execId: __, ...fill } = fillOf(door, correction)
      await door.record(`${path}/fills/correct`, {
        source: 'LUSID',
        execId: 'txn_004-corrected',
        execRefId: 'txn_004',
        tradeDate: '2020-03-07',
        fill,
        reason: 'price was 164.86',
      })
      const corrected = 'after_also_correcting_txn_004_to_164.86'
      await gainsAre(txn005, door.ledger.position, corrected, 'txn_005')
      const lots = await door.rows(`${path}/lots?instrument=${door.id('EQUITY_APPL')}`)
      isSame(
        'the lots left',
        lots.map((row) => [row.lot, row.units, row.cost]),
        [
          [
            lotOf(figure(corrected, 'remaining_lot', 'id'), '2020-03-07'),
            figure(corrected, 'remaining_lot', 'units'),
            figure(corrected, 'remaining_lot', 'cost_usd'),
          ],
        ],
      )
      // Asked again at the first knowledge time, the answer is the one given before anything was corrected.
      await gainsAre(txn005, first, 'as_first_known')
      return undefined
    },
  }
}

export const folder: GoldenFolder = {
  folder: 'd0_taxlots_lusid',
  cases(files: FolderFiles) {
    const data = files.json<Taxlots>('taxlots.json')
    return [...endLots(data), ...afterSplit(data), threeTimes(data)]
  },
}
