// Corrections and busts: which fill they mean, what waits for one that has not come, and that the order of arrival changes nothing.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../../src/domain/kernel/canonical-json.ts'
import type { PortfolioCommand } from '../../../src/domain/portfolio/commands.ts'
import type { PortfolioEvent } from '../../../src/domain/portfolio/events.ts'
import { portfolio } from '../../../src/domain/portfolio/portfolio.ts'
import { bust, correct, given, having, knowing, knowledge, record, run, terms } from './story.ts'

const FACT = 'fill:BROKER:2025-03-10:X1'
const corrected = terms({ quantity: '12', consideration: '1200' })
const fillCorrected = {
  type: 'FillCorrected',
  data: { fact: FACT, execId: 'G1', execRefId: 'X1', tradeDate: '2025-03-10', fill: corrected },
}
const fillBusted = { type: 'FillBusted', data: { fact: FACT, execId: 'H1', execRefId: 'X1', tradeDate: '2025-03-10' } }
const released = (execId: string) => ({
  type: 'ParkedSettled',
  data: { fact: `fill:BROKER:2025-03-10:${execId}`, outcome: 'released' },
})

describe('a correction', () => {
  it('gives the fill its new terms, and keeps its name and ExecID', () => {
    given(record()).when(correct()).records(fillCorrected).warned()
  })

  it('may name the fill or the last correction: either way it is the same fill', () => {
    const second = { execId: 'G2', tradeDate: '2025-03-11' }
    const again = { quantity: '13', consideration: '1300' }
    for (const execRefId of ['X1', 'G1']) {
      given(record(), correct())
        .when(correct({ ...second, execRefId }, again))
        .records({ type: 'FillCorrected', data: { fact: FACT, ...second, execRefId, fill: terms(again) } })
    }
  })

  it('may move the trade date, before or after', () => {
    const changes = { tradeDate: '2025-03-07' }
    given(record())
      .when(correct({}, changes))
      .records({
        ...fillCorrected,
        data: {
          ...fillCorrected.data,
          fill: { ...corrected, ...changes, settlement: { date: '2025-03-08', given: false, currency: 'USD' } },
        },
      })
  })

  it('means the newest fill of that ExecID on or before its own trade date', () => {
    const monday = record()
    const tuesday = record({ tradeDate: '2025-03-11' })
    const facts = (command: PortfolioCommand) => {
      const decision = portfolio.decide(command, having(monday, tuesday))
      return decision.accepted && decision.events.map(({ data }) => 'fact' in data && data.fact)
    }
    expect(facts(bust({ tradeDate: '2025-03-10' }))).toStrictEqual(['fill:BROKER:2025-03-10:X1'])
    expect(facts(bust({ tradeDate: '2025-03-12' }))).toStrictEqual(['fill:BROKER:2025-03-11:X1'])
  })

  it('that could mean two fills of one day is parked', () => {
    // Monday's X1 was corrected to Tuesday, where another X1 traded.
    given(record(), record({ tradeDate: '2025-03-11' }), correct({}, { tradeDate: '2025-03-11' }))
      .when(bust({ tradeDate: '2025-03-12' }))
      .warned('parked')
      .records({
        type: 'ReferenceParked',
        data: {
          fact: 'fill:BROKER:2025-03-12:H1',
          kind: 'bust',
          source: 'BROKER',
          execId: 'H1',
          execRefId: 'X1',
          tradeDate: '2025-03-12',
          because: 'ambiguous-reference',
        },
      })
  })

  it('sent again records nothing; with other content under its key it is refused', () => {
    given(record(), correct()).when(correct()).records()
    given(record(), correct())
      .when(correct({}, { price: '99' }))
      .refused({ code: 'idempotency-conflict' })
    given(record(), correct())
      .when(record({ execId: 'G1' }))
      .refused({ code: 'idempotency-conflict' })
  })

  it('of a busted fill is refused: the trade is gone', () => {
    given(record(), bust())
      .when(correct())
      .refused({ code: 'fill-busted', field: 'execRefId', details: { fact: FACT } })
  })

  it('names its field under `fill` when its terms do not fit', () => {
    given(record())
      .when(correct({}, { sleeve: 'value' }))
      .refused({ code: 'unknown-sleeve', field: 'fill.sleeve' })
    given(record())
      .when(correct({}, { quantity: '1.5' }))
      .refused({ code: 'quantity-too-fine', field: 'fill.quantity' })
  })

  it('to an unknown instrument waits for it', () => {
    given(record())
      .when(correct({}, { instrument: 'NEW' }))
      .warned('parked')
  })

  it('that bears the ExecID it refers to, on a later day, is applied once when its fill comes', () => {
    const tuesday = { execId: 'X1', execRefId: 'X1', tradeDate: '2025-03-11' }
    given(correct(tuesday))
      .when(record())
      .records(
        { type: 'FillExecuted', data: { fact: FACT, fill: terms() } },
        { type: 'FillCorrected', data: { fact: FACT, ...tuesday, fill: corrected } },
        { type: 'ParkedSettled', data: { fact: 'fill:BROKER:2025-03-11:X1', outcome: 'released' } },
      )
  })

  it('that refers to the ExecID it bears is settled once when a person says which fill it means', () => {
    const wednesday = { execId: 'H1', execRefId: 'H1', tradeDate: '2025-03-12' }
    const own = 'fill:BROKER:2025-03-12:H1'
    given(correct(wednesday), record())
      .when({ type: 'ReleaseParked', fact: own, root: FACT, knowledge })
      .records(
        { type: 'FillCorrected', data: { fact: FACT, ...wednesday, fill: corrected } },
        { type: 'ParkedSettled', data: { fact: own, outcome: 'released' } },
      )
  })
})

