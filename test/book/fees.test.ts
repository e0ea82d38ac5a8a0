// Fees on value: accruals are recorded with their inputs, invoices true up what accrued and are paid.
import { describe, expect, it } from 'vitest'
import type { BookEvent } from '../../src/domain/book/knowledge.ts'
import type { FeeAccrualTerms, FeeInvoiceTerms } from '../../src/domain/portfolio/fee-terms.ts'
import { balances, imbalances, written } from './lines.ts'
import { rate, Story } from './story.ts'

const PLACE = { sleeve: 'main', custodyAccount: 'main', cashAccount: 'main' }

function accrued(date: string, amount: string, more: Partial<FeeAccrualTerms> = {}): BookEvent {
  const ref = `M-${date}`
  const terms = { ref, schedule: 'M', date, nav: '3650000', rate: '0.01', amount, currency: 'USD', ...PLACE, ...more }
  return { type: 'FeeAccrued', data: { fact: `fee-accrual:${ref}`, accrual: terms } }
}

function invoiced(
  ref: string,
  through: string,
  amount: string,
  date: string,
  payDate: string,
  more: Partial<FeeInvoiceTerms> = {},
): BookEvent {
  const invoice = { ref, schedule: 'M', through, date, payDate, amount, currency: 'USD', ...PLACE, ...more }
  return { type: 'FeeInvoiced', data: { fact: `fee-invoice:${ref}`, invoice } }
}

const told = (story: Story, name: string) => written(story.book.journal, ({ entry }) => entry === name)
const telling = (...units: BookEvent[][]) => {
  const story = new Story()
  for (const events of units) story.tell(...events)
  return story
}

describe('a fee on value', () => {
  it('invoiced clears what accrued through its day, and the next one what accrued since', () => {
    const story = telling(
      [accrued('2025-01-30', '100'), accrued('2025-01-31', '100'), accrued('2025-02-03', '300')],
      [
        invoiced('jan', '2025-01-31', '190', '2025-02-03', '2025-02-10'),
        invoiced('feb', '2025-02-28', '300', '2025-03-03', '2025-03-10'),
      ],
    )
    // 190 - 200, and nothing to true up in February
    expect(told(story, 'fee-invoice:jan/accrual')).toStrictEqual(['2400 USD +10/+10', '5000 USD -10/-10'])
    expect(told(story, 'fee-invoice:jan/pay')).toStrictEqual(['1000 USD -190/-190', '2400 USD +190/+190'])
    expect(told(story, 'fee-invoice:feb/accrual')).toStrictEqual([])
    expect(told(story, 'fee-invoice:feb/pay')).toStrictEqual(['1000 USD -300/-300', '2400 USD +300/+300'])
  })

  it('that becomes known late moves what the invoice adds, and nothing else', () => {
    const early = [accrued('2025-01-30', '100'), accrued('2025-01-31', '100')]
    const bill = invoiced('jan', '2025-01-31', '250', '2025-02-03', '2025-02-10')
    const story = telling([early[0]!], [bill])
    const late = story.tell(early[1]!)
    expect(written(late.postings, () => true)).toStrictEqual([])
    expect(written(late.postings, ({ entry }) => entry === 'fee-invoice:jan/accrual')).toStrictEqual([
      '2400 USD +100/+100',
      '5000 USD -100/-100',
    ])
    expect(balances(story.book.journal)).toStrictEqual(balances(telling(early, [bill]).book.journal))
    story.tell({ type: 'FactCancelled', data: { fact: 'fee-accrual:M-2025-01-31' } })
    expect(balances(story.book.journal)).toStrictEqual(balances(telling([early[0]!], [bill]).book.journal))
    expect(balances(story.folded())).toStrictEqual(balances(story.book.journal))
  })

  it('for performance is given back while it is not final', () => {
    const story = telling([accrued('2025-01-30', '500'), accrued('2025-01-31', '-200')])
    expect(told(story, 'fee-accrual:M-2025-01-31/accrual')).toStrictEqual(['2400 USD +200/+200', '5000 USD -200/-200'])
  })

  it('in another currency is owed at the rate of each day, and paid at that of its own', () => {
    const story = new Story()
    story.tell(
      rate('2025-01-30', '1.00'),
      rate('2025-01-31', '1.10'),
      rate('2025-02-03', '1.20'),
      rate('2025-02-10', '1.25'),
    )
    story.tell(accrued('2025-01-30', '100', { currency: 'EUR' }), accrued('2025-01-31', '100', { currency: 'EUR' }))
    story.tell(invoiced('jan', '2025-01-31', '210', '2025-02-03', '2025-02-10', { currency: 'EUR' }))
    // 100 + 110 + 12 were booked; 210 at 1.25 are paid
    expect(told(story, 'fee-invoice:jan/pay')).toStrictEqual([
      '1000 EUR -210/-262.5',
      '2400 EUR +210/+222',
      '4130 EUR 0/+40.5',
    ])
    expect(imbalances([...story.book.journal])).toStrictEqual([])
  })
})
