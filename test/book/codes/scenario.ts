// How a worked example of a corporate action is told: what is held, what is announced, and what the book then says of it.
import type { ActionLeg, ActionTerms } from '../../../src/domain/instrument/events.ts'
import { lotsOf } from '../../../src/domain/book/views.ts'
import { written } from '../lines.ts'
import { announced, fill, registered, Story, type StoryOptions } from '../story.ts'

export interface Scenario {
  readonly of: string
  /** Bought before the action: name, units, price. XYZ in USD; a negative number of units is a short sale. */
  readonly held: readonly (readonly [name: string, units: number, price: string])[]
  readonly terms: Omit<ActionTerms, 'action' | 'exDate'> & { readonly exDate?: string }
  /** Option and units chosen. */
  readonly elected?: readonly (readonly [option: number, units: string])[]
  /** What all entries of the action come to, in USD: account, lot, units, local/base. */
  readonly posts: readonly string[]
  /** Lots as they then are. */
  readonly lots: readonly string[]
  readonly options?: StoryOptions
}

type SecurityLeg = Extract<ActionLeg, { kind: 'security' }>
type CashLeg = Extract<ActionLeg, { kind: 'cash' }>

export const EX = '2025-01-10'
const usd = (price: string) => ({ price, currency: 'USD' })

/** `receive` new units for every `per` held. */
export function units(
  leg: number,
  instrument: string,
  receive: string,
  per: string,
  more: Omit<Partial<SecurityLeg>, 'value' | 'subscription'> & {
    readonly worth?: string
    readonly at?: string
    readonly inLieu?: string
  } = {},
): SecurityLeg {
  const { worth, at, inLieu, ...rest } = more
  return {
    kind: 'security',
    leg,
    instrument,
    ratio: { numerator: receive, denominator: per },
    replaces: false,
    holdingPeriod: 'tack',
    fractions: inLieu === undefined ? 'down' : 'cash-in-lieu',
    ...(inLieu === undefined ? {} : { cashInLieu: usd(inLieu) }),
    ...(worth === undefined ? {} : { value: usd(worth) }),
    ...(at === undefined ? {} : { subscription: usd(at) }),
    ...rest,
  }
}

export function cash(leg: number, income: CashLeg['income'], perUnit: string, more: Partial<CashLeg> = {}): CashLeg {
  return { kind: 'cash', leg, income, currency: 'USD', perUnit, ...more }
}

export const gone = (leg: number, basis: 'lost' | 'to-parent' = 'lost') => ({ kind: 'removal', leg, basis }) as const

/** The story of a scenario, told to its end. */
export function told({ held, terms, elected = [], options }: Scenario): Story {
  const story = new Story(options)
  story.tell(registered('XYZ'), registered('NEW'), registered('TWO'), registered('RTS'))
  for (const [name, quantity, price] of held)
    story.tell(fill(name, quantity < 0 ? 'sell' : 'buy', 'XYZ', String(Math.abs(quantity)), price, '2025-01-06'))
  story.tell(announced('XYZ', { action: 'a', exDate: EX, payDate: '2025-01-15', ...terms }))
  for (const [n, [option, quantity]] of elected.entries())
    story.tell({
      type: 'ElectionMade',
      data: {
        fact: `election:${n}`,
        election: {
          ref: String(n),
          instrument: 'XYZ',
          action: 'a',
          option,
          quantity,
          custodyAccount: 'main',
          electedOn: '2025-01-08',
        },
      },
    })
  return story
}

const short = (text: string) => text.replaceAll('fill:B:2025-01-06:', '')

/** Everything the action's entries come to. */
export function postsOf(story: Story): string[] {
  return written(story.book.journal, (p) => p.entry.startsWith('ca:')).map(short)
}

export function lotsAfter(story: Story): string[] {
  const rows = lotsOf(story.book.journal)
  return rows.map((row) => `${row.instrument} ${short(row.lot)} ${row.units} at ${row.local}`).sort()
}
