// The settlement of one fact or action in time: what is due moves on its date, receipts before and after it.
import type { Desk } from './desk.ts'
import { type Entry, EntryChain } from './entry.ts'
import { type Claim, claimsOf } from './receivable.ts'
import { postReceipt, type Receipt } from './receipt.ts'

/** What leaves something owed, and the claims it left. */
export interface Owing<T> {
  readonly of: T
  readonly claims: Claim[]
}

/** The claims of the entries of one fact, entry by entry. */
export function owingOf(desk: Desk, entries: Entry | null): Owing<Entry>[] {
  const owing: Owing<Entry>[] = []
  for (let entry = entries; entry !== null; entry = entry.next) owing.push({ of: entry, claims: claimsOf(desk, entry) })
  return owing
}

/** What settles: what is owed, from when on, and when it is due. */
export interface Settling<T> {
  readonly owing: readonly Owing<T>[]
  readonly createdOn: number
  /** Receipts are posted in phase 3 of their day: what arises later on it is not there for them. */
  readonly createdPhase: number
  /** Null when it waits for receipts only. */
  readonly dueOn: number | null
  readonly duePhase: number
}

/**
 * Posts due dates and receipts in order; `postDue` writes the entry that moves what one entry's claims have open. Answers the due
 * entries; those of the receipts go to the receipts' book.
 */
export function settleThrough<T>(
  desk: Desk,
  settling: Settling<T>,
  receipts: readonly Receipt[],
  postDue: (of: T, claims: readonly Claim[]) => Entry | null,
): Entry | null {
  const { owing, createdOn, createdPhase, dueOn, duePhase } = settling
  const all: Claim[] = owing.flatMap(({ claims }) => claims)
  const chain = new EntryChain()
  const due = () => {
    for (const { of, claims } of owing) chain.add(postDue(of, claims))
  }
  let waiting = dueOn !== null
  for (const receipt of receipts) {
    // What is due on a day moves before the receipts of that day.
    if (waiting && dueOn !== null && (dueOn < receipt.date || (dueOn === receipt.date && duePhase === 3))) {
      due()
      waiting = false
    }
    const created = createdOn < receipt.date || (createdOn === receipt.date && createdPhase < 3)
    desk.receipts.posted(receipt, postReceipt(desk, receipt, created ? all : null))
  }
  if (waiting) due()
  return chain.first
}
