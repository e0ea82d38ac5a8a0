// Decimals: what is let in, how it is spelt, and that nothing is lost but where a rounding is named.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  canonicalDecimal,
  decimal,
  decimalText,
  divide,
  down,
  halfEven,
  halfUp,
  type Rounding,
  round,
  up,
  ZERO,
} from '../../../src/domain/kernel/decimal.ts'
import { codeOf } from './refused.ts'

const text = (value: Parameters<typeof decimalText>[0]) => decimalText(value)
/** Decimal texts of up to 20 digits before and 18 after the point. */
const decimals = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 20n - 1n }), fc.stringMatching(/^[0-9]{0,18}$/))
  .map(([negative, whole, fraction]) => `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`)

describe('a decimal', () => {
  it('is written one way only', () => {
    const spellings = ['007.500', '-0', '-0.000', '0.10', '100', '1.000000000000000000', '-12.340', '00']
    expect(spellings.map(canonicalDecimal)).toStrictEqual(['7.5', '0', '0', '0.1', '100', '1', '-12.34', '0'])
  })

  it('refuses a JS number: it has already lost what we would need to know', () => {
    // A caller outside TypeScript: JSON.parse gives any.
    expect(codeOf(() => decimal(JSON.parse('0.1')))).toBe('not-a-decimal')
  })

  it('refuses exponents, signs, separators, blanks and words', () => {
    for (const wrong of [
      '1e3',
      '+1',
      '1.',
      '.5',
      '',
      ' 1',
      '1 ',
      '1,000',
      '--1',
      '-',
      'NaN',
      'Infinity',
      '0x10',
      '1\n',
      '١',
    ])
      expect([wrong, codeOf(() => decimal(wrong))]).toStrictEqual([wrong, 'not-a-decimal'])
  })

  it('takes 38 significant digits and 18 places, and not one more', () => {
    const widest = `${'9'.repeat(20)}.${'9'.repeat(18)}`
    expect(text(decimal(widest))).toBe(widest)
    expect(codeOf(() => decimal(`1${widest}`))).toBe('decimal-too-long')
    expect(codeOf(() => decimal('9'.repeat(39)))).toBe('decimal-too-long')
    expect(codeOf(() => decimal('0.0000000000000000001'))).toBe('decimal-too-fine')
    // Zeros at either end are no digits.
    expect(text(decimal(`000${widest}000`))).toBe(widest)
  })

  it('multiplies the widest figures without losing a digit', () => {
    // (10^20 - 10^-18)^2 = 10^40 - 200 + 10^-36
    const widest = decimal(`${'9'.repeat(20)}.${'9'.repeat(18)}`)
    expect(text(widest.times(widest))).toBe(`${'9'.repeat(37)}800.${'0'.repeat(35)}1`)
  })

  it('never spells zero with a sign or an exponent', () => {
    expect(text(decimal('-5').times(ZERO))).toBe('0')
    expect(text(decimal('0.000000000000000001'))).toBe('0.000000000000000001')
  })
})

describe('the named roundings', () => {
  it('differ on ties and on the side of zero', () => {
    const ties = ['2.5', '3.5', '-2.5', '-3.5', '2.4', '-2.6']
    const by = (rounding: (value: ReturnType<typeof decimal>, places: number) => ReturnType<typeof decimal>) =>
      ties.map((tie) => text(rounding(decimal(tie), 0)))
    expect(by(halfEven)).toStrictEqual(['2', '4', '-2', '-4', '2', '-3'])
    expect(by(halfUp)).toStrictEqual(['3', '4', '-3', '-4', '2', '-3'])
    expect(by(down)).toStrictEqual(['2', '3', '-2', '-3', '2', '-2'])
    expect(by(up)).toStrictEqual(['3', '4', '-3', '-4', '3', '-3'])
  })

  it('round to tens and hundreds with negative places', () => {
    expect(text(round(decimal('12550'), -2, 'half-even'))).toBe('12600')
    expect(text(round(decimal('12450'), -2, 'half-even'))).toBe('12400')
  })
})

describe('division', () => {
  it('names its places and its rounding', () => {
    // 2 / 3 = 0.6666...
    expect(text(divide(decimal('2'), decimal('3'), 4, 'half-even'))).toBe('0.6667')
    expect(text(divide(decimal('2'), decimal('3'), 4, 'down'))).toBe('0.6666')
    expect(text(divide(decimal('-2'), decimal('3'), 4, 'up'))).toBe('-0.6667')
  })

  it('rounds once: a quotient a hair above a tie goes up', () => {
    // 0.5 + 10^-40 rounded first to 30 places would look like a tie and go to the even 0.
    const hair = decimal('0.00000000000000001').times(decimal('0.00000000000000001')).times(decimal('0.000001'))
    expect(text(hair)).toBe(`0.${'0'.repeat(39)}1`)
    expect(text(divide(decimal('0.5').plus(hair), decimal('1'), 0, 'half-even'))).toBe('1')
  })

  it('refuses zero', () => expect(codeOf(() => divide(decimal('1'), ZERO, 2, 'down'))).toBe('division-by-zero'))

  it('equals the exact fraction cut in whole numbers', () => {
    const small = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n })
    const nonZero = small.filter((n) => n !== 0n)
    const modes = fc.constantFrom<Rounding>('half-even', 'down', 'up', 'half-up')
    fc.assert(
      fc.property(small, nonZero, fc.integer({ min: 0, max: 18 }), modes, (a, b, places, mode) => {
        const size = (n: bigint) => (n < 0n ? -n : n)
        const numerator = size(a) * 10n ** BigInt(places)
        const floor = numerator / size(b)
        const twice = (numerator % size(b)) * 2n
        const tie = twice === size(b)
        const away =
          mode === 'up'
            ? twice > 0n
            : mode === 'down'
              ? false
              : twice > size(b) || (tie && (mode === 'half-up' || floor % 2n === 1n))
        const magnitude = away ? floor + 1n : floor
        const expected = decimal(String(a < 0n !== b < 0n ? -magnitude : magnitude))
        const got = divide(decimal(String(a)), decimal(String(b)), places, mode)
        expect(text(got.times(decimal(String(10n ** BigInt(places)))))).toBe(text(expected))
      }),
      { numRuns: 300 },
    )
  })
})

describe('properties of decimals', () => {
  it('reading a canonical text and writing it again changes nothing', () => {
    fc.assert(
      fc.property(decimals, (given) => {
        const once = canonicalDecimal(given)
        expect(canonicalDecimal(once)).toBe(once)
        expect(text(decimal(given))).toBe(once)
      }),
      { numRuns: 300 },
    )
  })

  it('what is added is taken away again exactly', () => {
    fc.assert(
      fc.property(decimals, decimals, (a, b) => {
        expect(text(decimal(a).plus(decimal(b)).minus(decimal(b)))).toBe(canonicalDecimal(a))
      }),
      { numRuns: 200 },
    )
  })
})