describe('a bust', () => {
  it('says that the fill never was', () => {
    given(record()).when(bust()).records(fillBusted)
  })

  it('may name a correction of the fill', () => {
    given(record(), correct())
      .when(bust({ execRefId: 'G1' }))
      .records({ ...fillBusted, data: { ...fillBusted.data, execRefId: 'G1' } })
  })

  it('sent again records nothing, and neither does a second one, which is told so', () => {
    given(record(), bust()).when(bust()).records().warned()
    given(record(), bust())
      .when(bust({ execId: 'H2' }))
      .records()
      .warned('already-busted')
  })

  it('of a fill that waits for its instrument takes both out of the queue', () => {
    given(record({ instrument: 'NEW' }))
      .when(bust())
      .records(
        {
          type: 'ReferenceParked',
          data: {
            fact: 'fill:BROKER:2025-03-10:H1',
            kind: 'bust',
            source: 'BROKER',
            execId: 'H1',
            execRefId: 'X1',
            tradeDate: '2025-03-10',
            because: 'unknown-instrument',
          },
        },
        {
          type: 'ParkedSettled',
          data: { fact: FACT, outcome: 'dismissed', reason: 'busted by fill:BROKER:2025-03-10:H1' },
        },
        released('H1'),
      )
  })
})

describe('a reference that comes before its fill', () => {
  it('waits, and is applied with the fill in one unit', () => {
    given(correct())
      .when(record())
      .records({ type: 'FillExecuted', data: { fact: FACT, fill: terms() } }, fillCorrected, released('G1'))
    given(bust())
      .when(record())
      .records({ type: 'FillExecuted', data: { fact: FACT, fill: terms() } }, fillBusted, released('H1'))
  })

  it('waits for the correction it names, and follows it', () => {
    const second = correct({ execId: 'G2', execRefId: 'G1' }, { quantity: '13', consideration: '1300' })
    given(record(), second)
      .when(correct())
      .records(
        fillCorrected,
        {
          type: 'FillCorrected',
          data: {
            fact: FACT,
            execId: 'G2',
            execRefId: 'G1',
            tradeDate: '2025-03-10',
            fill: terms({ quantity: '13', consideration: '1300' }),
          },
        },
        released('G2'),
      )
  })

  it('dated before the fill goes on waiting: it means an older one', () => {
    given(bust({ tradeDate: '2025-03-07' }))
      .when(record())
      .records({ type: 'FillExecuted', data: { fact: FACT, fill: terms() } })
  })

  it('is recorded once however often it is sent while it waits', () => {
    given(correct()).when(correct()).records()
  })

  it('can be released by a person who says which fill is meant', () => {
    const waiting = [
      record(),
      record({ tradeDate: '2025-03-11' }),
      correct({}, { tradeDate: '2025-03-11' }),
      bust({ tradeDate: '2025-03-12' }),
    ]
    given(...waiting)
      .when({ type: 'ReleaseParked', fact: 'fill:BROKER:2025-03-12:H1', root: FACT, knowledge })
      .records(
        { ...fillBusted, data: { ...fillBusted.data, tradeDate: '2025-03-12' } },
        { type: 'ParkedSettled', data: { fact: 'fill:BROKER:2025-03-12:H1', outcome: 'released' } },
      )
    given(...waiting)
      .when({ type: 'ReleaseParked', fact: 'fill:BROKER:2025-03-12:H1', knowledge })
      .refused({ code: 'ambiguous-reference', field: 'root' })
  })
})

