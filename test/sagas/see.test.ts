// What sagas ask for: given units of the log, then commands.
import { describe, expect, it } from 'vitest'
import { allocation } from '../../src/sagas/allocation.ts'
import { releaseParked } from '../../src/sagas/release-parked.ts'
import type { Saga } from '../../src/sagas/saga.ts'
import { transferRestatement } from '../../src/sagas/transfer-restatement.ts'
import type { JsonValue } from '../../src/domain/kernel/canonical-json.ts'
import type { RecordedUnit } from '../../src/eventstore/log.ts'

let position = 0n
/** A unit of these events in a stream; only what sagas look at. */
function unit(stream: string, ...events: { type: string; data: object }[]): RecordedUnit {
  position += 10n
  const recorded = events.map((event, i) => ({ ...event, id: `${stream}@${position}/${i}` }))
  return { stream, position, firstPosition: position, revision: 0n, events: recorded } as unknown as RecordedUnit
}

/** What the saga asks for at the last of the units. */
function asked<S extends JsonValue>(saga: Saga<S>, ...units: RecordedUnit[]) {
  let state = saga.initial
  let commands: readonly object[] = []
  for (const one of units) {
    const seen = saga.see(state, one)
    state = seen.state
    commands = seen.commands
    // What it remembers survives being stored.
    expect(JSON.parse(JSON.stringify(state))).toStrictEqual(state)
  }
  return { commands: commands.map(({ trigger: _, ...rest }: { trigger?: string }) => rest), state }
}

const parked = (fact: string, scheme: string, value: string) => ({
  type: 'FillParked',
  data: { fact, fill: { named: { scheme, value }, tradeDate: '2025-03-10' }, because: 'unknown-instrument' },
})
const registered = (instrument: string, ...identifiers: object[]) =>
  unit(`instrument-${instrument}`, { type: 'InstrumentRegistered', data: { instrument, identifiers } })
const release = (fact: string, scheme: string, value: string) => ({
  type: 'ReleaseParked',
  portfolio: 'P1',
  fact,
  named: { scheme, value },
  on: '2025-03-10',
})

describe('the release of parked fills', () => {
  it('is asked for when an instrument with their name is registered', () => {
    const waiting = unit(
      'portfolio-P1',
      parked('fill:B:2025-03-10:1', 'id', 'NEW'),
      parked('fill:B:2025-03-10:2', 'isin', 'X'),
    )
    expect(asked(releaseParked, waiting, registered('OTHER')).commands).toStrictEqual([])
    expect(asked(releaseParked, waiting, registered('NEW')).commands).toStrictEqual([
      release('fill:B:2025-03-10:1', 'id', 'NEW'),
    ])
    expect(asked(releaseParked, waiting, registered('NEW', { scheme: 'isin', value: 'X' })).commands).toStrictEqual([
      release('fill:B:2025-03-10:1', 'id', 'NEW'),
      release('fill:B:2025-03-10:2', 'isin', 'X'),
    ])
  })

  it('is asked for when an identifier is assigned or withdrawn', () => {
    const waiting = unit('portfolio-P1', parked('fill:B:2025-03-10:2', 'ticker', 'T'))
    for (const type of ['IdentifierAssigned', 'IdentifierWithdrawn']) {
      const change = unit('instrument-I', {
        type,
        data: { instrument: 'I', identifier: { scheme: 'ticker', value: 'T' } },
      })
      expect(asked(releaseParked, waiting, change).commands).toStrictEqual([
        release('fill:B:2025-03-10:2', 'ticker', 'T'),
      ])
    }
  })

  it('is asked for at once, in case the instrument came while the fill was on its way', () => {
    expect(
      asked(releaseParked, unit('portfolio-P1', parked('fill:B:2025-03-10:1', 'id', 'NEW'))).commands,
    ).toStrictEqual([release('fill:B:2025-03-10:1', 'id', 'NEW')])
  })

  it('is forgotten once the queue is settled', () => {
    const settled = unit('portfolio-P1', {
      type: 'ParkedSettled',
      data: { fact: 'fill:B:2025-03-10:1', outcome: 'dismissed' },
    })
    const { commands, state } = asked(
      releaseParked,
      unit('portfolio-P1', parked('fill:B:2025-03-10:1', 'id', 'NEW')),
      settled,
      registered('NEW'),
    )
    expect(commands).toStrictEqual([])
    expect(state).toStrictEqual({})
  })
})

describe('an allocation', () => {
  it('becomes fills, and busts when it is cancelled', () => {
    const about = { block: 'B1', allocation: 2 }
    expect(asked(allocation, unit('block-B1', { type: 'BlockAllocated', data: about })).commands).toStrictEqual([
      { type: 'RecordAllocation', ...about },
    ])
    expect(
      asked(allocation, unit('block-B1', { type: 'BlockAllocationCancelled', data: about })).commands,
    ).toStrictEqual([{ type: 'BustAllocation', ...about }])
    expect(asked(allocation, unit('block-B1', { type: 'BlockPlaced', data: {} })).commands).toStrictEqual([])
  })
})

describe('the lots of a transfer', () => {
  const recorded = (type = 'TransferRecorded', from: object | null = { portfolio: 'P1' }) =>
    unit('transfer-T1', { type, data: { transfer: 'T1', terms: { transfer: 'T1', instrument: 'ABC', from } } })
  const fill = (portfolio: string) => unit(`portfolio-${portfolio}`, { type: 'FillExecuted', data: {} })
  const types = (units: RecordedUnit[]) =>
    asked(transferRestatement, ...units).commands.map((c) => Object.values(c).slice(0, 2))

  it('are looked at again with whatever the giver records', () => {
    expect(types([recorded(), fill('P1')])).toStrictEqual([['CheckTransfer', 'T1']])
    expect(types([recorded(), fill('P2')])).toStrictEqual([])
  })

  it('are looked at again with every change to a corporate action', () => {
    const action = unit('instrument-ABC', { type: 'CorporateActionAnnounced', data: { instrument: 'ABC', terms: {} } })
    expect(types([recorded(), action])).toStrictEqual([['CheckTransfer', 'T1']])
  })

  it('are nobody’s business when they came from outside, or never moved', () => {
    expect(types([recorded('TransferRecorded', null), fill('P1')])).toStrictEqual([])
    const cancelled = unit('transfer-T1', { type: 'TransferCancelled', data: { transfer: 'T1' } })
    expect(types([recorded(), cancelled, fill('P1')])).toStrictEqual([])
  })
})
