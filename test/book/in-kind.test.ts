// What comes and goes in kind: transfers between portfolios, between sleeves, and opening balances.
import { describe, expect, it } from 'vitest'
import { lotsOf, positionsOf } from '../../src/domain/book/views.ts'
import type { TransferTerms } from '../../src/domain/transfer/events.ts'
import { imbalances, written } from './lines.ts'
import { fill, rate, registered, Story } from './story.ts'

const entry = (name: string) => (p: { readonly entry: string }) => p.entry === name
const lots = (story: Story) =>
  lotsOf(story.book.journal).map((row) => `${row.lot.slice(18)} ${row.units} at ${row.local}`)

/** Lots A 10 at 100 and B 5 at 100. */
function holding(): Story {
  const story = new Story()
  story.tell(registered('XYZ'))
  story.tell(fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06'), fill('B', 'buy', 'XYZ', '5', '20', '2025-01-07'))
  return story
}

describe('transfers and openings', () => {
  const here = { portfolio: 'p', sleeve: 'main', custodyAccount: 'main' }
  const there = { portfolio: 'q', sleeve: 'main', custodyAccount: 'main' }
  const moved = { lot: 'fill:B:2025-01-06:A', units: '12', cost: '120', currency: 'USD', acquiredOn: '2025-01-06' }
  const terms: TransferTerms = {
    transfer: 't',
    date: '2025-01-10',
    atOpen: false,
    ownership: 'same',
    instrument: 'XYZ',
    from: here,
    to: there,
    lots: [moved],
  }

  it('give what is held and open a break for the rest', () => {
    const story = holding()
    const told = story.tell({ type: 'TransferRecorded', data: { terms } })
    expect(lots(story)).toStrictEqual(['B 5 at 100'])
    expect(told.breaksOpened.map(({ code }) => code)).toStrictEqual(['transfer-exceeds-holding'])
  })

  it('realise at fair value when the owner changes', () => {
    const story = holding()
    const changed: TransferTerms = {
      ...terms,
      ownership: 'changed',
      lots: [{ ...moved, units: '10' }],
      marketValue: { amount: '150', currency: 'USD' },
    }
    story.tell({ type: 'TransferRecorded', data: { terms: changed } })
    expect(written(story.book.journal, entry('transfer:t/out'))).toStrictEqual([
      '1100 fill:B:2025-01-06:A -10u USD -100/-100',
      '3020 USD +150/+150',
      '4100 USD -50/-50',
      '8000 +10u',
    ])
  })

  it('wait for the rate when the owner of a lot in another currency changes: nothing of it is known before', () => {
    const story = new Story()
    story.tell(registered('XYZ', 'EUR'), rate('2025-01-06', '1.10'))
    // 10 at 10 EUR: base cost 100 x 1.10 = 110 USD.
    story.tell(fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06', { currency: 'EUR' }))
    const changed: TransferTerms = {
      ...terms,
      ownership: 'changed',
      lots: [{ ...moved, currency: 'EUR', cost: '100', units: '10' }],
      marketValue: { amount: '130', currency: 'GBP' },
    }
    story.tell({ type: 'TransferRecorded', data: { terms: changed } })
    const out = [...story.book.journal].filter(entry('transfer:t/out'))
    expect(out.length).toBeGreaterThan(0)
    expect(out.map(({ base, pending }) => [base, pending])).toStrictEqual(out.map(() => [null, 1]))
  })

  it('book what was restated, and new lots under the new owner', () => {
    const story = new Story()
    story.tell(registered('XYZ'))
    const back = { ...terms, from: there, to: here }
    story.tell({ type: 'TransferRecorded', data: { terms: back } })
    story.tell({ type: 'TransferLotsRestated', data: { transfer: 't', lots: [{ ...moved, cost: '99' }] } })
    expect(lotsOf(story.book.journal).map((row) => [row.lot, row.units, row.local, row.acquiredOn])).toStrictEqual([
      ['fill:B:2025-01-06:A', '12', '99', '2025-01-06'],
    ])
    const changed: TransferTerms = { ...back, ownership: 'changed', marketValue: { amount: '300', currency: 'USD' } }
    story.tell({ type: 'TransferCorrected', data: { terms: changed } })
    expect(lotsOf(story.book.journal).map((row) => [row.lot, row.units, row.local, row.acquiredOn])).toStrictEqual([
      ['transfer:t/1', '12', '300', '2025-01-10'],
    ])
    story.tell({ type: 'TransferCancelled', data: { transfer: 't' } })
    expect(positionsOf(story.book.journal)).toStrictEqual([])
  })

  it('between sleeves of one portfolio keep the base cost, through 2500', () => {
    const story = new Story()
    story.tell(registered('XYZ', 'EUR'), rate('2025-01-06', '1.10'), rate('2025-01-10', '1.30'))
    story.tell(fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06', { currency: 'EUR' }))
    const within = { ...terms, to: { ...here, sleeve: 'growth' }, lots: [{ ...moved, units: '4' }] }
    const told = story.tell({ type: 'TransferRecorded', data: { terms: within } })
    const of = (sleeve: string) => written(told.postings, (p) => p.sleeve === sleeve)
    expect(of('main')).toStrictEqual(['1100 fill:B:2025-01-06:A -4u EUR -40/-44', '2500 EUR +40/+44', '8000 +4u'])
    expect(of('growth')).toStrictEqual(['1100 fill:B:2025-01-06:A +4u EUR +40/+44', '2500 EUR -40/-44', '8000 -4u'])
    expect(imbalances(told.postings)).toStrictEqual([])
  })

  it('declare each line as an entry of its own, at base cost as given or at the acquisition date', () => {
    const story = new Story()
    story.tell(registered('XYZ', 'EUR'), rate('2020-05-04', '1.08'), rate('2025-01-02', '1.03'))
    const lot = {
      instrument: 'XYZ',
      units: '10',
      cost: '100',
      currency: 'EUR',
      acquiredOn: '2020-05-04',
      sleeve: 'main',
      custodyAccount: 'main',
    }
    const opening = {
      ref: 'o',
      date: '2025-01-02',
      cash: [{ cashAccount: 'main', sleeve: 'main', currency: 'EUR', amount: '50' }],
      lots: [
        { ...lot, lot: 'L1' },
        { ...lot, lot: 'L2', baseCost: '111' },
      ],
    }
    const told = story.tell({ type: 'OpeningBalanceDeclared', data: { fact: 'opening:o', opening } })
    const of = (name: string) => written(told.postings, entry(`opening:o/opening/${name}`))
    expect(of('cash/1')).toStrictEqual(['1000 EUR +50/+51.5', '3100 EUR -50/-51.5'])
    expect(of('lot/L1')).toStrictEqual(['1100 opening:o:L1 +10u EUR +100/+108', '3100 EUR -100/-108', '8000 -10u'])
    expect(of('lot/L2')).toStrictEqual(['1100 opening:o:L2 +10u EUR +100/+111', '3100 EUR -100/-111', '8000 -10u'])
  })
})
