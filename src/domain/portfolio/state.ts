// What the decider of one portfolio remembers: which messages came, what became of them, and the places and orders they name.
// Two layers: a small head that every command needs, and tables whose rows are looked up by key and need not all be in memory.
import type { z } from 'zod'
import { type Rows, Tables } from '../kernel/rows.ts'
import type { FeeScheduleTerms } from './fee-terms.ts'
import type { PortfolioEvent, portfolioEvents } from './events.ts'
import { encodedExecId, type FactType } from './fact-id.ts'
import type { ManualTerms } from './manual-entry.ts'

type Opened = z.output<typeof portfolioEvents.PortfolioOpened>
export type ParkedFill = Extract<PortfolioEvent, { type: 'FillParked' }>['data']
export type ParkedReference = Extract<PortfolioEvent, { type: 'ReferenceParked' }>['data']
/** `revision`: of the event that parked it. */
export type Parked =
  | { readonly kind: 'fill'; readonly item: ParkedFill; readonly revision: number }
  | { readonly kind: 'reference'; readonly item: ParkedReference; readonly revision: number }

/** A message about a fill, under its own key. Of a fill: what became of it. */
export interface Message {
  readonly kind: 'fill' | 'correct' | 'bust'
  /** Content under its key, to tell a resubmission from other content. */
  readonly fingerprint: number
  /** Stream revision of the event that first recorded it. */
  readonly revision: number
  readonly status: 'applied' | 'parked' | 'dismissed' | 'busted'
  /** The fill it is about; its own fact when it is the fill; null while unknown. */
  readonly root: string | null
  /** A fill's trade date as corrected; the message's own date for the others. */
  readonly date: string
  /** A live fill's order and units, for LeavesQty; null when it names none. */
  readonly order: string | null
  readonly quantity: string
}

/** Any fact but a fill. */
export interface OtherFact {
  readonly type: FactType
  /** Content of its newest terms. */
  readonly fingerprint: number
  /** Content it was first recorded with: what a resubmission repeats. */
  readonly first: number
  readonly revision: number
  readonly live: boolean
  /** The fill whose lots it identifies; null for what identifies none. */
  readonly identifies: string | null
  /** {@link electionKey} of what it chooses in; null for what is no election. */
  readonly elects: string | null
  /** The fill of whose settlement it says something; null for all else. */
  readonly settles: string | null
}

/** A live election. */
export interface Elected {
  readonly fact: string
  readonly quantity: string
}

/** What a fact says of a fill's settlement; `units` null: all that is left. */
export interface SettlementSaid {
  readonly fact: string
  readonly kind: 'failed' | 'confirmed'
  readonly date: string
  readonly units: string | null
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
  readonly links: readonly string[]
  readonly quantity: string
  /** Null while it is open. */
  readonly outcome: string | null
  /** Revision of the event that placed its first link. */
  readonly revision: number
}

export interface Seal {
  readonly through: string
  readonly revision: number
  readonly live: boolean
}

/** A manual journal entry, under its own fact. */
export interface PreparedEntry {
  readonly entry: ManualTerms
  readonly fingerprint: number
  readonly preparedBy: string
  /** Stream revision of the event that prepared it. */
  readonly revision: number
  readonly status: 'prepared' | 'posted' | 'withdrawn'
}

/** What every command may need. Replaced, never changed. */
export interface PortfolioHead {
  /** Revision of the last event; -1 before the first. */
  readonly revision: number
  readonly opened: Opened | null
  readonly openedFingerprint: number
  readonly closedOn: string | null
  /** The portfolio's calendar by its newest policy, for warnings. */
  readonly calendar: string
  readonly sleeves: ReadonlySet<string>
  readonly custodyAccounts: ReadonlySet<string>
  /** Cash account to its kind and settlement, as text to compare. */
  readonly cashAccounts: ReadonlyMap<string, string>
  /** By fact, oldest first. */
  readonly seals: ReadonlyMap<string, Seal>
  /** By the seal's fact: who has asked to reopen it. */
  readonly reopenings: ReadonlyMap<string, { readonly requestedBy: string; readonly reason: string }>
  /** By reference, their newest terms. */
  readonly feeSchedules: ReadonlyMap<string, FeeScheduleTerms>
  /** How many corrections and busts are parked: while none is, nothing waits for a fill. */
  readonly references: number
}

