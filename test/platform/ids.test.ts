// Identifiers: the name-based ones against published vectors, the random ones by their shape and order.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256Hex, uuidV4, uuidV5, uuidV7 } from '../../src/platform/ids.ts'

const DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8' // the DNS namespace, RFC 9562 section 6.6

describe('identifiers', () => {
  it('names give the UUID that RFC 9562 prints for them (appendix A.4)', () => {
    expect(uuidV5(DNS, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2')
  })

  it('a namespace that is no UUID is refused', () => {
    expect(() => uuidV5('main', 'x')).toThrow(RangeError)
  })

  it('times give UUIDs that sort as they do, with the time of RFC 9562 (appendix A.6) in front', () => {
    expect(uuidV7(0x017f22e279b0)).toMatch(/^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const millis = fc.integer({ min: 0, max: 2 ** 48 - 2 })
    fc.assert(fc.property(millis, (at) => uuidV7(at) < uuidV7(at + 1)))
    expect(() => uuidV7(2 ** 48)).toThrow(RangeError)
  })

  it('random ones are of version 4 and never alike', () => {
    expect(uuidV4()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(uuidV4()).not.toBe(uuidV4())
  })

  it('digests are those of FIPS 180-4 ("abc")', () => {
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
    expect([sha256Hex('abc'), sha256Hex(Buffer.from('abc'))]).toStrictEqual([abc, abc])
  })
})
