// Fee schedules, and what accrues on them: worked out from the inputs, which are recorded with it.
import { describe, it } from 'vitest'
import type { PortfolioCommand } from '../../../src/domain/portfolio/commands.ts'
import { factGiven } from '../../../src/domain/portfolio/given.ts'
import { given, knowledge } from './story.ts'

const place = { sleeve: 'main', custodyAccount: 'main', cashAccount: 'main' }
const recorded = (as: { readonly type: string } & Record<string, unknown>, ref: string): PortfolioCommand => ({
  type: 'RecordFact',
  ref,
  as: factGiven.parse(as),
  knowledge,
})

const management = {
  ref: 'M',
  kind: 'management',
  rate: '0.01',
  currency: 'USD',
  dayCount: 'ACT/365F',
  from: '2025-01-02',
}
const performance = { ...management, ref: 'P', kind: 'performance', rate: '0.20', crystallisation: 'yearly' }
const set = (schedule: { readonly ref: string } & Record<string, unknown>) =>
  recorded({ type: 'FeeScheduleSet', schedule }, schedule.ref)
const accrues = (accrual: Record<string, unknown>) =>
  recorded(
    {
      type: 'FeeAccrued',
      accrual: { ref: 'a', date: '2025-03-10', nav: '3650000', schedule: 'M', since: '2025-03-07', ...accrual },
    },
    'a',
  )
const invoices = (invoice: Record<string, unknown> = {}) =>
  recorded(
    {
      type: 'FeeInvoiced',
      invoice: {
        ref: 'i',
        schedule: 'M',
        through: '2025-03-31',
        date: '2025-04-01',
        payDate: '2025-04-10',
        amount: '3010',
        ...invoice,
      },
    },
    'i',
  )
/** A performance accrual names no days. */
const performs = (accrual: Record<string, unknown>) => {
  const said = { ref: 'a', date: '2025-03-10', schedule: 'P', ...accrual }
  return recorded({ type: 'FeeAccrued', accrual: said }, 'a')
}

describe('a fee schedule', () => {
  it('of management fees accrues on net asset value for the days since', () => {
    // 3,650,000 x 1 % x 3 / 365
    const accrual = {
      ref: 'a',
      date: '2025-03-10',
      nav: '3650000',
      schedule: 'M',
      since: '2025-03-07',
      rate: '0.01',
      amount: '300',
      currency: 'USD',
      ...place,
    }
    given(set(management))
      .when(accrues({}))
      .records({ type: 'FeeAccrued', data: { fact: 'fee-accrual:a', accrual } })
  })

  it.each([
    // above the mark by 50,000: 10,000, of which 4,000 had accrued
    ['1050000', '4000', '6000'],
    // below the mark: what had accrued is given back
    ['990000', '4000', '-4000'],
    ['990000', '0', '0'],
  ])('of performance fees accrues on what %s is above the mark, less the %s of before: %s', (nav, accrued, amount) => {
    const said = { nav, accrued, highWaterMark: '1000000', crystallises: true }
    const accrual = {
      ref: 'a',
      date: '2025-03-10',
      schedule: 'P',
      ...said,
      rate: '0.2',
      amount,
      currency: 'USD',
      ...place,
    }
    given(set(performance))
      .when(performs(said))
      .records({ type: 'FeeAccrued', data: { fact: 'fee-accrual:a', accrual } })
  })

  it('is the newest one set: its rate counts for what accrues from then on', () => {
    const dearer: PortfolioCommand = {
      type: 'CorrectFact',
      ref: 'M',
      as: factGiven.parse({ type: 'FeeScheduleSet', schedule: { ...management, rate: '0.02' } }),
      knowledge,
      reason: undefined,
    }
    const accrual = {
      ref: 'a',
      date: '2025-03-10',
      nav: '3650000',
      schedule: 'M',
      since: '2025-03-07',
      rate: '0.02',
      amount: '600',
      currency: 'USD',
      ...place,
    }
    given(set(management), dearer)
      .when(accrues({}))
      .records({ type: 'FeeAccrued', data: { fact: 'fee-accrual:a', accrual } })
    given(set(management), { type: 'CancelFact', fact: 'fee-schedule:M' })
      .when(accrues({}))
      .refused({ code: 'unknown-schedule', field: 'schedule' })
  })

  it('that contradicts itself is refused', () => {
    given()
      .when(set({ ...management, crystallisation: 'yearly' }))
      .refused({ code: 'contradictory-terms', field: 'crystallisation' })
    given()
      .when(set({ ...performance, crystallisation: undefined }))
      .refused({ code: 'contradictory-terms', field: 'crystallisation' })
    given()
      .when(set({ ...management, until: '2025-01-01' }))
      .refused({ code: 'dates-out-of-order', field: 'until' })
  })

  it.each([
    [accrues({ schedule: 'X' }), 'unknown-schedule', 'schedule'],
    [accrues({ date: '2025-01-01', since: '2024-12-31' }), 'before-portfolio-opened', 'date'],
    [accrues({ date: '2025-03-08', since: '2025-03-08' }), 'dates-out-of-order', 'since'],
    [accrues({ since: undefined }), 'inputs-required', 'since'],
    [accrues({ highWaterMark: '1' }), 'inputs-required', 'highWaterMark'],
    [performs({ nav: '1', accrued: '0' }), 'inputs-required', 'highWaterMark'],
    [performs({ nav: '1', highWaterMark: '1' }), 'inputs-required', 'accrued'],
    [performs({ nav: '1', highWaterMark: '1', accrued: '0', since: '2025-03-07' }), 'inputs-required', 'since'],
    [invoices({ schedule: 'X' }), 'unknown-schedule', 'schedule'],
    [invoices({ payDate: '2025-03-31' }), 'dates-out-of-order', 'payDate'],
    [invoices({ amount: '1.005' }), 'amount-too-fine', 'amount'],
  ] as const)('refuses what does not fit it (%#)', (command, code, field) => {
    given(set(management), set(performance)).when(command).refused({ code, field })
  })

  it('charges in its own time only', () => {
    given(set({ ...management, until: '2025-02-28' }))
      .when(accrues({}))
      .refused({ code: 'outside-schedule', field: 'date' })
  })

  it('is invoiced in its currency, on its cash account', () => {
    const invoice = {
      ref: 'i',
      schedule: 'M',
      through: '2025-03-31',
      date: '2025-04-01',
      payDate: '2025-04-10',
      amount: '3010',
      currency: 'USD',
      ...place,
    }
    given(set(management))
      .when(invoices())
      .records({ type: 'FeeInvoiced', data: { fact: 'fee-invoice:i', invoice } })
  })
})
