// The decider of one source's FX rates of one month (`fx-{source}-{yyyy-mm}`): one live rate per date, fixing and pair.
import { isCurrency } from '../kernel/currency.ts'
import { accept, type Decider, type Decision, unreachable } from '../kernel/decider.ts'
import { guarded } from '../kernel/guarded.ts'
import { attempt, refuse } from '../kernel/refusal.ts'
import type { MarketEvent } from './events.ts'
import { type RowVerdict, unjudged, WITHDRAWN } from './row-verdict.ts'

export type RateEvent = Extract<MarketEvent, { type: 'RatesRecorded' | 'RateCorrected' | 'RateWithdrawn' }>
type Batch = Extract<MarketEvent, { type: 'RatesRecorded' }>['data']
type Row = Batch['rows'][number]
type Correction = Extract<MarketEvent, { type: 'RateCorrected' }>['data']
type Withdrawal = Extract<MarketEvent, { type: 'RateWithdrawn' }>['data']

export type RateCommand =
  | { readonly type: 'RecordRates'; readonly batch: Batch }
  | { readonly type: 'CorrectRate'; readonly correction: Correction }
  | { readonly type: 'WithdrawRate'; readonly withdrawal: Withdrawal }

/** Rates by row key; WITHDRAWN for those taken back. */
export interface RateState {
  revision: number
  readonly live: Map<string, string>
}

/** Note that `evolve` changes the state it is given, and `initial` is a new state each time it is read. */
export const rates: Decider<RateCommand, RateState, RateEvent> = {
  get initial() {
    return { revision: -1, live: new Map() }
  },
  decide: guarded(decide),
  evolve,
}

function decide(command: RateCommand, state: RateState): Decision<RateEvent> {
  switch (command.type) {
    case 'RecordRates': {
      const verdicts = judgeRates(command.batch, state)
      const bad = verdicts.find((verdict) => verdict.verdict === 'refused')
      if (bad?.verdict === 'refused') return refuse(bad.refusal)
      return recordNewRates(command.batch, verdicts)
    }
    case 'CorrectRate': {
      const { correction } = command
      const { row, date } = correction
      checkRow(row, 'row')
      const live = state.live.get(keyOf(correction, row)) ?? WITHDRAWN
      if (live === WITHDRAWN)
        refuse({
          code: 'unknown-rate',
          message: `no ${row.base}/${row.quote} is known for ${date} at that fixing`,
          field: 'row',
          remedy: 'record it first',
        })
      return live === row.rate ? accept([]) : accept([{ type: 'RateCorrected', data: correction }])
    }
    case 'WithdrawRate': {
      const { withdrawal } = command
      const { base, quote, date } = withdrawal
      const live = state.live.get(keyOf(withdrawal, withdrawal))
      if (live === undefined)
        refuse({
          code: 'unknown-rate',
          message: `no ${base}/${quote} is known for ${date} at that fixing`,
          field: 'base',
          remedy: 'check the pair, the date and the fixing',
        })
      if (live === WITHDRAWN) return accept([])
      return accept([{ type: 'RateWithdrawn', data: withdrawal }])
    }
    default:
      return unreachable(command)
  }
}

/** What would become of each row of a batch: recorded, already there, or refused. */
export function judgeRates(batch: Batch, state: RateState): RowVerdict[] {
  const seen = new Map<string, string>()
  return batch.rows.map((row, i) => {
    const checked = attempt(() => checkRow(row, `rows.${i}`))
    if (!checked.ok) return { verdict: 'refused', refusal: checked.refusal }
    return unjudged(keyOf(batch, row), row.rate, state.live, seen, `rows.${i}.rate`)
  })
}

/** The event for the rows of a batch that are new, if any. */
export function recordNewRates(batch: Batch, verdicts: readonly RowVerdict[]): Decision<RateEvent> {
  const rows = batch.rows.filter((_, i) => verdicts[i]?.verdict === 'new')
  return rows.length === 0 ? accept([]) : accept([{ type: 'RatesRecorded', data: { ...batch, rows } }])
}

function evolve(state: RateState, { type, data }: RateEvent): RateState {
  state.revision++
  switch (type) {
    case 'RatesRecorded':
      for (const row of data.rows) state.live.set(keyOf(data, row), row.rate)
      return state
    case 'RateCorrected':
      state.live.set(keyOf(data, data.row), data.row.rate)
      return state
    case 'RateWithdrawn':
      state.live.set(keyOf(data, data), WITHDRAWN)
      return state
    default:
      return unreachable(type)
  }
}

/** @throws Refused `unknown-currency`, `same-currency`. */
function checkRow({ base, quote }: Row, field: string): void {
  for (const [code, side] of [[base, 'base'] as const, [quote, 'quote'] as const]) {
    if (!isCurrency(code))
      refuse({
        code: 'unknown-currency',
        message: `${code} is not a currency this ledger knows`,
        field: `${field}.${side}`,
        remedy: 'use an ISO 4217 code such as "EUR"',
      })
  }
  if (base === quote)
    refuse({
      code: 'same-currency',
      message: `${base} against itself is 1`,
      field: `${field}.quote`,
      remedy: 'name two currencies',
    })
}

function keyOf(
  { date, fixing }: Pick<Batch, 'date' | 'fixing'>,
  { base, quote }: { readonly base: string; readonly quote: string },
): string {
  return `${date}/${fixing}/${base}/${quote}`
}
