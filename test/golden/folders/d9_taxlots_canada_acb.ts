// Canadian adjusted cost bases and superficial losses of tsiemens/acb, and the average-cost numbers of EmilMaric/cad-capital-gains,
// through fills and actions of one portfolio an affiliate and the Canadian tax views of their owners.
import { addDays, plainDate } from '../../../src/domain/kernel/date.ts'
import { type Decimal, decimal, decimalText, divide, ZERO } from '../../../src/domain/kernel/decimal.ts'
import { equity, type Json, portfolioOf } from '../../support/ledger.ts'
import type { Differs, Door, FolderFiles, GoldenCase, GoldenFolder } from '../golden-case.ts'
import { isNear, isSame, printed } from '../figures.ts'

interface Transaction {
  readonly trade_date: string
  readonly action: string
  readonly affiliate?: string
  readonly shares?: number
  readonly price_per_share?: number
  readonly total_amount?: number
  readonly commission?: number
  readonly fx_rate_to_cad?: number
  readonly commission_fx_rate_to_cad?: number
  readonly specified_superficial_loss?: number
  readonly split?: string
}
interface Expected {
  readonly shares_after: number
  readonly all_affiliates_shares_after: number
  readonly total_acb_after: number | null
  readonly capital_gain: number | null
  readonly superficial_loss: number | null
}
interface Sequence {
  readonly id: string
  readonly transactions: readonly Transaction[]
  readonly expected_after_each?: readonly Expected[]
  readonly expected_error?: boolean
}
interface Single {
  readonly id: string
  readonly before: { readonly shares: number; readonly total_acb: number; readonly all_shares: number }
  readonly transaction: Transaction
  readonly expected_after?: Expected
  readonly expected_error?: boolean
}

/** The source settles two days after the trade. */
const SETTLES_AFTER = 2
/** Cents. */
const TOLERANCE = '0.005'

/** An affiliate is an owner with a portfolio; `(R)` is a registered account of the same owner. */
function placeOf(
  door: Door,
  affiliate = 'Default',
): { readonly owner: string; readonly portfolio: string; readonly holder: string } {
  const registered = affiliate.endsWith('(R)')
  const name = affiliate.replace('(R)', '').trim() || 'Default'
  const owner = door.id(name)
  return { owner, portfolio: `${owner}${registered ? '-R' : ''}`, holder: registered ? `${owner} (registered)` : owner }
}

async function open(door: Door, affiliates: readonly string[], quantityPlaces: number): Promise<void> {
  await door.record('/v1/instruments', equity(door.id('SEC'), 'CAD', { quantityPlaces }))
  const fx = { source: door.id('FX'), fixing: 'noon', pivot: 'CAD', calendar: 'TARGET' }
  const places = [...new Set(['Default', ...affiliates])].map((affiliate) => placeOf(door, affiliate))
  const owners = [...new Set(places.map(({ owner }) => owner))]
  for (const owner of owners)
    await door.record('/v1/owners', { owner, kind: 'person', country: 'CA', taxStatus: 'taxable', name: 'A taxpayer' })
  for (const owner of owners)
    for (const affiliate of owners)
      if (affiliate !== owner)
        await door.record('/v1/owners/affiliates', { owner, affiliate, relation: 'controlled', from: '2000-01-03' })
  for (const { owner, portfolio, holder } of places) {
    const rest = { openedOn: '2000-01-03' }
    await door.record('/v1/portfolios', portfolioOf(portfolio, 'CAD', { keeping: 'netting', fx }, rest))
    const registered = holder === owner ? {} : { taxStatus: 'retirement' }
    await door.record('/v1/owners/portfolios', { owner, portfolio, from: '2000-01-03', ...registered })
  }
}

function exact(figure: number | undefined): Decimal {
  return printed(figure ?? 0)
}

/** Minutes after ten, so that what shares a day keeps the order of the source across portfolios. */
function fillOf(door: Door, one: Transaction, i: number, date: string): Json {
  const rate = exact(one.fx_rate_to_cad ?? 1)
  const own = one.commission_fx_rate_to_cad
  const commission = exact(one.commission)
  // A commission at a rate of its own: both amounts are told in CAD.
  const inCad = own !== undefined || rate.equals(decimal('1'))
  const gross = exact(one.shares).times(exact(one.price_per_share))
  const paid = inCad ? gross.times(rate) : gross
  const cost = inCad ? commission.times(exact(own ?? one.fx_rate_to_cad ?? 1)) : commission
  const currency = inCad ? 'CAD' : 'USD'
  return {
    type: 'fill',
    source: 'ACB',
    execId: `T${i}`,
    tradeDate: date,
    executedAt: `${date}T15:${String(i).padStart(2, '0')}:00Z`,
    instrument: door.id('SEC'),
    side: one.action,
    quantity: String(one.shares),
    price: String(one.price_per_share),
    currency,
    consideration: decimalText(paid),
    ...(inCad ? {} : { contractRate: decimalText(rate) }),
    costs: cost.isZero() ? [] : [{ type: 'commission', amount: decimalText(cost), currency }],
    settlement: { date: addDays(plainDate(date), SETTLES_AFTER) },
  }
}

