// Money and currencies: no mixing, no lost unit, and codes as ISO 4217 dates them.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Currency,
  currency,
  ISO_4217,
  isCurrency,
  isCurrencyOn,
  minorUnits,
  withUnits,
} from '../../../src/domain/kernel/currency.ts'
import { plainDate } from '../../../src/domain/kernel/date.ts'
import {
  addMoney,
  allocate,
  allocateMoney,
  compareMoney,
  money,
  moneyText,
  subtractMoney,
} from '../../../src/domain/kernel/money.ts'
import { addInt, type Int, toInt } from '../../../src/domain/kernel/scaled.ts'
import { codeOf, refusalOf } from './refused.ts'

describe('money', () => {
  it('is a whole number of minor units, read and written by its currency', () => {
    expect(money('12.5', 'EUR')).toStrictEqual({ currency: 'EUR', minor: 1250 })
    expect(money('1234', 'JPY')).toStrictEqual({ currency: 'JPY', minor: 1234 })
    expect(money('-0.005', 'BHD')).toStrictEqual({ currency: 'BHD', minor: -5 })
    expect(moneyText({ currency: 'EUR', minor: 1250 })).toBe('12.5')
  })

  it('refuses a tenth of a cent and half a yen instead of rounding them', () => {
    expect(codeOf(() => money('0.001', 'USD'))).toBe('decimal-too-fine')
    expect(codeOf(() => money('0.5', 'JPY'))).toBe('decimal-too-fine')
  })

  it('adds, subtracts and compares one currency and refuses two', () => {
    const [eur, usd] = [money('10', 'EUR'), money('10', 'USD')]
    expect(addMoney(eur, money('0.01', 'EUR'))).toStrictEqual(money('10.01', 'EUR'))
    expect(subtractMoney(eur, money('10.01', 'EUR'))).toStrictEqual(money('-0.01', 'EUR'))
    expect(compareMoney(eur, money('10.01', 'EUR'))).toBe(-1)
    for (const mix of [addMoney, subtractMoney, compareMoney])
      expect(codeOf(() => mix(eur, usd))).toBe('mixed-currencies')
  })

  it('stays exact beyond 2^53 cents', () => {
    const huge = money('90071992547409.91', 'USD')
    expect(moneyText(addMoney(huge, money('0.01', 'USD')))).toBe('90071992547409.92')
  })
})

describe('sharing by largest remainder', () => {
  it('gives the units left over to the largest remainders, the earlier first on a tie', () => {
    // 100 over 1:1:1 is 33.33 each; one unit is left and goes to the first.
    expect(allocate(100, [1, 1, 1])).toStrictEqual([34, 33, 33])
    // 10 over 3:3:1 is 4.29, 4.29, 1.43: the unit left goes to 1.43.
    expect(allocate(10, [3, 3, 1])).toStrictEqual([4, 4, 2])
    expect(allocate(-100, [1, 1, 1])).toStrictEqual([-34, -33, -33])
    expect(allocate(5, [0, 3, 3])).toStrictEqual([0, 3, 2])
    expect(allocateMoney(money('0.05', 'EUR'), [70, 30])).toStrictEqual([money('0.04', 'EUR'), money('0.01', 'EUR')])
  })

  it('shares nothing over nothing, and refuses to share something over nothing', () => {
    expect(allocate(0, [0, 0])).toStrictEqual([0, 0])
    for (const weights of [[], [0, 0], [1, -1]]) expect(codeOf(() => allocate(10, weights))).toBe('bad-weights')
  })

  it('adds up to the total, and no share is a whole unit off its exact part', () => {
    const total = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n })
    const weights = fc
      .array(fc.bigInt({ min: 0n, max: 10n ** 18n }), { minLength: 1, maxLength: 30 })
      .filter((list) => list.some((w) => w > 0n))
    fc.assert(
      fc.property(total, weights, (amount, list) => {
        const shares = allocate(toInt(amount), list.map(toInt))
        expect(shares.reduce<Int>(addInt, 0)).toBe(toInt(amount))
        const sum = list.reduce((a, b) => a + b, 0n)
        shares.forEach((share, i) => {
          const off = BigInt(share) * sum - amount * (list[i] ?? 0n)
          expect(off < sum && off > -sum).toBe(true)
        })
      }),
      { numRuns: 300 },
    )
  })
})

