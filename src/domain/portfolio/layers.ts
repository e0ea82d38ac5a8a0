// How a portfolio's decider state is taken apart into a small head and its rows, and put together again.
import type { Layers } from '../kernel/decider.ts'
import { type PortfolioHead, type PortfolioState, unopened } from './state.ts'

/** The head as plain JSON. */
type SavedHead = {
  readonly [K in keyof PortfolioHead]: PortfolioHead[K] extends ReadonlySet<string>
    ? readonly string[]
    : PortfolioHead[K] extends ReadonlyMap<string, infer Value>
      ? readonly (readonly [string, Value])[]
      : PortfolioHead[K]
}

export const portfolioLayers: Layers<PortfolioState> = {
  // test/domain/portfolio/layers.test.ts shows what this names.
  shape: 'portfolio 1',
  empty: unopened,
  headOf(state): SavedHead {
    return {
      revision: state.revision,
      opened: state.opened,
      openedFingerprint: state.openedFingerprint,
      closedOn: state.closedOn,
      calendar: state.calendar,
      sleeves: [...state.sleeves],
      custodyAccounts: [...state.custodyAccounts],
      cashAccounts: [...state.cashAccounts],
      seals: [...state.seals],
      references: state.references,
    }
  },
  revived(saved, tables) {
    // The decoding edge: what was saved under this shape is what headOf made.
    const head = saved as SavedHead
    return {
      ...unopened(tables),
      ...head,
      sleeves: new Set(head.sleeves),
      custodyAccounts: new Set(head.custodyAccounts),
      cashAccounts: new Map(head.cashAccounts),
      seals: new Map(head.seals),
    }
  },
}
