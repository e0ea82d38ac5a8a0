// The owner tables: legal owners and what is theirs. Names stay in the log, sealed, so that they can be erased.
import { knownTable } from '../schema/table.ts'

export const owners = knownTable({
  name: 'owners',
  comment:
    'One row per legal owner, as known over a range of knowledge. Names are not kept here: the log seals them per person.',
  key: ['owner'],
  columns: {
    owner: { type: 'text', comment: 'Owner id.' },
    kind: { type: 'text', comment: 'person, company, fund or trust.' },
    country: { type: 'text', comment: 'ISO 3166 country.' },
    tax_status: { type: 'text', comment: 'taxable, retirement, exempt or corporate.' },
  },
})

export const ownerLinks = knownTable({
  name: 'owner_links',
  comment: "From valid_from on the portfolio is this owner's, until a later link of the same portfolio.",
  key: ['portfolio', 'valid_from'],
  columns: {
    portfolio: { type: 'text', comment: 'Portfolio id.' },
    valid_from: { type: 'date', comment: 'First day.' },
    owner: { type: 'text', comment: 'Owner id.' },
  },
})

export const affiliates = knownTable({
  name: 'affiliates',
  comment: 'Who counts as affiliated with an owner, from valid_from on.',
  key: ['owner', 'affiliate'],
  columns: {
    owner: { type: 'text', comment: 'Owner id.' },
    affiliate: { type: 'text', comment: 'The affiliated owner.' },
    relation: { type: 'text', comment: 'spouse, controlled or other.' },
    valid_from: { type: 'date', comment: 'First day.' },
  },
})
