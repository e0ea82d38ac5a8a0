// The life of a portfolio: opened once, given places, closed for good.
import { isCurrency } from '../kernel/currency.ts'
import { accept, type Decision } from '../kernel/decider.ts'
import { defined } from '../kernel/defined.ts'
import { fingerprint } from '../kernel/fingerprint.ts'
import { instant, dateInZone } from '../kernel/instant.ts'
import { attempt, refuse, type Warning } from '../kernel/refusal.ts'
import { knownCurrency } from './amounts.ts'
import type { PortfolioCommand } from './commands.ts'
import type { PortfolioEvent } from './events.ts'
import type { Policy } from './policy.ts'
import type { ReferenceKnowledge } from './reference-knowledge.ts'
import { parkedQueue, type PortfolioState } from './state.ts'

type PolicyChanges = { readonly [K in keyof Policy]?: Policy[K] | undefined }
type Command<T> = Extract<PortfolioCommand, { type: T }>

export function openPortfolio(
  { terms, knowledge }: Command<'OpenPortfolio'>,
  state: PortfolioState,
): Decision<PortfolioEvent> {
  if (state.opened !== null) {
    if (state.openedFingerprint === fingerprint(terms)) return accept([])
    refuse({
      code: 'portfolio-exists',
      message: `portfolio ${terms.portfolio} was opened before, on other terms`,
      field: 'portfolio',
      remedy: 'choose another id, or change its policy',
    })
  }
  knownCurrency(terms.baseCurrency, 'baseCurrency')
  checkPolicy(terms.policy, knowledge, 'policy.')
  for (const [place, ids] of [
    ['sleeves', terms.sleeves],
    ['custodyAccounts', terms.custodyAccounts],
    ['cashAccounts', terms.cashAccounts.map(({ id }) => id)],
  ] as const) {
    const twice = ids.find((id, i) => ids.indexOf(id) !== i)
    if (twice !== undefined)
      refuse({ code: 'duplicate-place', message: `${twice} is named twice`, field: place, remedy: 'name it once' })
  }
  const { sleeve, custodyAccount, cashAccount, marginAccount } = terms.defaults
  const cash = terms.cashAccounts.map(({ id }) => id)
  named('sleeve', sleeve, terms.sleeves)
  named('custodyAccount', custodyAccount, terms.custodyAccounts)
  named('cashAccount', cashAccount, cash)
  named('marginAccount', marginAccount, cash)
  return accept([{ type: 'PortfolioOpened', data: terms }])
}

/** @throws Refused `unknown-default`. */
function named(field: string, id: string, among: readonly string[]): void {
  if (among.includes(id)) return
  refuse({
    code: 'unknown-default',
    message: `the default ${field} ${id} is not among the portfolio's places`,
    field: `defaults.${field}`,
    remedy: `use one of ${among.join(', ')}, or add ${id} to them`,
  })
}

/** @throws Refused `unknown-calendar`, `unknown-currency`, `unknown-time-zone`, naming the field under `path`. */
export function checkPolicy(policy: PolicyChanges, knowledge: ReferenceKnowledge, path: string): void {
  const { calendar, zone, fx } = policy
  for (const [id, field] of [[calendar, 'calendar'] as const, [fx?.calendar, 'fx.calendar'] as const]) {
    if (id !== undefined && !knowledge.knowsCalendar(id)) {
      refuse({
        code: 'unknown-calendar',
        message: `there is no calendar ${id}`,
        field: `${path}${field}`,
        remedy: 'use a calendar that is loaded, such as "XNYS", "TARGET" or "US"',
      })
    }
  }
  if (fx !== undefined && !isCurrency(fx.pivot)) knownCurrency(fx.pivot, `${path}fx.pivot`)
  if (zone !== undefined) {
    const read = attempt(() => dateInZone(instant('2000-01-01T00:00:00Z'), zone), `${path}zone`)
    if (!read.ok) refuse(read.refusal)
  }
}

export function addPlaces({ places }: Command<'AddPlaces'>, state: PortfolioState): Decision<PortfolioEvent> {
  const fresh = {
    sleeves: places.sleeves.filter((id) => !state.sleeves.has(id)),
    custodyAccounts: places.custodyAccounts.filter((id) => !state.custodyAccounts.has(id)),
    cashAccounts: places.cashAccounts.filter(({ id, kind, settlement }, i) => {
      const known = state.cashAccounts.get(id)
      if (known === undefined || known === `${kind}/${settlement ?? ''}`) return known === undefined
      return refuse({
        code: 'cash-account-exists',
        message: `cash account ${id} is there already, of another kind or settlement`,
        field: `cashAccounts.${i}`,
        remedy: 'an account keeps its kind; add one with another id',
      })
    }),
  }
  if (fresh.sleeves.length + fresh.custodyAccounts.length + fresh.cashAccounts.length === 0) return accept([])
  return accept([{ type: 'PlacesAdded', data: fresh }])
}

/** `open` are the orders that are still working. */
export function closePortfolio(
  { closedOn, holdings, reason }: Command<'ClosePortfolio'>,
  state: PortfolioState,
  open: readonly string[],
): Decision<PortfolioEvent> {
  if (state.closedOn === closedOn) return accept([])
  if (state.closedOn !== null)
    refuse({
      code: 'portfolio-closed',
      message: `it was closed on ${state.closedOn}`,
      field: 'closedOn',
      remedy: 'nothing to do',
    })
  const openedOn = state.opened?.openedOn ?? closedOn
  if (closedOn < openedOn)
    refuse({
      code: 'before-portfolio-opened',
      message: `it opened on ${openedOn}`,
      field: 'closedOn',
      remedy: 'check the date',
    })
  const [order] = open
  if (order !== undefined) {
    refuse({
      code: 'open-orders',
      message: `${open.length} orders are still open, ${order} among them`,
      remedy: 'cancel them first',
      details: { orders: open.slice(0, 20) },
    })
  }
  const parked = parkedQueue(state)
  if (parked.length > 0) {
    refuse({
      code: 'parked-items',
      message: `${parked.length} messages wait in the parked queue`,
      remedy: 'release or dismiss them first',
      details: { facts: parked.slice(0, 20).map(([fact]) => fact) },
    })
  }
  if (holdings !== 'none') {
    refuse({
      code: holdings === 'some' ? 'holdings-remain' : 'holdings-unknown',
      message: holdings === 'some' ? 'the book still holds positions or cash' : 'the book could not be read just now',
      remedy:
        holdings === 'some' ? 'sell, transfer or withdraw what is left first' : 'try again when the book is caught up',
    })
  }
  return accept([{ type: 'PortfolioClosed', data: defined({ closedOn, reason }) }])
}

/**
 * A closed portfolio takes what happened up to its last day, however late, with a warning.
 * @throws Refused `portfolio-closed` for what is dated after it.
 */
export function refuseWhenClosed(state: PortfolioState, date: string, field: string): Warning[] {
  const { closedOn } = state
  if (closedOn === null) return []
  const warning = { code: 'portfolio-closed', message: `the portfolio was closed on ${closedOn}`, field }
  if (date > closedOn) refuse({ ...warning, remedy: 'record it in another portfolio, or check the date' })
  return [{ ...warning, remedy: 'recorded, because it is dated before the close' }]
}
