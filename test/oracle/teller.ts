// Tells a history as the deciders would have accepted it: what is live, what may follow, units and sparse positions.
import { Decimal } from './arithmetic.ts'
import { addDays } from './days.ts'
import type { Dice } from './dice.ts'
import { amountText, SERIES } from './world.ts'
import type { Action, Fill, OracleEvent, OracleKnownEvent, OracleUnit, PlainFact, RateRow, Transfer } from './shapes.ts'

export interface LiveFill {
  readonly fact: string
  fill: Fill
  lastExecId: string
}
export interface LiveFact {
  readonly fact: string
  is: PlainFact
}
export interface LiveAction {
  readonly instrument: string
  terms: Action
}

/** Units being told, and what of it stands. */
export class Teller {
  readonly units: OracleUnit[] = []
  readonly fills: LiveFill[] = []
  readonly facts: LiveFact[] = []
  readonly actions: LiveAction[] = []
  readonly transfers: Transfer[] = []
  readonly rates = new Map<string, { date: string; row: RateRow }>()
  readonly seals: { readonly fact: string; readonly through: string }[] = []
  /** Whether KID's places were raised. */
  refined = false
  #position = 1000n
  #stream = ''
  #count = 0

  /** 1, 2, 3 ... for references. */
  next(): number {
    this.#count += 1
    return this.#count
  }

  /** One more event, in a unit of its own or in the last one when that is of the same stream and has room. */
  append(dice: Dice, stream: string, event: OracleEvent): void {
    this.#position += 1n + BigInt(dice.below(997))
    const known: OracleKnownEvent = { ...event, id: `e${this.#position}`, position: this.#position }
    const last = this.units.at(-1)
    const joins = dice.chance(25) && stream === this.#stream && last !== undefined && last.events.length < 3
    const events = joins ? [...this.units.pop()!.events, known] : [known]
    this.units.push({ position: this.#position, recordedAt: '2025-06-01T00:00:00.000Z', events })
    this.#stream = stream
  }

  /** All new fixings of one date in one event. */
  fixings(dice: Dice, date: string, rows: readonly RateRow[]): void {
    for (const row of rows) this.rates.set(`${date} ${row.base}/${row.quote}`, { date, row })
    this.append(dice, 'fx-ECB-2025-03', { type: 'RatesRecorded', data: { ...SERIES, date, rows } })
  }

  /** A rate row, recorded the first time and corrected after. */
  rate(dice: Dice, date: string, row: RateRow): void {
    const key = `${date} ${row.base}/${row.quote}`
    const event: OracleEvent = this.rates.has(key)
      ? { type: 'RateCorrected', data: { ...SERIES, date, row, cause: 'restated' } }
      : { type: 'RatesRecorded', data: { ...SERIES, date, rows: [row] } }
    this.rates.set(key, { date, row })
    this.append(dice, 'fx-ECB-2025-03', event)
  }
}

/** Fees by type, as the policy may treat them differently; now and then a rebate. */
export function costsOf(dice: Dice, currency: string): Fill['costs'] {
  if (!dice.chance(50)) return []
  const amount = amountText(new Decimal(dice.below(3000)).dividedBy(100).minus(dice.chance(10) ? 3 : 0), currency)
  const commission = { type: 'commission', amount, currency }
  if (!dice.chance(30)) return [commission]
  return [commission, { type: 'stamp-duty', amount: amountText(new Decimal('7.77'), currency), currency }]
}

export const afterDays = (dice: Dice, date: string, most: number): string => addDays(date, dice.below(most + 1))
