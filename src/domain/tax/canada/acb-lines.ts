// The lines of Canadian gain reports: sales, what was distributed or returned as a gain, short sales.
import { addDays, type PlainDate } from '../../kernel/date.ts'
import { type Decimal, ZERO } from '../../kernel/decimal.ts'
import type { TaxIncome, TaxLine } from '../core/regime.ts'
import { minus } from '../pool/amount.ts'
import { type PoolRounding, rounded } from '../pool/rounding.ts'
import type { AcbDisposal, AcbGain } from './adjusted-cost-base.ts'
import { SUPERFICIAL_DAYS } from './superficial-loss.ts'

/** `registered` is the end of the names of registered accounts: a loss that goes to one is lost. */
export function disposalLine(
  disposal: AcbDisposal,
  registered: string,
  rounding: PoolRounding,
  horizon: string,
): TaxLine {
  const { deal, date, rule, units, denied, substituted } = disposal
  const cost = disposal.cost === null ? null : rounded(disposal.cost, 'cost', rounding)
  const proceeds = disposal.proceeds === null ? null : rounded(disposal.proceeds, 'proceeds', rounding)
  const rawGain = minus(proceeds, cost)
  const disallowed = denied === null ? ZERO : rounded(denied, 'cost', rounding)
  const decidedOn = addDays(date as PlainDate, SUPERFICIAL_DAYS)
  const open = rule === 'adjusted-cost-base' && rawGain?.lessThan(ZERO) === true && horizon < decidedOn
  const id = `CA:${deal.instrument}:${deal.fact}`
  return {
    ...at(deal, id),
    side: rule === 'short-sale' ? 'short' : 'long',
    lots: [
      { lot: 'adjusted-cost-base', units, acquiredOn: null, rule },
      ...substituted.map(({ holder, amount }) => ({
        lot: holder,
        units,
        acquiredOn: null,
        rule: 'superficial-loss',
        ...(amount === null ? {} : { amount: rounded(amount, 'cost', rounding) }),
        permanent: holder.endsWith(registered),
      })),
    ],
    units,
    soldOn: deal.date,
    proceeds,
    saleCosts: rule === 'short-sale' ? null : deal.costs,
    cost,
    rawGain,
    disallowed,
    code: disallowed.isZero() ? '' : 'S',
    gain: rawGain?.plus(disallowed) ?? null,
    rules: disallowed.isZero() ? [rule] : [rule, 'superficial-loss'],
    provisional: open,
    decidedOn: open ? decidedOn : null,
    taxYear: date.slice(0, 4),
  }
}

/** What was paid above the cost base. */
export function excessLine({ instrument, date, fact, units, gain }: AcbGain, rounding: PoolRounding): TaxLine {
  const told = gain === null ? null : rounded(gain, 'proceeds', rounding)
  return {
    ...at({ instrument, fact, portfolio: '', account: '' }, `CA:${instrument}:${fact}`),
    side: 'long',
    lots: [{ lot: 'adjusted-cost-base', units, acquiredOn: null, rule: 'negative-cost-base' }],
    units: ZERO,
    soldOn: date,
    proceeds: told,
    cost: ZERO,
    rawGain: told,
    disallowed: ZERO,
    code: '',
    gain: told,
    rules: ['negative-cost-base'],
    provisional: false,
    decidedOn: null,
    taxYear: date.slice(0, 4),
  }
}

/** What an action pays as `other` is a capital gains distribution; reinvested, it has raised the cost base already (T3 box 21). */
export function isCapitalGain({ class: kind, fact }: TaxIncome): boolean {
  return fact.startsWith('ca:') && (kind === 'other' || kind === 'notional-other')
}

export function distributionLine(paid: TaxIncome, rounding: PoolRounding): TaxLine {
  const { instrument, date, fact, portfolio, units, gross } = paid
  const told = gross === null ? null : rounded(gross, 'proceeds', rounding)
  return {
    ...at({ instrument, fact, portfolio, account: '' }, `CA:${instrument}:${fact}`),
    side: 'long',
    lots: [{ lot: 'adjusted-cost-base', units, acquiredOn: null, rule: 'capital-gains-distribution' }],
    units: ZERO,
    soldOn: date,
    proceeds: told,
    cost: ZERO,
    rawGain: told,
    disallowed: ZERO,
    code: '',
    gain: told,
    rules: ['capital-gains-distribution'],
    provisional: false,
    decidedOn: null,
    taxYear: paid.taxYear,
  }
}

/** Sold short and not covered: no gain until it is. */
export function shortLine(
  instrument: string,
  dealing: { readonly left: Decimal; readonly deals: readonly Placed[] },
): TaxLine[] {
  const deal = dealing.deals[0]
  if (deal === undefined) return []
  return [
    {
      ...at(deal, `CA:${instrument}:${deal.fact}:short`),
      side: 'short',
      lots: [],
      units: dealing.left,
      soldOn: deal.date,
      proceeds: null,
      cost: null,
      rawGain: null,
      disallowed: ZERO,
      code: '',
      gain: null,
      rules: ['unmatched'],
      provisional: true,
      decidedOn: null,
      taxYear: deal.date.slice(0, 4),
    },
  ]
}

interface Placed {
  readonly instrument: string
  readonly fact: string
  readonly date: string
  readonly portfolio: string
  readonly account: string
}

function at({ instrument, fact, portfolio, account }: Omit<Placed, 'date'>, id: string) {
  return {
    line: id,
    disposal: id,
    fact,
    portfolio,
    account,
    instrument,
    acquiredOn: null,
    holdingFrom: null,
    term: null,
  }
}

/** A fact that closes a holding and covers a short sale has two lines. */
export function numbered(lines: readonly TaxLine[]): TaxLine[] {
  const seen = new Map<string, number>()
  return lines.map((line) => {
    const n = (seen.get(line.disposal) ?? 0) + 1
    seen.set(line.disposal, n)
    return n === 1 ? line : { ...line, line: `${line.disposal}#${n}` }
  })
}
