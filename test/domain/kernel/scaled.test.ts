// Scaled integers: equal to decimal.js and to BigInt everywhere, above all where floats begin to round.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalDecimal, decimal, decimalText, divide, round } from '../../../src/domain/kernel/decimal.ts'
import {
  absInt,
  addInt,
  cmpInt,
  formatScaled,
  type Int,
  mulDivDown,
  mulDivHalfEven,
  mulInt,
  negInt,
  parseScaled,
  pow10,
  rescale,
  subInt,
  toInt,
} from '../../../src/domain/kernel/scaled.ts'
import { codeOf } from './refused.ts'

const SAFE = 2n ** 53n - 1n
const RUNS = { numRuns: 300 }

/** Whole numbers where things go wrong: small, around 2^26, 2^52 and 2^53, of money's size, and far beyond. */
const whole = fc.oneof(
  fc.bigInt({ min: -1000n, max: 1000n }),
  fc.bigInt({ min: -(10n ** 13n), max: 10n ** 13n }),
  fc
    .tuple(fc.constantFrom(2n ** 26n, 2n ** 52n, 2n ** 53n), fc.bigInt({ min: -3n, max: 3n }), fc.constantFrom(1n, -1n))
    .map(([a, b, s]) => (a + b) * s),
  fc.bigInt({ min: -SAFE, max: SAFE }),
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
)
const divisor = whole.filter((n) => n !== 0n)

/** A value must be a number exactly when it is safe, and never -0. */
function expectInt(value: Int, expected: bigint) {
  expect(BigInt(value)).toBe(expected)
  expect(typeof value).toBe(expected <= SAFE && expected >= -SAFE ? 'number' : 'bigint')
  if (value === 0) expect(Object.is(value, 0)).toBe(true)
}

function halfEvenOf(product: bigint, c: bigint): bigint {
  const sign = product < 0n !== c < 0n ? -1n : 1n
  const p = product < 0n ? -product : product
  const d = c < 0n ? -c : c
  const floor = p / d
  const twice = (p % d) * 2n
  return sign * (twice > d || (twice === d && floor % 2n === 1n) ? floor + 1n : floor)
}

describe('arithmetic on scaled integers', () => {
  it('adds, subtracts, negates, multiplies and compares as BigInt does', () => {
    fc.assert(
      fc.property(whole, whole, (a, b) => {
        expectInt(addInt(toInt(a), toInt(b)), a + b)
        expectInt(subInt(toInt(a), toInt(b)), a - b)
        expectInt(mulInt(toInt(a), toInt(b)), a * b)
        expectInt(negInt(toInt(a)), -a)
        expectInt(absInt(toInt(a)), a < 0n ? -a : a)
        expect(cmpInt(toInt(a), toInt(b))).toBe(a < b ? -1 : a > b ? 1 : 0)
      }),
      RUNS,
    )
  })

  it('goes over to BigInt at 2^53 and comes back', () => {
    expectInt(addInt(Number.MAX_SAFE_INTEGER, 1), 2n ** 53n)
    expectInt(subInt(addInt(Number.MAX_SAFE_INTEGER, 1), 1), SAFE)
    expectInt(addInt(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER), 2n * SAFE)
  })
})

describe('zero', () => {
  it('never carries a sign, whichever way it came about', () => {
    const zeros = [
      negInt(0),
      mulInt(0, -5),
      mulInt(-5, 0),
      mulDivHalfEven(-1, 1, 3),
      mulDivDown(-1, 1, 3),
      mulDivHalfEven(0, -7, 3),
      subInt(-5, -5),
    ]
    for (const zero of zeros) expect(zero).toBe(0)
  })
})

