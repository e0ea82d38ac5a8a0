// Disposals and what withdraws them, as rows.
import type { Difference, Disposal } from '../../domain/book/knowledge.ts'
import { type KnownRows, keyText } from '../rows/known-rows.ts'
import type { AnyRow } from '../schema/table.ts'

/** The keys a difference touches: what must be loaded before `applyDisposals`. */
export function disposalKeys(portfolio: string, difference: Difference): string[][] {
  return [...difference.disposals.map(({ disposal }) => disposal), ...difference.withdrawnDisposals].map((id) => [
    portfolio,
    id,
  ])
}

export function applyDisposals(portfolio: string, rows: KnownRows, difference: Difference): void {
  for (const id of difference.withdrawnDisposals) rows.remove(keyText([portfolio, id]), difference.position)
  for (const disposal of difference.disposals) rows.put(disposalRow(portfolio, disposal), difference.position)
}

function disposalRow(portfolio: string, d: Disposal): AnyRow {
  return {
    portfolio,
    disposal: d.disposal,
    fact: d.fact,
    lot: d.lot,
    sleeve: d.sleeve,
    custody_account: d.custodyAccount,
    instrument: d.instrument,
    side: d.side,
    trade_date: d.tradeDate,
    acquired_on: d.acquiredOn,
    long_term_from: d.longTermFrom,
    units: d.units,
    currency: d.currency,
    proceeds: d.proceeds,
    cost: d.cost,
    gain: d.gain,
    base_proceeds: d.baseProceeds,
    base_cost: d.baseCost,
    price_gain: d.priceGain,
    fx_gain: d.fxGain,
    base_gain: d.baseGain,
    flags: d.flags.join(' '),
  }
}
