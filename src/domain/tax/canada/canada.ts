// The Canadian regime for individuals: adjusted cost base over identical property, superficial losses (ITA ss.47, 53, 54; docs/tax-canada.md).
import { addDays, type PlainDate } from '../../kernel/date.ts'
import { type Decimal, ZERO } from '../../kernel/decimal.ts'
import type { Regime, TaxLine, TaxLot, TaxOptions, TaxPoolStep, TaxView } from '../core/regime.ts'
import type { TaxEvent } from '../core/tax-event.ts'
import { minus } from '../pool/amount.ts'
import { isDeal, type PoolEvent } from '../pool/pool-event.ts'
import { incomeOf } from '../pool/income.ts'
import { spousesOf } from '../pool/spouses-of.ts'
import { poolEvents } from '../pool/pool-events.ts'
import { type PoolRounding, rounded } from '../pool/rounding.ts'
import { type AcbDisposal, type AcbGain, adjustedCostBases, type CanadaDates } from './adjusted-cost-base.ts'
import { SUPERFICIAL_DAYS } from './superficial-loss.ts'
import { canadaTotals } from './totals.ts'

export const canada: Regime = {
  code: 'CA',
  currency: 'CAD',
  conventions: { dates: ['settlement', 'trade'], rounding: ['cents', 'none'] },
  taxYearOf: (date) => date.slice(0, 4),
  view: viewCanada,
}

/** Registered accounts are holders of their own: they have no cost base, but what they buy can make a loss superficial. */
const REGISTERED = ' (registered)'

function viewCanada(events: readonly TaxEvent[], options: TaxOptions): TaxView {
  const dates = (options.conventions.dates ?? 'settlement') as CanadaDates
  const rounding: PoolRounding = options.conventions.rounding === 'none' ? 'none' : 'pence'
  const known = events.filter(({ date, owner }) => date <= options.horizon && owner !== '')
  const held = known.map((event) =>
    isRegisteredAccount(event) ? { ...event, owner: event.owner + REGISTERED } : event,
  )
  const read = withRollovers(poolEvents(held, options), options)
  const { disposals, gains, steps, short } = adjustedCostBases(read, (holder) => holder.endsWith(REGISTERED), dates)
  const lines = [
    ...disposals
      .filter(({ holder }) => holder === options.owner)
      .map((disposal) => lineOf(disposal, rounding, options.horizon)),
    ...gains.filter(({ holder }) => holder === options.owner).map((gain) => gainLine(gain, rounding)),
    ...short
      .filter(({ holder }) => holder === options.owner)
      .flatMap(({ instrument, dealing }) => shortLine(instrument, dealing)),
  ]
    .filter(({ soldOn }) => soldOn <= options.effectiveAt)
    .sort((a, b) => (a.soldOn < b.soldOn ? -1 : a.soldOn > b.soldOn ? 1 : 0))
  const own = known.filter((event) => !isRegisteredAccount(event))
  const income = incomeOf(own, options, (date) => date.slice(0, 4))
  const told = steps.filter(({ date }) => date <= options.effectiveAt)
  return {
    lines: numbered(lines),
    lots: lotsOf(told, options.owner, rounding),
    pools: told,
    income,
    totals: canadaTotals(lines, income),
    flags: flagsOf(read, options),
  }
}

function isRegisteredAccount({ taxStatus }: TaxEvent): boolean {
  return taxStatus === 'retirement' || taxStatus === 'exempt'
}

/** A transfer between spouses rolls over at cost, whatever the book says it was worth (ITA s.73(1)). */
function withRollovers(events: readonly PoolEvent[], { owner, affiliates }: TaxOptions): PoolEvent[] {
  const spouses = spousesOf(affiliates)
  const couple = new Map<string, Set<string>>()
  for (const event of events) {
    if (!isDeal(event) || !event.transfer || !(event.owner === owner || spouses.has(event.owner))) continue
    const name = `${event.fact}|${event.instrument}`
    couple.set(name, (couple.get(name) ?? new Set()).add(event.owner))
  }
  return events.map((event) =>
    isDeal(event) && event.transfer && (couple.get(`${event.fact}|${event.instrument}`)?.size ?? 0) > 1
      ? { ...event, noGain: true }
      : event,
  )
}

function lineOf(disposal: AcbDisposal, rounding: PoolRounding, horizon: string): TaxLine {
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
        permanent: holder.endsWith(REGISTERED),
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

function gainLine({ instrument, date, fact, units, gain }: AcbGain, rounding: PoolRounding): TaxLine {
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

/** Sold short and not covered: no gain until it is. */
function shortLine(
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
function numbered(lines: readonly TaxLine[]): TaxLine[] {
  const seen = new Map<string, number>()
  return lines.map((line) => {
    const n = (seen.get(line.disposal) ?? 0) + 1
    seen.set(line.disposal, n)
    return n === 1 ? line : { ...line, line: `${line.disposal}#${n}` }
  })
}

function lotsOf(steps: readonly TaxPoolStep[], owner: string, rounding: PoolRounding): TaxLot[] {
  const last = new Map<string, TaxPoolStep>()
  for (const step of steps) if (step.owner === owner) last.set(step.instrument, step)
  return [...last.values()]
    .filter(({ units }) => !units.isZero())
    .sort((a, b) => (a.instrument < b.instrument ? -1 : 1))
    .map(({ instrument, units, cost }) => ({
      portfolio: '',
      account: '',
      instrument,
      side: 'long',
      lot: 'adjusted-cost-base',
      units,
      acquiredOn: null,
      holdingFrom: null,
      bookCost: null,
      cost: cost === null ? null : rounded(cost, 'cost', rounding),
      rules: ['adjusted-cost-base'],
    }))
}

/** Property put into a registered account is disposed of at its value, and a loss is denied for good: the book has moved it at cost. */
function flagsOf(events: readonly PoolEvent[], { owner, effectiveAt }: TaxOptions) {
  return events
    .filter((event) => isDeal(event) && event.kind === 'dispose' && event.noGain === true && event.owner === owner)
    .filter(
      ({ fact, instrument, date }) =>
        date <= effectiveAt &&
        events.some(
          (other) =>
            isDeal(other) &&
            other.kind === 'acquire' &&
            other.fact === fact &&
            other.instrument === instrument &&
            other.owner === owner + REGISTERED,
        ),
    )
    .map(({ fact, instrument, date }) => ({
      code: 'registered-contribution',
      fact,
      instrument,
      date,
      message:
        'units went into a registered account at cost: record it as a sale at their value (ITA s.69, s.40(2)(g)(iv))',
    }))
}
