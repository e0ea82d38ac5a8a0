// The decider of the closed business days of one calendar (`calendar-{id}`): each day once, in order.
import { accept, type Decider, type Decision } from '../kernel/decider.ts'
import { guarded } from '../kernel/guarded.ts'
import { refuse, type Warning } from '../kernel/refusal.ts'
import type { MarketEvent } from './events.ts'

type DayEvent = Extract<MarketEvent, { type: 'BusinessDayClosed' }>

export interface CloseBusinessDay {
  readonly type: 'CloseBusinessDay'
  readonly calendar: string
  readonly date: string
  /** What the calendar says of the date; `unknown` outside its dates; `no-calendar` where none is loaded. */
  readonly day: 'open' | 'closed' | 'unknown' | 'no-calendar'
  /** The business day before, where the calendar knows it. */
  readonly previous: string | null
}

/** Closed days, oldest first. */
export interface CalendarDays {
  revision: number
  readonly closed: Set<string>
  last: string
}

/** Note that `evolve` changes the state it is given, and `initial` is a new state each time it is read. */
export const calendarDays: Decider<CloseBusinessDay, CalendarDays, DayEvent> = {
  get initial() {
    return { revision: -1, closed: new Set<string>(), last: '' }
  },
  decide: guarded(close),
  evolve(state, { data }) {
    state.revision++
    state.closed.add(data.date)
    state.last = data.date
    return state
  },
}

function close({ calendar, date, day, previous }: CloseBusinessDay, state: CalendarDays): Decision<DayEvent> {
  if (state.closed.has(date)) return accept([])
  if (day === 'no-calendar')
    refuse({
      code: 'unknown-calendar',
      message: `there is no calendar ${calendar}`,
      field: 'calendar',
      remedy: 'use a calendar that is loaded, such as "XNYS"',
    })
  if (day === 'closed')
    refuse({
      code: 'not-a-business-day',
      message: `${date} is not a business day of ${calendar}`,
      field: 'date',
      remedy: 'close business days only',
    })
  if (date <= state.last) {
    refuse({
      code: 'day-out-of-order',
      message: `${calendar} was closed through ${state.last}`,
      field: 'date',
      remedy: 'close days in order; what comes late to a closed day is recorded all the same',
    })
  }
  const warnings: Warning[] = []
  if (day === 'unknown')
    warnings.push({
      code: 'calendar-unknown',
      message: `${calendar} says nothing about ${date}`,
      field: 'date',
      remedy: 'check the date',
    })
  if (state.last !== '' && previous !== null && previous > state.last) {
    warnings.push({
      code: 'days-skipped',
      message: `business days between ${state.last} and ${date} were never closed, ${previous} among them`,
      field: 'date',
      remedy: 'they count as closed from now on',
    })
  }
  return accept([{ type: 'BusinessDayClosed', data: { calendar, date } }], warnings)
}
