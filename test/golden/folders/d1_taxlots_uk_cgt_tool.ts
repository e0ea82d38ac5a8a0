// UK share matching of cgt-tool: same day, thirty days, section 104 pool, splits, capital returns and accumulated income, through
// fills and actions of a GBP portfolio and the UK tax view of its owner.
import { type Decimal, decimal, decimalText, divide, halfUp, ZERO } from '../../../src/domain/kernel/decimal.ts'
import { equity, type Json, portfolioOf } from '../../support/ledger.ts'
import type { Door, GoldenCase, GoldenFolder } from '../golden-case.ts'
import { isNear, isSame } from '../figures.ts'

interface Money {
  readonly amount: string
  readonly currency: string
}
interface Transaction {
  readonly date: string
  readonly ticker: string
  readonly action: 'BUY' | 'SELL' | 'SPLIT' | 'UNSPLIT' | 'CAPRETURN' | 'ACCUMULATION' | 'DIVIDEND'
  readonly amount?: string
  readonly price?: Money
  readonly fees?: Money
  readonly ratio?: string
  readonly total_value?: Money
  readonly tax_paid?: Money
}
interface Match {
  readonly rule: 'SameDay' | 'BedAndBreakfast' | 'Section104'
  readonly quantity: string
  readonly allowable_cost: string
  readonly gain_or_loss: string
  readonly acquisition_date?: string
}
interface Disposal {
  readonly date: string
  readonly ticker: string
  readonly quantity: string
  readonly gross_proceeds: string
  readonly proceeds: string
  readonly matches: readonly Match[]
}
type YearFigure =
  | 'total_gain'
  | 'total_loss'
  | 'net_gain'
  | 'gross_proceeds'
  | 'total_allowable_cost'
  | 'exempt_amount'
  | 'taxable_gain'
  | 'dividend_income'
  | 'dividend_tax_paid'
interface TaxYear extends Readonly<Record<YearFigure, string>> {
  readonly period: string
  readonly disposals: readonly Disposal[]
  readonly disposal_count: number
}
interface Case {
  readonly id: string
  readonly transactions: readonly Transaction[]
  readonly expected: {
    readonly tax_years: readonly TaxYear[]
    readonly holdings: readonly { readonly ticker: string; readonly quantity: string; readonly total_cost: string }[]
  }
}

/** The source states it. */
const TOLERANCE = '0.01'
const RULES: Readonly<Record<string, string>> = {
  'same-day': 'SameDay',
  'thirty-day': 'BedAndBreakfast',
  'section-104': 'Section104',
}

/**
 * USD for one GBP, HMRC's monthly rates, which the source has built in and the folder leaves out. Those of months with sales follow
 * from their printed gross proceeds to the last digit; of the eight months with purchases alone from printed allowable costs.
 */
const HMRC: Readonly<Record<string, string>> = {
  '2020-05': '1.2327',
  '2020-06': '1.2175',
  '2020-08': '1.2732',
  '2020-09': '1.3388',
  '2020-11': '1.3163',
  '2021-02': '1.3632',
  '2021-05': '1.393',
  '2021-06': '1.4146',
  '2021-08': '1.3674',
  '2021-11': '1.3815',
  '2022-02': '1.3629',
  '2022-04': '1.3212',
  '2022-05': '1.3048',
  '2022-06': '1.2471',
  '2022-07': '1.2309',
  '2022-08': '1.1996',
  '2022-09': '1.1821',
  '2022-10': '1.1331',
  '2022-11': '1.1259',
  '2022-12': '1.2065',
  '2023-01': '1.2129',
  '2023-02': '1.2392',
  '2023-03': '1.2002',
  '2023-04': '1.2539',
  '2023-05': '1.245',
  '2023-06': '1.2366',
  '2023-07': '1.2732',
  '2023-08': '1.2886',
  '2023-09': '1.2631',
  '2023-10': '1.2367',
  '2023-11': '1.2188',
  '2023-12': '1.2536',
  '2024-01': '1.2651',
  '2024-02': '1.269',
  '2024-03': '1.2614',
  '2024-04': '1.2693',
  '2024-05': '1.2457',
  '2024-06': '1.2709',
  '2024-08': '1.3033',
  '2024-09': '1.3032',
  '2024-10': '1.3211',
  '2024-11': '1.2952',
  '2024-12': '1.2662',
}

/** Units held by ticker after the transactions before, in the order of days: what an amount for a whole holding is divided by. */
function heldBefore(all: readonly Transaction[], one: Transaction): Decimal {
  let held = ZERO
  for (const { action, ticker, amount = '0', ratio = '1', date } of all) {
    if (ticker !== one.ticker || date >= one.date) continue
    if (action === 'BUY') held = held.plus(decimal(amount))
    if (action === 'SELL') held = held.minus(decimal(amount))
    if (action === 'SPLIT') held = held.times(decimal(ratio))
    if (action === 'UNSPLIT') held = divide(held, decimal(ratio), 12, 'half-even')
  }
  return held
}

