// Terms of interest, of borrowed securities and of margin, and what is said of settlements: accepted whole, or refused with a remedy.
import { describe, it } from 'vitest'
import type { PortfolioCommand } from '../../../src/domain/portfolio/commands.ts'
import { factGiven } from '../../../src/domain/portfolio/given.ts'
import { bust, given, knowledge, record } from './story.ts'

const recorded = (as: object, ref = 'R1'): PortfolioCommand => ({
  type: 'RecordFact',
  ref,
  as: factGiven.parse(as),
  knowledge,
})
const interest = (changes: object = {}) => ({
  type: 'CashInterestSet',
  interest: {
    effectiveOn: '2025-03-01',
    cashAccount: 'main',
    currency: 'USD',
    dayCount: 'ACT/360',
    credit: [{ from: '0', rate: '0.0200' }],
    ...changes,
  },
})
const price = { source: 'VENDOR', basis: 'close', snap: 'eod' }
const borrow = (changes: object = {}) => ({
  type: 'BorrowRateSet',
  borrow: {
    effectiveOn: '2025-03-01',
    instrument: 'ABC',
    rate: '0.03',
    currency: 'USD',
    dayCount: 'ACT/360',
    price,
    ...changes,
  },
})
const margin = (changes: object = {}) => ({
  type: 'MarginTermsSet',
  margin: { effectiveOn: '2025-03-01', price, ...changes },
})

describe('terms of interest', () => {
  it('are recorded with what was left out: bands each at its own rate, capitalised monthly, none on the other side', () => {
    given()
      .when(recorded(interest()))
      .records({
        type: 'CashInterestSet',
        data: {
          fact: 'interest-terms:R1',
          interest: {
            effectiveOn: '2025-03-01',
            cashAccount: 'main',
            currency: 'USD',
            dayCount: 'ACT/360',
            tiering: 'marginal',
            credit: [{ from: '0', rate: '0.02' }],
            debit: [],
            capitalise: 'monthly',
          },
        },
      })
  })

  it.each([
    [{ cashAccount: 'nowhere' }, 'unknown-cash-account', 'cashAccount'],
    [{ credit: [{ from: '0', rate: '5' }] }, 'rate-out-of-range', 'credit.0.rate'],
    [
      {
        debit: [
          { from: '100', rate: '0.1' },
          { from: '100', rate: '0.2' },
        ],
      },
      'tiers-not-ascending',
      'debit.1.from',
    ],
    [{ credit: [{ from: '0.001', rate: '0.1' }] }, 'amount-too-fine', 'credit.0.from'],
    [{ effectiveOn: '2024-12-31' }, 'before-portfolio-opened', 'effectiveOn'],
  ])('are refused where the book could not carry them: %o', (changes, code, field) => {
    given()
      .when(recorded(interest(changes)))
      .refused({ code, field })
  })
})

describe('terms of borrowed securities', () => {
  it.each([
    [borrow({ instrument: 'NOPE' }), 'unknown-instrument', 'instrument'],
    [borrow({ rate: '3.01' }), 'rate-out-of-range', 'rate'],
    [
      {
        type: 'BorrowPriceTaken',
        taken: {
          date: '2025-03-10',
          instrument: 'ABC',
          price: '40',
          currency: 'USD',
          priceDate: '2025-03-10',
          source: 'VENDOR',
        },
      },
      'price-after-day',
      'priceDate',
    ],
  ])('are refused: %o', (as, code, field) => {
    given().when(recorded(as)).refused({ code, field })
  })

  it('take a rate of exactly 300 % a year', () => {
    given()
      .when(recorded(borrow({ rate: '3' })))
      .records({ type: 'BorrowRateSet', data: { fact: 'borrow-rate:R1', borrow: borrow({ rate: '3' }).borrow } })
  })
})

describe('margin terms', () => {
  it('name each instrument once, and only ones that are known', () => {
    given()
      .when(recorded(margin({ instruments: [{ instrument: 'ABC' }, { instrument: 'ABC', maintenanceLong: '0.5' }] })))
      .refused({ code: 'duplicate-instrument', field: 'instruments.1.instrument' })
    given()
      .when(recorded(margin({ instruments: [{ instrument: 'NOPE' }] })))
      .refused({ code: 'unknown-instrument', field: 'instruments.0.instrument' })
  })
})

// The story's fill: 10 ABC on 2025-03-10.
const FILL = 'fill:BROKER:2025-03-10:X1'
const failed = (changes: object = {}) => ({
  type: 'SettlementFailed',
  failed: { fill: FILL, date: '2025-03-12', ...changes },
})
const settled = (changes: object = {}) => ({
  type: 'SettlementConfirmed',
  settled: { fill: FILL, date: '2025-03-13', ...changes },
})

describe('what is said of a settlement', () => {
  it('is recorded under its own name', () => {
    given(record())
      .when(recorded(failed({ units: '4.0' })))
      .records({
        type: 'SettlementFailed',
        data: { fact: 'settlement-fail:R1', failed: { fill: FILL, date: '2025-03-12', units: '4' } },
      })
  })

  it('is refused for a fill nobody knows, or one that was busted, and before its trade', () => {
    given().when(recorded(failed())).refused({ code: 'unknown-fill', field: 'fill' })
    given(record(), bust()).when(recorded(settled())).refused({ code: 'fill-busted', field: 'fill' })
    given(record())
      .when(recorded(failed({ date: '2025-03-09' })))
      .refused({ code: 'settled-before-trade', field: 'date' })
  })

  it('fails once: what goes on failing ages', () => {
    given(record(), recorded(failed()))
      .when(recorded(failed({ date: '2025-03-13' }), 'R2'))
      .refused({ code: 'already-failed', field: 'fill' })
  })

  it('is confirmed up to the units of the fill, just as many and not one more', () => {
    given(record(), recorded(settled({ units: '6' })))
      .when(recorded(settled({ units: '4' }), 'R2'))
      .records({
        type: 'SettlementConfirmed',
        data: { fact: 'settlement:R2', settled: { fill: FILL, date: '2025-03-13', units: '4' } },
      })
    given(record(), recorded(settled({ units: '6' })))
      .when(recorded(settled({ units: '5' }), 'R2'))
      .refused({ code: 'exceeds-fill', field: 'units' })
    given(record(), recorded(settled()))
      .when(recorded(settled(), 'R2'))
      .refused({ code: 'settled-already', field: 'fill' })
  })

  it('may be said anew once it was cancelled', () => {
    given(record(), recorded(failed()), { type: 'CancelFact', fact: 'settlement-fail:R1' })
      .when(recorded(failed({ date: '2025-03-13' }), 'R2'))
      .records({
        type: 'SettlementFailed',
        data: { fact: 'settlement-fail:R2', failed: { fill: FILL, date: '2025-03-13' } },
      })
  })
})
