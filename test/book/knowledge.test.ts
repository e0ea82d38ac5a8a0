// What the book knows when: corrections and busts, sealed periods, other currencies, and how little is folded again.
import { describe, expect, it } from 'vitest'
import { BookQuarantined } from '../../src/domain/book/book.ts'
import { cashOf, lotsOf, positionsOf, trialBalanceOf } from '../../src/domain/book/views.ts'
import type { BookEvent } from '../../src/domain/book/knowledge.ts'
import { balances, imbalances, sums, written } from './lines.ts'
import { contributed, fill, fillTerms, rate, registered, Story } from './story.ts'

const entry = (name: string) => (p: { readonly entry: string }) => p.entry === name

function corrected(fact: string, ...args: Parameters<typeof fillTerms>): BookEvent {
  const terms = fillTerms(...args)
  const data = { fact, execId: `${terms.execId}c`, execRefId: terms.execId, tradeDate: terms.tradeDate, fill: terms }
  return { type: 'FillCorrected', data }
}

describe('corrections', () => {
  it('post the difference to what was known, and a later position of the log does not change an earlier answer', () => {
    const story = new Story()
    story.tell(registered('XYZ'))
    story.tell(fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06'))
    const before = story.position
    const difference = story.tell(corrected('fill:B:2025-01-06:A', 'A', 'buy', 'XYZ', '12', '10', '2025-01-06'))
    expect(written(difference.postings, entry('fill:B:2025-01-06:A/trade'))).toStrictEqual([
      '1100 fill:B:2025-01-06:A +2u USD +20/+20',
      '2200 USD -20/-20',
      '8000 -2u',
    ])
    const known = story.posted.filter((p) => p.knownFrom <= before)
    expect(positionsOf(known).map((row) => row.units)).toStrictEqual(['10'])
    expect(balances(known)).toStrictEqual(balances(story.folded(before)))
  })

  it('that change nothing post nothing', () => {
    const story = new Story()
    story.tell(registered('XYZ'), fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06'))
    const channel = { channel: 'phone' }
    const same = story.tell(corrected('fill:B:2025-01-06:A', 'A', 'buy', 'XYZ', '10', '10', '2025-01-06', channel))
    expect(same.postings).toStrictEqual([])
  })

  it('of the date keep the lot, and its reversal stands on the old date', () => {
    const story = new Story()
    story.tell(registered('XYZ'), fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06'))
    const moved = story.tell(corrected('fill:B:2025-01-06:A', 'A', 'buy', 'XYZ', '10', '10', '2025-01-08'))
    const lines = moved.postings.filter((p) => p.account === 1100 && p.entry.endsWith('/trade'))
    expect(lines.map(({ units, effectiveDate, acquiredOn }) => [units, effectiveDate, acquiredOn])).toStrictEqual([
      ['-10', '2025-01-06', '2025-01-06'],
      ['10', '2025-01-08', '2025-01-08'],
    ])
  })

  it('to another instrument move the fill there', () => {
    const story = new Story()
    story.tell(registered('XYZ'), registered('ABC'), fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06'))
    story.tell(corrected('fill:B:2025-01-06:A', 'A', 'buy', 'ABC', '10', '10', '2025-01-06'))
    expect(positionsOf(story.book.journal).map((row) => row.instrument)).toStrictEqual(['ABC'])
    expect(balances(story.posted)).toStrictEqual(balances(story.folded()))
  })

  it('a busted fill never was, and nothing brings it back', () => {
    const story = new Story()
    story.tell(registered('XYZ'), fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06'))
    const bust = { fact: 'fill:B:2025-01-06:A', execId: 'Ab', execRefId: 'A', tradeDate: '2025-01-06' }
    story.tell({ type: 'FillBusted', data: bust })
    const again = story.tell(corrected('fill:B:2025-01-06:A', 'A', 'buy', 'XYZ', '12', '10', '2025-01-06'))
    expect(again.postings).toStrictEqual([])
    expect(sums(story.posted, (p) => `${p.account}`)).toStrictEqual(new Map())
  })

  it('may say that a cash fact was of another kind', () => {
    const story = new Story()
    story.tell(contributed('c', '100', 'USD', '2025-01-06'))
    const cash = {
      ref: 'c',
      amount: '100',
      currency: 'USD',
      valueDate: '2025-01-06',
      sleeve: 'main',
      custodyAccount: 'main',
      cashAccount: 'main',
    }
    story.tell({ type: 'FactCorrected', data: { fact: 'contribution:c', as: { type: 'CashReceived', cash } } })
    expect(trialBalanceOf(story.book.journal).map((row) => [row.account, row.local])).toStrictEqual([
      [1000, '100'],
      [1900, '-100'],
    ])
    expect(balances(story.posted)).toStrictEqual(balances(story.folded()))
  })
})

describe('the closure', () => {
  it('of a fill in order is that fill alone; of a late one, what comes after it in its own instrument', () => {
    const story = new Story()
    story.tell(registered('XYZ'), registered('ABC'))
    for (let day = 10; day < 30; day++) {
      const inOrder = story.tell(fill(`X${day}`, 'buy', 'XYZ', '10', '10', `2025-01-${day}`))
      expect(inOrder.folded).toStrictEqual({ facts: 1, partitions: 1, poolDays: 0 })
      story.tell(fill(`A${day}`, 'buy', 'ABC', '10', '10', `2025-01-${day}`))
    }
    const late = story.tell(fill('late', 'sell', 'XYZ', '5', '10', '2025-01-25'))
    // itself and the buys of 26, 27, 28 and 29 January
    expect(late.folded).toStrictEqual({ facts: 5, partitions: 1, poolDays: 0 })
  })

  it('of a rate is what used it', () => {
    const story = new Story()
    story.tell(registered('XYZ', 'EUR'), registered('ABC'))
    const eur = { currency: 'EUR', settles: '2025-01-08' }
    story.tell(
      fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06', eur),
      fill('B', 'buy', 'XYZ', '10', '10', '2025-01-07', eur),
    )
    story.tell(fill('C', 'buy', 'ABC', '10', '10', '2025-01-07'))
    expect(story.tell(rate('2025-01-07', '1.10')).folded.facts).toBe(1)
    // the settlements of 8 January change, no trade does
    const settled = story.tell(rate('2025-01-08', '1.12'))
    expect(settled.folded).toStrictEqual({ facts: 0, partitions: 1, poolDays: 1 })
    expect(story.book.wants(story.unit(rate('2025-01-09', '1.12')))).toBe(false)
  })
})

describe('sealed periods', () => {
  it('take nothing more: what a late fact changes is accounted for on the first open day', () => {
    const story = new Story()
    story.tell(registered('XYZ'), fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06'))
    story.tell({ type: 'PeriodSealed', data: { fact: 'seal:jan', through: '2025-01-31' } })
    const late = story.tell(
      fill('B', 'buy', 'XYZ', '5', '10', '2025-01-07'),
      fill('C', 'buy', 'XYZ', '1', '10', '2025-02-03'),
    )
    const trades = late.postings.filter((p) => p.account === 1100 && p.entry.endsWith('/trade'))
    expect(trades.map(({ effectiveDate, accountingDate }) => [effectiveDate, accountingDate])).toStrictEqual([
      ['2025-01-07', '2025-02-01'],
      ['2025-02-03', '2025-02-03'],
    ])
    const units = (basis: 'economic' | 'accounting', effectiveAt: string) =>
      positionsOf(story.book.journal, { basis, effectiveAt }).map((row) => row.units)
    expect(units('economic', '2025-01-31')).toStrictEqual(['15'])
    expect(units('accounting', '2025-01-31')).toStrictEqual(['10'])
    expect(units('accounting', '2025-02-01')).toStrictEqual(['15'])
  })

  it('never date a reversal before what it reverses, and balance on every accounting day', () => {
    const story = new Story()
    story.tell(registered('XYZ'), fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06'))
    story.tell({ type: 'PeriodSealed', data: { fact: 'seal:jan', through: '2025-01-31' } })
    story.tell(corrected('fill:B:2025-01-06:A', 'A', 'buy', 'XYZ', '12', '10', '2025-01-06'))
    story.tell({ type: 'PeriodReopened', data: { fact: 'seal:jan', through: '2025-01-31', reason: 'restated' } })
    const bust = { fact: 'fill:B:2025-01-06:A', execId: 'Ab', execRefId: 'A', tradeDate: '2025-01-06' }
    const gone = story.tell({ type: 'FillBusted', data: bust })
    expect([...new Set(gone.postings.map((p) => p.accountingDate))]).toStrictEqual(['2025-02-01'])
    // in January the account saw the purchase, in February its end: both are still there, and both balance
    const days = (day: string) => [...story.book.journal].filter((p) => p.accountingDate <= day)
    expect(positionsOf(days('2025-01-31')).map((row) => row.units)).toStrictEqual(['10'])
    expect(positionsOf(days('2025-02-01'))).toStrictEqual([])
    expect(imbalances(days('2025-01-31'))).toStrictEqual([])
    expect(balances(story.posted, 'accounting')).toStrictEqual(balances(story.book.journal, 'accounting'))
    expect(balances(story.posted, 'accounting')).toStrictEqual(balances(story.folded(), 'accounting'))
  })
})

describe('the functional currency', () => {
  it('is a parameter: cost and gains are folded again, never translated', () => {
    const tell = (functional: string) => {
      const story = new Story({ functional })
      story.tell(registered('XYZ'), rate('2025-01-06', '1.25'), rate('2025-01-07', '1.00'))
      story.tell(fill('A', 'buy', 'XYZ', '10', '100', '2025-01-06'))
      story.tell(fill('S', 'sell', 'XYZ', '5', '120', '2025-01-07'))
      return written(story.book.journal, (p) => p.account === 4100 || p.account === 4110 || p.account === 1100)
    }
    expect(tell('USD')).toStrictEqual(['1100 fill:B:2025-01-06:A +5u USD +500/+500', '4100 USD -100/-100'])
    // cost 1,000 / 1.25 = EUR 800; half of it 400; at 1.00 the sale brings 600: 100 price, 100 FX
    expect(tell('EUR')).toStrictEqual([
      '1100 fill:B:2025-01-06:A +5u USD +500/+400',
      '4100 USD -100/-100',
      '4110 USD 0/-100',
    ])
  })
})

describe('places in time', () => {
  it('an instant shows the trades up to it, and what is due on its date', () => {
    const story = new Story()
    story.tell(registered('XYZ'), contributed('c', '500', 'USD', '2025-01-06'))
    story.tell(
      fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06', { executedAt: '2025-01-06T10:00:00Z', settles: '2025-01-07' }),
    )
    story.tell(
      fill('B', 'buy', 'XYZ', '5', '10', '2025-01-06', { executedAt: '2025-01-06T15:00:00.5Z', settles: '2025-01-07' }),
    )
    const units = (effectiveAt: string) => positionsOf(story.book.journal, { effectiveAt }).map((row) => row.units)
    expect(units('2025-01-06T09:59:59Z')).toStrictEqual([])
    expect(units('2025-01-06T15:00:00Z')).toStrictEqual(['10'])
    expect(units('2025-01-06')).toStrictEqual(['15'])
    const cash = (effectiveAt: string) => cashOf(story.book.journal, { effectiveAt }).map((row) => row.local)
    expect(cash('2025-01-06T00:00:00Z')).toStrictEqual(['500'])
    expect(cash('2025-01-07T00:00:00Z')).toStrictEqual(['350'])
  })

  it('the settlement view shows what has settled', () => {
    const story = new Story()
    story.tell(registered('XYZ'), fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06', { settles: '2025-01-08' }))
    const held = (view: 'trade' | 'settlement', effectiveAt: string) =>
      lotsOf(story.book.journal, { view, effectiveAt }).map((row) => row.units)
    expect(held('trade', '2025-01-07')).toStrictEqual(['10'])
    expect(held('settlement', '2025-01-07')).toStrictEqual([])
    expect(held('settlement', '2025-01-08')).toStrictEqual(['10'])
  })
})

describe('units of an instrument', () => {
  it('may come to be counted more finely; what was posted before stays what it was', () => {
    const story = new Story()
    story.tell(registered('XYZ'), fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06'))
    const changes = { quantityPlaces: 3 }
    const amended = story.tell({ type: 'InstrumentAmended', data: { instrument: 'XYZ', changes } })
    expect(amended.postings).toStrictEqual([])
    story.tell(fill('B', 'buy', 'XYZ', '0.125', '8', '2025-01-07'))
    expect(positionsOf(story.book.journal).map((row) => [row.units, row.local])).toStrictEqual([['10.125', '101']])
    expect(balances(story.posted)).toStrictEqual(balances(story.folded()))
  })
})

describe('a fault of the book itself', () => {
  it('quarantines this one book, names the event, and stops it for good', () => {
    const story = new Story()
    story.tell(registered('XYZ'))
    // a currency without a smallest unit is what no decider accepts
    const told = story.tell(fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06', { currency: 'XAU' }))
    expect(told.postings).toStrictEqual([])
    expect(told.breaksOpened.map(({ code, fact, message }) => [code, fact, message.split(':')[0]])).toStrictEqual([
      ['quarantined', 'e3', 'Refused'],
    ])
    expect(() => story.tell(contributed('c', '1', 'USD', '2025-01-07'))).toThrow(BookQuarantined)
  })
})
