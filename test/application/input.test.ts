// What callers sent: read as the schema says, or refused with the field, a stable code and what to do.
import { describe, expect, it } from 'vitest'
import { factCommands, factOfCommand } from '../../src/application/commands/facts.ts'
import { correctFill, recordFill } from '../../src/application/commands/fills.ts'
import { openPortfolio } from '../../src/application/commands/portfolios.ts'
import { readInput } from '../../src/application/input.ts'
import { attempt } from '../../src/domain/kernel/refusal.ts'
import { fillLine } from './ledger.ts'

const refusalOf = (schema: Parameters<typeof readInput>[0], input: unknown) => {
  const read = attempt(() => readInput(schema, input))
  return read.ok ? read.value : read.refusal
}

describe('a fill as sent', () => {
  it('is read with its numbers in one spelling and its instant in UTC', () => {
    expect(
      readInput(
        recordFill,
        fillLine('X', { quantity: '10.500', price: '0.10', executedAt: '2025-03-10T15:00:00.5+01:00' }),
      ),
    ).toMatchObject({
      quantity: '10.5',
      price: '0.1',
      executedAt: '2025-03-10T14:00:00.500000Z',
      instrument: { scheme: 'id', value: 'ABC' },
      costs: [],
      settlement: {},
    })
  })

  it.each([
    ['a JSON number for an amount', { price: 100.1 }, 'number-not-text', 'price', 'send it as text: "100.1"'],
    ['a field nobody knows', { colour: 'red' }, 'unknown-field', 'colour', 'leave it out, or check its spelling'],
    [
      'a field nobody knows, deep inside',
      { settlement: { day: '1' } },
      'unknown-field',
      'settlement.day',
      'leave it out, or check its spelling',
    ],
    ['an exponent', { price: '1e3' }, 'invalid-field', 'price', undefined],
    ['a quantity of zero', { quantity: '0' }, 'invalid-field', 'quantity', undefined],
    ['a date that does not exist', { tradeDate: '2025-02-30' }, 'invalid-field', 'tradeDate', undefined],
    [
      'a side nobody knows',
      { side: 'hold' },
      'invalid-field',
      'side',
      'use one of buy, sell, sell-short, buy-to-cover',
    ],
    [
      'an instrument scheme nobody knows',
      { instrument: { scheme: 'wkn', value: '1' } },
      'invalid-field',
      'instrument.scheme',
      undefined,
    ],
    ['an instant without a zone', { executedAt: '2025-03-10T15:00:00' }, 'invalid-field', 'executedAt', undefined],
    ['nothing for the consideration', { consideration: undefined }, 'missing-field', 'consideration', undefined],
    [
      'a float in a cost',
      { costs: [{ type: 'commission', amount: 1, currency: 'USD' }] },
      'number-not-text',
      'costs.0.amount',
      'send it as text: "1"',
    ],
    ['text for a list', { costs: 'none' }, 'wrong-type', 'costs', undefined],
  ])('with %s is refused', (_, changes, code, field, remedy) => {
    const refusal = refusalOf(recordFill, fillLine('X', changes))
    expect(refusal).toMatchObject({ code, field, ...(remedy === undefined ? {} : { remedy }) })
    expect(refusal).toHaveProperty('remedy', expect.any(String))
  })

  it('names every problem, the first of them as the refusal', () => {
    expect(refusalOf(recordFill, fillLine('X', { price: 1, side: 'hold', extra: 1 }))).toMatchObject({
      code: 'invalid-field',
      field: 'side',
      details: {
        problems: [
          { field: 'side', code: 'invalid-field' },
          { field: 'price', code: 'number-not-text' },
          { field: 'extra', code: 'unknown-field' },
        ],
      },
    })
  })

  it('that is no object at all is refused', () => {
    expect(refusalOf(recordFill, undefined)).toMatchObject({ code: 'missing-field' })
    expect(refusalOf(recordFill, [])).toMatchObject({ code: 'wrong-type' })
    expect(refusalOf(recordFill, 'buy')).toMatchObject({ code: 'wrong-type' })
  })

  it('as a correction names its fields under `fill`', () => {
    const { source: _, execId: __, ...fill } = fillLine('X')
    const message = { source: 'B', execId: 'G', execRefId: 'X', tradeDate: '2025-03-10' }
    expect(readInput(correctFill, { ...message, fill })).toMatchObject({ execRefId: 'X', fill: { quantity: '10' } })
    expect(refusalOf(correctFill, { ...message, fill: { ...fill, price: 1 } })).toMatchObject({ field: 'fill.price' })
    expect(refusalOf(correctFill, { ...message, fill: { ...fill, execId: 'X' } })).toMatchObject({
      field: 'fill.execId',
      code: 'unknown-field',
    })
  })
})

describe('a portfolio as sent', () => {
  it('has the policies that the rest of the world would assume, and none that it must decide', () => {
    const policy = {
      lotMethod: 'fifo',
      keeping: 'long-only',
      fx: { source: 'ECB', fixing: 'f', pivot: 'EUR', calendar: 'TARGET' },
      calendar: 'XNYS',
      zone: 'UTC',
    }
    const input = { portfolio: 'P1', baseCurrency: 'USD', openedOn: '2025-01-02', policy }
    expect(readInput(openPortfolio, input).policy).toStrictEqual({
      ...policy,
      defaultMethod: 'fifo',
      selection: 'reflow',
      reliefScope: 'sleeve-account',
      costs: {},
      gainConvention: 'closing-rate',
      settlement: 'contractual',
      taxRegime: 'none',
    })
    const { lotMethod: _, ...undecided } = policy
    expect(refusalOf(openPortfolio, { ...input, policy: undecided })).toMatchObject({
      code: 'missing-field',
      field: 'policy.lotMethod',
    })
  })
})

describe('a fact as sent', () => {
  it('keeps its reason apart from its terms', () => {
    const body = readInput(factCommands.fee, {
      ref: 'F1',
      fee: 'custody',
      amount: '1.00',
      currency: 'USD',
      valueDate: '2025-03-10',
      reason: 'typo',
    })
    expect(factOfCommand({ kind: 'fee', body })).toStrictEqual({
      ref: 'F1',
      reason: 'typo',
      as: {
        type: 'FeeCharged',
        fee: 'custody',
        cash: { ref: 'F1', amount: '1', currency: 'USD', valueDate: '2025-03-10' },
      },
    })
  })
})
