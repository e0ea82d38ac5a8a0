// How a portfolio's decider state is taken apart into a small head and its rows, and put together again.
import { z } from 'zod'
import { feeScheduleTerms } from './fee-terms.ts'
import type { Layers } from '../kernel/decider.ts'
import { type PortfolioHead, type PortfolioState, unopened } from './state.ts'

/** The head as plain JSON; an `opened` is what the log holds, and was checked when it came. */
const savedHead = z.strictObject({
  revision: z.int().min(-1),
  opened: z.custom<PortfolioHead['opened']>((opened) => typeof opened === 'object'),
  openedFingerprint: z.int(),
  closedOn: z.string().nullable(),
  calendar: z.string(),
  sleeves: z.array(z.string()),
  custodyAccounts: z.array(z.string()),
  cashAccounts: z.array(z.tuple([z.string(), z.string()])),
  seals: z.array(z.tuple([z.string(), z.strictObject({ through: z.string(), revision: z.int(), live: z.boolean() })])),
  reopenings: z.array(z.tuple([z.string(), z.strictObject({ requestedBy: z.string(), reason: z.string() })])),
  feeSchedules: z.array(z.tuple([z.string(), feeScheduleTerms])),
  references: z.int().min(0),
})

export const portfolioLayers: Layers<PortfolioState> = {
  // test/domain/portfolio/layers.test.ts shows what this names.
  shape: 'portfolio 5',
  empty: unopened,
  headOf(state): z.input<typeof savedHead> {
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
      reopenings: [...state.reopenings],
      feeSchedules: [...state.feeSchedules],
      references: state.references,
    }
  },
  revived(saved, tables) {
    const head = savedHead.parse(saved)
    return {
      ...unopened(tables),
      ...head,
      sleeves: new Set(head.sleeves),
      custodyAccounts: new Set(head.custodyAccounts),
      cashAccounts: new Map(head.cashAccounts),
      seals: new Map(head.seals),
      reopenings: new Map(head.reopenings),
      feeSchedules: new Map(head.feeSchedules),
    }
  },
}
