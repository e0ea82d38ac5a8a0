// Fills whose consideration is not what their price says: a break while it is so; what is booked is the consideration as given.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBook } from '../../src/domain/book/book.ts'
import type { BookBreak, BookEvent } from '../../src/domain/book/knowledge.ts'
import { considerationWarning, priced } from '../../src/domain/portfolio/amounts.ts'
import { announced, contributed, fill, fillTerms, registered, split, Story } from './story.ts'

const mismatches = (found: readonly BookBreak[]) =>
  found
    .filter(({ code }) => code === 'consideration-mismatch')
    .map(({ fact, message }) => `${fact.split(':').at(-1)}: ${message}`)

/** Instruments as registered, and the cash for everything told here. */
function funded(...instruments: BookEvent[]): Story {
  const story = new Story()
  story.tell(contributed('c', '1000000', 'USD', '2025-01-02'), ...instruments)
  return story
}

/** A contract of so many units. */
function contract(instrument: string, multiplier: string): BookEvent {
  const terms = registered(instrument)
  return terms.type === 'InstrumentRegistered' ? { ...terms, data: { ...terms.data, multiplier } } : terms
}

function amended(instrument: string, changes: { multiplier?: string; quantityPlaces?: number }): BookEvent {
  return { type: 'InstrumentAmended', data: { instrument, changes } }
}

describe('a consideration', () => {
  it('may be one minor unit away from the price, and is a break from two on', () => {
    const story = funded(registered('XYZ'), registered('NKK'))
    // 3 x 33.335 = 100.005, half to even 100.00: 100.01 and 99.99 are one cent away, 100.02 and 99.98 two
    const given = ['100', '100.01', '99.99', '100.02', '99.98']
    for (const [n, consideration] of given.entries())
      story.tell(fill(`U${n}`, 'buy', 'XYZ', '3', '33.335', '2025-01-06', { consideration }))
    // 3 x 333.5 = 1000.5, half to even 1000: a yen has no cents
    for (const consideration of ['1001', '1002'])
      story.tell(
        fill(`J${consideration}`, 'buy', 'NKK', '3', '333.5', '2025-01-06', { consideration, currency: 'JPY' }),
      )
    expect(mismatches(story.book.breaks)).toStrictEqual([
      'U3: the consideration 100.02 USD is not price x quantity x multiplier, 100',
      'U4: the consideration 99.98 USD is not price x quantity x multiplier, 100',
      'J1002: the consideration 1002 JPY is not price x quantity x multiplier, 1000',
    ])
  })

  it('is looked at again when the fill is corrected, and no more when it is busted', () => {
    const story = funded(registered('XYZ'))
    const terms = (execId: string, consideration: string) =>
      fillTerms(execId, 'buy', 'XYZ', '10', '10', '2025-01-06', { consideration })
    const bought = (execId: string, consideration: string): BookEvent => {
      const fact = `fill:B:2025-01-06:${execId}`
      return { type: 'FillExecuted', data: { fact, fill: terms(execId, consideration) } }
    }
    story.tell(bought('A', '90'), bought('B', '80'))
    expect(mismatches(story.book.breaks)).toStrictEqual([
      'A: the consideration 90 USD is not price x quantity x multiplier, 100',
      'B: the consideration 80 USD is not price x quantity x multiplier, 100',
    ])
    const at = { tradeDate: '2025-01-06' }
    const correction = (consideration: string): BookEvent => {
      const data = { ...at, fact: 'fill:B:2025-01-06:A', execId: 'Ac', execRefId: 'A', fill: terms('A', consideration) }
      return { type: 'FillCorrected', data }
    }
    // still 90: the same break, which neither opens nor closes
    const same = story.tell(correction('90'))
    expect([same.breaksOpened, same.breaksClosed]).toStrictEqual([[], []])
    const right = story.tell(correction('100'))
    expect([mismatches(right.breaksOpened), right.breaksClosed.map(({ fact }) => fact)]).toStrictEqual([
      [],
      ['fill:B:2025-01-06:A'],
    ])
    story.tell({ type: 'FillBusted', data: { ...at, fact: 'fill:B:2025-01-06:B', execId: 'Bb', execRefId: 'B' } })
    expect(story.book.breaks).toStrictEqual([])
  })

  it('counts the multiplier as it is known: an amendment looks at every fill again and folds none', () => {
    const story = funded(contract('XYZ', '100'), registered('ABC'))
    // 2 contracts of 100 at 3.50: 700; ABC is not touched
    const consideration = '700'
    story.tell(fill('A', 'buy', 'XYZ', '2', '3.5', '2025-01-06', { consideration }))
    story.tell(fill('B', 'buy', 'ABC', '2', '350', '2025-01-06', { consideration }))
    expect(story.book.breaks).toStrictEqual([])
    const ten = story.tell(amended('XYZ', { multiplier: '10' }))
    expect(mismatches(ten.breaksOpened)).toStrictEqual([
      'A: the consideration 700 USD is not price x quantity x multiplier, 70',
    ])
    expect([ten.folded.facts, ten.postings]).toStrictEqual([0, []])
    // with finer units of the same unit: 2 is counted as 2.000, and the multiplier is what it was
    const finer = story.tell(amended('XYZ', { multiplier: '100', quantityPlaces: 3 }))
    expect([mismatches(finer.breaksOpened), finer.breaksClosed.map(({ fact }) => fact)]).toStrictEqual([
      [],
      ['fill:B:2025-01-06:A'],
    ])
    expect(story.book.breaks).toStrictEqual([])
  })

  it('of an instrument that is not registered is judged once it is', () => {
    const story = funded()
    story.tell(fill('A', 'buy', 'XYZ', '2', '3.5', '2025-01-06', { consideration: '700' }))
    expect(mismatches(story.book.breaks)).toStrictEqual([])
    const told = story.tell(contract('XYZ', '10'))
    expect(mismatches(told.breaksOpened)).toStrictEqual([
      'A: the consideration 700 USD is not price x quantity x multiplier, 70',
    ])
  })

  it('is judged by the terms of the trade, also where a split links its instrument to another', () => {
    const story = funded(contract('XYZ', '100'), contract('NEW', '1'))
    story.tell(fill('A', 'buy', 'XYZ', '2', '3.5', '2025-01-06', { consideration: '700' }))
    story.tell(announced('XYZ', split('s', '2025-01-10', '1', '1', { instrument: 'NEW' })))
    // 5 x 3 = 15; a multiplier of NEW says nothing of XYZ
    story.tell(fill('B', 'buy', 'NEW', '5', '3', '2025-01-13', { consideration: '15' }))
    const told = story.tell(amended('NEW', { multiplier: '2' }))
    expect(mismatches(told.breaksOpened)).toStrictEqual([
      'B: the consideration 15 USD is not price x quantity x multiplier, 30',
    ])
  })
})

