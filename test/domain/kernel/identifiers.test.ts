// Identifiers: real codes pass, and a slip of the pen is refused with the digit that was expected.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type IdentifierScheme, identifier, isCheckedScheme } from '../../../src/domain/kernel/identifiers.ts'
import { attempt } from '../../../src/domain/kernel/refusal.ts'
import { codeOf, refusalOf } from './refused.ts'

/** Codes in public use: Apple, BAE Systems, Siemens, a Treasury bond, Bloomberg's and Apple's LEIs. */
const REAL: Readonly<Record<IdentifierScheme, readonly string[]>> = {
  isin: ['US0378331005', 'GB0002634946', 'DE0007236101', 'AU0000XVGZA3'],
  cusip: ['037833100', '594918104', '17275R102', '912810SX7'],
  sedol: ['0263494', '2046251', 'B0YBKJ7'],
  figi: ['BBG000B9XRY4', 'BBG000BLNNH6'],
  lei: ['HWUPKR0MPOU8FGXBT394', '5493001KJTIIGC8Y1R12'],
  mic: ['XNYS', 'XETR', 'BATS'],
  cfi: ['ESVUFR', 'DBFTFB', 'OCASPS'],
}
const schemes = Object.keys(REAL).filter(isCheckedScheme)
const withDigit = schemes.filter((scheme) => scheme !== 'mic' && scheme !== 'cfi')

describe('identifiers', () => {
  for (const scheme of schemes)
    it(`accept real codes: ${scheme}`, () => {
      expect(REAL[scheme].map((code) => identifier(scheme, code))).toStrictEqual(REAL[scheme])
    })

  it('name the digit expected', () => {
    expect(refusalOf(() => identifier('isin', 'US0378331006'))).toStrictEqual({
      code: 'wrong-check-digit',
      message: 'US0378331006 is not a valid ISIN: it ends in 6, and its other characters ask for 5',
      remedy: 'compare the ISIN with its source: a character was mistyped or two were swapped',
      details: { scheme: 'isin', given: '6', expected: '5' },
    })
    expect(refusalOf(() => identifier('lei', '5493001KJTIIGC8Y1R21')).details).toStrictEqual({
      scheme: 'lei',
      given: '21',
      expected: '12',
    })
  })

  it('refuse another shape before any arithmetic', () => {
    const wrong: [IdentifierScheme, string][] = [
      ['isin', 'US037833100'],
      ['isin', 'us0378331005'],
      ['isin', 'US03783310O5 '],
      ['cusip', '03783310'],
      ['sedol', 'A263494'],
      ['figi', 'GBG000BLNNH6'],
      ['figi', 'BBA000BLNNH6'],
      ['lei', '5493001KJTIIGC8Y1R1X'],
      ['mic', 'NYSE1'],
      ['cfi', 'ASVUFR'],
      ['cfi', 'ESVU'],
    ]
    for (const [scheme, code] of wrong)
      expect([code, codeOf(() => identifier(scheme, code))]).toStrictEqual([code, 'bad-identifier'])
    expect(codeOf(() => identifier('isin', JSON.parse('378331005')))).toBe('bad-identifier')
  })

  it('say which schemes they can check', () => {
    expect(['isin', 'ticker', 'toString', 'lei'].map(isCheckedScheme)).toStrictEqual([true, false, false, true])
  })

  it('notice any one digit that is mistyped', () => {
    // All five sums catch every single wrong digit (letters may collide in the Luhn sums, so only digits are changed).
    const slips = fc
      .constantFrom(...withDigit)
      .chain((scheme) =>
        fc.tuple(fc.constant(scheme), fc.constantFrom(...REAL[scheme]), fc.nat(30), fc.integer({ min: 1, max: 9 })),
      )
    fc.assert(
      fc.property(slips, ([scheme, code, place, by]) => {
        const at = place % code.length
        const character = code[at] ?? ''
        fc.pre(/[0-9]/.test(character))
        const slip = `${code.slice(0, at)}${(Number(character) + by) % 10}${code.slice(at + 1)}`
        expect(attempt(() => identifier(scheme, slip)).ok).toBe(false)
      }),
      { numRuns: 300 },
    )
  })
})
