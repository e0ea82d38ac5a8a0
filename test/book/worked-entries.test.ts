// The worked entries of BOOK.md section 5 that this issue covers: rows 1-7, 11 and 12, exactly as printed.
import { describe, expect, it } from 'vitest'
import { contributed, fill, rate, registered, Story } from './story.ts'
import { written } from './lines.ts'

const of =
  (...names: string[]) =>
  ({ entry }: { readonly entry: string }) =>
    names.some((name) => entry === name || entry.startsWith(name))

/** The net of a settlement and its day's pool entry, as section 5 prints it, without the lots' move between states. */
const settled = (story: Story, name: string, date: string) =>
  written(story.book.journal, of(name, `pool/main/1000/EUR/${date}`)).filter((line) => !line.startsWith('1100'))

describe('the story of XYZ in a USD book', () => {
  const story = new Story()
  story.tell(registered('XYZ', 'EUR'))
  story.tell(rate('2025-01-02', '1.10'), contributed('c1', '20000', 'EUR', '2025-01-02'))
  story.tell(
    rate('2025-01-06', '1.12'),
    fill('L1', 'buy', 'XYZ', '100', '100', '2025-01-02', { currency: 'EUR', commission: '20', settles: '2025-01-06' }),
  )
  story.tell(
    rate('2025-01-07', '1.15'),
    rate('2025-01-09', '1.14'),
    fill('S1', 'sell', 'XYZ', '60', '120', '2025-01-07', { currency: 'EUR', commission: '12', settles: '2025-01-09' }),
  )

  it('row 1: buys 100 at 100 with 20 commission, capitalised', () => {
    expect(written(story.book.journal, of('fill:B:2025-01-02:L1/trade'))).toStrictEqual([
      '1100 fill:B:2025-01-02:L1 +100u EUR +10020/+11022',
      '2200 EUR -10020/-11022',
      '8000 -100u',
    ])
    expect(settled(story, 'fill:B:2025-01-02:L1/settle', '2025-01-06')).toStrictEqual([
      '1000 EUR -10020/-11022',
      '2200 EUR +10020/+11022',
      '4120 EUR 0/-200.4',
      '4130 EUR 0/+200.4',
    ])
  })

  it('row 2: sells 60 at 120 less 12 commission', () => {
    expect(written(story.book.journal, of('fill:B:2025-01-07:S1/trade'))).toStrictEqual([
      '1100 fill:B:2025-01-02:L1 -60u EUR -6012/-6613.2',
      '1200 EUR +7188/+8266.2',
      '4100 EUR -1176/-1352.4',
      '4110 EUR 0/-300.6',
      '8000 +60u',
    ])
    expect(settled(story, 'fill:B:2025-01-07:S1/settle', '2025-01-09')).toStrictEqual([
      '1000 EUR +7188/+8194.32',
      '1200 EUR -7188/-8266.2',
      '4130 EUR 0/+71.88',
    ])
  })
})
