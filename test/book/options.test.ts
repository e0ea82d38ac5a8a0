// Options: premiums are lots like any other; exercise and assignment carry them into the underlying, expiry and cash realise them.
import { describe, expect, it } from 'vitest'
import type { BookEvent } from '../../src/domain/book/knowledge.ts'
import { lotsOf } from '../../src/domain/book/views.ts'
import type { OptionTerms } from '../../src/domain/instrument/life-terms.ts'
import type { FillTerms, OptionEndTerms } from '../../src/domain/portfolio/facts.ts'
import { balances, imbalances, written } from './lines.ts'
import { fill, living, rate, registered, Story } from './story.ts'

const OPTION: OptionTerms = {
  underlying: 'XYZ',
  right: 'call',
  strike: '50',
  strikeCurrency: 'USD',
  expiry: '2025-06-20',
  style: 'american',
  settlement: 'physical',
}

const option = (currency = 'USD', quantityPlaces = 0): BookEvent =>
  living('O', {
    type: 'option',
    multiplier: '100',
    currency,
    quantityPlaces,
    option: { ...OPTION, strikeCurrency: currency },
  })

/** Contracts of 100 at a premium per unit. */
const traded = (
  execId: string,
  side: FillTerms['side'],
  contracts: number,
  premium: number,
  date: string,
  more: Partial<FillTerms> & { readonly commission?: string } = {},
) =>
  fill(execId, side, 'O', String(contracts), String(premium), date, {
    consideration: String(contracts * premium * 100),
    ...more,
  })

function ended(
  ref: string,
  outcome: OptionEndTerms['outcome'],
  side: OptionEndTerms['side'],
  contracts: number,
  date: string,
  more: Partial<OptionEndTerms> = {},
): BookEvent {
  const data: OptionEndTerms = {
    ref,
    date,
    instrument: 'O',
    outcome,
    side,
    quantity: String(contracts),
    costs: [],
    settlementDate: date,
    sleeve: 'main',
    custodyAccount: 'main',
    cashAccount: 'main',
    ...more,
  }
  return { type: 'OptionEnded', data: { fact: `option:${ref}`, option: data } }
}

/** `contracts` of 100 at 50. */
const delivery = (side: 'buy' | 'sell', contracts: number, currency = 'USD'): Partial<OptionEndTerms> => ({
  delivery: {
    instrument: 'XYZ',
    side,
    quantity: String(contracts * 100),
    price: '50',
    amount: String(contracts * 5000),
    currency,
  },
})

const told = (story: Story, name: string) => written(story.book.journal, ({ entry }) => entry === name)
const telling = (...units: BookEvent[][]) => {
  const story = new Story()
  story.tell(registered('XYZ'), option())
  for (const events of units) story.tell(...events)
  return story
}
const bought = 'fill:B:2025-03-03:B'
const written_ = 'fill:B:2025-03-03:W'

