// The UK regime for individuals: identification rules, section 104 holdings, tax years from 6 April (TCGA 1992; docs/tax-uk.md).
import { addDays, addMonths, type PlainDate } from '../../kernel/date.ts'
import { ZERO } from '../../kernel/decimal.ts'
import type { Regime, TaxLine, TaxLot, TaxOptions, TaxPoolStep, TaxView } from '../core/regime.ts'
import type { TaxEvent } from '../core/tax-event.ts'
import { minus, plus, shareOf } from '../pool/amount.ts'
import { incomeOf } from '../pool/income.ts'
import { poolEvents } from '../pool/pool-events.ts'
import { type PoolRounding, rounded, roundedParts } from '../pool/rounding.ts'
import { WINDOW_DAYS } from './identification.ts'
import { type CapitalGain, type CapitalUnits, matchUk } from './section-104.ts'
import type { UkDisposal } from './share.ts'
import { betweenSpouses } from './spouses.ts'
import { ukTaxYear } from './tax-years.ts'
import { ukTotals } from './totals.ts'

const CONVENTIONS = {
  rounding: ['pence', 'each', 'pounds', 'none'],
  capitalUnits: ['held', 'pool'],
  notionalIncome: ['on-date', 'six-months-later'],
  foreignTax: ['credit', 'deduction'],
} as const

export const uk: Regime = {
  code: 'UK',
  currency: 'GBP',
  conventions: CONVENTIONS,
  taxYearOf: ukTaxYear,
  view: viewUk,
}

function viewUk(events: readonly TaxEvent[], options: TaxOptions): TaxView {
  const rounding = (options.conventions.rounding ?? 'pence') as PoolRounding
  const capitalUnits = (options.conventions.capitalUnits ?? 'held') as CapitalUnits
  const inScope = events.filter((event) => event.date <= options.horizon && isCharged(event))
  const read = poolEvents(inScope, options).filter(({ date }) => date <= options.horizon)
  const own = betweenSpouses(read, options, capitalUnits)
  const { disposals, capitalGains, steps, taken } = matchUk(own, capitalUnits)
  const reported = ({ soldOn }: TaxLine): boolean => soldOn <= options.effectiveAt
  const lines = [
    ...disposals.flatMap((disposal) => linesOf(disposal, rounding, options.horizon)),
    ...capitalGains.map((gain) => capitalLine(gain, rounding)),
  ]
    .filter(reported)
    .sort((a, b) => (a.soldOn < b.soldOn ? -1 : a.soldOn > b.soldOn ? 1 : a.instrument < b.instrument ? -1 : 1))
  const later = options.conventions.notionalIncome === 'six-months-later'
  const income = incomeOf(inScope, options, ukTaxYear, (date, notional) =>
    notional && later ? addMonths(date as PlainDate, 6) : date,
  ).map((one) => {
    const raised = one.class.startsWith('notional-') ? taken.get(one.fact) : undefined
    const { told = null, taken: whole = null } = raised ?? {}
    return told === null || whole === null ? one : { ...one, gross: shareOf(one.gross, whole, told) }
  })
  const known = steps.filter(({ date }) => date <= options.effectiveAt)
  return {
    lines,
    lots: lotsOf(known, rounding),
    pools: known,
    income,
    totals: ukTotals(lines, income, options.conventions.foreignTax === 'deduction'),
    flags: [],
  }
}

/** ISAs and pensions are outside of capital gains tax. */
function isCharged({ taxStatus }: TaxEvent): boolean {
  return taxStatus === 'taxable'
}

