// Wash sales of bbreslauer/wash-sale-tracker: Pub. 550, Fairmark, chains and partial replacements, in cents, through fills and the
// US tax view of their owner.
import { equity, type Json, portfolioOf } from '../../support/ledger.ts'
import type { Door, GoldenCase, GoldenFolder } from '../golden-case.ts'
import { isSame } from '../figures.ts'

interface LotIn {
  readonly num_shares: string
  readonly buy_date: string
  readonly basis: string
  readonly sell_date?: string
  readonly proceeds?: string
  readonly buy_lot?: string
  readonly is_replacement?: string
}
interface LotOut extends LotIn {
  readonly adjusted_buy_date?: string
  readonly adjusted_basis?: string
  readonly adjustment_code?: string
  readonly adjustment?: string
}
interface Case {
  readonly id: string
  readonly lots_in: readonly LotIn[]
  readonly expected_lots_out: readonly LotOut[]
}

/** What is printed of a lot and compared. */
const COMPARED = new Set([
  'num_shares',
  'buy_date',
  'adjusted_buy_date',
  'basis',
  'adjusted_basis',
  'sell_date',
  'proceeds',
  'adjustment_code',
  'adjustment',
])

/** The source's dates are M/D/YYYY. */
function iso(date: string): string {
  const [month = '', day = '', year = ''] = date.split('/')
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}

/** Cents as dollars. */
function dollars(cents: string): string {
  const padded = cents.padStart(3, '0')
  return `${padded.slice(0, -2)}.${padded.slice(-2)}`
}

/** Dollars as cents. */
function cents(amount: unknown): string {
  const [whole = '0', fraction = ''] = String(amount).split('.')
  return String(BigInt(`${whole}${fraction.padEnd(2, '0')}`))
}

/** Everything the source prints of a lot, in one line; `holding` and `adjusted` only where a loss went to it. */
function printed(lot: LotOut): string {
  const sold = lot.sell_date === undefined ? 'held' : `sold ${iso(lot.sell_date)} for ${lot.proceeds}`
  const adjusted = lot.adjusted_basis === undefined ? '' : ` now ${lot.adjusted_basis}`
  // A replacement sold on the day of the loss prints no adjusted date where it would be the day itself.
  const held = lot.adjusted_buy_date === undefined ? '' : ` as since ${iso(lot.adjusted_buy_date)}`
  const washed = lot.adjustment_code === 'W' ? ` W ${lot.adjustment}` : ''
  return `${lot.num_shares} of ${iso(lot.buy_date)}${held} at ${lot.basis}${adjusted} ${sold}${washed}`
}

function found(row: Json): string {
  const sold = row.soldOn === undefined ? 'held' : `sold ${row.soldOn} for ${cents(row.proceeds)}`
  const carries = (row.rules as string[]).includes('replaces-washed')
  const held = row.holdingFrom === null ? '' : ` as since ${row.holdingFrom}`
  const washed = row.code === 'W' ? ` W ${cents(row.disallowed)}` : ''
  return `${row.units} of ${row.acquiredOn}${held} at ${cents(row.bookCost)}${carries ? ` now ${cents(row.cost)}` : ''} ${sold}${washed}`
}

async function run(door: Door, { lots_in, expected_lots_out }: Case): Promise<undefined> {
  const [owner, portfolio, instrument] = [door.id('OWNER'), door.id('PF'), door.id('XYZ')]
  await door.record('/v1/instruments', equity(instrument, 'USD'))
  const rest = { openedOn: '2005-01-03' }
  await door.record(
    '/v1/portfolios',
    portfolioOf(portfolio, 'USD', { lotMethod: 'specific', defaultMethod: 'fifo' }, rest),
  )
  await door.record('/v1/owners', { owner, kind: 'person', country: 'US', taxStatus: 'taxable', name: 'A taxpayer' })
  await door.record('/v1/owners/portfolios', { owner, portfolio, from: '2005-01-03' })
  const fill = (execId: string, side: string, date: string, units: string, amount: string, more: Json): Json => ({
    type: 'fill',
    source: 'D5',
    execId,
    tradeDate: iso(date),
    instrument,
    side,
    quantity: units,
    price: String(Number(dollars(amount)) / Number(units)),
    currency: 'USD',
    consideration: dollars(amount),
    settlement: { date: iso(date) },
    ...more,
  })
  const buys = lots_in.map((lot, i) => {
    // What replaced something before the story begins comes in as a declared lot that says so.
    if (lot.is_replacement === 'True')
      return {
        type: 'opening',
        ref: `B${i + 1}`,
        date: iso(lot.buy_date),
        lots: [
          {
            lot: 'L',
            instrument,
            units: lot.num_shares,
            cost: dollars(lot.basis),
            currency: 'USD',
            acquiredOn: iso(lot.buy_date),
            wash: { replaced: true },
          },
        ],
      }
    const order = lot.buy_lot === undefined ? {} : { order: `LOT-${lot.buy_lot}` }
    return fill(`B${i + 1}`, 'buy', lot.buy_date, lot.num_shares, lot.basis, order)
  })
  const sales = lots_in.flatMap((lot, i) => {
    if (lot.sell_date === undefined || lot.proceeds === undefined) return []
    const lots = [{ lot: `fill:D5:${iso(lot.buy_date)}:B${i + 1}`, units: lot.num_shares }]
    return [fill(`S${i + 1}`, 'sell', lot.sell_date, lot.num_shares, lot.proceeds, { lots })]
  })
  const verdicts = await door.ledger.lines(`/v1/portfolios/${portfolio}/activity`, [...buys, ...sales])
  isSame(
    'verdicts',
    verdicts.map(({ verdict }) => verdict),
    verdicts.map(() => 'accepted'),
  )
  const lines = await door.rows(`/v1/owners/${owner}/tax?regime=US`)
  const lots = await door.rows(`/v1/owners/${owner}/tax?regime=US&part=lots`)
  isSame('lots', [...lines, ...lots].map(found).sort(), expected_lots_out.map(printed).sort())
  return undefined
}

export const folder: GoldenFolder = {
  folder: 'd5_washsale_bbreslauer',
  cases: (files) =>
    files.json<{ readonly cases: readonly Case[] }>('cases.json').cases.map(
      (one): GoldenCase => ({
        name: one.id,
        figures: one.expected_lots_out.reduce(
          (sum, lot) => sum + Object.keys(lot).filter((key) => COMPARED.has(key)).length,
          0,
        ),
        run: (door) => run(door, one),
      }),
    ),
}