describe('an option', () => {
  it('bought, costs its premium and commission; sold again, it realises the difference', () => {
    const story = telling([traded('B', 'buy', 2, 3, '2025-03-03', { commission: '4' })])
    expect(told(story, `${bought}/trade`)).toStrictEqual([
      `1100 ${bought} +2u USD +604/+604`,
      '2200 USD -604/-604',
      '8000 -2u',
    ])
    story.tell(traded('S', 'sell', 2, 4, '2025-03-10'))
    expect(told(story, 'fill:B:2025-03-10:S/trade')).toStrictEqual([
      `1100 ${bought} -2u USD -604/-604`,
      '1200 USD +800/+800',
      '4100 USD -196/-196',
      '8000 +2u',
    ])
  })

  it('exercised, buys at the strike: the premium is part of the cost, and the holding period starts with the exercise', () => {
    const more = { ...delivery('buy', 2), costs: [{ type: 'commission', amount: '10', currency: 'USD' } as const] }
    const story = telling(
      [traded('B', 'buy', 3, 3, '2025-03-03')],
      [ended('x', 'exercise', 'long', 2, '2025-06-02', { ...more, settlementDate: '2025-06-03' })],
    )
    // 200 x 50 + 10 + 2 contracts of 300
    expect(told(story, 'option:x/trade')).toStrictEqual([
      `1100 ${bought} -2u USD -600/-600`,
      '1100 option:x +200u USD +10610/+10610',
      '2200 USD -10010/-10010',
      '8000 -198u',
    ])
    expect(told(story, 'option:x/settle').filter((line) => !line.startsWith('1100'))).toStrictEqual([
      '1000 USD -10010/-10010',
      '2200 USD +10010/+10010',
    ])
    const stock = lotsOf(story.book.journal).find(({ instrument }) => instrument === 'XYZ')
    expect(stock).toMatchObject({ lot: 'option:x', acquiredOn: '2025-06-02', units: '200' })
    expect(imbalances([...story.book.journal])).toStrictEqual([])
  })

  it('a put exercised sells at the strike less what it cost', () => {
    const story = telling(
      [fill('X', 'buy', 'XYZ', '100', '40', '2025-03-03')],
      [traded('B', 'buy', 1, 3, '2025-03-03')],
      [ended('x', 'exercise', 'long', 1, '2025-06-02', delivery('sell', 1))],
    )
    // 5,000 - 300 - 4,000
    expect(told(story, 'option:x/trade')).toStrictEqual([
      `1100 ${bought} -1u USD -300/-300`,
      '1100 fill:B:2025-03-03:X -100u USD -4000/-4000',
      '1200 USD +5000/+5000',
      '4100 USD -700/-700',
      '8000 +101u',
    ])
  })

  it('written and assigned, a put buys at the strike less its premium, a call sells at the strike and its premium', () => {
    const put = telling(
      [traded('W', 'sell-short', 1, 2, '2025-03-03')],
      [ended('x', 'assignment', 'short', 1, '2025-06-02', delivery('buy', 1))],
    )
    expect(told(put, 'option:x/trade')).toStrictEqual([
      '1100 option:x +100u USD +4800/+4800',
      '2100 fill:B:2025-03-03:W +1u USD +200/+200',
      '2200 USD -5000/-5000',
      '8000 -101u',
    ])
    const call = telling(
      [fill('X', 'buy', 'XYZ', '100', '40', '2025-03-03')],
      [traded('W', 'sell-short', 1, 2, '2025-03-03')],
      [ended('x', 'assignment', 'short', 1, '2025-06-02', delivery('sell', 1))],
    )
    // 5,000 + 200 - 4,000
    expect(told(call, 'option:x/trade')).toContain('4100 USD -1200/-1200')
    expect(told(call, 'option:x/trade')).toContain('1200 USD +5000/+5000')
    expect(imbalances([...call.book.journal, ...put.book.journal])).toStrictEqual([])
  })

  it('expired, loses its premium; written and expired, keeps it', () => {
    const long = telling([traded('B', 'buy', 2, 3, '2025-03-03')], [ended('x', 'expiry', 'long', 2, '2025-06-20')])
    expect(told(long, 'option:x/trade')).toStrictEqual([
      `1100 ${bought} -2u USD -600/-600`,
      '4100 USD +600/+600',
      '8000 +2u',
    ])
    const short = telling(
      [traded('W', 'sell-short', 2, 3, '2025-03-03')],
      [ended('x', 'expiry', 'short', 2, '2025-06-20')],
    )
    expect(told(short, 'option:x/trade')).toStrictEqual([
      `2100 ${written_} +2u USD +600/+600`,
      '4100 USD -600/-600',
      '8000 -2u',
    ])
    expect(short.differences.flatMap(({ disposals }) => disposals).map(({ gain }) => gain)).toStrictEqual(['600'])
  })

  it('settled in cash realises what the holder is paid against the premium', () => {
    const cash = { amount: '750', currency: 'USD' }
    const story = telling(
      [traded('B', 'buy', 2, 3, '2025-03-03')],
      [ended('x', 'exercise', 'long', 2, '2025-06-20', { cash, settlementDate: '2025-06-23' })],
    )
    expect(told(story, 'option:x/trade')).toStrictEqual([
      `1100 ${bought} -2u USD -600/-600`,
      '1200 USD +750/+750',
      '4100 USD -150/-150',
      '8000 +2u',
    ])
  })

  it('ends after the trades of its day, an exercise before an expiry, and no further than it is held', () => {
    const story = telling(
      [
        ended('y', 'expiry', 'long', 5, '2025-06-20'),
        ended('x', 'exercise', 'long', 1, '2025-06-20', delivery('buy', 1)),
      ],
      [traded('B', 'buy', 3, 3, '2025-06-20')],
    )
    expect(told(story, 'option:x/trade')).toContain('1100 option:x +100u USD +5300/+5300')
    expect(told(story, 'option:y/trade')).toContain('1100 fill:B:2025-06-20:B -2u USD -600/-600')
    const excess = story.book.breaks.filter(({ code }) => code === 'option-exceeds-holding')
    expect(excess.map(({ fact }) => fact)).toStrictEqual(['option:y'])
    expect(balances(story.folded())).toStrictEqual(balances(story.book.journal))
  })

  it('corrected and cancelled leaves no trace of what it was', () => {
    const buys = [traded('B', 'buy', 3, 3, '2025-03-03')]
    const story = telling(buys, [ended('x', 'exercise', 'long', 2, '2025-06-02', delivery('buy', 2))])
    const right = ended('x', 'expiry', 'long', 3, '2025-06-20')
    if (right.type !== 'OptionEnded') throw new Error('unreachable')
    story.tell({
      type: 'FactCorrected',
      data: { fact: 'option:x', as: { type: 'OptionEnded', option: right.data.option } },
    })
    expect(balances(story.book.journal)).toStrictEqual(balances(telling(buys, [right]).book.journal))
    story.tell({ type: 'FactCancelled', data: { fact: 'option:x' } })
    expect(balances(story.book.journal)).toStrictEqual(balances(telling(buys).book.journal))
  })

  it('in another currency: the cost keeps its own rate when exercised, and is an FX gain when it is sold on', () => {
    const story = new Story()
    story.tell(rate('2025-03-03', '1.00'), rate('2025-06-02', '1.20'))
    story.tell(registered('XYZ', 'EUR'), option('EUR'))
    story.tell(
      traded('B', 'buy', 2, 3, '2025-03-03', { currency: 'EUR' }),
      fill('X', 'buy', 'XYZ', '100', '40', '2025-03-03', { currency: 'EUR' }),
    )
    story.tell(ended('c', 'exercise', 'long', 1, '2025-06-02', delivery('buy', 1, 'EUR')))
    // 300 at 1.00 and 5,000 at 1.20
    expect(told(story, 'option:c/trade')).toContain('1100 option:c +100u EUR +5300/+6300')
    story.tell(ended('p', 'exercise', 'long', 1, '2025-06-02', delivery('sell', 1, 'EUR')))
    // (5,000 - 300 - 4,000) at 1.20; 4,000 x 0.20 on the stock, 300 x 0.20 on the option; received 5,000 at 1.20
    expect(told(story, 'option:p/trade')).toStrictEqual([
      `1100 ${bought} -1u EUR -300/-300`,
      '1100 fill:B:2025-03-03:X -100u EUR -4000/-4000',
      '1200 EUR +5000/+6000',
      '4100 EUR -700/-840',
      '4110 EUR 0/-860',
      '8000 +101u',
    ])
    expect(imbalances([...story.book.journal])).toStrictEqual([])
  })
})