describe('the parked queue', () => {
  const parked = {
    type: 'FillParked',
    data: {
      fact: FACT,
      fill: {
        source: 'BROKER',
        execId: 'X1',
        tradeDate: '2025-03-10',
        side: 'buy',
        quantity: '10',
        price: '100',
        currency: 'USD',
        costs: [],
        sleeve: 'main',
        custodyAccount: 'main',
        cashAccount: 'main',
        named: { scheme: 'id', value: 'NEW' },
        consideration: '1000',
        settlement: { currency: 'USD' },
      },
      because: 'unknown-instrument',
    },
  }
  const NEW = {
    id: 'NEW',
    type: 'equity',
    currency: 'USD',
    multiplier: '1',
    quantityPlaces: 0,
    market: 'US',
    tradingCalendar: 'XNYS',
  }
  const release = (more: object = {}, known = knowing(NEW)): PortfolioCommand => ({
    type: 'ReleaseParked',
    fact: FACT,
    knowledge: known,
    ...more,
  })

  it('takes a fill whose instrument is unknown, as it was given', () => {
    given()
      .when(record({ instrument: 'NEW' }))
      .records(parked)
      .warned('parked')
    given()
      .when(record({ instrument: { scheme: 'ticker', value: 'TWIN' } }))
      .warned('parked')
  })

  it('gives it back when the instrument is there, with the corrections that waited for it', () => {
    given(record({ instrument: 'NEW' }), correct({}, { instrument: 'NEW' }))
      .when(release())
      .records(
        { type: 'FillExecuted', data: { fact: FACT, fill: terms({ instrument: 'NEW' }) } },
        released('X1'),
        { ...fillCorrected, data: { ...fillCorrected.data, fill: { ...corrected, instrument: 'NEW' } } },
        released('G1'),
      )
  })

  it('keeps the name the message used when a person says which instrument is meant', () => {
    given(record({ instrument: 'NEW' }))
      .when(release({ instrument: 'ABC' }))
      .records(
        { type: 'FillExecuted', data: { fact: FACT, fill: terms({ named: { scheme: 'id', value: 'NEW' } }) } },
        released('X1'),
      )
  })

  it('keeps what is still unknown, and says so', () => {
    given(record({ instrument: 'NEW' }))
      .when(release({}, knowledge))
      .refused({ code: 'unknown-instrument', field: 'instrument' })
  })

  it('recognises the fill sent again, before and after its release', () => {
    given(record({ instrument: 'NEW' }))
      .when(record({ instrument: 'NEW' }))
      .records()
    given(record({ instrument: 'NEW' }), release())
      .when(record({ instrument: 'NEW' }, knowing(NEW)))
      .records()
    given(record({ instrument: 'NEW' }), release())
      .when(release())
      .records()
  })

  it('lets a person dismiss with a reason, once; a correction of it is refused', () => {
    const dismiss: PortfolioCommand = { type: 'DismissParked', fact: FACT, reason: 'not ours' }
    given(record({ instrument: 'NEW' }))
      .when(dismiss)
      .records({ type: 'ParkedSettled', data: { fact: FACT, outcome: 'dismissed', reason: 'not ours' } })
    given(record({ instrument: 'NEW' }), dismiss)
      .when(dismiss)
      .records()
    given(record({ instrument: 'NEW' }), dismiss)
      .when(correct())
      .refused({ code: 'fill-dismissed' })
  })

  it('refuses to release or dismiss what was never parked', () => {
    given().when(release()).refused({ code: 'unknown-parked', field: 'fact' })
  })
})

/** What the book would make of the events: the newest terms of each fill that stands. */
function standing(events: readonly PortfolioEvent[]): string {
  const fills = new Map<string, unknown>()
  for (const event of events) {
    if (event.type === 'FillExecuted' || event.type === 'FillCorrected') fills.set(event.data.fact, event.data.fill)
    if (event.type === 'FillBusted') fills.delete(event.data.fact)
  }
  return canonicalJson(Object.fromEntries(fills))
}

describe('whatever order the messages arrive in', () => {
  const messages = [
    record(),
    correct(),
    correct({ execId: 'G2', execRefId: 'G1' }, { quantity: '13', consideration: '1300' }),
    correct({ execId: 'G3', execRefId: 'G2', tradeDate: '2025-03-12' }, { quantity: '14', consideration: '1400' }),
    record({ execId: 'X2' }),
    bust({ execId: 'H2', execRefId: 'X2', tradeDate: '2025-03-11' }),
    record({ execId: 'X3', quantity: '5', consideration: '500' }),
    correct({ execId: 'G4', execRefId: 'X3' }, { quantity: '6', consideration: '600' }),
  ]

  it('the same fills stand in the end, on the same terms, and nothing is left waiting', () => {
    const expected = standing(run(messages).events)
    // X1 stands at 14 (three corrections in a chain), X2 is gone, X3 stands at 6.
    expect(Object.keys(JSON.parse(expected))).toStrictEqual(['fill:BROKER:2025-03-10:X1', 'fill:BROKER:2025-03-10:X3'])
    fc.assert(
      fc.property(fc.shuffledSubarray(messages, { minLength: messages.length }), (shuffled) => {
        const { state, events } = run(shuffled)
        expect(standing(events)).toBe(expected)
        expect([state.parked.entries(), state.waiting.entries(), state.references]).toStrictEqual([[], [], 0])
      }),
      { numRuns: 200 },
    )
  })

  it('sending any of them again records nothing', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(messages, { minLength: messages.length }),
        fc.array(fc.nat(messages.length - 1), { maxLength: 10 }),
        (shuffled, again) => {
          const once = run(shuffled).events
          const twice = run([...shuffled, ...again.flatMap((i) => messages[i] ?? [])]).events
          expect(twice).toStrictEqual(once)
        },
      ),
      { numRuns: 200 },
    )
  })
})
