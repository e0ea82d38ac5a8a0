// Actions of one instrument on one day: whose order is stated by nobody is a break on the later one, while both post.
import { describe, expect, it } from 'vitest'
import { createBook } from '../../src/domain/book/book.ts'
import type { ActionTerms } from '../../src/domain/instrument/events.ts'
import { lotsOf } from '../../src/domain/book/views.ts'
import { announced, contributed, fill, registered, spinOff, split, Story } from './story.ts'

const unstated = (story: Story) => story.book.breaks.filter(({ code }) => code === 'ambiguous-action-order')
const lots = (story: Story) =>
  lotsOf(story.book.journal).map((row) => `${row.lot.slice(18)} ${row.units} ${row.instrument} at ${row.local}`)

/** 6 units at 60, bought on 6 January. */
function holding(): Story {
  const story = new Story()
  story.tell(contributed('c', '1000', 'USD', '2025-01-02'), ...['XYZ', 'SPN', 'TOY'].map((id) => registered(id)))
  story.tell(fill('A', 'buy', 'XYZ', '6', '10', '2025-01-06'))
  return story
}

const amended = (instrument: string, terms: ActionTerms) =>
  ({ type: 'CorporateActionAmended', data: { instrument, terms } }) as const

/** A cash dividend of one dollar a unit. */
function dividend(action: string, exDate: string): ActionTerms {
  const leg = { kind: 'cash', leg: 1, income: 'dividend', currency: 'USD', perUnit: '1' } as const
  return { action, caev: 'DVCA', exDate, legs: [leg] }
}

describe('two actions of one class on one day', () => {
  it('are told of on the later one, since their order makes a difference nobody stated', () => {
    const story = holding()
    // 6 x 1/4 = 1.5: 1, then x 3 = 3. The other way round 6 x 3 = 18, then / 4 = 4.5: 4.
    const reverse = split('r', '2025-01-10', '1', '4')
    const forward = split('f', '2025-01-10', '3', '1')
    story.tell(announced('XYZ', reverse))
    expect(unstated(story)).toStrictEqual([])
    const told = story.tell(announced('XYZ', forward))
    expect(lots(story)).toStrictEqual(['A/r/1/f/1 3 XYZ at 60'])
    const found = {
      code: 'ambiguous-action-order',
      fact: 'ca:XYZ:f',
      message: 'r and f of XYZ are both on 2025-01-10 and state no sequence: f is taken last',
      since: '2025-01-10',
    }
    expect(told.breaksOpened).toStrictEqual([found])
    // the same when everything is learned at once
    const book = createBook({ portfolio: 'p', reference: story.reference })
    expect(book.learnAll(story.units).breaksOpened).toContainEqual(found)
    // stated for one of them: the split by three is first, and the break is gone
    const stated = story.tell(amended('XYZ', { ...forward, sequence: 10 }))
    expect(stated.breaksClosed.map(({ code, fact }) => [code, fact])).toStrictEqual([
      ['ambiguous-action-order', 'ca:XYZ:f'],
    ])
    expect(lots(story)).toStrictEqual(['A/f/1/r/1 4 XYZ at 60'])
    expect(unstated(story)).toStrictEqual([])
  })

  it('are three at times: each later one is told of beside the one before it', () => {
    const story = holding()
    for (const action of ['a', 'b', 'c']) story.tell(announced('XYZ', split(action, '2025-01-10', '2', '1')))
    expect(unstated(story).map(({ fact, message }) => `${fact}: ${message.split(' are')[0]}`)).toStrictEqual([
      'ca:XYZ:b: a and b of XYZ',
      'ca:XYZ:c: b and c of XYZ',
    ])
    story.tell({ type: 'CorporateActionCancelled', data: { instrument: 'XYZ', action: 'b' } })
    expect(unstated(story).map(({ fact, message }) => `${fact}: ${message.split(' are')[0]}`)).toStrictEqual([
      'ca:XYZ:c: a and c of XYZ',
    ])
    story.tell({ type: 'CorporateActionCancelled', data: { instrument: 'XYZ', action: 'a' } })
    expect(unstated(story)).toStrictEqual([])
  })

  it('are no matter while nothing is held: they are once something was, and again not', () => {
    const story = new Story()
    story.tell(registered('XYZ'), fill('A', 'buy', 'XYZ', '6', '10', '2025-01-13'))
    story.tell(announced('XYZ', dividend('d', '2025-01-10')))
    story.tell(announced('XYZ', dividend('special', '2025-01-10')))
    expect(unstated(story)).toStrictEqual([])
    story.tell(fill('early', 'buy', 'XYZ', '1', '10', '2025-01-06'))
    expect(unstated(story).map(({ fact }) => fact)).toStrictEqual(['ca:XYZ:special'])
    story.tell(fill('out', 'sell', 'XYZ', '1', '10', '2025-01-07'))
    expect(unstated(story)).toStrictEqual([])
  })
})

describe('nothing is ambiguous', () => {
  it('where the class says the order, the day differs, or the instrument', () => {
    const story = holding()
    // 6 dividends on the old units, 6 x 2 = 12, of which one child for every 3: 4 at 0.2 x 60
    story.tell(announced('XYZ', spinOff('spin', '2025-01-10', 'SPN', '1', '3', '0.2')))
    story.tell(announced('XYZ', split('split', '2025-01-10', '2', '1')))
    story.tell(announced('XYZ', dividend('cash', '2025-01-10')))
    story.tell(announced('XYZ', split('next', '2025-01-13', '2', '1')))
    story.tell(announced('SPN', split('child', '2025-01-13', '2', '1', { instrument: 'SPN' })))
    expect(lots(story)).toStrictEqual(['A/split/1/spin/1/child/1 8 SPN at 12', 'A/split/1/next/1 24 XYZ at 48'])
    expect(unstated(story)).toStrictEqual([])
  })

  it('where either states its sequence', () => {
    const story = holding()
    story.tell(announced('XYZ', { ...split('a', '2025-01-10', '2', '1'), sequence: 30 }))
    story.tell(announced('XYZ', split('b', '2025-01-10', '2', '1')))
    expect(unstated(story)).toStrictEqual([])
  })
})