describe('currencies', () => {
  it('have the minor units of ISO 4217', () => {
    expect(['USD', 'EUR', 'JPY', 'ISK', 'KWD', 'CLF', 'HUF'].map((code) => minorUnits(code))).toStrictEqual([
      2, 2, 0, 0, 3, 4, 2,
    ])
  })

  it('are dated where a code came or went', () => {
    const on = (code: string, date: string) => isCurrencyOn(code, plainDate(date))
    expect([on('XCG', '2025-03-30'), on('XCG', '2025-03-31')]).toStrictEqual([false, true])
    expect([on('ANG', '2025-06-30'), on('ANG', '2025-07-01')]).toStrictEqual([true, false])
    expect([on('BGN', '2025-12-31'), on('BGN', '2026-01-01')]).toStrictEqual([true, false])
    expect([on('HRK', '2022-12-31'), on('HRK', '2023-01-01')]).toStrictEqual([true, false])
    expect([on('ZWG', '2024-06-24'), on('ZWG', '2024-06-25'), on('ZWL', '2024-09-01')]).toStrictEqual([
      false,
      true,
      false,
    ])
    expect([on('SLL', '2023-12-31'), on('SLL', '2024-01-01'), on('SLE', '2022-07-01')]).toStrictEqual([
      true,
      false,
      true,
    ])
    expect([
      on('VED', '2021-10-01'),
      on('VES', '2024-01-01'),
      on('USD', '1970-01-01'),
      on('QQQ', '2024-01-01'),
    ]).toStrictEqual([true, true, true, false])
  })

  it('stay known after they are withdrawn, as old books hold them', () => {
    expect([isCurrency('HRK'), isCurrency('EUR'), isCurrency('eur'), isCurrency('BTC')]).toStrictEqual([
      true,
      true,
      false,
      false,
    ])
    expect(currency('BGN')).toStrictEqual({
      code: 'BGN',
      name: 'Bulgarian Lev',
      numeric: '975',
      minorUnits: 2,
      from: '1999-07-05',
      to: '2025-12-31',
    })
    expect(codeOf(() => currency('EURO'))).toBe('unknown-currency')
  })

  it('without a smallest unit refuse to be rounded until someone states one', () => {
    expect(codeOf(() => minorUnits('XAU'))).toBe('no-minor-unit')
    const gold: Currency = { ...currency('XAU'), minorUnits: 3 }
    expect(moneyText(money('1.234', 'XAU', withUnits(ISO_4217, [gold])), withUnits(ISO_4217, [gold]))).toBe('1.234')
  })

  it('can be joined by units ISO does not list, and never changed', () => {
    const bitcoin: Currency = { code: 'BTC', name: 'Bitcoin', numeric: null, minorUnits: 8, from: null, to: null }
    const table = withUnits(ISO_4217, [bitcoin])
    expect(money('0.00000001', 'BTC', table)).toStrictEqual({ currency: 'BTC', minor: 1 })
    expect(isCurrency('BTC')).toBe(false)
    expect(refusalOf(() => withUnits(ISO_4217, [{ ...bitcoin, code: 'EUR' }])).code).toBe('currency-already-known')
    expect(codeOf(() => withUnits(ISO_4217, [{ ...bitcoin, minorUnits: 19 }]))).toBe('bad-currency')
    expect(codeOf(() => withUnits(ISO_4217, [{ ...bitcoin, code: 'btc' }]))).toBe('bad-currency')
  })
})
