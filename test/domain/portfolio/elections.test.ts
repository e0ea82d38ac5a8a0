// Elections: what may be chosen, until when, for how many units; another choice is a cancellation and a new election.
import { describe, it } from 'vitest'
import type { PortfolioCommand } from '../../../src/domain/portfolio/commands.ts'
import { electionGiven } from '../../../src/domain/portfolio/given.ts'
import { given, knowing } from './story.ts'

const cash = (leg: number) => ({ kind: 'cash', leg, income: 'dividend', currency: 'USD', perUnit: '1' }) as const

const knowledge = {
  ...knowing(),
  action: (instrument: string, action: string) =>
    instrument === 'ABC' && action !== 'none'
      ? {
          action,
          caev: 'DVOP',
          exDate: '2025-03-10',
          responseDeadline: '2025-03-05',
          marketDeadline: '2025-03-07',
          legs: action === 'plain' ? [cash(1)] : [],
          ...(action === 'plain'
            ? {}
            : {
                options: [
                  { option: 1, caop: 'CASH' as const, default: true, legs: [cash(1)] },
                  { option: 2, caop: 'SECU' as const, legs: [cash(2)] },
                ],
              }),
        }
      : null,
}

function elect(ref: string, quantity: string, more: object = {}, eligible?: string): PortfolioCommand {
  const election = electionGiven.parse({
    ref,
    instrument: 'ABC',
    action: 'D1',
    option: 2,
    quantity,
    electedOn: '2025-03-05',
    ...more,
  })
  return { type: 'RecordFact', ref, as: { type: 'ElectionMade', election }, knowledge, eligible }
}

const made = (ref: string, quantity: string) => ({
  type: 'ElectionMade' as const,
  data: {
    fact: `election:${ref}`,
    election: {
      ref,
      instrument: 'ABC',
      action: 'D1',
      option: 2,
      quantity,
      custodyAccount: 'main',
      electedOn: '2025-03-05',
    },
  },
})

describe('an election', () => {
  it('names an option and units, of the default account when none is named', () => {
    given()
      .when(elect('E1', '40', {}, '100'))
      .records(made('E1', '40'))
  })

  it('sent again records nothing; with other content it is refused', () => {
    given(elect('E1', '40'))
      .when(elect('E1', '40', {}, '10'))
      .records()
    given(elect('E1', '40')).when(elect('E1', '41')).refused({ code: 'idempotency-conflict' })
  })

  it('over what is held is refused, counting what was elected before and still stands', () => {
    given()
      .when(elect('E1', '101', {}, '100'))
      .refused({ code: 'election-exceeds-holding', field: 'quantity' })
    given(elect('E1', '60'))
      .when(elect('E2', '41', {}, '100'))
      .refused({ code: 'election-exceeds-holding', details: { eligible: '100' } })
    // 60 are free again once E1 is cancelled
    given(elect('E1', '60'), { type: 'CancelFact', fact: 'election:E1' })
      .when(elect('E2', '100', {}, '100'))
      .records(made('E2', '100'))
    // where nobody could say what is held, the book cuts it later
    given().when(elect('E1', '101')).records(made('E1', '101'))
  })

  it("after our custodian's deadline is refused, also when the market's is later", () => {
    given()
      .when(elect('E1', '40', { electedOn: '2025-03-06' }))
      .refused({ code: 'election-too-late', field: 'electedOn', details: { deadline: '2025-03-05' } })
  })

  it('of what cannot be chosen is refused', () => {
    given()
      .when(elect('E1', '40', { option: 3 }))
      .refused({ code: 'unknown-option', field: 'option' })
    given()
      .when(elect('E1', '40', { action: 'plain' }))
      .refused({ code: 'no-options', field: 'action' })
    given()
      .when(elect('E1', '40', { action: 'none' }))
      .refused({ code: 'unknown-action', field: 'action' })
    given()
      .when(elect('E1', '40', { custodyAccount: 'CUST-9' }))
      .refused({ code: 'unknown-custody-account', field: 'custodyAccount' })
  })

  it('is not corrected', () => {
    const command = elect('E1', '50')
    given(elect('E1', '40'))
      .when({ ...command, type: 'CorrectFact' } as PortfolioCommand)
      .refused({ code: 'election-not-corrected' })
  })
})
