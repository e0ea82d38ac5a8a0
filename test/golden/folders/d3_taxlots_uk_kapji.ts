// UK capital gains of KapJI/capital-gains-calculator: HMRC's CRYPTO22251-22257 and HS284/HS265 examples, splits, a spin-off, excess
// reported income, dividends and interest, through a GBP portfolio and the UK tax view of its owner.
import { type Decimal, decimal, decimalText, divide, ZERO } from '../../../src/domain/kernel/decimal.ts'
import { equity, type Json, portfolioOf } from '../../support/ledger.ts'
import type { Differs, Door, GoldenCase, GoldenFolder } from '../golden-case.ts'
import { isNear, isSame, printed } from '../figures.ts'

interface Transaction {
  readonly date: string
  readonly action: string
  readonly symbol?: string
  readonly quantity?: number
  readonly price?: number
  readonly fees?: number
  readonly amount?: number
  readonly currency: string
}
interface Entry {
  readonly rule: string
  readonly quantity: number
  readonly amount: number
  readonly gain?: number
  readonly allowable_cost: number
  readonly fees: number
  readonly new_quantity: number
  readonly new_pool_cost: number
  readonly bed_and_breakfast_date_index?: string
}
interface Case {
  readonly id: string
  readonly tax_year: number
  readonly transactions: readonly Transaction[]
  readonly current_prices?: Readonly<Record<string, number>>
  readonly expected: {
    readonly expected_gain_or_loss: number
    readonly expected_unrealized_gains?: number
    readonly expected_uk_interest: number
    readonly expected_foreign_interest: number
    readonly expected_dividend: number
    readonly expected_dividend_gain: number
    readonly calculation_log?: Readonly<Record<string, Readonly<Record<string, readonly Entry[]>>>>
  }
}

/** The source states it, and prints four places of what it logs. */
const TOLERANCE = '0.01'
const RULES: Readonly<Record<string, string>> = {
  SAME_DAY: 'same-day',
  BED_AND_BREAKFAST: 'thirty-day',
  SECTION_104: 'section-104',
}
/** What the source counts as bonds: their distributions are interest. */
const BONDS: Readonly<Record<string, readonly string[]>> = {
  dividends_and_interests: ['FOO'],
  HS265_excess_income_reported: ['FOO'],
}

function exact(figure: number | undefined): Decimal {
  return printed(figure ?? 0)
}

function text(figure: number | undefined): string {
  return decimalText(exact(figure))
}

/** Units held of a symbol before a day. */
function heldBefore(all: readonly Transaction[], symbol: string | undefined, day: string): Decimal {
  let held = ZERO
  for (const { action, symbol: of, date, quantity } of all) {
    if (of !== symbol || date >= day) continue
    if (action === 'BUY' || action === 'STOCK_SPLIT') held = held.plus(exact(quantity))
    if (action === 'SELL') held = held.minus(exact(quantity))
  }
  return held
}

function actionOf(door: Door, { id, transactions }: Case, one: Transaction, i: number): Json {
  const symbol = one.action === 'SPIN_OFF' ? 'FOO' : (one.symbol ?? (id.endsWith('bnb') ? 'MSP' : 'FOO'))
  const instrument = door.id(symbol)
  const common = { action: `A${i}`, exDate: one.date, payDate: one.date }
  const held = heldBefore(transactions, symbol, one.date)
  const security = { kind: 'security', leg: 1, holdingPeriod: 'tack', fractions: 'keep' }
  if (one.action === 'STOCK_SPLIT') {
    const ratio = { numerator: decimalText(held.plus(exact(one.quantity))), denominator: decimalText(held) }
    return {
      instrument,
      terms: { ...common, caev: 'SPLF', legs: [{ ...security, instrument, ratio, replaces: true }] },
    }
  }
  if (one.action === 'SPIN_OFF') {
    const child = door.id(one.symbol ?? '')
    const ratio = { numerator: text(one.quantity), denominator: decimalText(held) }
    // By value on the first day: 840 x 10 of 840 x 10 + 420 x 75, four nineteenths.
    const basisShare = decimalText(divide(decimal('4'), decimal('19'), 18, 'half-even'))
    return {
      instrument,
      terms: {
        ...common,
        caev: 'SOFF',
        legs: [{ ...security, instrument: child, ratio, replaces: false, basisShare }],
      },
    }
  }
  const income = BONDS[id]?.includes(symbol) === true ? 'interest' : 'dividend'
  const leg = { kind: 'cash', leg: 1, currency: 'GBP', perUnit: text(one.price), income, notional: true }
  return { instrument, terms: { ...common, caev: 'ACCU', legs: [leg] } }
}

const ACTIONS = ['STOCK_SPLIT', 'SPIN_OFF', 'EXCESS_REPORTED_INCOME']

