// What waits, as rows.
import { canonicalJson } from '../../domain/kernel/canonical-json.ts'
import type { RecordedEvent } from '../../eventstore/codec.ts'
import type { RecordedUnit } from '../../eventstore/log.ts'
import { type KnownRows, keyText } from '../rows/known-rows.ts'

/** The keys a unit touches: what must be loaded before `applyParked`. */
export function parkedKeys(portfolio: string, unit: RecordedUnit): string[][] {
  return unit.events.flatMap((event) => (event.type === 'ParkedSettled' ? [[portfolio, event.data.fact]] : []))
}

export function applyParked(portfolio: string, rows: KnownRows, event: RecordedEvent, at: bigint): void {
  switch (event.type) {
    case 'FillParked': {
      const { fact, fill, because } = event.data
      rows.put(
        {
          portfolio,
          fact,
          kind: 'fill',
          because,
          source: fill.source,
          exec_id: fill.execId,
          exec_ref_id: null,
          trade_date: fill.tradeDate,
          parked_position: String(event.position),
          terms: canonicalJson(event.data),
        },
        at,
      )
      return
    }
    case 'ReferenceParked': {
      const { fact, kind, because, source, execId, execRefId, tradeDate } = event.data
      rows.put(
        {
          portfolio,
          fact,
          kind,
          because,
          source,
          exec_id: execId,
          exec_ref_id: execRefId,
          trade_date: tradeDate,
          parked_position: String(event.position),
          terms: canonicalJson(event.data),
        },
        at,
      )
      return
    }
    case 'ParkedSettled':
      rows.remove(keyText([portfolio, event.data.fact]), at)
  }
}