const CASH: Readonly<Record<string, { readonly caev: string; readonly leg: Json }>> = {
  return_of_capital: { caev: 'CAPD', leg: { income: 'capital' } },
  reinvested_dividend: { caev: 'ACCU', leg: { income: 'dividend', notional: true } },
  reinvested_capital_gain_distribution: { caev: 'ACCU', leg: { income: 'other', notional: true } },
  capital_gain_dividend: { caev: 'CAPG', leg: { income: 'other' } },
}

async function act(door: Door, one: Transaction, i: number, date: string, held: Decimal): Promise<void> {
  const instrument = door.id('SEC')
  const common = { action: `A${i}`, exDate: date, payDate: date }
  if (one.action === 'split') {
    const [numerator = '1', denominator = '1'] = (one.split ?? '').split('-for-')
    // Without a decimal point the source wants whole shares, and stops where there are none.
    const fractions = one.split?.includes('.') === true ? 'keep' : 'down'
    const leg = { kind: 'security', leg: 1, instrument, ratio: { numerator, denominator }, replaces: true }
    const caev = Number(numerator) < Number(denominator) ? 'SPLR' : 'SPLF'
    const terms = { ...common, caev, legs: [{ ...leg, holdingPeriod: 'tack', fractions }] }
    await door.record('/v1/corporate-actions', { instrument, terms })
    return
  }
  const of = CASH[one.action]
  if (of === undefined) throw new Error(`no action for ${one.action}`)
  const currency = one.fx_rate_to_cad === undefined ? 'CAD' : 'USD'
  if (currency === 'USD') {
    const rows = [{ base: 'USD', quote: 'CAD', rate: String(one.fx_rate_to_cad) }]
    await door.record('/v1/rates', { source: door.id('FX'), fixing: 'noon', date, rows })
  }
  const total = one.total_amount
  const perUnit =
    total === undefined ? String(one.price_per_share) : decimalText(divide(exact(total), held, 12, 'half-even'))
  const leg = { kind: 'cash', leg: 1, currency, perUnit, ...of.leg }
  await door.record('/v1/corporate-actions', { instrument, terms: { ...common, caev: of.caev, legs: [leg] } })
}

/** The day each transaction is told on: an action comes at the open of its day, so after a trade of the day it comes the next morning. */
function datesOf(transactions: readonly Transaction[]): string[] {
  const dates: string[] = []
  let shift = 0
  transactions.forEach((one, i) => {
    const before = transactions[i - 1]
    const action = one.action !== 'buy' && one.action !== 'sell'
    if (
      action &&
      before !== undefined &&
      before.trade_date === one.trade_date &&
      (before.action === 'buy' || before.action === 'sell')
    )
      shift = 1
    else if (before !== undefined && before.trade_date !== one.trade_date) shift = 0
    // What is paid to one affiliate alone reaches nobody who buys on its ex-date.
    const paid = transactions
      .slice(i)
      .find((other) => other.trade_date === one.trade_date && CASH[other.action] !== undefined)
    const others = paid?.affiliate !== undefined && paid.affiliate !== one.affiliate
    dates.push(addDays(plainDate(one.trade_date), others ? 1 : shift))
  })
  return dates
}

interface Step {
  readonly holder: string
  readonly units: string
  readonly cost: string | null
}

