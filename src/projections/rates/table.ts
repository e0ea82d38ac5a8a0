// The rates table: FX fixings by source, with every correction kept.
import { knownTable } from '../schema/table.ts'

export const rates = knownTable({
  name: 'rates',
  comment: 'One row per FX fixing, as known over a range of knowledge: one unit of base is worth rate of quote.',
  key: ['source', 'fixing', 'rate_date', 'base', 'quote'],
  columns: {
    source: { type: 'text', comment: 'Who fixes it.' },
    fixing: { type: 'text', comment: 'Which of the daily fixings.' },
    rate_date: { type: 'date', comment: 'Business date.' },
    base: { type: 'text', comment: 'Currency of which one unit is valued.' },
    quote: { type: 'text', comment: 'Currency it is valued in.' },
    rate: { type: 'numeric', comment: 'Units of quote for one unit of base.' },
    cause: { type: 'text', nullable: true, comment: 'Why it was corrected.' },
  },
})

export const closedDays = knownTable({
  name: 'closed_days',
  comment: 'Business days declared closed, per calendar.',
  key: ['calendar', 'day'],
  columns: {
    calendar: { type: 'text', comment: 'Calendar id.' },
    day: { type: 'date', comment: 'The closed business day.' },
  },
})
