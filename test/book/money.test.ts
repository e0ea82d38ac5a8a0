// Rates that are missing, carried or corrected; cash pools; receipts; what is zero and what is unknown.
import { describe, expect, it } from 'vitest'
import { cashOf, trialBalanceOf } from '../../src/domain/book/views.ts'
import { balances, imbalances, written } from './lines.ts'
import { announced, cashTerms, contributed, fill, fxTerms, rate, registered, Story } from './story.ts'

const entry = (name: string) => (p: { readonly entry: string }) => p.entry === name
const cashEur = (story: Story) => cashOf(story.book.journal).filter((row) => row.currency === 'EUR')

describe('a rate that is missing', () => {
  it('leaves the whole entry pending, and one difference resolves it when the fixing arrives', () => {
    const story = new Story()
    story.tell(registered('XYZ', 'EUR'))
    const first = story.tell(
      fill('A', 'buy', 'XYZ', '10', '10', '2025-01-06', { currency: 'EUR', settles: '2025-01-08' }),
    )
    const trade = first.postings.filter(entry('fill:B:2025-01-06:A/trade'))
    expect(trade.map(({ account, local, base, pending }) => [account, local, base, pending])).toStrictEqual([
      [1100, '100', null, 1],
      [2200, '-100', null, 1],
      [8000, '0', null, 1],
    ])
    const resolved = story.tell(rate('2025-01-06', '1.10'))
    const after = resolved.postings.filter(entry('fill:B:2025-01-06:A/trade'))
    // the local amounts were right all the time: the difference is base alone
    expect(
      after.map(({ account, units, local, base, pending }) => [account, units, local, base, pending]),
    ).toStrictEqual([
      [1100, '0', '0', '110', -1],
      [2200, '0', '0', '-110', -1],
      [8000, '0', '0', '0', -1],
    ])
    expect(balances(story.posted)).toStrictEqual(balances(story.folded()))
  })

  it('makes a known entry pending again when it is withdrawn', () => {
    const story = new Story()
    story.tell(rate('2025-01-06', '1.10'), contributed('c', '100', 'EUR', '2025-01-06'))
    const gone = story.tell({
      type: 'RateWithdrawn',
      data: { source: 'ECB', fixing: 'daily', date: '2025-01-06', base: 'EUR', quote: 'USD', cause: 'misprint' },
    })
    expect(
      gone.postings.filter(entry('contribution:c/cash')).map(({ local, base, pending }) => [local, base, pending]),
    ).toStrictEqual([
      ['0', '-110', 1],
      ['0', '110', 1],
    ])
    expect(cashEur(story)[0]?.base).toBeNull()
  })

  it('is carried over a closed day, and taken from the day itself where the source has one', () => {
    const story = new Story()
    story.tell(rate('2025-01-10', '1.10'), contributed('saturday', '100', 'EUR', '2025-01-11'))
    const [line] = story.differences.at(-1)?.postings ?? []
    expect([line?.base, line?.flags]).toStrictEqual(['110', ['carried']])
    const own = story.tell(rate('2025-01-11', '1.20'))
    // the carried line is taken back, the line at the day's own fixing replaces it
    expect(
      own.postings
        .filter(entry('contribution:saturday/cash'))
        .map(({ account, base, flags }) => [account, base, flags]),
    ).toStrictEqual([
      [1000, '120', []],
      [3000, '-120', []],
      [1000, '-110', ['carried']],
      [3000, '110', ['carried']],
    ])
  })

  it('is found as the exact inverse, or through the pivot', () => {
    const story = new Story({ baseCurrency: 'GBP' })
    story.tell(rate('2025-01-06', '1.25', 'GBP', 'USD'), rate('2025-01-06', '160', 'USD', 'JPY'))
    story.tell(contributed('usd', '100', 'USD', '2025-01-06'), contributed('jpy', '20000', 'JPY', '2025-01-06'))
    // 100 / 1.25 = 80; 20,000 / 160 / 1.25 = 100
    expect(cashOf(story.book.journal).map((row) => [row.currency, row.base])).toStrictEqual([
      ['JPY', '100'],
      ['USD', '80'],
    ])
  })

  it('never reaches a contract rate, which wins over every series', () => {
    const story = new Story()
    const cash = cashTerms('c', '100', 'EUR', '2025-01-06', { contractRate: '1.5' })
    story.tell({ type: 'CashContributed', data: { fact: 'contribution:c', cash } })
    expect(cashEur(story)[0]?.base).toBe('150')
  })
})