describe('the break of a fill', () => {
  const scaled = (digits: number, places: number) =>
    fc.bigInt({ min: 1n, max: 10n ** BigInt(digits) }).map((value) => {
      const text = value.toString().padStart(places + 1, '0')
      const whole = text.slice(0, text.length - places)
      const fraction = text.slice(text.length - places).replace(/0+$/, '')
      return fraction === '' ? whole : `${whole}.${fraction}`
    })
  const number = fc.nat({ max: 6 }).chain((places) => fc.integer({ min: 1, max: 12 }).chain((n) => scaled(n, places)))
  const multiplier = fc.oneof(fc.constantFrom('1', '100', '0.01', '0.5'), number)

  it('says what the warning of the command said, for every price, quantity and multiplier', () => {
    fc.assert(
      fc.property(
        number,
        number,
        multiplier,
        fc.constantFrom('USD', 'JPY', 'BHD'),
        fc.integer({ min: -3, max: 3 }),
        (price, quantity, times, currency, off) => {
          const places = { USD: 2, JPY: 0, BHD: 3 }[currency] ?? 0
          const expected = priced(price, quantity, times, currency)
          // some minor units beside what the price says
          const [whole = '0', fraction = ''] = expected.split('.')
          const beside = BigInt(whole + fraction.padEnd(places, '0')) + BigInt(off)
          fc.pre(beside >= 0n)
          const digits = beside.toString().padStart(places + 1, '0')
          const given = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`
          const consideration = given.includes('.') ? given.replace(/\.?0+$/, '') : given
          const story = new Story()
          story.tell(contract('XYZ', times))
          const terms = { consideration, currency }
          const told = story.tell(fill('A', 'buy', 'XYZ', quantity, price, '2025-01-06', terms))
          const said = considerationWarning(consideration, expected, currency).map(({ message }) => `A: ${message}`)
          expect(said.length).toBe(Math.abs(off) > 1 ? 1 : 0)
          expect(mismatches(told.breaksOpened)).toStrictEqual(said)
          const book = createBook({ portfolio: 'p', reference: story.reference })
          expect(mismatches(book.learnAll(story.units).breaksOpened)).toStrictEqual(said)
        },
      ),
      { numRuns: 200 },
    )
  })
})