describe('multiply and divide', () => {
  it('rounds once, to the nearest, ties to even', () => {
    // 5*1/2 = 2.5, 7*1/2 = 3.5, -2.5, -3.5, 10*1/3 = 3.33, 11*1/3 = 3.67
    const cases: [number, number, number, number][] = [
      [5, 1, 2, 2],
      [7, 1, 2, 4],
      [-5, 1, 2, -2],
      [-7, 1, 2, -4],
      [10, 1, 3, 3],
      [11, 1, 3, 4],
      [5, 1, -2, -2],
      [-1, 1, 2, 0],
    ]
    for (const [a, b, c, expected] of cases) expect(mulDivHalfEven(a, b, c)).toBe(expected)
  })

  it('cuts towards zero when told to', () => {
    expect([mulDivDown(-7, 1, 2), mulDivDown(7, 1, 2), mulDivDown(-1, 1, 2), mulDivDown(7, 1, -2)]).toStrictEqual([
      -3, 3, 0, -3,
    ])
  })

  it('finds a tie that a float product would miss', () => {
    // (2^52+1) * 3 / 2 = 6755399441055745.5: the product needs 54 bits; of 745 and 746 the even one is 746.
    expect(mulDivHalfEven(2 ** 52 + 1, 3, 2)).toBe(6755399441055746)
    // (2^52+3) * 3 / 2 = 6755399441055748.5, and 748 is even.
    expect(mulDivHalfEven(2 ** 52 + 3, 3, 2)).toBe(6755399441055748)
  })

  it('equals the exact quotient for any three whole numbers', () => {
    fc.assert(
      fc.property(whole, whole, divisor, (a, b, c) => {
        expectInt(mulDivHalfEven(toInt(a), toInt(b), toInt(c)), halfEvenOf(a * b, c))
        expectInt(mulDivDown(toInt(a), toInt(b), toInt(c)), (a * b) / c)
      }),
      { numRuns: 2000 },
    )
  })

  it('equals the exact quotient where it lies on a tie or one unit beside it', () => {
    const odd = fc.bigInt({ min: 0n, max: 2n ** 25n }).map((n) => 2n * n + 1n)
    fc.assert(
      // a = k*(2q+1) + e over 2k is q + 1/2 + e/(2k): a tie for e = 0 and a near miss for e = 1 or -1.
      fc.property(odd, odd, fc.bigInt({ min: -1n, max: 1n }), fc.boolean(), (k, twiceQuotient, e, negative) => {
        const a = (k * twiceQuotient + e) * (negative ? -1n : 1n)
        expectInt(mulDivHalfEven(toInt(a), 1, toInt(2n * k)), halfEvenOf(a, 2n * k))
        // The same tie with a product beyond 2^53, so that the two-float path decides.
        expectInt(mulDivHalfEven(toInt(a), 1_000_003, toInt(2n * k * 1_000_003n)), halfEvenOf(a, 2n * k))
      }),
      { numRuns: 1000 },
    )
  })

  it('equals decimal.js', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -SAFE, max: SAFE }),
        fc.bigInt({ min: -SAFE, max: SAFE }),
        fc.bigInt({ min: 1n, max: SAFE }),
        (a, b, c) => {
          const product = decimal(String(a)).times(decimal(String(b)))
          const half = divide(product, decimal(String(c)), 0, 'half-even')
          const cut = divide(product, decimal(String(c)), 0, 'down')
          expect(String(mulDivHalfEven(toInt(a), toInt(b), toInt(c)))).toBe(decimalText(half))
          expect(String(mulDivDown(toInt(a), toInt(b), toInt(c)))).toBe(decimalText(cut))
        },
      ),
      RUNS,
    )
  })

  it('shares a cost over its units so that full relief leaves exactly zero', () => {
    // The relief rule of BOOK.md section 3: round(cost x cumulated units / lot units) - already relieved.
    const cost = fc.integer({ min: -(10 ** 12), max: 10 ** 12 })
    const pieces = fc.array(fc.integer({ min: 1, max: 10 ** 9 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(cost, pieces, (total, sold) => {
        const units = sold.reduce<Int>(addInt, 0)
        let cumulated: Int = 0
        let relieved: Int = 0
        for (const piece of sold) {
          cumulated = addInt(cumulated, piece)
          relieved = addInt(relieved, subInt(mulDivHalfEven(total, cumulated, units), relieved))
        }
        expect(relieved).toBe(total)
      }),
      RUNS,
    )
  })

  it('refuses to divide by zero', () => {
    expect(codeOf(() => mulDivHalfEven(1, 1, 0))).toBe('division-by-zero')
    expect(codeOf(() => mulDivDown(1n, 1, 0n))).toBe('division-by-zero')
  })
})

