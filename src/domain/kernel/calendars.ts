// The calendars that come with the ledger, and tables of calendars: which ones a book reckons with is an input, never hidden state.
import { type Calendar, loadCalendar, union } from './calendar.ts'
import currency from './data/currency-calendars.json' with { type: 'json' }
import settlement from './data/settlement-calendars.json' with { type: 'json' }
import trading from './data/trading-calendars.json' with { type: 'json' }
import { REFERENCE_CALENDARS } from './holidays/reference-calendars.ts'
import { refuse } from './refusal.ts'

/**
 * Calendars by id: venues by ISO 10383 market (`XNYS`), settlement by market of settlement-cycle.ts (`US`, `TARGET`), currencies by
 * ISO 4217 code (`USD`).
 */
export type Calendars = ReadonlyMap<string, Calendar>

/**
 * What comes with the ledger: venues, depositories and currencies as dated data, 2015 to 2030, and the reference editions computed
 * from rules, each over its own years. Closures announced later arrive by {@link withCalendars}.
 */
export const CALENDARS: Calendars = withCalendars(new Map(), [
  ...[...trading.calendars, ...settlement.calendars, ...currency.calendars].map(loadCalendar),
  ...REFERENCE_CALENDARS,
])

/** The table with more calendars in it; one whose id is there already replaces it, as a newer edition of its file. */
export function withCalendars(table: Calendars, calendars: readonly Calendar[]): Calendars {
  const wider = new Map(table)
  for (const calendar of calendars) wider.set(calendar.id, calendar)
  return wider
}

/**
 * The calendar of an id.
 * @throws Refused `unknown-calendar`.
 */
export function calendar(id: string, table: Calendars = CALENDARS): Calendar {
  return (
    table.get(id) ??
    refuse({
      code: 'unknown-calendar',
      message: `there is no calendar ${JSON.stringify(id)}`,
      remedy: 'load a calendar file with that id, or state the date yourself',
      details: { calendar: id },
    })
  )
}

/** Joint calendars by table and ids: a book asks for the same few all day, and a union costs a pass over every day. */
const JOINT = new WeakMap<Calendars, Map<string, Calendar>>()

/**
 * The union of the calendars of these ids.
 * @throws Refused `unknown-calendar`, `bad-calendar` for no ids.
 */
export function jointCalendar(ids: readonly string[], table: Calendars = CALENDARS): Calendar {
  const known = JOINT.get(table) ?? new Map<string, Calendar>()
  JOINT.set(table, known)
  const key = ids.join('+')
  const made = known.get(key) ?? union(ids.map((id) => calendar(id, table)))
  known.set(key, made)
  return made
}
