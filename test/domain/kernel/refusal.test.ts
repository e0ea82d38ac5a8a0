// Refusals and decisions: a refusal is a value at the edges, and a bug is never mistaken for one.
import { describe, expect, it } from 'vitest'
import { accept, type Decider, reject, unreachable } from '../../../src/domain/kernel/decider.ts'
import { attempt, Refused, refuse } from '../../../src/domain/kernel/refusal.ts'

describe('a refusal', () => {
  const refused = () => refuse({ code: 'not-a-decimal', message: '"x" is not a decimal' })

  it('is thrown by parsers and comes back as a value with the field it was about', () => {
    expect(attempt(refused, 'fills.3.price')).toStrictEqual({
      ok: false,
      refusal: { code: 'not-a-decimal', message: '"x" is not a decimal', field: 'fills.3.price' },
    })
    expect(refused).toThrow(Refused)
  })

  it('keeps the field the parser named itself', () => {
    const named = () => refuse({ code: 'bad-calendar', message: 'no', field: 'closures' })
    expect(attempt(named, 'file')).toStrictEqual({
      ok: false,
      refusal: { code: 'bad-calendar', message: 'no', field: 'closures' },
    })
  })

  it('lets any other error through: a bug is not a refusal', () => {
    expect(() =>
      attempt(() => {
        throw new TypeError('a bug')
      }),
    ).toThrow(new TypeError('a bug'))
  })

  it('is absent when all went well', () => expect(attempt(() => 42)).toStrictEqual({ ok: true, value: 42 }))
})

describe('a decider', () => {
  type Command = { type: 'Push' } | { type: 'Lock' }
  type Event = { type: 'Pushed' } | { type: 'Locked' }
  const turnstile: Decider<Command, 'open' | 'locked', Event> = {
    initial: 'open',
    decide(command, state) {
      if (command.type === 'Lock') return accept([{ type: 'Locked' }])
      if (command.type !== 'Push') return unreachable(command)
      return state === 'open'
        ? accept([{ type: 'Pushed' }], [{ code: 'squeaks', message: 'oil it' }])
        : reject({ code: 'locked', message: 'it is locked' })
    },
    evolve: (state, event) => (event.type === 'Locked' ? 'locked' : state),
  }

  it('answers with events and warnings, or with a refusal', () => {
    expect(turnstile.decide({ type: 'Push' }, turnstile.initial)).toStrictEqual({
      accepted: true,
      events: [{ type: 'Pushed' }],
      warnings: [{ code: 'squeaks', message: 'oil it' }],
    })
    expect(turnstile.decide({ type: 'Push' }, turnstile.evolve('open', { type: 'Locked' }))).toStrictEqual({
      accepted: false,
      refusal: { code: 'locked', message: 'it is locked' },
    })
    expect(turnstile.decide({ type: 'Lock' }, 'open')).toStrictEqual({
      accepted: true,
      events: [{ type: 'Locked' }],
      warnings: [],
    })
  })

  it('throws on a command from outside its type', () => {
    expect(() => turnstile.decide(JSON.parse('{"type":"Kick"}'), 'open')).toThrow('unreachable: {"type":"Kick"}')
  })
})
