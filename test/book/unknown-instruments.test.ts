// Facts that name an instrument the reference does not know: one break for each instrument, on the first fact that names it.
import { describe, expect, it } from 'vitest'
import { createBook } from '../../src/domain/book/book.ts'
import type { BookBreak, BookEvent } from '../../src/domain/book/knowledge.ts'
import { positionsOf } from '../../src/domain/book/views.ts'
import { cashTerms, contributed, fill, fillTerms, registered, spinOff, Story, announced } from './story.ts'

const named = (found: readonly Pick<BookBreak, 'code' | 'fact' | 'message'>[]) =>
  found.map(({ code, fact, message }) => `${code} ${message.split(' ')[0]} on ${fact}`)
const unknown = (story: Story) => named(story.book.breaks.filter(({ code }) => code === 'unknown-instrument'))

/** A book with the cash for everything told here, so that no overdraft is among its breaks. */
function funded(): Story {
  const story = new Story()
  story.tell(contributed('c', '1000', 'USD', '2025-01-02'))
  return story
}

/** The breaks of a book that learns the whole story at once. */
function atOnce(story: Story): readonly BookBreak[] {
  const book = createBook({ portfolio: 'p', reference: story.reference })
  book.learnAll(story.units)
  return book.breaks
}

describe('an instrument that is not registered', () => {
  it('is a break on the first fact that became known, until it is registered', () => {
    const story = funded()
    const first = story.tell(fill('A', 'buy', 'XYZ', '10', '10', '2025-01-07'))
    expect(first.breaksOpened).toStrictEqual([
      {
        code: 'unknown-instrument',
        fact: 'fill:B:2025-01-07:A',
        message: 'XYZ is not registered: nothing is known of its multiplier and of the places of its units',
        since: '2025-01-07',
      },
    ])
    // another instrument has a break of its own; a second fact of the first has none, though it is dated before
    const more = story.tell(
      fill('B', 'buy', 'XYZ', '10', '10', '2025-01-06'),
      fill('C', 'buy', 'ABC', '10', '10', '2025-01-06'),
    )
    expect([named(more.breaksOpened), named(more.breaksClosed)]).toStrictEqual([
      ['unknown-instrument ABC on fill:B:2025-01-06:C'],
      [],
    ])
    expect(atOnce(story)).toStrictEqual(story.book.breaks)
    // it counts its units in whole ones, as XYZ was counted before: nothing is folded again, and the break closes all the same
    const registration = story.tell(registered('XYZ'))
    expect([named(registration.breaksOpened), named(registration.breaksClosed)]).toStrictEqual([
      [],
      ['unknown-instrument XYZ on fill:B:2025-01-07:A'],
    ])
    expect([registration.folded.facts, registration.postings]).toStrictEqual([0, []])
    expect(unknown(story)).toStrictEqual(['unknown-instrument ABC on fill:B:2025-01-06:C'])
    expect(atOnce(story)).toStrictEqual(story.book.breaks)
  })

  it('passes to the next fact when the first is busted, and closes when none names it any more', () => {
    const story = funded()
    story.tell(registered('ABC'))
    story.tell(fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06'), fill('B', 'buy', 'XYZ', '10', '10', '2025-01-07'))
    const bust = { fact: 'fill:B:2025-01-06:A', execId: 'Ab', execRefId: 'A', tradeDate: '2025-01-06' }
    story.tell({ type: 'FillBusted', data: bust })
    expect(unknown(story)).toStrictEqual(['unknown-instrument XYZ on fill:B:2025-01-07:B'])
    expect(atOnce(story)).toStrictEqual(story.book.breaks)
    // the name was wrong: it was ABC that was bought
    const terms = fillTerms('B', 'buy', 'ABC', '10', '10', '2025-01-07')
    const data = { fact: 'fill:B:2025-01-07:B', execId: 'Bc', execRefId: 'B', tradeDate: '2025-01-07', fill: terms }
    story.tell({ type: 'FillCorrected', data })
    expect(unknown(story)).toStrictEqual([])
  })

  it('is none when the unit that names it registers it too, in whatever order', () => {
    const story = funded()
    const told = story.tell(fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06'), registered('XYZ'))
    expect([told.breaksOpened, told.breaksClosed]).toStrictEqual([[], []])
  })

  it('may be named by an opening balance, once for each of its instruments', () => {
    const story = funded()
    story.tell(registered('ABC'))
    const lot = { units: '10', cost: '100', currency: 'USD', acquiredOn: '2024-01-02' }
    const place = { sleeve: 'main', custodyAccount: 'main' }
    const lots = ['XYZ', 'ABC', 'SPN', 'XYZ'].map((instrument, n) => ({ ...lot, ...place, instrument, lot: `l${n}` }))
    const opening = { ref: 'o', date: '2025-01-02', cash: [], lots }
    story.tell({ type: 'OpeningBalanceDeclared', data: { fact: 'opening:o', opening } })
    expect(unknown(story)).toStrictEqual(['unknown-instrument XYZ on opening:o', 'unknown-instrument SPN on opening:o'])
    story.tell({ type: 'FactCancelled', data: { fact: 'opening:o', reason: 'not ours' } })
    expect(unknown(story)).toStrictEqual([])
  })

  it('may be named by income received, and its registration is wanted then', () => {
    const story = funded()
    const received: BookEvent = {
      type: 'CashReceived',
      data: {
        fact: 'receipt:r',
        cash: cashTerms('r', '5', 'USD', '2025-01-06'),
        standalone: { income: 'dividends', instrument: 'XYZ' },
      },
    }
    story.tell(received)
    expect(unknown(story)).toStrictEqual(['unknown-instrument XYZ on receipt:r'])
    const unit = story.unit(registered('XYZ'))
    story.reference.learn(unit)
    expect(story.book.wants(unit)).toBe(true)
    expect(named(story.book.learn(unit).breaksClosed)).toStrictEqual(['unknown-instrument XYZ on receipt:r'])
    expect(story.book.wants(story.unit(registered('XYZ')))).toBe(false)
  })

  it('that an action delivers is a break while the action has something to deliver', () => {
    const story = funded()
    story.tell(registered('XYZ'), fill('A', 'buy', 'XYZ', '10', '10', '2025-01-13'))
    story.tell(announced('XYZ', spinOff('s', '2025-01-10', 'SPN', '1', '2', '0.2')))
    // nothing was held on 10 January
    expect(unknown(story)).toStrictEqual([])
    story.tell(fill('B', 'buy', 'XYZ', '4', '10', '2025-01-06'))
    // 4 held: 2 of the child, at 0.2 x 40 = 8
    expect(positionsOf(story.book.journal).map((row) => `${row.units} ${row.instrument} ${row.local}`)).toStrictEqual([
      '2 SPN 8',
      '14 XYZ 132',
    ])
    expect(unknown(story)).toStrictEqual(['unknown-instrument SPN on ca:XYZ:s'])
    expect(atOnce(story)).toStrictEqual(story.book.breaks)
    story.tell(registered('SPN'))
    expect(unknown(story)).toStrictEqual([])
  })
})
