// Regimes that relieve in one fixed order and know no window: Germany first in first out by account, average-cost countries.
import { ZERO } from '../../kernel/decimal.ts'
import type { Regime, TaxLine, TaxLot, TaxOptions, TaxView } from '../core/regime.ts'
import type { TaxEvent } from '../core/tax-event.ts'
import { minus } from '../pool/amount.ts'
import { incomeOf } from '../pool/income.ts'
import { poolEvents } from '../pool/pool-events.ts'
import { type PoolRounding, rounded, roundedParts } from '../pool/rounding.ts'
import { YearSums } from '../pool/year-sums.ts'
import { foldPlainly, type PlainDisposal, type PlainGain } from './plain-fold.ts'

export interface PlainRules {
  readonly code: string
  readonly currency: string
  readonly method: 'fifo' | 'average'
  /** Whether a sale takes from its own account, or from all that the taxpayer holds. */
  readonly scope: 'account' | 'owner'
  /** Gains on what was acquired before this day are not taxed. */
  readonly freeBefore?: string
}

/** A regime by its rules. Tax years are calendar years. */
export function plainRegime(rules: PlainRules): Regime {
  const taxYearOf = (date: string): string => date.slice(0, 4)
  return {
    code: rules.code,
    currency: rules.currency,
    conventions: { rounding: ['cents', 'none'] },
    taxYearOf,
    view: (events, options) => view(rules, taxYearOf, events, options),
  }
}

function view(
  rules: PlainRules,
  taxYearOf: (date: string) => string,
  events: readonly TaxEvent[],
  options: TaxOptions,
): TaxView {
  const rounding: PoolRounding = options.conventions.rounding === 'none' ? 'none' : 'pence'
  const own = events.filter(
    ({ owner, taxStatus, date }) => owner === options.owner && taxStatus === 'taxable' && date <= options.horizon,
  )
  const held =
    rules.scope === 'owner' ? own : own.map((event) => ({ ...event, owner: `${event.portfolio}/${event.account}` }))
  const { disposals, gains, steps, holdings } = foldPlainly(poolEvents(held, options), rules.method)
  const lines = numbered([
    ...disposals.map((disposal) => lineOf(rules, disposal, rounding)),
    ...gains.map((gain) => gainLine(rules, gain, rounding)),
    ...[...holdings.values()].flatMap(({ holding }) =>
      holding.short.map(({ deal, units }) => shortLine(rules, deal, units)),
    ),
  ])
    .filter(({ soldOn }) => soldOn <= options.effectiveAt)
    .sort((a, b) => (a.soldOn < b.soldOn ? -1 : a.soldOn > b.soldOn ? 1 : 0))
  const income = incomeOf(own, options, taxYearOf)
  const sums = new YearSums()
  for (const { taxYear, proceeds, cost, gain, rules: of } of lines) {
    if (of.includes('acquired-before')) continue
    sums.add(taxYear, 'proceeds', proceeds)
    sums.add(taxYear, 'cost', cost)
    sums.gain(taxYear, gain)
  }
  for (const one of income) sums.income(one)
  const last = new Map<string, TaxLot>()
  // Lots are those at the horizon where that is the day asked for; else the holdings as they were, each as one.
  if (options.effectiveAt === options.horizon)
    for (const { holder, instrument, holding } of holdings.values())
      for (const [i, lot] of holding.lots.entries())
        last.set(`${holder}|${instrument}|${i}`, {
          ...lotOf(rules, holder, instrument, lot.fact),
          units: lot.units,
          acquiredOn: lot.acquiredOn,
          cost: lot.cost === null ? null : rounded(lot.cost, 'cost', rounding),
        })
  else
    for (const { owner, instrument, date, units, cost } of steps)
      if (date <= options.effectiveAt)
        last.set(`${owner}|${instrument}`, {
          ...lotOf(rules, owner, instrument, rules.method),
          units,
          acquiredOn: null,
          cost: cost === null ? null : rounded(cost, 'cost', rounding),
        })
  return {
    lines,
    lots: [...last.values()].filter(({ units }) => !units.isZero()),
    pools: steps.filter(({ date }) => date <= options.effectiveAt),
    income,
    totals: sums.totals(),
    flags: [],
  }
}

function lotOf({ method, scope }: PlainRules, holder: string, instrument: string, lot: string) {
  const [portfolio = '', account = ''] = scope === 'account' ? holder.split('/') : []
  const side = 'long' as const
  return { portfolio, account, instrument, side, lot, holdingFrom: null, bookCost: null, rules: [method] }
}

function lineOf({ code, freeBefore }: PlainRules, disposal: PlainDisposal, rounding: PoolRounding): TaxLine {
  const { deal, rule, taken, units } = disposal
  const [cost = null] = roundedParts([taken.cost], 'cost', rounding)
  const [proceeds = null] = roundedParts([disposal.proceeds], 'proceeds', rounding)
  const gain = minus(proceeds, cost)
  const free = freeBefore !== undefined && taken.acquiredOn !== null && taken.acquiredOn < freeBefore
  return {
    ...place(code, deal),
    side: rule === 'short-sale' ? 'short' : 'long',
    lots: [{ lot: taken.acquiredOn === null ? rule : taken.fact, units, acquiredOn: taken.acquiredOn, rule }],
    units,
    acquiredOn: rule === 'short-sale' ? null : taken.acquiredOn,
    soldOn: deal.date,
    proceeds,
    cost,
    rawGain: gain,
    gain,
    rules: free ? [rule, 'acquired-before'] : [rule],
    provisional: false,
    taxYear: deal.date.slice(0, 4),
  }
}

function gainLine({ code }: PlainRules, { event, gain }: PlainGain, rounding: PoolRounding): TaxLine {
  const [told = null] = roundedParts([gain], 'proceeds', rounding)
  const { instrument, fact, date } = event
  return {
    ...place(code, { instrument, fact, portfolio: '', account: '' }),
    side: 'long',
    lots: [],
    units: ZERO,
    acquiredOn: null,
    soldOn: date,
    proceeds: told,
    cost: ZERO,
    rawGain: told,
    gain: told,
    rules: ['capital-distribution'],
    provisional: false,
    taxYear: date.slice(0, 4),
  }
}

function shortLine({ code }: PlainRules, deal: PlainDisposal['deal'], units: TaxLine['units']): TaxLine {
  return {
    ...place(code, deal),
    side: 'short',
    lots: [],
    units,
    acquiredOn: null,
    soldOn: deal.date,
    proceeds: null,
    cost: null,
    rawGain: null,
    gain: null,
    rules: ['unmatched'],
    provisional: true,
    taxYear: deal.date.slice(0, 4),
  }
}

function place(
  code: string,
  {
    instrument,
    fact,
    portfolio,
    account,
  }: Pick<PlainDisposal['deal'], 'instrument' | 'fact' | 'portfolio' | 'account'>,
) {
  const disposal = `${code}:${instrument}:${fact}`
  const fixed = { holdingFrom: null, disallowed: ZERO, code: '', term: null, decidedOn: null }
  return { line: disposal, disposal, fact, portfolio, account, instrument, ...fixed }
}

/** A sale of several lots has a line for each. */
function numbered(lines: readonly TaxLine[]): TaxLine[] {
  const seen = new Map<string, number>()
  return lines.map((line) => {
    const n = (seen.get(line.disposal) ?? 0) + 1
    seen.set(line.disposal, n)
    return n === 1 ? line : { ...line, line: `${line.disposal}#${n}` }
  })
}
