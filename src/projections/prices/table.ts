// The prices table: what an instrument was worth by a source, a snap and a basis, with every correction kept.
import { knownTable } from '../schema/table.ts'

export const prices = knownTable({
  name: 'prices',
  comment: 'One row per price, as known over a range of knowledge. As traded: never adjusted for later actions.',
  key: ['instrument', 'price_date', 'source', 'basis', 'snap', 'quote'],
  columns: {
    instrument: { type: 'text', comment: 'Instrument id.' },
    price_date: { type: 'date', comment: 'Business date of the price.' },
    source: { type: 'text', comment: 'Who states it.' },
    basis: { type: 'text', comment: 'close, official-close, settlement, bid, ask, mid, nav or quote.' },
    snap: { type: 'text', comment: 'Which snap of the day.' },
    quote: { type: 'text', comment: 'Moment of an intraday quote as text; empty for others.' },
    price: { type: 'numeric', comment: 'Price per unit.' },
    currency: { type: 'text', comment: 'Currency of the price.' },
    quoted_at: { type: 'instant', nullable: true, comment: 'Moment of an intraday quote.' },
    cause: { type: 'text', nullable: true, comment: 'Why it was corrected.' },
  },
})
