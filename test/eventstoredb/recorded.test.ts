// Events on their way to and from the client: what comes back is canonical text, by the fast way or the slow one.
import type { RecordedEvent } from '@eventstore/db-client'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson } from '../../src/domain/kernel/canonical-json.ts'
import { CorruptEvent } from '../../src/eventstore/errors.ts'
import { received, toSend } from '../../src/eventstore/eventstoredb/recorded.ts'

const ID = '4c1f6f4e-58a7-5d5c-9a57-000000000001'

/** As the client hands an event over whose data the server holds as this text. */
function holding(text: string): RecordedEvent {
  return {
    streamId: 'portfolio-1',
    id: ID,
    revision: 0n,
    type: 'FillExecuted',
    isJson: true,
    data: JSON.parse(text),
    metadata: { a: 1 },
    created: new Date(0),
    position: { commit: 7n, prepare: 7n },
  }
}

const sending =
  (data: string, metadata = '{}') =>
  () =>
    toSend({ id: ID, type: 'FillExecuted', data, metadata })

describe('an event received', () => {
  test('has the canonical text of whatever JSON object the server holds', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' })), (value) => {
        const text = JSON.stringify(value)
        expect(received(holding(text)).data).toBe(canonicalJson(JSON.parse(text)))
      }),
      { numRuns: 300 },
    )
  })

  test.each([
    ['keys out of order, deep inside', '{"a":[{"b":1,"a":2}]}', '{"a":[{"a":2,"b":1}]}'],
    ['keys that JavaScript moves to the front', '{"10":1,"9":2}', '{"10":1,"9":2}'],
    ['white space, escapes and other spellings of a number', '{ "a": "\\u0041\\/", "b": 1.50e1 }', '{"a":"A/","b":15}'],
    ['a backslash before what looks like a surrogate', '{"a":"\\\\ud800"}', '{"a":"\\\\ud800"}'],
    [
      'nesting beyond the fast way',
      `{"a":${'['.repeat(60)}${']'.repeat(60)}}`,
      `{"a":${'['.repeat(60)}${']'.repeat(60)}}`,
    ],
  ])('is made canonical: %s', (_, held, text) => {
    expect(received(holding(held)).data).toBe(text)
  })

  test.each([
    ['a lone surrogate in a value', '{"a":"\\ud800"}'],
    ['a lone surrogate in a key', '{"\\udfff":1}'],
    ['a number that is none', '{"a":[1e999]}'],
  ])('is corrupt when it has no canonical form: %s', (_, held) => {
    expect(() => received(holding(held))).toThrow(CorruptEvent)
  })
})

describe('an event to send', () => {
  test('keeps its metadata byte for byte, and its data as the client will spell it', () => {
    const metadata = canonicalJson({ ä: '𝕏', 'a b': [1, null], '\u007f': '\\"' })
    const message = sending('{"10":1,"a":"\u2028"}', metadata)()
    expect(message.metadata).toStrictEqual(new TextEncoder().encode(metadata))
    expect(message.data).toStrictEqual({ '10': 1, a: '\u2028' })
  })

  test.each([
    ['keys out of order', '{"b":1,"a":2}'],
    ['keys that JavaScript reorders', '{"9":1,"10":2}'],
    ['white space', '{"a": 1}'],
    ['a lone surrogate', '{"a":"\\ud800"}'],
    ['no object', '[1]'],
  ])('is refused when a part is not the canonical text of an object: %s', (_, text) => {
    expect(sending(text)).toThrow()
    expect(sending('{}', text)).toThrow()
  })
})