describe('foreign cash', () => {
  it('is relieved at the average of the day: opening plus receipts first, then all payments at once', () => {
    const story = new Story()
    story.tell(rate('2025-01-06', '1.00'), rate('2025-01-07', '1.20'))
    story.tell(contributed('c1', '100', 'EUR', '2025-01-06'), contributed('c2', '100', 'EUR', '2025-01-07'))
    const cash = cashTerms('w', '50', 'EUR', '2025-01-07')
    story.tell({ type: 'CashWithdrawn', data: { fact: 'withdrawal:w', cash } })
    // 200 at 220; 50 of it cost 55, at the day's rate they were 60: a gain of 5
    expect(cashEur(story).map(({ local, base }) => [local, base])).toStrictEqual([['150', '165']])
    expect(written(story.book.journal, entry('pool/main/1000/EUR/2025-01-07'))).toStrictEqual([
      '1000 EUR 0/+5',
      '4120 EUR 0/-5',
    ])
  })

  it('below zero is a liability with a cost of its own; a crossing is split at zero', () => {
    const story = new Story()
    story.tell(rate('2025-01-06', '1.00'), rate('2025-01-07', '1.20'), rate('2025-01-08', '1.50'))
    story.tell(contributed('c1', '100', 'EUR', '2025-01-06'))
    const cash = cashTerms('w', '150', 'EUR', '2025-01-07')
    const drawn = story.tell({ type: 'CashWithdrawn', data: { fact: 'withdrawal:w', cash } })
    // 100 leave at cost 100 (worth 120: gain 20), 50 are owed at 1.20 = 60
    expect(cashEur(story).map(({ local, base }) => [local, base])).toStrictEqual([['-50', '-60']])
    expect(drawn.breaksOpened.map(({ code, fact, since }) => [code, fact, since])).toStrictEqual([
      ['overdrawn', 'pool/main/1000/EUR', '2025-01-07'],
    ])
    const filled = story.tell(contributed('c2', '80', 'EUR', '2025-01-08'))
    // 50 owed at 60 are paid back with 75: a loss of 15; 30 are left at 1.50 = 45
    expect(cashEur(story).map(({ local, base }) => [local, base])).toStrictEqual([['30', '45']])
    expect(written(filled.postings, (p) => p.account === 4120)).toStrictEqual(['4120 EUR 0/+15'])
    expect(filled.breaksClosed.map(({ code }) => code)).toStrictEqual(['overdrawn'])
  })

  it('counts what one entry moves between two sleeves of an account as no movement of the pool', () => {
    const story = new Story()
    story.tell(rate('2025-01-06', '1.00'), rate('2025-01-07', '1.20'))
    story.tell(contributed('c1', '100', 'EUR', '2025-01-06'))
    const cash = cashTerms('m', '40', 'EUR', '2025-01-07')
    const data = { fact: 'cash-transfer:m', cash, toCashAccount: 'main', toSleeve: 'growth' }
    const moved = story.tell({ type: 'CashTransferred', data })
    expect(moved.postings.some((p) => p.account === 4120)).toBe(false)
    expect(written(moved.postings, (p) => p.sleeve === 'growth')).toStrictEqual([
      '1000 EUR +40/+48',
      '2500 EUR -40/-48',
    ])
    expect(imbalances(moved.postings)).toStrictEqual([])
  })

  it('folds again only the days a late movement can have touched', () => {
    const story = new Story()
    for (const day of ['06', '07', '08', '09', '10']) {
      story.tell(rate(`2025-01-${day}`, `1.${day}`))
      story.tell(contributed(day, '100', 'EUR', `2025-01-${day}`))
    }
    const late = story.tell(contributed('late', '50', 'EUR', '2025-01-09'))
    expect(late.folded).toStrictEqual({ facts: 1, partitions: 0, poolDays: 2 })
  })
})

describe('an FX trade', () => {
  it('between two foreign currencies has the base value of what was sold; its costs are owed with their leg', () => {
    const story = new Story()
    story.tell(rate('2025-01-06', '1.10'))
    const fx = fxTerms('x', '1000 EUR', '850 GBP', '2025-01-06', '2025-01-08')
    const costs = [{ type: 'commission', amount: '5', currency: 'EUR' } as const]
    const told = story.tell({ type: 'FxTraded', data: { fact: 'fx:x', fx: { ...fx, costs } } })
    const trade = told.postings.filter(entry('fx:x/trade'))
    expect(written(trade, () => true)).toStrictEqual([
      '1210 GBP +850/+1100',
      '2210 EUR -1005/-1105.5',
      '5100 EUR +5/+5.5',
      '9000 EUR +1000/+1100',
      '9000 GBP -850/-1100',
    ])
    expect(imbalances(trade)).toStrictEqual([])
  })
})

