// What a portfolio's decisions need to know of the world outside its stream; the application hands it in with each command.
import type { BondTerms, DepositTerms, FutureTerms, OptionTerms } from '../instrument/life-terms.ts'
import type { ActionTerms } from '../instrument/events.ts'
import type { InstrumentName } from '../instrument/name.ts'
import type { Refusal } from '../kernel/refusal.ts'

/** What the deciders need of an instrument. */
export interface KnownInstrument {
  readonly id: string
  readonly type: string
  readonly currency: string
  /** Units of the underlying per unit held: consideration = price x quantity x multiplier. */
  readonly multiplier: string
  /** Most places a quantity may have. */
  readonly quantityPlaces: number
  readonly market: string
  readonly tradingCalendar: string
  /** The terms of its life, by its type. */
  readonly bond?: BondTerms | undefined
  readonly option?: OptionTerms | undefined
  readonly future?: FutureTerms | undefined
  readonly deposit?: DepositTerms | undefined
}

/**
 * Look-ups as they stand when a command is decided. They must not change while one command is decided; between two commands they
 * may, which is why everything taken from them is recorded in the event.
 */
export interface ReferenceKnowledge {
  /** Who bears that name on that date. */
  instrument(named: InstrumentName, on: string): KnownInstrument | 'unknown' | 'ambiguous'
  /** The settlement date by the market's cycle and the calendars of the market and the currencies. */
  settlementDate(
    instrument: KnownInstrument,
    tradeDate: string,
    currencies: readonly string[],
  ): { readonly ok: true; readonly date: string } | { readonly ok: false; readonly refusal: Refusal }
  /** Undefined where the calendar is not known, or not for that date. */
  isBusinessDay(calendar: string, date: string): boolean | undefined
  knowsCalendar(calendar: string): boolean
  /** The newest terms of a corporate action on an instrument, by their ids; null when there is none or it was cancelled. */
  action(instrument: string, action: string): ActionTerms | null
}