/** Tells a story and answers the steps of all pools in order, with the lines of every owner by fact. */
async function tell(
  door: Door,
  transactions: readonly Transaction[],
  quantityPlaces = 6,
): Promise<{ steps: Step[]; lines: Json[]; flags: Json[] }> {
  const affiliates = transactions.map(({ affiliate = 'Default' }) => affiliate)
  await open(door, affiliates, quantityPlaces)
  const dates = datesOf(transactions)
  const fills = new Map<string, Json[]>()
  let held = ZERO
  const splits = new Set<string>()
  for (const [i, one] of transactions.entries()) {
    const date = dates[i] ?? one.trade_date
    if (one.action === 'buy' || one.action === 'sell') {
      const { portfolio } = placeOf(door, one.affiliate)
      held = one.action === 'buy' ? held.plus(exact(one.shares)) : held.minus(exact(one.shares))
      fills.set(portfolio, [...(fills.get(portfolio) ?? []), fillOf(door, one, i, date)])
      continue
    }
    // One split of the instrument is told by every affiliate.
    const split = `${one.split} ${date}`
    if (one.action === 'split' && splits.has(split)) continue
    splits.add(split)
    await act(door, one, i, date, held)
  }
  for (const [portfolio, lines] of fills)
    for (const verdict of await door.ledger.lines(`/v1/portfolios/${portfolio}/activity`, lines))
      isSame(JSON.stringify(verdict), verdict.verdict, 'accepted')
  const { owner } = placeOf(door)
  const url = (of: string, part: string) => `/v1/owners/${of}/tax?regime=CA&convention=rounding:none&part=${part}`
  const pools = await door.rows(url(owner, 'pools'))
  const lines: Json[] = []
  for (const of of new Set(affiliates.map((affiliate) => placeOf(door, affiliate).owner)))
    lines.push(...(await door.rows(url(of, 'lines'))))
  const steps = pools.map(({ owner: holder, units, cost }) => ({
    holder: String(holder),
    units: String(units),
    cost: cost === null ? null : String(cost),
  }))
  return { steps, lines, flags: await door.rows(url(owner, 'flags')) }
}

function near(what: string, found: unknown, expected: number): void {
  isNear(what, /^-?\d+(\.\d{1,18})?/.exec(String(found))?.[0], expected, TOLERANCE)
}

async function sequence(
  door: Door,
  { transactions, expected_after_each: expected }: Sequence,
): Promise<Differs | undefined> {
  const entered = transactions.some(
    ({ action, specified_superficial_loss: loss }) =>
      loss !== undefined || action === 'superficial_loss_acb_adjustment',
  )
  if (entered)
    return {
      differs: 'a superficial loss is computed from the facts; one that the taxpayer enters instead is not taken',
      citation: 'ITA s.54 "superficial loss"',
    }
  const { steps, lines, flags } = await tell(door, transactions, expected === undefined ? 0 : 6)
  if (expected === undefined) {
    const breaks = await door.rows(`/v1/breaks?portfolio=${placeOf(door).portfolio}`)
    const codes = [...breaks, ...flags].map(({ code }) => code)
    isSame('told instead of an error', codes.includes('fraction-dropped'), true)
    return undefined
  }
  // The source tells what it added to a cost base after a superficial loss as an entry of its own; so do we.
  const units = new Map<string, Decimal>()
  let next = 0
  const left = [...steps]
  for (const [i, after] of expected.entries()) {
    const added = i > 0 && (expected[i - 1]?.superficial_loss ?? null) !== null
    const one = transactions[added ? next - 1 : next]
    if (!added) next++
    const { holder } = placeOf(door, one?.affiliate)
    const at = left.findIndex((step) => step.holder === holder)
    const step = left[at]
    if (step === undefined) throw new Error(`nothing of ${holder} after ${i + 1} steps`)
    left.splice(at, 1)
    units.set(holder, decimal(step.units))
    near(`shares ${i + 1}`, step.units, after.shares_after)
    if (after.total_acb_after === null) isSame(`cost base ${i + 1}`, step.cost, null)
    else near(`cost base ${i + 1}`, step.cost, after.total_acb_after)
    near(
      `all shares ${i + 1}`,
      decimalText([...units.values()].reduce((sum, of) => sum.plus(of), ZERO)),
      after.all_affiliates_shares_after,
    )
    compareGain(lines, `T${next - 1}`, added ? { ...after, capital_gain: null } : after)
  }
  isSame('steps left', left, [])
  return undefined
}

function compareGain(
  lines: readonly Json[],
  fact: string,
  { capital_gain: gain, superficial_loss: denied }: Expected,
): void {
  if (gain === null) return
  const line = lines.find(
    (one) => String(one.fact).endsWith(`:${fact}`) || String(one.fact).endsWith(`:A${fact.slice(1)}`),
  )
  near(`gain of ${fact}`, line?.gain, gain)
  near(`superficial loss of ${fact}`, line?.disallowed, denied === null ? 0 : -denied)
}