function lineOf(door: Door, { id, transactions }: Case, one: Transaction, i: number): Json | null {
  const { action, date, symbol = '', quantity, price, fees, amount, currency } = one
  const cash = { ref: `C${i}`, amount: text(amount), currency, valueDate: date }
  // The source takes one unit of every currency for one pound.
  const contract = currency === 'GBP' ? {} : { contractRate: '1' }
  switch (action) {
    case 'TRANSFER':
      return { type: 'contribution', ...cash, currency: 'GBP' }
    case 'INTEREST':
      return { type: 'interest-received', ...cash, ...contract }
    case 'DIVIDEND': {
      const withheld = transactions
        .filter((tax) => tax.action === 'DIVIDEND_TAX' && tax.symbol === symbol && tax.date === date)
        .reduce((sum, tax) => sum.minus(exact(tax.amount)), ZERO)
      const income = BONDS[id]?.includes(symbol) === true ? 'interest' : 'dividends'
      const standalone = {
        income,
        instrument: door.id(symbol),
        ...(withheld.isZero() ? {} : { withheld: decimalText(withheld) }),
      }
      return { type: 'receipt', ...cash, ...contract, amount: decimalText(exact(amount).minus(withheld)), standalone }
    }
    case 'BUY':
    case 'SELL': {
      const net = exact(amount)
      const gross = action === 'BUY' ? net.negated().minus(exact(fees)) : net.plus(exact(fees))
      return {
        type: 'fill',
        source: 'KJ',
        execId: `T${i}`,
        tradeDate: date,
        instrument: door.id(symbol),
        side: action.toLowerCase(),
        quantity: text(quantity),
        price: text(price),
        currency: 'GBP',
        consideration: decimalText(gross),
        costs: exact(fees).isZero() ? [] : [{ type: 'commission', amount: text(fees), currency: 'GBP' }],
        settlement: { date },
      }
    }
    default:
      return null
  }
}

async function told(door: Door, one: Case): Promise<void> {
  const [owner, portfolio] = [door.id('OWNER'), door.id('PF')]
  for (const symbol of new Set(one.transactions.flatMap(({ symbol: of }) => of ?? [])))
    await door.record('/v1/instruments', equity(door.id(symbol), 'GBP', { quantityPlaces: 6 }))
  const policy = { keeping: 'netting', calendar: 'XLON', zone: 'Europe/London' }
  await door.record('/v1/portfolios', portfolioOf(portfolio, 'GBP', policy, { openedOn: '2000-01-03' }))
  await door.record('/v1/owners', { owner, kind: 'person', country: 'GB', taxStatus: 'taxable', name: 'A taxpayer' })
  await door.record('/v1/owners/portfolios', { owner, portfolio, from: '2000-01-03' })
  for (const [i, transaction] of one.transactions.entries())
    if (ACTIONS.includes(transaction.action))
      await door.record('/v1/corporate-actions', actionOf(door, one, transaction, i))
  const lines = one.transactions
    .map((transaction, i) => lineOf(door, one, transaction, i))
    .filter((line) => line !== null)
  for (const verdict of await door.ledger.lines(`/v1/portfolios/${portfolio}/activity`, lines))
    isSame(JSON.stringify(verdict), verdict.verdict, 'accepted')
}

function near(what: string, found: unknown, expected: number): void {
  isNear(what, /^-?\d+(\.\d{1,18})?/.exec(String(found))?.[0], expected, TOLERANCE)
}

async function run(door: Door, one: Case): Promise<Differs | undefined> {
  await told(door, one)
  const conventions = [
    'rounding:none',
    'notionalIncome:six-months-later',
    'foreignTax:deduction',
    `capitalUnits:${one.id.endsWith('bnb') && one.id.startsWith('HS265') ? 'pool' : 'held'}`,
  ]
  const url = `/v1/owners/${door.id('OWNER')}/tax?regime=UK&horizon=2030-01-01&convention=${conventions.join(',')}`
  const lines = await door.rows(url)
  const pools = await door.rows(`${url}&part=pools`)
  const spun = one.transactions.some(({ action }) => action === 'SPIN_OFF')
  for (const [date, entries] of Object.entries(one.expected.calculation_log ?? {}))
    for (const [name, log] of Object.entries(entries)) {
      const [kind, symbol = ''] = name.split('$')
      if (spun && (symbol === 'BAR' || date === '2023-07-05' || date === '2023-07-10')) continue
      const instrument = door.id(symbol)
      if (kind === 'sell')
        compareSale(
          lines.filter((line) => line.soldOn === date && line.instrument === instrument),
          log,
        )
      if (
        Object.keys(entries)
          .filter((other) => other.endsWith(`$${symbol}`))
          .at(-1) === name
      )
        comparePool(pools.filter((step) => step.date === date && step.instrument === instrument).at(-1), log.at(-1))
    }
  if (spun) {
    isSame('cost moved is cost received', sumOfCosts(pools), '47517.94')
    return {
      differs:
        'what is spun off takes the stated part of the pool and no more; the source gives it a part of the cash paid and received, so that cost is not conserved',
      citation: 'TCGA 1992 ss.127-130',
    }
  }
  await compareYear(door, one, await door.rows(`${url}&part=totals`))
  return undefined
}

