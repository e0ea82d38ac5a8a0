// Another order in which the same facts may arrive: what differs in its key before the root position may change places.
import type { OracleEvent, OracleKnownEvent, OracleUnit, PlainFact } from './shapes.ts'

/** The units one event each, in another order that `random` chooses (numbers from 0 to 1), numbered again. */
export function inOtherOrder(units: readonly OracleUnit[], random: () => number): OracleUnit[] {
  const events = units.flatMap((unit) => unit.events)
  const first = events.filter(({ type }) => type === 'PortfolioOpened' || type === 'InstrumentRegistered')
  const rest = events.filter((event) => !first.includes(event))
  const when = new Map<OracleKnownEvent, number>()
  for (const group of groupsOf(rest)) {
    const times = group.map(random).sort((a, b) => a - b)
    group.forEach((event, at) => {
      when.set(event, times[at]!)
    })
  }
  const arrived = [...first, ...rest.sort((a, b) => when.get(a)! - when.get(b)!)]
  return arrived.map((event, at) => {
    const position = 5000n + BigInt(at) * 13n
    return { position, recordedAt: '2025-06-01T00:00:00.000Z', events: [{ ...event, position }] }
  })
}

/** Events that must keep their order among themselves: versions of one fact, and facts whose keys are the same up to the root position. */
function groupsOf(events: readonly OracleKnownEvent[]): OracleKnownEvent[][] {
  const leader = new Map<string, string>()
  const find = (token: string): string => {
    const up = leader.get(token) ?? token
    return up === token ? token : find(up)
  }
  for (const event of events) {
    const [first, ...others] = tokensOf(event)
    for (const other of others) leader.set(find(other), find(first!))
  }
  const groups = new Map<string, OracleKnownEvent[]>()
  for (const event of events) {
    const group = find(tokensOf(event)[0]!)
    groups.set(group, [...(groups.get(group) ?? []), event])
  }
  return [...groups.values()]
}

/** What ties an event to others. */
function tokensOf(event: OracleEvent): string[] {
  switch (event.type) {
    case 'FillExecuted':
    case 'FillCorrected': {
      const { fact, fill } = event.data
      const buying = fill.side === 'buy' || fill.side === 'buy-to-cover'
      const rank = fill.positionEffect ?? (buying ? 'buy' : 'sell')
      return [fact, `4 ${fill.tradeDate} ${fill.executedAt ?? rank}`]
    }
    case 'FillBusted':
    case 'FactCancelled':
      return [event.data.fact]
    case 'FactCorrected':
      return [event.data.fact, ...tokensOfFact(event.data.as)]
    case 'CorporateActionAnnounced':
    case 'CorporateActionAmended':
      return [`${event.data.instrument} ${event.data.terms.action}`, `1 ${event.data.terms.exDate}`]
    case 'CorporateActionCancelled':
      return [`${event.data.instrument} ${event.data.action}`]
    case 'TransferRecorded':
    case 'TransferCorrected': {
      const { transfer, date, atOpen } = event.data.terms
      return [transfer, `${atOpen ? 0 : 9} ${date}`]
    }
    case 'TransferCancelled':
    case 'TransferLotsRestated':
      return [event.data.transfer]
    case 'RatesRecorded':
      return event.data.rows.map((row) => `${event.data.date} ${row.base}/${row.quote}`)
    case 'RateCorrected':
      return [`${event.data.date} ${event.data.row.base}/${event.data.row.quote}`]
    case 'RateWithdrawn':
      return [`${event.data.date} ${event.data.base}/${event.data.quote}`]
    case 'ManualEntryPosted':
      return [event.data.fact]
    case 'BusinessDayClosed':
      return ['closed']
    case 'PeriodSealed':
    case 'PeriodReopened':
      return ['seals']
    case 'PortfolioOpened':
    case 'PlacesAdded':
    case 'InstrumentRegistered':
    case 'InstrumentAmended':
      return ['first']
    default: {
      const { fact, ...terms } = event.data
      return [fact, ...tokensOfFact({ type: event.type, ...terms } as PlainFact)]
    }
  }
}

function tokensOfFact(is: PlainFact): string[] {
  if (is.type === 'PolicyChanged') return ['policies']
  if (is.type === 'CashReceived') return ['receipts']
  if (is.type === 'LotsIdentified') return ['identified', is.fill]
  if (is.type === 'CashInterestSet' || is.type === 'BorrowRateSet' || is.type === 'BorrowPriceTaken')
    return ['financing']
  if (is.type === 'SettlementFailed') return ['settlements', is.failed.fill]
  if (is.type === 'SettlementConfirmed') return ['settlements', is.settled.fill]
  if (is.type === 'OpeningBalanceDeclared') return [`0 ${is.opening.date}`]
  return []
}
