// Releases parked fills and corrections when the instrument they name becomes known.
import type { InstrumentName } from '../domain/instrument/name.ts'
import type { RecordedEvent } from '../eventstore/codec.ts'
import type { Saga, SagaCommand } from './saga.ts'

/** One parked message. */
type Waiting = { readonly portfolio: string; readonly scheme: string; readonly value: string; readonly on: string }
/** By `{portfolio}/{fact}`. */
type State = { readonly [key: string]: Waiting }

const PORTFOLIO = 'portfolio-'

export const releaseParked: Saga<State> = {
  name: 'release-parked',
  streamPrefixes: [PORTFOLIO, 'instrument-'],
  initial: {},
  see(state, { stream, events }) {
    if (!stream.startsWith(PORTFOLIO)) return { state, commands: events.flatMap((event) => released(state, event)) }
    const portfolio = stream.slice(PORTFOLIO.length)
    let next = state
    const commands: SagaCommand[] = []
    for (const event of events) {
      const parked = parkedBy(event)
      if (parked !== undefined) {
        const { fact, named, on } = parked
        next = { ...next, [keyOf(portfolio, fact)]: { portfolio, scheme: named.scheme, value: named.value, on } }
        // The instrument may have been registered while the fill was on its way.
        commands.push({ type: 'ReleaseParked', trigger: event.id, portfolio, fact, named, on })
      } else if (event.type === 'ParkedSettled' && keyOf(portfolio, event.data.fact) in next) {
        const { [keyOf(portfolio, event.data.fact)]: _, ...rest } = next
        next = rest
      }
    }
    return { state: next, commands }
  },
}

/** What an event about an instrument may set free: whatever names it by its id or by an identifier it was just given. */
function released(state: State, event: RecordedEvent): SagaCommand[] {
  const names = namesIn(event)
  if (names.length === 0) return []
  return Object.entries(state).flatMap(([key, { portfolio, scheme, value, on }]) => {
    const named = names.find((name) => name.scheme === scheme && name.value === value)
    if (named === undefined) return []
    const fact = key.slice(portfolio.length + 1)
    return [{ type: 'ReleaseParked' as const, trigger: event.id, portfolio, fact, named, on }]
  })
}

function namesIn(event: RecordedEvent): InstrumentName[] {
  switch (event.type) {
    case 'InstrumentRegistered':
      return [
        { scheme: 'id', value: event.data.instrument },
        ...event.data.identifiers.map(({ scheme, value }) => ({ scheme, value })),
      ]
    case 'IdentifierAssigned':
    case 'IdentifierWithdrawn': {
      // Withdrawn from one, an identifier may name another without doubt.
      const { scheme, value } = event.data.identifier
      return [{ scheme, value }]
    }
    default:
      return []
  }
}

function parkedBy(
  event: RecordedEvent,
): { readonly fact: string; readonly named: InstrumentName; readonly on: string } | undefined {
  if (event.type === 'FillParked')
    return { fact: event.data.fact, named: event.data.fill.named, on: event.data.fill.tradeDate }
  if (event.type !== 'ReferenceParked' || event.data.fill === undefined || !event.data.because.endsWith('instrument'))
    return undefined
  return { fact: event.data.fact, named: event.data.fill.named, on: event.data.fill.tradeDate }
}

function keyOf(portfolio: string, fact: string): string {
  return `${portfolio}/${fact}`
}
