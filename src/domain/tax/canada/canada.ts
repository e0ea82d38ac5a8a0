// The Canadian regime for individuals: adjusted cost base over identical property, superficial losses (ITA ss.47, 53, 54; docs/tax-canada.md).
import type { Regime, TaxLot, TaxOptions, TaxPoolStep, TaxView } from '../core/regime.ts'
import type { TaxEvent } from '../core/tax-event.ts'
import { isDeal, type PoolEvent } from '../pool/pool-event.ts'
import { incomeOf } from '../pool/income.ts'
import { spousesOf } from '../pool/spouses-of.ts'
import { poolEvents } from '../pool/pool-events.ts'
import { type PoolRounding, rounded } from '../pool/rounding.ts'
import { disposalLine, distributionLine, excessLine, isCapitalGain, numbered, shortLine } from './acb-lines.ts'
import { type AcbGain, adjustedCostBases, type CanadaDates } from './adjusted-cost-base.ts'
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
  const { owner, effectiveAt, horizon, conventions } = options
  const dates = (conventions.dates ?? 'settlement') as CanadaDates
  const rounding: PoolRounding = conventions.rounding === 'none' ? 'none' : 'pence'
  const known = events.filter((event) => event.date <= horizon && event.owner !== '')
  const held = known.map((event) =>
    isRegisteredAccount(event) ? { ...event, owner: event.owner + REGISTERED } : event,
  )
  const read = withRollovers(poolEvents(held, options), options)
  const { disposals, gains, steps, short } = adjustedCostBases(read, (holder) => holder.endsWith(REGISTERED), dates)
  const own = known.filter((event) => !isRegisteredAccount(event))
  const paid = incomeOf(own, options, (date) => date.slice(0, 4))
  const income = paid.filter((one) => !isCapitalGain(one))
  const isOwn = ({ holder }: { readonly holder: string }): boolean => holder === owner
  const lines = [
    ...paid.filter(isCapitalGain).map((one) => distributionLine(one, rounding)),
    ...disposals.filter(isOwn).map((disposal) => disposalLine(disposal, REGISTERED, rounding, horizon)),
    ...gains.filter(isOwn).map((gain) => excessLine(gain, rounding)),
    ...short.filter(isOwn).flatMap(({ instrument, dealing }) => shortLine(instrument, dealing)),
  ]
    .filter(({ soldOn }) => soldOn <= effectiveAt)
    .sort((a, b) => (a.soldOn < b.soldOn ? -1 : a.soldOn > b.soldOn ? 1 : 0))
  const told = steps.filter(({ date }) => date <= effectiveAt)
  return {
    lines: numbered(lines),
    lots: lotsOf(told, owner, rounding),
    pools: told,
    income,
    totals: canadaTotals(lines, income),
    flags: [...contributions(read, options), ...negativeBases(gains, options)],
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

/** A cost base cannot be below zero: what was returned above it is a gain now, and the terms deserve a look. */
function negativeBases(gains: readonly AcbGain[], { owner, effectiveAt }: TaxOptions) {
  return gains
    .filter(({ holder, date }) => holder === owner && date <= effectiveAt)
    .map(({ fact, instrument, date }) => ({
      code: 'negative-cost-base',
      fact,
      instrument,
      date,
      message:
        'more capital was returned than the adjusted cost base: the rest is a gain (ITA s.40(3)); check the terms',
    }))
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
function contributions(events: readonly PoolEvent[], { owner, effectiveAt }: TaxOptions) {
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
