// The portfolios tables: who each portfolio is, and the policies it was decided to follow, by date.
import { knownTable } from '../schema/table.ts'

export const portfolios = knownTable({
  name: 'portfolios',
  comment: 'One row per portfolio, as known over a range of knowledge.',
  key: ['portfolio'],
  columns: {
    portfolio: { type: 'text', comment: 'Portfolio id.' },
    status: { type: 'text', comment: 'open or closed.' },
    base_currency: { type: 'text', comment: 'Functional currency of its book.' },
    opened_on: { type: 'date', comment: 'Date of opening.' },
    closed_on: { type: 'date', nullable: true, comment: 'Date of closing.' },
    owner: {
      type: 'text',
      nullable: true,
      comment: 'Legal owner named at opening; owner_links hold the dated history.',
    },
    sleeves: { type: 'flags', comment: 'Its strategies.' },
    custody_accounts: { type: 'flags', comment: 'Its custody accounts.' },
    cash_accounts: { type: 'json', comment: 'Its cash accounts: id, kind (cash or margin), settlement.' },
    defaults: { type: 'json', comment: 'Where facts go that name no place.' },
  },
})

export const policies = knownTable({
  name: 'policies',
  comment:
    'The policies of each portfolio: only what changes, from the start of effective_from, as known over a range of knowledge.',
  key: ['portfolio', 'fact'],
  columns: {
    portfolio: { type: 'text', comment: 'Portfolio id.' },
    fact: { type: 'text', comment: 'The policy fact; open for what was decided at opening.' },
    effective_from: { type: 'date', comment: 'Date from whose start it is in force.' },
    zone: { type: 'text', nullable: true, comment: 'Time zone in which an instant becomes a date, when it changes.' },
    root_position: { type: 'bigint', comment: 'Log position of the first version: breaks ties of one date.' },
    changes: { type: 'json', comment: 'What it changes.' },
  },
})
