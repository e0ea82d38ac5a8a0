// The parked table: fills, corrections and busts that wait for what they name.
import { knownTable } from '../schema/table.ts'

export const parked = knownTable({
  name: 'parked',
  comment: 'What was received and cannot be applied yet; a row whose known_to is null still waits.',
  key: ['portfolio', 'fact'],
  columns: {
    portfolio: { type: 'text', comment: 'Portfolio id.' },
    fact: { type: 'text', comment: 'Id of the parked message.' },
    kind: { type: 'text', comment: 'fill, correct or bust.' },
    because: { type: 'text', comment: 'unknown-instrument, unknown-reference or ambiguous-reference.' },
    source: { type: 'text', comment: 'Executing session.' },
    exec_id: { type: 'text', comment: 'FIX 17 of the message.' },
    exec_ref_id: { type: 'text', nullable: true, comment: 'FIX 19: the execution it refers to.' },
    trade_date: { type: 'date', comment: 'Trade date of the message.' },
    parked_position: { type: 'bigint', comment: 'Log position at which it was parked.' },
    terms: { type: 'json', comment: 'The message as recorded.' },
  },
})
