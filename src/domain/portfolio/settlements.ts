// Decides what is said of a fill's settlement: it failed, or it settled, whole or in part.
import { decimal, decimalText, ZERO } from '../kernel/decimal.ts'
import { defined } from '../kernel/defined.ts'
import { refuse } from '../kernel/refusal.ts'
import type { CompletedFact, GivenFact } from './completed-fact.ts'
import { type Message, messageOf, type PortfolioState, type SettlementSaid } from './state.ts'

/** @throws Refused `unknown-fill`, `fill-busted`, `already-failed`, `exceeds-fill`, `settled-before-trade`. */
export function settlementFailed(
  as: GivenFact<'SettlementFailed'>,
  fact: string,
  state: PortfolioState,
): CompletedFact {
  const { failed } = as
  const fill = standing(state, failed.fill)
  notBeforeTrade(failed.date, fill)
  const other = others(state, failed.fill, fact).find(({ kind }) => kind === 'failed')
  if (other !== undefined)
    refuse({
      code: 'already-failed',
      message: `${failed.fill} has failed already by ${other.fact}; it ages until it is confirmed`,
      field: 'fill',
      remedy: `correct or cancel ${other.fact}`,
    })
  within(failed.units, fill, ZERO)
  return { terms: { type: as.type, failed: defined(failed) }, date: failed.date, field: 'date', warnings: [] }
}

/** @throws Refused `unknown-fill`, `fill-busted`, `settled-already`, `exceeds-fill`, `settled-before-trade`. */
export function settlementConfirmed(
  as: GivenFact<'SettlementConfirmed'>,
  fact: string,
  state: PortfolioState,
): CompletedFact {
  const { settled } = as
  const fill = standing(state, settled.fill)
  notBeforeTrade(settled.date, fill)
  const confirmed = others(state, settled.fill, fact).filter(({ kind }) => kind === 'confirmed')
  const whole = confirmed.find(({ units }) => units === null)
  if (whole !== undefined && settled.units === undefined)
    refuse({
      code: 'settled-already',
      message: `${whole.fact} says already that all of ${settled.fill} settled`,
      field: 'fill',
      remedy: `correct or cancel ${whole.fact}`,
    })
  within(
    settled.units,
    fill,
    confirmed.reduce((sum, { units }) => sum.plus(decimal(units ?? '0')), ZERO),
  )
  return { terms: { type: as.type, settled: defined(settled) }, date: settled.date, field: 'date', warnings: [] }
}

function standing(state: PortfolioState, fact: string): Message {
  const fill = messageOf(state, fact)
  if (fill === undefined || fill.kind !== 'fill')
    return refuse({
      code: 'unknown-fill',
      message: `there is no fill ${fact}`,
      field: 'fill',
      remedy: 'name a fill by its fact id',
    })
  if (fill.status === 'applied') return fill
  return refuse({
    code: 'fill-busted',
    message: `${fact} is ${fill.status}`,
    field: 'fill',
    remedy: 'name a fill that stands',
  })
}

function others(state: PortfolioState, fill: string, fact: string): SettlementSaid[] {
  return (state.settlements.get(fill) ?? []).filter((said) => said.fact !== fact)
}

function notBeforeTrade(date: string, fill: Message): void {
  if (date >= fill.date) return
  refuse({
    code: 'settled-before-trade',
    message: `${date} is before the trade date ${fill.date}`,
    field: 'date',
    remedy: 'check the date',
  })
}

function within(units: string | undefined, fill: Message, taken: ReturnType<typeof decimal>): void {
  if (units === undefined || decimal(units).plus(taken).lessThanOrEqualTo(decimal(fill.quantity))) return
  refuse({
    code: 'exceeds-fill',
    message: `${units} and ${decimalText(taken)} before it are more than the ${fill.quantity} of the fill`,
    field: 'units',
    remedy: 'check the quantity',
  })
}
