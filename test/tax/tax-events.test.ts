// What the book says to tax: lots opened, relieved, restated, moved, and income, in the order of the book.
import { describe, expect, it } from 'vitest'
import type { FillMoney } from '../../src/domain/book/lot-change.ts'
import { decimalText } from '../../src/domain/kernel/decimal.ts'
import type { Holder } from '../../src/domain/tax/core/owners.ts'
import type { TaxEvent } from '../../src/domain/tax/core/tax-event.ts'
import { taxEventsOf } from '../../src/domain/tax/core/tax-events.ts'
import { announced, fill, registered, spinOff, split, Story, type StoryOptions } from '../book/story.ts'

const ANN: Holder = { owner: 'ann', taxStatus: 'taxable' }

/** An event with its decimals as text, without what every event here shares. */
function plain(event: TaxEvent): Record<string, unknown> {
  const { owner: _o, taxStatus: _t, portfolio: _p, sleeve: _s, account: _a, order: _n, fact: _f, ...rest } = event
  return Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [
      key,
      typeof value === 'function'
        ? moneyOf(value)
        : value !== null && typeof value === 'object' && 'plus' in value
          ? decimalText(value)
          : value,
    ]),
  )
}

function moneyOf(money: () => FillMoney): string {
  const { net, costs, units } = money()
  return `${net === null ? '?' : decimalText(net)} (${costs === null ? '?' : decimalText(costs)}) for ${decimalText(units)}`
}

function eventsOf(story: Story, through = '9999-12-31'): TaxEvent[] {
  return taxEventsOf([{ portfolio: 'p', changes: story.book.journal.lotChanges, holderOn: () => ANN }], through)
}

function told(options: StoryOptions = {}): Story {
  const story = new Story(options)
  story.tell(registered('XYZ'))
  return story
}

describe('tax events of one book', () => {
  it('are the purchase and the sale with the cost and proceeds of the book', () => {
    const story = told()
    story.tell(fill('B1', 'buy', 'XYZ', '100', '10', '2025-01-06', { commission: '5' }))
    story.tell(fill('S1', 'sell', 'XYZ', '40', '12', '2025-02-03', { commission: '2' }))
    // Cost 100 x 10 + 5 = 1,005; 40 of 100 are 402. Proceeds 40 x 12 - 2 = 478.
    expect(eventsOf(story).map(plain)).toStrictEqual([
      {
        id: 'fill:B:2025-01-06:B1/trade/fill:B:2025-01-06:B1',
        kind: 'acquire',
        instrument: 'XYZ',
        date: '2025-01-06',
        lot: 'fill:B:2025-01-06:B1',
        short: false,
        how: 'trade',
        units: '100',
        cost: '1005',
        acquiredOn: '2025-01-06',
        orderId: null,
        money: '1005 (5) for 100',
        settlesOn: '2025-01-06',
        wash: null,
      },
      {
        id: 'fill:B:2025-02-03:S1/trade/fill:B:2025-01-06:B1',
        kind: 'dispose',
        instrument: 'XYZ',
        date: '2025-02-03',
        lot: 'fill:B:2025-01-06:B1',
        short: false,
        how: 'trade',
        units: '40',
        proceeds: '478',
        cost: '402',
        acquiredOn: '2025-01-06',
        rule: 'relief:fifo',
        orderId: null,
        money: '478 (2) for 40',
        settlesOn: '2025-02-03',
      },
    ])
  })

  it('end at the day asked for', () => {
    const story = told()
    story.tell(fill('B1', 'buy', 'XYZ', '100', '10', '2025-01-06'))
    story.tell(fill('S1', 'sell', 'XYZ', '40', '12', '2025-02-03'))
    expect(eventsOf(story, '2025-02-02').map(({ kind }) => kind)).toStrictEqual(['acquire'])
  })

  it('are the restatement of each lot by a split, and what a spin-off takes of the cost', () => {
    const story = told()
    story.tell(registered('KID'))
    story.tell(fill('B1', 'buy', 'XYZ', '100', '10', '2025-01-06'))
    story.tell(announced('XYZ', split('two', '2025-02-03', '2', '1')))
    story.tell(announced('XYZ', spinOff('kid', '2025-03-03', 'KID', '1', '4', '0.2')))
    // 100 at 1,000 become 200 at 1,000; a fifth of it, 200, goes to 200 / 4 = 50 KID.
    const lot = 'fill:B:2025-01-06:B1'
    const shared = { kind: 'restate', instrument: 'XYZ', short: false, acquiredOn: '2025-01-06' }
    expect(eventsOf(story).map(plain).slice(1)).toStrictEqual([
      {
        ...shared,
        id: `ca:XYZ:two/main/ex/${lot}>${lot}/two/1`,
        date: '2025-02-03',
        lot,
        to: `${lot}/two/1`,
        toInstrument: 'XYZ',
        replaces: true,
        unitsBefore: '100',
        unitsAfter: '200',
        costBefore: '1000',
        cost: '1000',
      },
      {
        ...shared,
        id: `ca:XYZ:kid/main/ex/${lot}/two/1>${lot}/two/1/kid/1`,
        date: '2025-03-03',
        lot: `${lot}/two/1`,
        to: `${lot}/two/1/kid/1`,
        toInstrument: 'KID',
        replaces: false,
        unitsBefore: '200',
        unitsAfter: '50',
        costBefore: '1000',
        cost: '200',
      },
    ])
  })

  it('are a short sale with what was received, its cover with what was paid, and a dividend with what was withheld', () => {
    const story = told()
    story.tell(fill('B1', 'sell', 'XYZ', '50', '40', '2025-01-06'), fill('B2', 'buy', 'XYZ', '50', '35', '2025-01-07'))
    story.tell(fill('B3', 'buy', 'XYZ', '10', '35', '2025-01-08'))
    story.tell(
      announced('XYZ', {
        action: 'div',
        caev: 'DVCA',
        exDate: '2025-01-09',
        legs: [
          {
            kind: 'cash',
            leg: 1,
            income: 'dividend',
            currency: 'USD',
            perUnit: '2',
            withholding: { statutory: '0.25', treaty: '0.15' },
          },
        ],
      }),
    )
    const [, cover, , dividend] = eventsOf(story).map(plain)
    expect(cover).toMatchObject({ kind: 'dispose', short: true, units: '50', proceeds: '2000', cost: '1750' })
    // 10 x 2 = 20, of which 15 % is final and 10 % can be reclaimed.
    expect(dividend).toMatchObject({ kind: 'income', units: '10', gross: '20', withheld: '3', reclaimable: '2' })
  })
})