/** One transaction after a holding that came from somewhere: bought long before, others' too. */
async function single(
  door: Door,
  { before, transaction, expected_after: after }: Single,
): Promise<Differs | undefined> {
  const { shares, total_acb, all_shares } = before
  const bought = { trade_date: '2016-06-01', action: 'buy' }
  const others = exact(all_shares).minus(exact(shares))
  const story: Transaction[] = [
    ...(shares > 0 ? [{ ...bought, shares, price_per_share: 0, commission: total_acb }] : []),
    ...(others.isZero()
      ? []
      : [{ ...bought, shares: Number(decimalText(others)), price_per_share: 1, affiliate: 'B' }]),
    transaction,
  ]
  const { steps, lines, flags } = await tell(door, story)
  const { holder, portfolio } = placeOf(door)
  const last = steps.filter((step) => step.holder === holder).at(-1)
  if (after === undefined) {
    // The source stops; the book goes on and tells: more was sold than is held, or more capital came back than there was.
    const told = flags.map(({ code }) => code)
    isSame(
      'told instead of an error',
      told.length > 0 || lines.some(({ rules }) => (rules as string[]).includes('unmatched')),
      true,
    )
    isSame('portfolio', portfolio.length > 0, true)
    return undefined
  }
  near('shares', last?.units, after.shares_after)
  near('cost base', last?.cost, after.total_acb_after ?? 0)
  const theirs = steps.filter((step) => step.holder !== holder).at(-1)?.units ?? '0'
  near('all shares', decimalText(decimal(last?.units ?? '0').plus(decimal(theirs))), after.all_affiliates_shares_after)
  const line = lines.find(
    ({ fact }) => String(fact).endsWith(`T${story.length - 1}`) || String(fact).endsWith(`A${story.length - 1}`),
  )
  if (after.capital_gain !== null) near('gain', line?.gain, after.capital_gain)
  else if (line !== undefined) throw new Error(`a gain of ${line.gain}, printed none`)
  return undefined
}

interface CadTransaction {
  readonly date: string
  readonly action: string
  readonly ticker?: string
  readonly qty: number
  readonly price: number
  readonly commission: number
  readonly currency: string
}
interface CadCase {
  readonly id: string
  readonly fx_usdcad?: number
  readonly transactions: readonly CadTransaction[] | string
  readonly expected: Readonly<Record<string, unknown>>
}

/** Sales with proceeds, outlays, cost base of what was sold and gain; purchases with what they add. */
interface CadFigures {
  readonly proceeds: number
  readonly acb: number
  readonly outlays: number
  readonly gain: number
}

/** Its average-cost numbers; its superficial losses are all or nothing, which the README of the folder says not to use. */
function averages(files: FolderFiles): GoldenCase[] {
  const { cases } = files.json<{ readonly cases: readonly CadCase[] }>('cad_capital_gains.json')
  const sales = (id: string, figures: readonly CadFigures[]): GoldenCase => ({
    name: `cad-capital-gains ${id}`,
    figures: figures.length * 4,
    async run(door) {
      const one = cases.find((other) => other.id === id)
      if (one === undefined || typeof one.transactions === 'string') throw new Error(`there is no case ${id}`)
      const ticker = one.transactions[0]?.ticker
      const story = one.transactions
        .filter((trade) => trade.ticker === ticker)
        .map(({ date, action, qty, price, commission, currency }) => ({
          trade_date: date,
          action: action.toLowerCase(),
          shares: qty,
          price_per_share: price,
          commission,
          ...(currency === 'USD' ? { fx_rate_to_cad: one.fx_usdcad ?? 1 } : {}),
        }))
      const { lines } = await tell(door, story)
      isSame('sales', lines.length, figures.length)
      for (const [i, { proceeds, acb, outlays, gain }] of figures.entries()) {
        const line = lines[i]
        near('outlays', line?.saleCosts, outlays)
        near('proceeds', decimalText(decimal(String(line?.proceeds)).plus(decimal(String(line?.saleCosts)))), proceeds)
        near('cost base', line?.cost, acb)
        near('gain', line?.gain, gain)
      }
      return undefined
    },
  })
  return [
    sales('average_cost_basic', [{ proceeds: 12000, acb: 5010, outlays: 20, gain: 6970 }]),
    sales('mixed_currency', [{ proceeds: 5000, acb: 10000, outlays: 0, gain: -5000 }]),
    sales('fractional', [{ proceeds: 50, acb: 25, outlays: 0, gain: 25 }]),
  ]
}

export const folder: GoldenFolder = {
  folder: 'd9_taxlots_canada_acb',
  cases: (files) => [
    ...files.json<{ readonly cases: readonly Sequence[] }>('acb_sequences.json').cases.map(
      (one): GoldenCase => ({
        name: one.id,
        figures: (one.expected_after_each?.length ?? 0) * 5 || 1,
        run: (door) => sequence(door, one),
      }),
    ),
    ...files.json<{ readonly cases: readonly Single[] }>('acb_single_transactions.json').cases.map(
      (one): GoldenCase => ({
        name: one.id,
        figures: one.expected_after === undefined ? 1 : 5,
        run: (door) => single(door, one),
      }),
    ),
    ...averages(files),
  ],
}