function actionOf(door: Door, all: readonly Transaction[], one: Transaction, i: number): Json | null {
  const { action, date, ratio = '1', total_value: total } = one
  const instrument = door.id(one.ticker)
  const common = { action: `A${i}`, exDate: date, payDate: date }
  if (action === 'SPLIT' || action === 'UNSPLIT') {
    const [numerator, denominator] = action === 'SPLIT' ? [ratio, '1'] : ['1', ratio]
    const leg = { kind: 'security', leg: 1, instrument, ratio: { numerator, denominator }, replaces: true }
    const terms = {
      ...common,
      caev: action === 'SPLIT' ? 'SPLF' : 'SPLR',
      legs: [{ ...leg, holdingPeriod: 'tack', fractions: 'keep' }],
    }
    return { instrument, terms }
  }
  const held = heldBefore(all, one)
  if (total === undefined || decimal(total.amount).isZero() || held.isZero()) return null
  // Told in GBP: of USD the book would round each lot's part to pence, and the source rounds nothing.
  const rate = total.currency === 'GBP' ? '1' : (HMRC[date.slice(0, 7)] ?? '1')
  const perUnit = decimalText(divide(decimal(total.amount), held.times(decimal(rate)), 18, 'half-even'))
  const leg = { kind: 'cash', leg: 1, currency: 'GBP', perUnit }
  const income = action === 'CAPRETURN' ? { income: 'capital' } : { income: 'dividend', notional: true }
  return {
    instrument,
    terms: { ...common, caev: action === 'CAPRETURN' ? 'CAPD' : 'ACCU', legs: [{ ...leg, ...income }] },
  }
}

function lineOf(door: Door, one: Transaction, i: number, consideration: string): Json {
  const { date, ticker, amount = '0', price, fees, total_value: total, tax_paid: tax } = one
  const instrument = door.id(ticker)
  if (one.action === 'DIVIDEND') {
    const [gross, withheld] = [decimal(total?.amount ?? '0'), decimal(tax?.amount ?? '0')]
    return {
      type: 'receipt',
      ref: `D${i}`,
      amount: decimalText(gross.minus(withheld)),
      currency: total?.currency,
      valueDate: date,
      standalone: {
        income: 'dividends',
        instrument,
        ...(withheld.isZero() ? {} : { withheld: decimalText(withheld) }),
      },
    }
  }
  const currency = price?.currency ?? 'GBP'
  const free = decimal(fees?.amount ?? '0').isZero()
  return {
    type: 'fill',
    source: 'CGT',
    execId: `T${i}`,
    tradeDate: date,
    instrument,
    side: one.action.toLowerCase(),
    quantity: amount,
    price: price?.amount,
    currency,
    consideration,
    costs: free ? [] : [{ type: 'commission', amount: fees?.amount, currency: fees?.currency }],
    settlement: { date },
  }
}

/** Money is paid in whole pence, where the source carries on with 41.565: what a purchase (or a sale) leaves of a penny goes to the next. */
class Pence {
  readonly #sums = { BUY: ZERO, SELL: ZERO }

  of({ action, amount = '0', price }: Transaction): string {
    if (action !== 'BUY' && action !== 'SELL') return '0'
    const before = this.#sums[action]
    const after = before.plus(decimal(amount).times(decimal(price?.amount ?? '0')))
    this.#sums[action] = after
    return decimalText(halfUp(after, 2).minus(halfUp(before, 2)))
  }
}

async function told(door: Door, { transactions }: Case): Promise<string> {
  const [owner, portfolio] = [door.id('OWNER'), door.id('PF')]
  for (const ticker of new Set(transactions.map((one) => one.ticker)))
    await door.record('/v1/instruments', equity(door.id(ticker), 'GBP', { quantityPlaces: 8 }))
  for (const date of new Set(transactions.map((one) => one.date))) {
    const rate = HMRC[date.slice(0, 7)]
    if (rate === undefined) continue
    const rows = [{ base: 'GBP', quote: 'USD', rate }]
    await door.record('/v1/rates', { source: 'HMRC', fixing: 'monthly', date, rows })
  }
  const fx = { source: 'HMRC', fixing: 'monthly', pivot: 'GBP', calendar: 'TARGET' }
  const policy = { keeping: 'netting', fx, calendar: 'XLON', zone: 'Europe/London' }
  await door.record('/v1/portfolios', portfolioOf(portfolio, 'GBP', policy, { openedOn: '2000-01-03' }))
  await door.record('/v1/owners', { owner, kind: 'person', country: 'GB', taxStatus: 'taxable', name: 'A taxpayer' })
  await door.record('/v1/owners/portfolios', { owner, portfolio, from: '2000-01-03' })
  for (const [i, one] of transactions.entries()) {
    if (one.action === 'BUY' || one.action === 'SELL' || one.action === 'DIVIDEND') continue
    const action = actionOf(door, transactions, one, i)
    if (action !== null) await door.record('/v1/corporate-actions', action)
  }
  const pence = new Pence()
  const lines = transactions
    .map((one, i) =>
      one.action === 'BUY' || one.action === 'SELL' || one.action === 'DIVIDEND'
        ? lineOf(door, one, i, pence.of(one))
        : null,
    )
    .filter((line) => line !== null)
  if (lines.length > 0) {
    const verdicts = await door.ledger.lines(`/v1/portfolios/${portfolio}/activity`, lines)
    for (const verdict of verdicts) isSame(`verdict of ${JSON.stringify(verdict)}`, verdict.verdict, 'accepted')
  }
  return `/v1/owners/${owner}/tax?regime=UK&convention=rounding:each`
}

