// Tax views of told stories: several portfolios and holders, each portfolio a story of its own with the same instruments.
import { decimal, decimalText } from '../../src/domain/kernel/decimal.ts'
import { taxActionsOf } from '../../src/domain/tax/core/tax-actions.ts'
import { taxEventsOf } from '../../src/domain/tax/core/tax-events.ts'
import type { TaxStatus } from '../../src/domain/tax/core/tax-event.ts'
import type { Regime, TaxLine, TaxView } from '../../src/domain/tax/core/regime.ts'
import type { Story } from '../book/story.ts'

export interface Holding {
  readonly story: Story
  readonly owner?: string
  readonly taxStatus?: TaxStatus
}

export interface Asked {
  readonly effectiveAt?: string
  readonly horizon?: string
  readonly conventions?: Readonly<Record<string, string>>
  readonly spouse?: string
}

/** The view of owner `ann` over stories, in the order they are given. */
export function viewOf(regime: Regime, holdings: readonly Holding[], asked: Asked = {}): TaxView {
  const { effectiveAt = '2099-12-31', horizon = effectiveAt, conventions = {}, spouse } = asked
  const sources = holdings.map(({ story, owner = 'ann', taxStatus = 'taxable' }, i) => ({
    portfolio: `p${i + 1}`,
    changes: story.book.journal.lotChanges,
    holderOn: () => ({ owner, taxStatus }),
  }))
  const reference = holdings[0]?.story.reference
  return regime.view(taxEventsOf(sources, horizon), {
    owner: 'ann',
    effectiveAt,
    horizon,
    conventions,
    affiliates: spouse === undefined ? [] : [{ owner: spouse, relation: 'spouse', from: '2000-01-01' }],
    instrument: (id) => ({
      type: 'equity',
      underlying: null,
      actions: taxActionsOf(reference?.actionsOn(id, 999_999_999n) ?? []),
    }),
  })
}

/** One line a row: date, rules, units, proceeds, cost, gain, disallowed. */
export function rowsOf({ lines }: TaxView): string[] {
  return lines.map(rowOf)
}

function rowOf({
  soldOn,
  instrument,
  rules,
  units,
  proceeds,
  cost,
  gain,
  disallowed,
  acquiredOn,
  provisional,
}: TaxLine) {
  const money = [proceeds, cost, gain].map((amount) => (amount === null ? '?' : decimalText(amount))).join(' ')
  const denied = disallowed.equals(decimal('0')) ? '' : ` denied ${decimalText(disallowed)}`
  const bought = acquiredOn === null ? '' : ` bought ${acquiredOn}`
  return `${soldOn} ${instrument} ${rules.join('+')} ${decimalText(units)}: ${money}${denied}${bought}${provisional ? ' provisional' : ''}`
}

/** What is left, one holding a row. */
export function heldIn({ lots }: TaxView): string[] {
  return lots.map(
    ({ instrument, units, cost }) =>
      `${instrument} ${decimalText(units)} at ${cost === null ? '?' : decimalText(cost)}`,
  )
}

/** The totals of a year by name. */
export function totalsOf({ totals }: TaxView, taxYear: string): Record<string, string | null> {
  return Object.fromEntries(
    totals
      .filter((total) => total.taxYear === taxYear)
      .map(({ name, amount }) => [name, amount === null ? null : decimalText(amount)]),
  )
}
