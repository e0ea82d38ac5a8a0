// Where a fact belongs: what the command names, else the portfolio's defaults; a place nobody opened is refused.
import { refuse } from '../kernel/refusal.ts'
import type { PortfolioState } from './state.ts'

type Place = 'sleeve' | 'custodyAccount' | 'cashAccount'
const WORDS = { sleeve: 'sleeve', custodyAccount: 'custody account', cashAccount: 'cash account' } as const
const CODES = {
  sleeve: 'unknown-sleeve',
  custodyAccount: 'unknown-custody-account',
  cashAccount: 'unknown-cash-account',
} as const

/**
 * The three places of a fact; `path` is where the command names them (`fill.` gives `fill.sleeve`).
 * @throws Refused `unknown-sleeve`, `unknown-custody-account`, `unknown-cash-account`.
 */
export function placesOf(
  state: PortfolioState,
  given: { readonly [P in Place]?: string | undefined },
  path: string,
): { readonly [P in Place]: string } {
  return {
    sleeve: placeOf(state, 'sleeve', given.sleeve, `${path}sleeve`),
    custodyAccount: placeOf(state, 'custodyAccount', given.custodyAccount, `${path}custodyAccount`),
    cashAccount: placeOf(state, 'cashAccount', given.cashAccount, `${path}cashAccount`),
  }
}

/** One place. @throws Refused as {@link placesOf}. */
export function placeOf(state: PortfolioState, place: Place, named: string | undefined, field: string): string {
  const known = { sleeve: state.sleeves, custodyAccount: state.custodyAccounts, cashAccount: state.cashAccounts }[place]
  const id = named ?? state.opened?.defaults[place] ?? ''
  if (known.has(id)) return id
  return refuse({
    code: CODES[place],
    message: `the portfolio has no ${WORDS[place]} ${id}`,
    field,
    remedy: `use one of ${[...known.keys()].slice(0, 20).join(', ')}, or add ${id} to the portfolio's places first`,
  })
}