/** What is looked up by key. Tables are changed in place; rows are not. */
export interface PortfolioTables {
  /** By {@link messageKey}; those of one source and ExecID, one per trade date, are a group ({@link execKey}). */
  readonly messages: Rows<Message>
  /** By own fact. */
  readonly parked: Rows<Parked>
  /** {@link execKey} of an ExecRefID to the parked messages that wait for it, oldest first. */
  readonly waiting: Rows<readonly string[]>
  readonly facts: Rows<OtherFact>
  /** A fill to the live LotsIdentified that fixes its relief. */
  readonly identified: Rows<string>
  /** By {@link electionKey}: the live elections of one account in one action. */
  readonly elections: Rows<readonly Elected[]>
  /** A fill to what live facts say of its settlement: one fail at most, and confirmations. */
  readonly settlements: Rows<readonly SettlementSaid[]>
  readonly orders: Rows<Order>
  /** By the first link. */
  readonly chains: Rows<OrderChain>
  /** Order id to units filled under it. */
  readonly filled: Rows<string>
  /** Manual journal entries by fact. */
  readonly entries: Rows<PreparedEntry>
}

export interface PortfolioState extends PortfolioHead, PortfolioTables {}

/** A portfolio nobody has opened. Every caller gets its own: `evolve` changes the tables of the state it is given. */
export function unopened(tables: Tables = new Tables()): PortfolioState {
  return {
    revision: -1,
    opened: null,
    openedFingerprint: 0,
    closedOn: null,
    calendar: '',
    sleeves: new Set(),
    custodyAccounts: new Set(),
    cashAccounts: new Map(),
    seals: new Map(),
    reopenings: new Map(),
    feeSchedules: new Map(),
    references: 0,
    messages: tables.add('message', true),
    parked: tables.add('parked'),
    waiting: tables.add('waiting'),
    facts: tables.add('fact'),
    identified: tables.add('identified'),
    elections: tables.add('election'),
    settlements: tables.add('settlement'),
    orders: tables.add('order'),
    chains: tables.add('chain'),
    filled: tables.add('filled'),
    entries: tables.add('entry'),
  }
}

/** What the messages of one source that bear one ExecID have in common: the group of their keys, and what waits for them. */
export function execKey(source: string, execId: string): string {
  return `${source}:${encodedExecId(execId)}:`
}

/** The key of a message by its fact, `{source}:{ExecID}:{trade date}`; null for what is not the name of a message. */
export function messageKey(fact: string): string | null {
  const [kind, source, date, execId, ...more] = fact.split(':')
  if (kind !== 'fill' || execId === undefined || more.length > 0) return null
  return `${source}:${execId}:${date}`
}

/** The message with that name, if it ever came. */
export function messageOf({ messages }: PortfolioTables, fact: string): Message | undefined {
  const key = messageKey(fact)
  return key === null ? undefined : messages.get(key)
}

/** What waits in the parked queue, oldest first. */
export function parkedQueue({ parked }: PortfolioTables): [string, Parked][] {
  return parked.entries().sort(([, a], [, b]) => a.revision - b.revision)
}

/** The chain an order belongs to, if it was placed. */
export function chainOf({ orders, chains }: PortfolioTables, order: string): OrderChain | undefined {
  const known = orders.get(order)
  return known === undefined ? undefined : chains.get(known.root)
}

/** The newest seal that holds, if any. */
export function newestSeal(state: PortfolioHead): { readonly fact: string; readonly through: string } | undefined {
  let newest: { fact: string; through: string } | undefined
  for (const [fact, { through, live }] of state.seals) {
    if (live && (newest === undefined || through > newest.through)) newest = { fact, through }
  }
  return newest
}

/** The key of {@link PortfolioTables.elections}. */
export function electionKey(instrument: string, action: string, custodyAccount: string): string {
  return `${instrument}/${action}/${custodyAccount}`
}
