// Events of the ledger for the tests of the log.
import type { LedgerEvent } from '../../src/eventstore/registry.ts'

/** Money paid into a portfolio; `ref` tells one from another. */
export function contributed(ref: string, amount = '1000.00', note?: string) {
  return {
    type: 'CashContributed' as const,
    data: {
      fact: `cash:${ref}`,
      cash: {
        ref,
        amount,
        currency: 'EUR',
        valueDate: '2025-03-14',
        ...(note === undefined ? {} : { note }),
        sleeve: 'main',
        custodyAccount: 'custody',
        cashAccount: 'cash',
      },
    },
  } satisfies LedgerEvent
}

export function registered(owner: string, name: string): LedgerEvent {
  return { type: 'OwnerRegistered', data: { owner, kind: 'person', country: 'DE', taxStatus: 'taxable', name } }
}

/** A hash of the right shape, different for each text. */
export function hashOf(text: string): string {
  return Buffer.from(text).toString('hex').padEnd(64, '0').slice(0, 64)
}