function linesOf({ instrument, dealing, matches, unmatched }: UkDisposal, rounding: PoolRounding, horizon: string) {
  const first = dealing.deals[0]
  if (first === undefined) return []
  const noGain = first.noGain === true
  const cost = roundedParts(
    matches.map((match) => match.cost),
    'cost',
    rounding,
  )
  const proceeds = noGain ? cost : roundedParts([...matches.map((match) => match.proceeds)], 'proceeds', rounding)
  const gross = matches.map((match) => plus(match.proceeds, shareOf(dealing.costs, match.units, dealing.units)))
  const saleCosts = roundedParts(gross, 'proceeds', rounding).map((amount, i) => minus(amount, proceeds[i] ?? null))
  const decidedOn = addDays(dealing.date as PlainDate, WINDOW_DAYS)
  const disposal = `UK:${instrument}:${dealing.date}${noGain ? ':spouse' : ''}`
  const lines: TaxLine[] = matches.map((match, i) => {
    const open = match.rule === 'section-104' && horizon < decidedOn
    const acquiredOn = match.acquisition?.date ?? null
    const gain =
      rounding === 'each' && !noGain
        ? (roundedParts([minus(match.proceeds, match.cost)], 'cost', rounding)[0] ?? null)
        : minus(proceeds[i] ?? null, cost[i] ?? null)
    return {
      ...common(disposal, i),
      lots: [
        { lot: match.acquisition?.deals[0]?.fact ?? 'section-104', units: match.units, acquiredOn, rule: match.rule },
      ],
      units: match.units,
      acquiredOn,
      proceeds: proceeds[i] ?? null,
      saleCosts: saleCosts[i] ?? null,
      cost: cost[i] ?? null,
      rawGain: gain,
      gain,
      rules: noGain ? [match.rule, 'no-gain-no-loss'] : [match.rule],
      provisional: open,
      decidedOn: open ? decidedOn : null,
    }
  })
  if (!unmatched.isZero())
    lines.push({
      ...common(disposal, matches.length),
      lots: [],
      units: unmatched,
      acquiredOn: null,
      proceeds: null,
      cost: null,
      rawGain: null,
      gain: null,
      rules: ['unmatched'],
      provisional: true,
      decidedOn: null,
    })
  return lines

  function common(disposalId: string, i: number) {
    const { fact, portfolio, account } = first as NonNullable<typeof first>
    return {
      line: i === 0 ? disposalId : `${disposalId}#${i + 1}`,
      disposal: disposalId,
      fact,
      portfolio,
      account,
      instrument,
      side: dealing.deals.every(({ short }) => short) ? ('short' as const) : ('long' as const),
      holdingFrom: null,
      soldOn: dealing.date,
      disallowed: ZERO,
      code: '',
      term: null,
      taxYear: ukTaxYear(dealing.date),
    }
  }
}

function capitalLine({ event, gain }: CapitalGain, rounding: PoolRounding): TaxLine {
  const [told] = roundedParts([gain], 'proceeds', rounding)
  const { instrument, date, fact, units } = event
  return {
    line: `UK:${instrument}:${date}:${fact}`,
    disposal: `UK:${instrument}:${date}:${fact}`,
    fact,
    portfolio: '',
    account: '',
    instrument,
    side: 'long',
    lots: [{ lot: 'section-104', units, acquiredOn: null, rule: 'capital-distribution' }],
    units: ZERO,
    acquiredOn: null,
    holdingFrom: null,
    soldOn: date,
    proceeds: told ?? null,
    cost: ZERO,
    rawGain: told ?? null,
    disallowed: ZERO,
    code: '',
    gain: told ?? null,
    rules: ['capital-distribution'],
    term: null,
    provisional: false,
    decidedOn: null,
    taxYear: ukTaxYear(date),
  }
}

/** The section 104 holdings at the end of what was asked for, as each was last changed. */
function lotsOf(steps: readonly TaxPoolStep[], rounding: PoolRounding): TaxLot[] {
  const last = new Map<string, TaxPoolStep>()
  for (const step of steps) last.set(step.instrument, step)
  return [...last.values()]
    .filter(({ units }) => !units.isZero())
    .sort((a, b) => (a.instrument < b.instrument ? -1 : 1))
    .map(({ instrument, units, cost }) => ({
      portfolio: '',
      account: '',
      instrument,
      side: 'long',
      lot: 'section-104',
      units,
      acquiredOn: null,
      holdingFrom: null,
      bookCost: null,
      cost: cost === null ? null : rounded(cost, 'cost', rounding === 'none' ? 'none' : 'pence'),
      rules: ['section-104'],
    }))
}
