// Settlement that fails, in whole or in part: what had moved moves back on the day it is found out, and moves again when it is confirmed.
import { describe, expect, it } from 'vitest'
import type { BookEvent } from '../../src/domain/book/knowledge.ts'
import { cashOf, positionsOf } from '../../src/domain/book/views.ts'
import { balances, imbalances, written } from './lines.ts'
import { announced, fill, rate, registered, split, Story } from './story.ts'

const BUY = 'fill:B:2025-01-06:A'
const failed = (date: string, units?: string, of = BUY): BookEvent => ({
  type: 'SettlementFailed',
  data: { fact: 'settlement-fail:F', failed: { fill: of, date, ...(units === undefined ? {} : { units }) } },
})
const confirmed = (ref: string, date: string, units?: string, of = BUY): BookEvent => ({
  type: 'SettlementConfirmed',
  data: { fact: `settlement:${ref}`, settled: { fill: of, date, ...(units === undefined ? {} : { units }) } },
})
const entry = (name: string) => (p: { readonly entry: string }) => p.entry === `${BUY}/${name}`
/** 100 XYZ at 10, settling on the 8th. */
const bought = () => {
  const story = new Story()
  story.tell(registered('XYZ', 'USD'), fill('A', 'buy', 'XYZ', '100', '10', '2025-01-06', { settles: '2025-01-08' }))
  return story
}
const settledUnits = (story: Story, effectiveAt: string) =>
  positionsOf(story.book.journal, { effectiveAt, view: 'settlement' })[0]?.units ?? '0'
const cashOn = (story: Story, effectiveAt: string) =>
  cashOf(story.book.journal, { effectiveAt }).find(({ currency }) => currency === 'USD')?.local ?? '0'

describe('a contractual settlement that fails', () => {
  it('has moved its money on the date, moves it back on the day the fail is found out, and never settled a unit', () => {
    const story = bought()
    expect([settledUnits(story, '2025-01-08'), cashOn(story, '2025-01-08')]).toStrictEqual(['100', '-1000'])
    story.tell(failed('2025-01-09'))
    expect(written(story.book.journal, entry('settle'), true)).toStrictEqual([
      '1000 USD -1000/-1000',
      '2200 USD +1000/+1000',
    ])
    expect(written(story.book.journal, entry('fail'), true)).toStrictEqual([
      '1000 USD +1000/+1000',
      '2200 USD -1000/-1000',
    ])
    expect(['2025-01-08', '2025-01-09'].map((day) => cashOn(story, day))).toStrictEqual(['-1000', '0'])
    // The trade-date position is what it was; nothing of it is settled.
    expect(positionsOf(story.book.journal)[0]?.units).toBe('100')
    expect(settledUnits(story, '2026-01-01')).toBe('0')
    story.tell(confirmed('C', '2025-01-15'))
    expect(written(story.book.journal, entry('settle/2025-01-15'), true)).toStrictEqual(
      [
        `1100 ${BUY} settled +100u USD +1000/+1000`,
        `1100 ${BUY} unsettled -100u USD -1000/-1000`,
        '1000 USD -1000/-1000',
        '2200 USD +1000/+1000',
      ].sort(),
    )
    expect(imbalances(story.posted)).toStrictEqual([])
    expect(balances(story.posted)).toStrictEqual(balances(story.folded()))
  })

  it('moves only the part that failed back, and each confirmation moves its own share', () => {
    const story = bought()
    story.tell(failed('2025-01-09', '40'), confirmed('C1', '2025-01-13', '25'))
    // On the 8th 60 settle and all the money moves; on the 9th 400.00 come back; on the 13th 25 / 40 of them go: 250.00.
    expect(settledUnits(story, '2025-01-08')).toBe('60')
    expect(settledUnits(story, '2025-01-13')).toBe('85')
    expect(['2025-01-08', '2025-01-09', '2025-01-13'].map((day) => cashOn(story, day))).toStrictEqual([
      '-1000',
      '-600',
      '-850',
    ])
    story.tell(confirmed('C2', '2025-01-14'))
    expect([settledUnits(story, '2025-01-14'), cashOn(story, '2025-01-14')]).toStrictEqual(['100', '-1000'])
    expect(balances(story.posted)).toStrictEqual(balances(story.folded()))
  })

  it('moves nothing at all on the date when the fail was known by then', () => {
    const story = bought()
    story.tell(failed('2025-01-08'))
    expect(cashOn(story, '2025-01-08')).toBe('0')
    expect([...story.book.journal].filter(entry('fail'))).toStrictEqual([])
  })

  it('is as if it never failed once the fact is cancelled, and as it was known before at the earlier position', () => {
    const story = bought()
    const before = balances(story.book.journal)
    const position = story.position
    story.tell(failed('2025-01-09'))
    story.tell({ type: 'FactCancelled', data: { fact: 'settlement-fail:F' } })
    expect(balances(story.book.journal)).toStrictEqual(before)
    expect(balances(story.folded(position))).toStrictEqual(before)
  })

  it('books the money that comes back at the rate of its day, and its second way at its own', () => {
    const story = new Story()
    story.tell(
      registered('XYZ', 'EUR'),
      rate('2025-01-06', '1.00'),
      rate('2025-01-08', '1.10'),
      rate('2025-01-09', '1.20'),
      rate('2025-01-15', '1.25'),
      fill('A', 'buy', 'XYZ', '100', '10', '2025-01-06', { currency: 'EUR', settles: '2025-01-08' }),
      failed('2025-01-09'),
      confirmed('C', '2025-01-15'),
    )
    expect(written(story.book.journal, entry('settle'))).toStrictEqual([
      '1000 EUR -1000/-1100',
      '2200 EUR +1000/+1000',
      '4130 EUR 0/+100',
    ])
    expect(written(story.book.journal, entry('fail'))).toStrictEqual(['1000 EUR +1000/+1200', '2200 EUR -1000/-1200'])
    // Owed at 1.20, paid at 1.25: a loss of 50.00.
    expect(
      written(story.book.journal, entry('settle/2025-01-15')).filter((line) => !line.startsWith('1100')),
    ).toStrictEqual(['1000 EUR -1000/-1250', '2200 EUR +1000/+1200', '4130 EUR 0/+50'])
    expect(balances(story.posted)).toStrictEqual(balances(story.folded()))
  })

  it('lets a split that comes while it fails move what waits, so that the confirmation settles the new units', () => {
    const story = bought()
    story.tell(
      failed('2025-01-09', '40'),
      announced('XYZ', split('S', '2025-01-10', '2', '1')),
      confirmed('C', '2025-01-13'),
    )
    // 60 settled and 40 waiting before: 120 and 80 after.
    expect(settledUnits(story, '2025-01-10')).toBe('120')
    expect(settledUnits(story, '2025-01-13')).toBe('200')
    expect(balances(story.posted)).toStrictEqual(balances(story.folded()))
  })
})