describe('the text of a scaled integer', () => {
  const scales = fc.integer({ min: 0, max: 18 })

  it('is read exactly or refused', () => {
    expect([
      parseScaled('12.34', 2),
      parseScaled('-0.05', 2),
      parseScaled('7', 6),
      parseScaled('-0', 2),
      parseScaled('1.500', 1),
    ]).toStrictEqual([1234, -5, 7_000_000, 0, 15])
    expect(parseScaled('90071992547409.91', 2)).toBe(Number.MAX_SAFE_INTEGER)
    expect(parseScaled('90071992547409.92', 2)).toBe(2n ** 53n)
    expect(codeOf(() => parseScaled('0.005', 2))).toBe('decimal-too-fine')
    // A scale beyond 18 is for products; what arrives as text has 18 places at most, as every decimal.
    expect(codeOf(() => parseScaled('0.0000000000000000001', 20))).toBe('decimal-too-fine')
    for (const wrong of ['', '-', '1.', '.1', '+1', '1e2', '1..2', '1.2.3', 'x', '1-', ' 1', '1,0'])
      expect([wrong, codeOf(() => parseScaled(wrong, 6))]).toStrictEqual([wrong, 'not-a-decimal'])
    expect(codeOf(() => parseScaled(JSON.parse('12'), 2))).toBe('not-a-decimal')
  })

  it('is written without trailing zeros, exponent or negative zero', () => {
    expect([
      formatScaled(1200, 2),
      formatScaled(1230, 2),
      formatScaled(-5, 2),
      formatScaled(0, 6),
      formatScaled(100, 0),
      formatScaled(10n ** 20n, 18),
      formatScaled(-1, 18),
      formatScaled(-1200, 3),
    ]).toStrictEqual(['12', '12.3', '-0.05', '0', '100', '100', '-0.000000000000000001', '-1.2'])
  })

  it('goes through text and back unchanged', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }), scales, (value, scale) => {
        const text = formatScaled(toInt(value), scale)
        expect(canonicalDecimal(text)).toBe(text)
        expectInt(parseScaled(text, scale), value)
      }),
      RUNS,
    )
  })

  it('is accepted or refused exactly as a decimal is', () => {
    const texts = fc.oneof(
      fc.stringMatching(/^-?[0-9]{1,25}(\.[0-9]{1,20})?$/),
      fc.stringMatching(/^[-+.0-9e ]{0,8}$/),
      fc.stringMatching(/^0{0,3}[0-9]{14,18}\.[0-9]{0,3}0{0,4}$/),
    )
    fc.assert(
      fc.property(texts, (text) => {
        const outcome = (read: () => string) => {
          try {
            return read()
          } catch {
            return 'refused'
          }
        }
        expect(outcome(() => formatScaled(parseScaled(text, 18), 18))).toBe(outcome(() => decimalText(decimal(text))))
      }),
      { numRuns: 1000 },
    )
  })

  it('changes scale exactly upwards and by the named cut downwards, as decimal.js rounds', () => {
    fc.assert(
      fc.property(whole, scales, scales, (value, from, to) => {
        const exact = decimal(String(value)).times(divide(decimal('1'), decimal(String(pow10(from))), from, 'down'))
        const half = rescale(toInt(value), from, to, 'half-even')
        const cut = rescale(toInt(value), from, to, 'down')
        expect(formatScaled(half, to)).toBe(decimalText(round(exact, to, 'half-even')))
        expect(formatScaled(cut, to)).toBe(decimalText(round(exact, to, 'down')))
      }),
      RUNS,
    )
  })

  it('knows powers of ten up to 36', () => {
    expect(pow10(0)).toBe(1)
    expect(pow10(15)).toBe(1_000_000_000_000_000)
    expect(pow10(36)).toBe(10n ** 36n)
    expect(codeOf(() => pow10(37))).toBe('scale-out-of-range')
    expect(codeOf(() => pow10(-1))).toBe('scale-out-of-range')
  })
})
