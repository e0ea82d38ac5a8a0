// Canonical JSON: the examples of RFC 8785, and that a value has one spelling whatever order it was built in.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../../src/domain/kernel/canonical-json.ts'
import { codeOf, refusalOf } from './refused.ts'

describe('canonical JSON', () => {
  it('writes the sample of RFC 8785 section 3.2.2', () => {
    const sample = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`)
    expect(canonicalJson(sample)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    )
  })

  it('orders keys by UTF-16 code units, as the sample of RFC 8785 section 3.2.3', () => {
    const sample = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    }
    expect(Object.values(JSON.parse(canonicalJson(sample)))).toContain('One')
    expect(canonicalJson(sample)).toBe(
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis",' +
        '"\u20ac":"Euro Sign","\ud83d\ude00":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    )
  })

  it('writes numbers as ECMAScript does, and zero without a sign', () => {
    expect(canonicalJson([-0, 0, 1e21, 123456789012345680000, 5e-324, 1.7976931348623157e308, -1.5])).toBe(
      '[0,0,1e+21,123456789012345680000,5e-324,1.7976931348623157e+308,-1.5]',
    )
  })

  it('refuses what JSON would drop or blur, and names the place', () => {
    for (const wrong of [
      undefined,
      Number.NaN,
      Infinity,
      1n,
      Symbol('s'),
      () => 0,
      new Date(0),
      new Map(),
      /x/,
      '\ud800',
      'a\udc00b',
    ])
      expect(codeOf(() => canonicalJson({ a: [wrong] }))).toBe('not-canonical-json')
    expect(refusalOf(() => canonicalJson({ fills: [{ price: undefined }] })).field).toBe('/fills/0/price')
    expect(refusalOf(() => canonicalJson({ '\udead': 1 })).code).toBe('not-canonical-json')
    expect(codeOf(() => canonicalJson({ a: 1, [Symbol('s')]: 2 }))).toBe('not-canonical-json')
    expect(codeOf(() => canonicalJson(new Array(2)))).toBe('not-canonical-json')
  })

  it('escapes the first 256 characters as JSON.stringify does', () => {
    for (let code = 0; code < 256; code++) {
      const text = `a${String.fromCharCode(code)}`
      expect(canonicalJson({ [text]: text })).toBe(JSON.stringify({ [text]: text }))
    }
  })

  it('takes paired surrogates and text that only looks like an escape', () => {
    expect(canonicalJson('\ud83d\ude00 \\ud800')).toBe('"\ud83d\ude00 \\\\ud800"')
  })

  it('refuses a value that contains itself', () => {
    const loop: { self?: unknown } = {}
    loop.self = loop
    expect(codeOf(() => canonicalJson(loop))).toBe('not-canonical-json')
  })

  it('keeps a member called __proto__', () => {
    expect(canonicalJson(JSON.parse('{"b":1,"__proto__":{"x":1}}'))).toBe('{"__proto__":{"x":1},"b":1}')
  })

  const shuffled = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(shuffled)
      : value !== null && typeof value === 'object'
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, member]) => [key, shuffled(member)]),
          )
        : value

  it('spells one meaning one way, and means what it spells', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value)
        expect(canonicalJson(JSON.parse(text))).toBe(text)
        expect(canonicalJson(shuffled(value))).toBe(text)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
      { numRuns: 300 },
    )
  })
})
