// What the decider of one portfolio remembers: which messages came, what became of them, and the places and orders they name.
// Plain maps, arrays, text and numbers only, so that a snapshot can hold it.
import type { z } from 'zod'
import type { PortfolioEvent, portfolioEvents } from './events.ts'
import type { FactType } from './fact-id.ts'

type Opened = z.output<typeof portfolioEvents.PortfolioOpened>
export type ParkedFill = Extract<PortfolioEvent, { type: 'FillParked' }>['data']
export type ParkedReference = Extract<PortfolioEvent, { type: 'ReferenceParked' }>['data']
export type Parked =
  | { readonly kind: 'fill'; readonly item: ParkedFill }
  | { readonly kind: 'reference'; readonly item: ParkedReference }

/** A message about a fill, under its own key. Of a fill: what became of it. */
export interface Message {
  readonly kind: 'fill' | 'correct' | 'bust'
  /** Content under its key, to tell a resubmission from other content. */
  fingerprint: number
  /** Stream revision of the event that first recorded it. */
  readonly revision: number
  status: 'applied' | 'parked' | 'dismissed' | 'busted'
  /** The fill it is about; its own fact when it is the fill; null while unknown. */
  root: string | null
  /** A fill's trade date as corrected; the message's own date for the others. */
  date: string
  /** A live fill's order and units, for LeavesQty; null when it names none. */
  order: string | null
  quantity: string
}

/** Any fact but a fill. */
export interface OtherFact {
  type: FactType
  /** Content of its newest terms. */
  fingerprint: number
  /** Content it was first recorded with: what a resubmission repeats. */
  readonly first: number
  readonly revision: number
  live: boolean
}

export interface Order {
  /** The first link of its chain. */
  readonly root: string
  readonly fingerprint: number
  readonly revision: number
}

/** A chain of orders joined by OrigClOrdID. */
export interface OrderChain {
  /** Order ids, oldest first. */
  readonly links: string[]
  quantity: string
  /** Null while it is open. */
  outcome: string | null
}

export interface Seal {
  readonly through: string
  readonly revision: number
  live: boolean
}

export interface PortfolioState {
  /** Revision of the last event; -1 before the first. */
  revision: number
  opened: Opened | null
  openedFingerprint: number
  closedOn: string | null
  /** The portfolio's calendar by its newest policy, for warnings. */
  calendar: string
  readonly sleeves: Set<string>
  readonly custodyAccounts: Set<string>
  /** Cash account to its kind and settlement, as text to compare. */
  readonly cashAccounts: Map<string, string>
  /** By own fact. */
  readonly messages: Map<string, Message>
  /** `{source}:{ExecID}` to the facts of the messages that bear it, one per trade date. */
  readonly byExecId: Map<string, string[]>
  /** By own fact, in the order they were parked. */
  readonly parked: Map<string, Parked>
  /** `{source}:{ExecRefID}` to the parked messages that wait for it. */
  readonly waiting: Map<string, string[]>
  readonly facts: Map<string, OtherFact>
  /** A fill to the live LotsIdentified that fixes its relief. */
  readonly identified: Map<string, string>
  readonly orders: Map<string, Order>
  readonly chains: Map<string, OrderChain>
  /** Order id to units filled under it. */
  readonly filled: Map<string, string>
  /** By fact, oldest first. */
  readonly seals: Map<string, Seal>
}

/** A portfolio nobody has opened. Every caller gets its own: `evolve` changes the state it is given. */
export function unopened(): PortfolioState {
  return {
    revision: -1,
    opened: null,
    openedFingerprint: 0,
    closedOn: null,
    calendar: '',
    sleeves: new Set(),
    custodyAccounts: new Set(),
    cashAccounts: new Map(),
    messages: new Map(),
    byExecId: new Map(),
    parked: new Map(),
    waiting: new Map(),
    facts: new Map(),
    identified: new Map(),
    orders: new Map(),
    chains: new Map(),
    filled: new Map(),
    seals: new Map(),
  }
}

/** The key of {@link PortfolioState.byExecId} and {@link PortfolioState.waiting}. */
export function execKey(source: string, execId: string): string {
  return `${source}:${execId}`
}

/** The newest seal that holds, if any. */
export function newestSeal(state: PortfolioState): { readonly fact: string; readonly through: string } | undefined {
  let newest: { fact: string; through: string } | undefined
  for (const [fact, { through, live }] of state.seals) {
    if (live && (newest === undefined || through > newest.through)) newest = { fact, through }
  }
  return newest
}