/** Cost of both holdings right after the spin-off. */
function sumOfCosts(pools: readonly Json[]): string {
  const moved = pools.filter(({ change }) => change === 'moved')
  const total = moved.reduce((sum, { cost }) => sum.plus(decimal(String(cost).slice(0, 20))), ZERO)
  return decimalText(divide(total, decimal('1'), 2, 'half-even'))
}

function compareSale(lines: readonly Json[], log: readonly Entry[]): void {
  isSame(
    'rules',
    lines.map(({ rules }) => (rules as string[])[0]),
    log.map(({ rule }) => RULES[rule]),
  )
  for (const [i, entry] of log.entries()) {
    const line = lines[i]
    const fees = decimal(String(line?.saleCosts).slice(0, 20))
    near('quantity', line?.units, entry.quantity)
    near('amount', line?.proceeds, entry.amount)
    near('fees', decimalText(fees), entry.fees)
    near('allowable cost', decimalText(decimal(String(line?.cost).slice(0, 20)).plus(fees)), entry.allowable_cost)
    near('gain', line?.gain, entry.gain ?? 0)
    if (entry.bed_and_breakfast_date_index !== undefined)
      isSame('bought on', line?.acquiredOn, entry.bed_and_breakfast_date_index)
  }
}

/** The source takes units that wait for a purchase out of its pool meanwhile, at the average. */
function comparePool(step: Json | undefined, entry: Entry | undefined): void {
  if (step === undefined || entry === undefined) throw new Error(`no pool for ${JSON.stringify(entry)}`)
  const [units, awaited] = [decimal(String(step.units)), decimal(String(step.awaited))]
  const held = units.minus(awaited)
  const cost = decimal(String(step.cost).slice(0, 20))
  near('pool units', decimalText(held), entry.new_quantity)
  near(
    'pool cost',
    decimalText(units.isZero() ? ZERO : divide(cost.times(held), units, 12, 'half-even')),
    entry.new_pool_cost,
  )
}

async function compareYear(
  door: Door,
  { tax_year: first, expected, current_prices: prices }: Case,
  totals: readonly Json[],
): Promise<void> {
  const year = `${first}/${String((first + 1) % 100).padStart(2, '0')}`
  const of = (name: string): Decimal => {
    const amount = totals.find((total) => total.taxYear === year && total.name === name)?.amount
    return decimal(/^-?\d+(\.\d{1,18})?/.exec(String(amount ?? '0'))?.[0] ?? '0')
  }
  near('gain', decimalText(of('net-gain')), expected.expected_gain_or_loss)
  near('dividends', decimalText(of('dividends').plus(of('notional-dividends'))), expected.expected_dividend)
  near('taxable dividends', decimalText(of('taxable-dividends')), expected.expected_dividend_gain)
  const interest = async (currency: string): Promise<Decimal> => {
    const at = async (day: string): Promise<Decimal> => {
      const rows = await door.rows(`/v1/portfolios/${door.id('PF')}/trial-balance?effectiveAt=${day}`)
      const row = rows.find((balance) => String(balance.account) === '4010' && balance.currency === currency)
      return decimal(String(row?.local ?? '0'))
    }
    return (await at(`${first}-04-05`)).minus(await at(`${first + 1}-04-05`))
  }
  // Notional interest counts six months later, so it is the view's and not the book's.
  const booked = expected.expected_uk_interest > 0 ? await interest('GBP') : ZERO
  near('interest in GBP', decimalText(booked), expected.expected_uk_interest)
  const foreign = (await interest('USD')).plus(of('notional-interest'))
  near('foreign interest', decimalText(foreign), expected.expected_foreign_interest)
  if (expected.expected_unrealized_gains === undefined) return
  const lots = await door.rows(`/v1/owners/${door.id('OWNER')}/tax?regime=UK&part=lots`)
  const worth = lots.map(({ instrument, units, cost }) => {
    const symbol = String(instrument).split('-').at(-1) ?? ''
    return decimal(String(units))
      .times(exact(prices?.[symbol]))
      .minus(decimal(String(cost)))
  })
  near('unrealised', decimalText(worth.reduce((sum, gain) => sum.plus(gain), ZERO)), expected.expected_unrealized_gains)
}

function figuresOf({ expected }: Case): number {
  const entries = Object.values(expected.calculation_log ?? {}).flatMap((day) => Object.entries(day))
  const sales = entries.reduce((count, [name, log]) => count + (name.startsWith('sell') ? log.length * 5 : 0), 0)
  return 5 + (expected.expected_unrealized_gains === undefined ? 0 : 1) + sales + entries.length * 2
}

export const folder: GoldenFolder = {
  folder: 'd3_taxlots_uk_kapji',
  cases: (files) =>
    files
      .json<{ readonly cases: readonly Case[] }>('cases.json')
      .cases.map((one): GoldenCase => ({ name: one.id, figures: figuresOf(one), run: (door) => run(door, one) })),
}
