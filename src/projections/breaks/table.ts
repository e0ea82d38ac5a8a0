// The breaks table: what the book could not do as decided and a person must look at.
import { knownTable } from '../schema/table.ts'

export const breaks = knownTable({
  name: 'breaks',
  comment: 'What needs a person, never silently mended; a row whose known_to is null is open.',
  key: ['portfolio', 'code', 'fact', 'message'],
  columns: {
    portfolio: { type: 'text', comment: 'Portfolio id.' },
    code: { type: 'text', comment: 'Stable code, such as oversold or dangling-lot-choice.' },
    fact: { type: 'text', comment: 'The fact it is about.' },
    message: { type: 'text', comment: 'One sentence for people.' },
    since: { type: 'date', comment: 'Business date from which it stands.' },
  },
})