describe('an actual settlement', () => {
  const sold = () => {
    const story = new Story({ actual: true })
    story.tell(
      registered('XYZ', 'USD'),
      fill('O', 'buy', 'XYZ', '100', '8', '2025-01-02', { settles: '2025-01-03' }),
      fill('A', 'sell', 'XYZ', '100', '10', '2025-01-06', { settles: '2025-01-08' }),
    )
    return story
  }

  it('moves the proceeds when it is confirmed, in the shares that are confirmed', () => {
    const story = sold()
    expect(cashOn(story, '2025-01-08')).toBe('-800')
    story.tell(confirmed('C1', '2025-01-09', '30'))
    expect(cashOn(story, '2025-01-09')).toBe('-500')
    story.tell(confirmed('C2', '2025-01-10'))
    expect(cashOn(story, '2025-01-10')).toBe('200')
    expect(balances(story.posted)).toStrictEqual(balances(story.folded()))
  })

  it('takes the money of the bank that follows the confirmation for the same money', () => {
    const story = sold()
    story.tell(confirmed('C', '2025-01-09'), {
      type: 'CashReceived',
      data: {
        fact: 'receipt:R',
        cash: {
          ref: 'R',
          amount: '990',
          currency: 'USD',
          valueDate: '2025-01-10',
          sleeve: 'main',
          custodyAccount: 'main',
          cashAccount: 'main',
        },
        settles: { kind: 'trade', ref: BUY },
      },
    })
    // 1,000.00 moved on the 9th; the bank says 990.00: 10.00 are owed again.
    expect(written(story.book.journal, (p) => p.entry === 'receipt:R/cash')).toStrictEqual([
      '1000 USD -10/-10',
      '1200 USD +10/+10',
    ])
    expect(balances(story.posted)).toStrictEqual(balances(story.folded()))
  })
})
