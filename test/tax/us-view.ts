// The US view of stories told to books: what a test asks, and answers short enough to read.
import { type Decimal, decimalText } from '../../src/domain/kernel/decimal.ts'
import type { Affiliate, Holder } from '../../src/domain/tax/core/owners.ts'
import type { TaxInstrument, TaxLine, TaxView } from '../../src/domain/tax/core/regime.ts'
import { taxEventsOf } from '../../src/domain/tax/core/tax-events.ts'
import { us } from '../../src/domain/tax/us/us.ts'
import type { Story } from '../book/story.ts'

export interface Asked {
  readonly effectiveAt?: string
  readonly horizon?: string
  readonly conventions?: Readonly<Record<string, string>>
  readonly affiliates?: readonly Affiliate[]
  readonly instrument?: (id: string) => TaxInstrument
}

/** Whose each story is; a story alone is Ann's, who is taxable. */
export type Held = readonly (readonly [Story, Holder])[]

const EQUITY: TaxInstrument = { type: 'equity', underlying: null, actions: [] }

export function usView(held: Story | Held, asked: Asked = {}): TaxView {
  const stories: Held = Array.isArray(held) ? held : [[held as Story, { owner: 'ann', taxStatus: 'taxable' }]]
  const { effectiveAt = '9999-12-31', horizon = '9999-12-31' } = asked
  const sources = stories.map(([story, holder], i) => ({
    portfolio: `p${i + 1}`,
    changes: story.book.journal.lotChanges,
    holderOn: () => holder,
  }))
  return us.view(taxEventsOf(sources, horizon), {
    owner: 'ann',
    affiliates: asked.affiliates ?? [],
    effectiveAt,
    horizon,
    instrument: asked.instrument ?? (() => EQUITY),
    conventions: asked.conventions ?? {},
  })
}

const text = (amount: Decimal | null): string => (amount === null ? '?' : decimalText(amount))

/** `100 of B1 held from 2025-01-06: 750 - 1000, W 250 = 0, short` and what marks it. */
export function written(line: TaxLine): string {
  const { units, lots, holdingFrom, acquiredOn, proceeds, cost, code, disallowed, gain, term, provisional, decidedOn } =
    line
  const from = holdingFrom === null ? `since ${acquiredOn}` : `as since ${holdingFrom}`
  const washed = code === '' ? '' : ` ${code} ${text(disallowed)}`
  const undecided = provisional ? `, until ${decidedOn}` : ''
  return `${text(units)} of ${short(lots[0]?.lot)} ${from}: ${text(proceeds)} - ${text(cost)}${washed} = ${text(gain)} ${term}${undecided}`
}

export function linesOf(view: TaxView): string[] {
  return view.lines.map(written)
}

/** `100 of B2 since ...: cost 1050`. */
export function lotsOf(view: TaxView): string[] {
  return view.lots.map(({ units, lot, acquiredOn, holdingFrom, cost }) => {
    const from = holdingFrom === null ? `since ${acquiredOn}` : `as since ${holdingFrom}`
    return `${text(units)} of ${short(lot)} ${from}: ${text(cost)}`
  })
}

export function totalsOf(view: TaxView): Record<string, string> {
  return Object.fromEntries(view.totals.map(({ taxYear, name, amount }) => [`${taxYear} ${name}`, text(amount)]))
}

/** Lots of these tests are named after fills: the execution's id says enough. */
function short(lot = ''): string {
  return lot.replace(/fill:B:\d{4}-\d\d-\d\d:/g, '')
}
