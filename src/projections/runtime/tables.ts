// The projector's own bookkeeping: lanes with their checkpoints, the work that waits for them, and who is concerned by what.
import { runtimeTable } from '../schema/table.ts'

export const lane = runtimeTable({
  name: 'lane',
  comment: 'One row per lane (projection and portfolio): how far it is, in what state, and the hash of its rows.',
  key: ['projection', 'portfolio'],
  columns: {
    projection: {
      type: 'text',
      comment: 'book for a portfolio; instruments, prices, rates, owners or units for shared tables.',
    },
    portfolio: { type: 'text', comment: 'Portfolio id; empty for shared tables.' },
    position: {
      type: 'bigint',
      comment: 'Checkpoint: the last unit applied; moved by compare-and-set in the transaction of its rows.',
    },
    status: { type: 'text', comment: 'running, or poisoned: stopped at an event that cannot be applied.' },
    failed_position: { type: 'bigint', nullable: true, comment: 'Unit that could not be applied.' },
    failed_event: {
      type: 'text',
      nullable: true,
      comment: 'Id of the event that could not be applied, or the first of its unit.',
    },
    failed_type: { type: 'text', nullable: true, comment: 'Type of that event.' },
    error: { type: 'text', nullable: true, comment: 'What went wrong.' },
    row_count: { type: 'bigint', comment: 'Rows written.' },
    state_hash: { type: 'text', comment: 'Sum modulo 2^256 of the SHA-256 of its canonical rows, in hexadecimal.' },
  },
})

export const work = runtimeTable({
  name: 'work',
  comment:
    'Which units concern which lane: written by the dispatcher before the units count as read, and kept as an index.',
  key: ['projection', 'portfolio', 'position'],
  columns: {
    projection: { type: 'text', comment: 'Projection of the lane.' },
    portfolio: { type: 'text', comment: 'Portfolio of the lane; empty for shared tables.' },
    position: { type: 'bigint', comment: 'Log position of the unit.' },
  },
})

export const interest = runtimeTable({
  name: 'interest',
  comment:
    'What each portfolio is concerned by: instruments it ever held and their successors, its FX series, calendars, transfers.',
  key: ['portfolio', 'kind', 'subject'],
  columns: {
    portfolio: { type: 'text', comment: 'Portfolio id.' },
    kind: { type: 'text', comment: 'instrument, series, calendar or transfer.' },
    subject: { type: 'text', comment: 'Id of what concerns it.' },
  },
})