describe('receipts', () => {
  const dividend = {
    action: 'd',
    caev: 'DVCA',
    exDate: '2025-01-13',
    payDate: '2025-01-15',
    legs: [{ kind: 'cash', leg: 1, income: 'dividend', currency: 'USD', perUnit: '1' } as const],
  }
  const paid = (actual: boolean, amount: string, date = '2025-01-16') => {
    const story = new Story({ actual })
    story.tell(registered('XYZ'), fill('A', 'buy', 'XYZ', '100', '10', '2025-01-06'), announced('XYZ', dividend))
    const settles = { kind: 'dividend', ref: 'd', instrument: 'XYZ' } as const
    const data = { fact: 'receipt:r', cash: cashTerms('r', amount, 'USD', date), settles }
    story.tell({ type: 'CashReceived', data })
    return story
  }
  const receipt = (story: Story) => written(story.book.journal, entry('receipt:r/cash'))
  const owed = (story: Story) => trialBalanceOf(story.book.journal).find((row) => row.account === 1300)?.local ?? '0'

  it('of what moved on its date post only the difference: nothing, an excess, or a shortfall that reopens it', () => {
    expect(receipt(paid(false, '100'))).toStrictEqual([])
    expect(receipt(paid(false, '110'))).toStrictEqual(['1000 USD +10/+10', '1900 USD -10/-10'])
    const short = paid(false, '90')
    expect(receipt(short)).toStrictEqual(['1000 USD -10/-10', '1300 USD +10/+10'])
    expect(owed(short)).toBe('10')
  })

  it('are waited for where the account is actual; what is missing stays receivable', () => {
    const story = paid(true, '90')
    expect(written(story.book.journal, entry('ca:XYZ:d/main/pay'))).toStrictEqual([])
    expect(receipt(story)).toStrictEqual(['1000 USD +90/+90', '1300 USD -90/-90'])
    expect(owed(story)).toBe('10')
  })

  it('before the due date relieve; the due date moves the rest', () => {
    const story = paid(false, '30', '2025-01-14')
    expect(receipt(story)).toStrictEqual(['1000 USD +30/+30', '1300 USD -30/-30'])
    expect(written(story.book.journal, entry('ca:XYZ:d/main/pay'))).toStrictEqual([
      '1000 USD +70/+70',
      '1300 USD -70/-70',
    ])
  })

  it('that name nothing open go to suspense with a break, and find their action when it comes', () => {
    const story = new Story()
    story.tell(registered('XYZ'), fill('A', 'buy', 'XYZ', '100', '10', '2025-01-06'))
    const settles = { kind: 'dividend', ref: 'd' } as const
    const data = { fact: 'receipt:r', cash: cashTerms('r', '100', 'USD', '2025-01-16'), settles }
    const first = story.tell({ type: 'CashReceived', data })
    expect(receipt(story)).toStrictEqual(['1000 USD +100/+100', '1900 USD -100/-100'])
    expect(first.breaksOpened.map(({ code }) => code)).toStrictEqual(['dangling-settles'])
    const found = story.tell(announced('XYZ', dividend))
    // it moved on its pay date, so the receipt only confirms it
    expect(receipt(story)).toStrictEqual([])
    expect(found.breaksClosed.map(({ code }) => code)).toStrictEqual(['dangling-settles'])
    expect(balances(story.posted)).toStrictEqual(balances(story.folded()))
  })

  it('without a purpose wait in suspense; standalone ones are income', () => {
    const story = new Story()
    story.tell({ type: 'CashReceived', data: { fact: 'receipt:r', cash: cashTerms('r', '5', 'USD', '2025-01-16') } })
    expect(receipt(story)).toStrictEqual(['1000 USD +5/+5', '1900 USD -5/-5'])
    const standalone = { income: 'interest', withheld: '2' } as const
    const as = { type: 'CashReceived', cash: cashTerms('r', '5', 'USD', '2025-01-16'), standalone } as const
    story.tell({ type: 'FactCorrected', data: { fact: 'receipt:r', as } })
    expect(receipt(story)).toStrictEqual(['1000 USD +5/+5', '4010 USD -7/-7', '5200 USD +2/+2'])
  })
})
