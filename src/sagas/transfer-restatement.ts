// Watches whether the lots that transfers moved turned out otherwise in the giver's book, so that the receiver books what was given.
import type { RecordedUnit } from '../eventstore/log.ts'
import type { Saga, SagaCommand } from './saga.ts'

/** Live transfers by id: who gave, and of what. */
type State = { readonly [transfer: string]: { readonly giver: string; readonly instrument: string } }

const PORTFOLIO = 'portfolio-'

export const transferRestatement: Saga<State> = {
  name: 'transfer-restatement',
  streamPrefixes: [PORTFOLIO, 'instrument-', 'transfer-'],
  initial: {},
  see(state, unit) {
    const next = learned(state, unit)
    const last = unit.events.at(-1)
    if (last === undefined) return { state: next, commands: [] }
    const asks = (transfer: string): SagaCommand => ({
      type: 'CheckTransfer',
      trigger: last.id,
      transfer,
      position: unit.position,
    })
    return { state: next, commands: concerned(next, unit).map(asks) }
  },
}

function learned(state: State, { events }: RecordedUnit): State {
  let next = state
  for (const event of events) {
    if (event.type === 'TransferRecorded' || event.type === 'TransferCorrected') {
      const { transfer, from, instrument } = event.data.terms
      const { [transfer]: _, ...rest } = next
      next = from === null ? rest : { ...rest, [transfer]: { giver: from.portfolio, instrument } }
    } else if (event.type === 'TransferCancelled') {
      const { [event.data.transfer]: _, ...rest } = next
      next = rest
    }
  }
  return next
}

/** The transfers whose lots a unit may have changed: the giver's facts, an instrument's actions, the transfers' own terms. */
function concerned(state: State, { stream, events }: RecordedUnit): string[] {
  const transfers = Object.entries(state)
  if (stream.startsWith(PORTFOLIO)) {
    const giver = stream.slice(PORTFOLIO.length)
    return transfers.flatMap(([transfer, known]) => (known.giver === giver ? [transfer] : []))
  }
  if (events.some(({ type }) => type.startsWith('CorporateAction'))) return transfers.map(([transfer]) => transfer)
  const givers = new Set(
    events.flatMap((event) => {
      if (event.type === 'TransferRecorded' || event.type === 'TransferCorrected')
        return [event.data.terms.from?.portfolio]
      return []
    }),
  )
  return transfers.flatMap(([transfer, { giver }]) => (givers.has(giver) ? [transfer] : []))
}
