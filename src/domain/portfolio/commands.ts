// What can be asked of one portfolio. Terms are as given; look-ups of the world outside come along as `knowledge`.
import type { z } from 'zod'
import type { portfolioEvents } from './events.ts'
import type { FactGiven, FillGiven, OrderGiven } from './given.ts'
import type { ManualGiven } from './manual-entry.ts'
import type { CheckItem } from './periods.ts'
import type { ReferenceKnowledge } from './reference-knowledge.ts'

type EventData<T extends keyof typeof portfolioEvents> = z.output<(typeof portfolioEvents)[T]>
type Reason = { readonly reason?: string | undefined }

export type PortfolioCommand =
  | {
      readonly type: 'OpenPortfolio'
      readonly terms: EventData<'PortfolioOpened'>
      readonly knowledge: ReferenceKnowledge
    }
  | { readonly type: 'AddPlaces'; readonly places: EventData<'PlacesAdded'> }
  | ({
      readonly type: 'ClosePortfolio'
      readonly closedOn: string
      /** Whether the book still holds anything; `unknown` when the caller could not tell, which is refused. */
      readonly holdings: 'none' | 'some' | 'unknown'
    } & Reason)
  | RecordFill
  | CorrectFill
  | BustFill
  | ReleaseParked
  | { readonly type: 'DismissParked'; readonly fact: string; readonly reason: string }
  | ({
      readonly type: 'RecordFact'
      readonly ref: string
      readonly as: FactGiven
      readonly knowledge: ReferenceKnowledge
      /** Of an election: the units of the account that the action is about, where the book could be asked. */
      readonly eligible?: string | undefined
    } & Reason)
  | ({
      readonly type: 'CorrectFact'
      readonly ref: string
      readonly as: FactGiven
      readonly knowledge: ReferenceKnowledge
    } & Reason)
  | ({ readonly type: 'CancelFact'; readonly fact: string } & Reason)
  | { readonly type: 'PlaceOrder'; readonly order: OrderGiven; readonly knowledge: ReferenceKnowledge }
  | {
      readonly type: 'ReplaceOrder'
      readonly replaces: string
      readonly order: OrderGiven
      readonly knowledge: ReferenceKnowledge
    }
  | ({
      readonly type: 'EndOrder'
      readonly order: string
      readonly outcome: EventData<'OrderEnded'>['outcome']
      readonly at: string
    } & Reason)
  | {
      readonly type: 'SealPeriod'
      readonly ref: string
      readonly through: string
      /** Whether account 1900 is zero through that date; `unknown` when the book could not be asked. */
      readonly suspense: 'zero' | 'open' | 'unknown'
    }
  | {
      readonly type: 'ClosePeriod'
      readonly ref: string
      readonly through: string
      readonly items: readonly CheckItem[]
      /** Revision of the stream that the checklist was worked out at. */
      readonly revision: number
      readonly actor: string
    }
  | { readonly type: 'RequestReopening'; readonly ref: string; readonly reason: string; readonly actor: string }
  | ({ readonly type: 'ReopenPeriod'; readonly ref: string; readonly actor: string } & Reason)
  | {
      readonly type: 'PrepareEntry'
      readonly entry: ManualGiven
      readonly actor: string
      readonly knowledge: ReferenceKnowledge
    }
  | { readonly type: 'ApproveEntry'; readonly ref: string; readonly actor: string }
  | { readonly type: 'WithdrawEntry'; readonly ref: string; readonly actor: string; readonly reason: string }

export interface RecordFill {
  readonly type: 'RecordFill'
  readonly fill: FillGiven
  readonly knowledge: ReferenceKnowledge
}

/** `fill` is whole; its `source` is that of the fill corrected, its `execId` is not looked at. `tradeDate` is the message's own. */
export type CorrectFill = {
  readonly type: 'CorrectFill'
  readonly execId: string
  readonly execRefId: string
  readonly tradeDate: string
  readonly channel?: string | undefined
  readonly fill: FillGiven
  readonly knowledge: ReferenceKnowledge
} & Reason

export type BustFill = {
  readonly type: 'BustFill'
  readonly source: string
  readonly execId: string
  readonly execRefId: string
  readonly tradeDate: string
  readonly channel?: string | undefined
} & Reason

/** `instrument` says which instrument a parked fill means; `root` which fill a parked correction or bust means. */
export interface ReleaseParked {
  readonly type: 'ReleaseParked'
  readonly fact: string
  readonly instrument?: string | undefined
  readonly root?: string | undefined
  readonly knowledge: ReferenceKnowledge
}
