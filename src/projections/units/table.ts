// The units table: the time axis of knowledge, one row per unit of the log.
import { appendedTable } from '../schema/table.ts'

export const units = appendedTable({
  name: 'units',
  comment: 'The time axis: one row per unit of knowledge, in log order. An instant given as as_at is resolved here.',
  key: ['position'],
  indexes: ['(known_at, position)', '(stream, position)'],
  columns: {
    position: { type: 'bigint', comment: 'Log position of the last event of the unit.' },
    first_position: { type: 'bigint', comment: 'Log position of its first event.' },
    stream: { type: 'text', comment: 'Stream it was appended to.' },
    events: { type: 'integer', comment: 'How many events it has.' },
    recorded_at: { type: 'instant', comment: "The writer's clock." },
    known_at: { type: 'instant', comment: 'Running maximum of recorded_at in log order.' },
  },
})