async function run(door: Door, one: Case): Promise<undefined> {
  const url = await told(door, one)
  const years = one.expected.tax_years
  const lines = await door.rows(url)
  for (const disposal of years.flatMap((year) => year.disposals)) compareDisposal(door, lines, disposal)
  isSame(
    'disposals',
    [...new Set(lines.map((line) => `${line.taxYear} ${line.disposal}`))].map((name) => name.slice(0, 7)).sort(),
    years.flatMap(({ period, disposal_count: count }) => Array.from({ length: count }, () => period)).sort(),
  )
  const totals = await door.rows(`${url}&part=totals`)
  for (const year of years) compareYear(totals, year)
  const lots = await door.rows(`${url}&part=lots`)
  for (const { ticker, quantity, total_cost } of one.expected.holdings) {
    const lot = lots.find(({ instrument }) => instrument === door.id(ticker))
    isNear(`units of ${ticker}`, cut(lot?.units), quantity, TOLERANCE)
    isNear(`cost of ${ticker}`, cut(lot?.cost), total_cost, TOLERANCE)
  }
  return undefined
}

function compareDisposal(door: Door, all: readonly Json[], disposal: Disposal): void {
  const what = `${disposal.date} ${disposal.ticker}`
  const lines = all.filter(
    ({ soldOn, instrument }) => soldOn === disposal.date && instrument === door.id(disposal.ticker),
  )
  const proceeds = sum(lines, 'proceeds')
  isNear(`${what} units`, decimalText(sum(lines, 'units')), disposal.quantity, TOLERANCE)
  isNear(`${what} proceeds`, decimalText(proceeds), disposal.proceeds, TOLERANCE)
  isNear(
    `${what} gross proceeds`,
    decimalText(proceeds.plus(sum(lines, 'saleCosts'))),
    disposal.gross_proceeds,
    TOLERANCE,
  )
  isSame(
    `${what} rules`,
    lines.map(({ rules, acquiredOn }) => [RULES[(rules as string[])[0] ?? ''], acquiredOn]),
    disposal.matches.map(({ rule, acquisition_date }) => [rule, acquisition_date ?? null]),
  )
  for (const [i, match] of disposal.matches.entries()) {
    isNear(`${what} units of ${match.rule}`, cut(lines[i]?.units), match.quantity, TOLERANCE)
    isNear(`${what} cost of ${match.rule}`, cut(lines[i]?.cost), match.allowable_cost, TOLERANCE)
    isNear(`${what} gain of ${match.rule}`, cut(lines[i]?.gain), match.gain_or_loss, TOLERANCE)
  }
}

function compareYear(totals: readonly Json[], year: TaxYear): void {
  const of = (name: string): string => {
    const row = totals.find((total) => total.taxYear === year.period && total.name === name)
    return cut(row?.amount)
  }
  const plus = (a: string, b: string): string => decimalText(decimal(a).plus(decimal(b)))
  const found: Readonly<Record<YearFigure, string>> = {
    total_gain: of('gains'),
    total_loss: of('losses'),
    net_gain: of('net-gain'),
    gross_proceeds: plus(of('proceeds'), of('sale-costs')),
    total_allowable_cost: of('cost'),
    exempt_amount: of('exempt-amount'),
    taxable_gain: of('taxable-gain'),
    dividend_income: of('dividends'),
    dividend_tax_paid: of('withheld'),
  }
  for (const [name, amount] of Object.entries(found))
    isNear(`${year.period} ${name}`, amount, year[name as YearFigure], TOLERANCE)
}

/** Unrounded figures have 24 places; more than enough are compared. */
function cut(amount: unknown): string {
  return /^-?\d+(\.\d{1,18})?/.exec(String(amount ?? '0'))?.[0] ?? ''
}

function sum(rows: readonly Json[], field: string): Decimal {
  return rows.reduce((total, row) => total.plus(decimal(cut(row[field]))), ZERO)
}

function figuresOf({ tax_years, holdings }: Case['expected']): number {
  const ofYear = ({ disposals }: TaxYear): number =>
    10 + disposals.reduce((count, { matches }) => count + 3 + matches.length * 3, 0)
  return tax_years.reduce((count, year) => count + ofYear(year), 0) + holdings.length * 2
}

export const folder: GoldenFolder = {
  folder: 'd1_taxlots_uk_cgt_tool',
  cases: (files) =>
    files
      .json<{ readonly cases: readonly Case[] }>('cases.json')
      .cases.map(
        (one): GoldenCase => ({ name: one.id, figures: figuresOf(one.expected), run: (door) => run(door, one) }),
      ),
}
