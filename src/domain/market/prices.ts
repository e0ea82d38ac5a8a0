// The decider of one source's prices of one month (`prices-{source}-{yyyy-mm}`): one live price per row key.
import { isCurrency } from '../kernel/currency.ts'
import { accept, type Decider, type Decision, unreachable } from '../kernel/decider.ts'
import { defined } from '../kernel/defined.ts'
import { guarded } from '../kernel/guarded.ts'
import { attempt, type Refusal, refuse } from '../kernel/refusal.ts'
import type { MarketEvent } from './events.ts'
import { type RowVerdict, unjudged, WITHDRAWN } from './row-verdict.ts'

export type PriceEvent = Extract<MarketEvent, { type: 'PricesRecorded' | 'PriceCorrected' | 'PriceWithdrawn' }>
type Batch = Extract<MarketEvent, { type: 'PricesRecorded' }>['data']
type Row = Batch['rows'][number]
type Correction = Extract<MarketEvent, { type: 'PriceCorrected' }>['data']
type Withdrawal = Extract<MarketEvent, { type: 'PriceWithdrawn' }>['data']

export interface PriceKnowledge {
  knowsInstrument(id: string): boolean
}

export type PriceCommand =
  | { readonly type: 'RecordPrices'; readonly batch: Batch; readonly knowledge: PriceKnowledge }
  | { readonly type: 'CorrectPrice'; readonly correction: Correction; readonly knowledge: PriceKnowledge }
  | { readonly type: 'WithdrawPrice'; readonly withdrawal: Withdrawal }

/** Prices by row key, `{price} {currency}`; WITHDRAWN for those taken back. */
export interface PriceState {
  revision: number
  readonly live: Map<string, string>
}

/** Note that `evolve` changes the state it is given, and `initial` is a new state each time it is read. */
export const prices: Decider<PriceCommand, PriceState, PriceEvent> = {
  get initial() {
    return { revision: -1, live: new Map() }
  },
  decide: guarded(decide),
  evolve,
}

function decide(command: PriceCommand, state: PriceState): Decision<PriceEvent> {
  switch (command.type) {
    case 'RecordPrices': {
      const verdicts = judgePrices(command, state)
      const bad = verdicts.find((verdict) => verdict.verdict === 'refused')
      if (bad?.verdict === 'refused') return refuse(bad.refusal)
      return recordNew(command.batch, verdicts)
    }
    case 'CorrectPrice': {
      const { correction, knowledge } = command
      const { row } = correction
      checkRow(row, 'row', knowledge)
      const live = state.live.get(keyOf(correction, row)) ?? refuse(unknown(correction.date, row.instrument))
      if (live === WITHDRAWN) refuse(unknown(correction.date, row.instrument))
      return live === shown(row) ? accept([]) : accept([{ type: 'PriceCorrected', data: correction }])
    }
    case 'WithdrawPrice': {
      const { withdrawal } = command
      const live =
        state.live.get(keyOf(withdrawal, withdrawal)) ?? refuse(unknown(withdrawal.date, withdrawal.instrument))
      if (live === WITHDRAWN) return accept([])
      return accept([{ type: 'PriceWithdrawn', data: defined(withdrawal) }])
    }
    default:
      return unreachable(command)
  }
}

/** What would become of each row of a batch: recorded, already there, or refused. */
export function judgePrices(
  { batch, knowledge }: Extract<PriceCommand, { type: 'RecordPrices' }>,
  state: PriceState,
): RowVerdict[] {
  const seen = new Map<string, string>()
  return batch.rows.map((row, i) => {
    const checked = attempt(() => checkRow(row, `rows.${i}`, knowledge))
    if (!checked.ok) return { verdict: 'refused', refusal: checked.refusal }
    return unjudged(keyOf(batch, row), shown(row), state.live, seen, `rows.${i}.price`)
  })
}

/** The event for the rows of a batch that are new, if any. */
export function recordNew(batch: Batch, verdicts: readonly RowVerdict[]): Decision<PriceEvent> {
  const rows = batch.rows.filter((_, i) => verdicts[i]?.verdict === 'new')
  return rows.length === 0 ? accept([]) : accept([{ type: 'PricesRecorded', data: { ...batch, rows } }])
}

function evolve(state: PriceState, { type, data }: PriceEvent): PriceState {
  state.revision++
  switch (type) {
    case 'PricesRecorded':
      for (const row of data.rows) state.live.set(keyOf(data, row), shown(row))
      return state
    case 'PriceCorrected':
      state.live.set(keyOf(data, data.row), shown(data.row))
      return state
    case 'PriceWithdrawn':
      state.live.set(keyOf(data, data), WITHDRAWN)
      return state
    default:
      return unreachable(type)
  }
}

/** @throws Refused `unknown-instrument`, `unknown-currency`. */
function checkRow(row: Row, field: string, knowledge: PriceKnowledge): void {
  if (!knowledge.knowsInstrument(row.instrument))
    refuse({
      code: 'unknown-instrument',
      message: `there is no instrument ${row.instrument}`,
      field: `${field}.instrument`,
      remedy: 'register it first',
    })
  if (!isCurrency(row.currency))
    refuse({
      code: 'unknown-currency',
      message: `${row.currency} is not a currency this ledger knows`,
      field: `${field}.currency`,
      remedy: 'use an ISO 4217 code such as "EUR"',
    })
}

function keyOf(
  { date, basis, snap }: Pick<Batch, 'date' | 'basis' | 'snap'>,
  { instrument, at }: { readonly instrument: string; readonly at?: string | undefined },
): string {
  return `${date}/${basis}/${snap}/${instrument}/${at ?? ''}`
}

function shown({ price, currency }: Row): string {
  return `${price} ${currency}`
}

function unknown(date: string, instrument: string): Refusal {
  return {
    code: 'unknown-price',
    message: `no price of ${instrument} is known for ${date} on that basis and snap`,
    field: 'row.instrument',
    remedy: 'record it first',
  }
}
