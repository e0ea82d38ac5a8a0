// Portfolios and their policies as rows.
import { canonicalJson } from '../../domain/kernel/canonical-json.ts'
import type { RecordedEvent } from '../../eventstore/codec.ts'
import type { RecordedUnit } from '../../eventstore/log.ts'
import { type KnownRows, keyText } from '../rows/known-rows.ts'
import type { AnyRow } from '../schema/table.ts'

/** The fact under which the policy decided at opening is kept. */
const OPENING_POLICY = 'open'

/** The policy facts a unit touches: what must be loaded before `applyPolicies`. */
export function policyKeys(portfolio: string, unit: RecordedUnit): string[][] {
  return unit.events.flatMap((event) =>
    event.type === 'PolicyChanged' || event.type === 'FactCorrected' || event.type === 'FactCancelled'
      ? [[portfolio, event.data.fact]]
      : [],
  )
}

export function applyPortfolio(portfolio: string, rows: KnownRows, event: RecordedEvent, at: bigint): void {
  const before = rows.get(keyText([portfolio]))
  switch (event.type) {
    case 'PortfolioOpened': {
      const { data } = event
      rows.put(
        {
          portfolio,
          status: 'open',
          base_currency: data.baseCurrency,
          opened_on: data.openedOn,
          closed_on: null,
          owner: data.owner ?? null,
          sleeves: data.sleeves.join(' '),
          custody_accounts: data.custodyAccounts.join(' '),
          cash_accounts: canonicalJson(data.cashAccounts),
          defaults: canonicalJson(data.defaults),
        },
        at,
      )
      return
    }
    case 'PlacesAdded':
      if (before === undefined) return
      rows.put(
        {
          ...before,
          sleeves: joined(before.sleeves, event.data.sleeves),
          custody_accounts: joined(before.custody_accounts, event.data.custodyAccounts),
          cash_accounts: canonicalJson([...JSON.parse(before.cash_accounts ?? '[]'), ...event.data.cashAccounts]),
        },
        at,
      )
      return
    case 'PortfolioClosed':
      if (before !== undefined) rows.put({ ...before, status: 'closed', closed_on: event.data.closedOn }, at)
  }
}

export function applyPolicies(portfolio: string, rows: KnownRows, event: RecordedEvent, at: bigint): void {
  switch (event.type) {
    case 'PortfolioOpened':
      rows.put(policyRow(portfolio, OPENING_POLICY, event.data.openedOn, event.data.policy, String(event.position)), at)
      return
    case 'PolicyChanged':
      rows.put(
        policyRow(portfolio, event.data.fact, event.data.effectiveOn, event.data.changes, String(event.position)),
        at,
      )
      return
    case 'FactCorrected': {
      const { fact, as } = event.data
      const before = rows.get(keyText([portfolio, fact]))
      if (as.type !== 'PolicyChanged') return
      rows.put(
        policyRow(portfolio, fact, as.effectiveOn, as.changes, before?.root_position ?? String(event.position)),
        at,
      )
      return
    }
    case 'FactCancelled':
      rows.remove(keyText([portfolio, event.data.fact]), at)
  }
}

function policyRow(
  portfolio: string,
  fact: string,
  from: string,
  changes: { readonly zone?: string | undefined },
  rootPosition: string,
): AnyRow {
  return {
    portfolio,
    fact,
    effective_from: from,
    zone: changes.zone ?? null,
    root_position: rootPosition,
    changes: canonicalJson(changes),
  }
}

function joined(words: string | null | undefined, more: readonly string[]): string {
  return [...(words ?? '').split(' ').filter((word) => word !== ''), ...more].join(' ')
}
