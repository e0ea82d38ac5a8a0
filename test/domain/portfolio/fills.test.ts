// Fills: what is recorded, what it is worth a warning for, and what the book could not carry and is refused.
import { describe, it } from 'vitest'
import { given, knowing, record, terms } from './story.ts'

const FACT = 'fill:BROKER:2025-03-10:X1'

describe('a fill', () => {
  it('is recorded with the places of the portfolio and a settlement date derived from the market', () => {
    given()
      .when(record())
      .records({ type: 'FillExecuted', data: { fact: FACT, fill: terms() } })
      .warned()
  })

  it('keeps what it was given: its places, settlement date, costs and the spelling of no number', () => {
    given()
      .when(
        record({
          quantity: '10.00',
          sleeve: 'growth',
          cashAccount: 'margin',
          settlement: { date: '2025-03-14' },
          costs: [{ type: 'commission', amount: '1.50', currency: 'USD' }],
          executedAt: '2025-03-10T15:30:00+01:00',
        }),
      )
      .records({
        type: 'FillExecuted',
        data: {
          fact: FACT,
          fill: terms({
            sleeve: 'growth',
            cashAccount: 'margin',
            settlement: { date: '2025-03-14', given: true, currency: 'USD' },
            costs: [{ type: 'commission', amount: '1.5', currency: 'USD' }],
            executedAt: '2025-03-10T14:30:00.000000Z',
          }),
        },
      })
  })

  it('remembers how the message named its instrument', () => {
    const named = { scheme: 'isin', value: 'US0000000001' }
    given()
      .when(record({ instrument: named }))
      .records({ type: 'FillExecuted', data: { fact: FACT, fill: terms({ named }) } })
  })

  it('is worth price x quantity x multiplier only when that is asked for, and says so', () => {
    // 3 x 33.335 x 1 = 100.005, half to even to the cent: 100.00
    given()
      .when(record({ quantity: '3', price: '33.335', consideration: 'from-price' }))
      .records({
        type: 'FillExecuted',
        data: {
          fact: FACT,
          fill: terms({ quantity: '3', price: '33.335', consideration: '100', considerationFrom: 'price' }),
        },
      })
  })

  it('has an ExecID of any printable characters in its name', () => {
    given()
      .when(record({ execId: 'A/1 é'.replace('é', '%') }))
      .records({
        type: 'FillExecuted',
        data: { fact: 'fill:BROKER:2025-03-10:A%2F1%20%25', fill: terms({ execId: 'A/1 %' }) },
      })
  })

  it('is recorded as given, with a warning, when its consideration is not its price times its quantity', () => {
    // 10 x 100 = 1,000; one cent off is rounding, more is not
    given()
      .when(record({ consideration: '1000.01' }))
      .warned()
    given()
      .when(record({ consideration: '1000.02' }))
      .warned('consideration-mismatch')
  })

  it('is recorded with a warning when its date is not a business day, or the calendar cannot say', () => {
    given()
      .when(record({ tradeDate: '2025-03-15' }))
      .warned('not-a-business-day')
    const foreign = {
      id: 'FOR',
      type: 'equity',
      currency: 'USD',
      multiplier: '1',
      quantityPlaces: 0,
      market: 'US',
      tradingCalendar: 'NONE',
    }
    given()
      .when(record({ instrument: 'FOR' }, knowing(foreign)))
      .warned('calendar-unknown')
  })

  it('that settles before it trades is recorded with a warning', () => {
    given()
      .when(record({ settlement: { date: '2025-03-07' } }))
      .warned('settles-before-trade')
  })

  it('in a place that the portfolio does not have is refused, naming the place and those there are', () => {
    given()
      .when(record({ sleeve: 'value' }))
      .refused({
        code: 'unknown-sleeve',
        field: 'sleeve',
        remedy: "use one of main, growth, or add value to the portfolio's places first",
      })
    given()
      .when(record({ custodyAccount: 'X' }))
      .refused({ code: 'unknown-custody-account', field: 'custodyAccount' })
    given()
      .when(record({ cashAccount: 'X' }))
      .refused({ code: 'unknown-cash-account', field: 'cashAccount' })
  })

  it.each([
    ['in a currency nobody knows', { currency: 'QQQ' }, 'unknown-currency', 'currency'],
    [
      'in gold, which has no smallest unit',
      { currency: 'XAU', consideration: 'from-price' },
      'no-minor-unit',
      'currency',
    ],
    ['with a consideration finer than a cent', { consideration: '1000.001' }, 'amount-too-fine', 'consideration'],
    [
      'with a cost in another currency',
      { costs: [{ type: 'commission', amount: '1', currency: 'EUR' }] },
      'cost-currency',
      'costs.0.currency',
    ],
    ['with more places than its instrument has', { quantity: '1.5' }, 'quantity-too-fine', 'quantity'],
    [
      'settling in another currency without the amount',
      { settlement: { currency: 'EUR' } },
      'settlement-amount-required',
      'settlement.amount',
    ],
    [
      'stating an amount that follows from the rest',
      { settlement: { amount: '1000' } },
      'settlement-amount-not-expected',
      'settlement.amount',
    ],
    ['dated before the portfolio opened', { tradeDate: '2025-01-01' }, 'before-portfolio-opened', 'tradeDate'],
    ['choosing more units than it has', { lots: [{ lot: 'L', units: '11' }] }, 'lots-exceed-quantity', 'lots'],
    [
      'choosing a lot twice',
      {
        lots: [
          { lot: 'L', units: '1' },
          { lot: 'L', units: '1' },
        ],
      },
      'duplicate-lot',
      'lots.1.lot',
    ],
  ])('%s is refused', (_, changes, code, field) => {
    given().when(record(changes)).refused({ code, field })
  })

  it('whose settlement date nobody can derive is refused, unless it is given', () => {
    const lost = {
      ...knowing(),
      settlementDate: () => ({ ok: false, refusal: { code: 'unknown-market', message: 'no cycle' } }) as const,
    }
    given().when(record({}, lost)).refused({ code: 'settlement-date-required', field: 'settlement.date' })
    given()
      .when(record({ settlement: { date: '2025-03-12' } }, lost))
      .warned()
  })

  it('for a portfolio that nobody opened is refused', async () => {
    const { portfolio } = await import('../../../src/domain/portfolio/portfolio.ts')
    const { expect } = await import('vitest')
    expect(portfolio.decide(record(), portfolio.initial)).toMatchObject({
      accepted: false,
      refusal: { code: 'unknown-portfolio' },
    })
  })
})

describe('a fill sent again', () => {
  it('records nothing when its content is the same, whatever channel it came by', () => {
    given(record()).when(record()).records().warned()
    given(record())
      .when(record({ channel: 'FIX2' }))
      .records()
  })

  it('is the same when only what we derived has changed since', () => {
    const later = { ...knowing(), settlementDate: () => ({ ok: true, date: '2025-03-12' }) as const }
    given(record()).when(record({}, later)).records()
    given(record({ consideration: 'from-price' }))
      .when(record({ consideration: 'from-price' }, later))
      .records()
  })

  it('is refused when its content is other, and says which fact it collides with', () => {
    given(record())
      .when(record({ price: '101' }))
      .refused({ code: 'idempotency-conflict', details: { fact: FACT } })
  })

  it('with other terms and another ExecID is another fill: true twins are both kept', () => {
    given(record())
      .when(record({ execId: 'X2' }))
      .records({ type: 'FillExecuted', data: { fact: 'fill:BROKER:2025-03-10:X2', fill: terms({ execId: 'X2' }) } })
  })

  it('on another trade date, or from another source, is another fill', () => {
    given(record())
      .when(record({ tradeDate: '2025-03-11' }))
      .records({
        type: 'FillExecuted',
        data: {
          fact: 'fill:BROKER:2025-03-11:X1',
          fill: terms({ tradeDate: '2025-03-11', settlement: { date: '2025-03-12', given: false, currency: 'USD' } }),
        },
      })
  })
})
