// Every corporate-action code by its own arithmetic: what is held, what is announced, what the book then says; and that those which
// are information only change nothing.
import { describe, expect, it } from 'vitest'
import { ACTION_CODES, type Caev } from '../../src/domain/instrument/action-codes.ts'
import { checkAction } from '../../src/domain/instrument/action-rules.ts'
import { EXCHANGES } from './codes/exchanges.ts'
import { INCOME } from './codes/income.ts'
import { EX, lotsAfter, postsOf, type Scenario, told } from './codes/scenario.ts'
import { UNITS } from './codes/units.ts'
import { balances } from './lines.ts'

const WORKED: Partial<Record<Caev, readonly Scenario[]>> = { ...INCOME, ...UNITS, ...EXCHANGES }
const codes = Object.keys(ACTION_CODES) as Caev[]
const informational = codes.filter((code) => ACTION_CODES[code].effect === 'information')
const effective = codes.filter((code) => ACTION_CODES[code].effect !== 'information')

describe('the table of codes', () => {
  it('has the 67 of ExternalCorporateActionEventType1Code', () => {
    expect(codes).toHaveLength(67)
  })

  it('has a worked example for every code that does something', () => {
    expect(effective.filter((code) => (WORKED[code] ?? []).length === 0)).toStrictEqual([])
    expect(informational.filter((code) => WORKED[code] !== undefined)).toStrictEqual([])
  })
})

describe.each(effective)('%s', (code) => {
  it.each((WORKED[code] ?? []).map((scenario) => [scenario.of, scenario] as const))('%s', (_, scenario) => {
    const terms = { action: 'a', exDate: EX, payDate: '2025-01-15', ...scenario.terms }
    // the decider would have taken it
    checkAction('XYZ', terms, () => true)
    const story = told(scenario)
    expect(scenario.terms.caev).toBe(code)
    expect(postsOf(story)).toStrictEqual(scenario.posts)
    expect(lotsAfter(story)).toStrictEqual(scenario.lots)
    // told step by step or folded at once, it is one book
    expect(balances(story.posted)).toStrictEqual(balances(story.folded()))
  })

  it('cancelled, leaves the book as if it had never been', () => {
    for (const scenario of WORKED[code] ?? []) {
      const story = told(scenario)
      const known = story.position
      const before = balances(story.folded())
      story.tell({ type: 'CorporateActionCancelled', data: { instrument: 'XYZ', action: 'a' } })
      // what was known before the cancellation is still what was known then
      expect(balances(story.folded(known))).toStrictEqual(before)
      const without = told({ ...scenario, terms: { caev: 'INFO', legs: [] }, elected: [] })
      expect(balances(story.posted)).toStrictEqual(balances(without.posted))
      expect(story.book.breaks).toStrictEqual(without.book.breaks)
    }
  })
})

describe.each(informational)('%s', (code) => {
  it('is recorded and changes nothing', () => {
    const terms = { caev: code, legs: [] }
    checkAction('XYZ', { action: 'a', exDate: EX, ...terms }, () => true)
    const story = told({ of: code, held: [['A', 10, '10']], terms, posts: [], lots: [] })
    expect(postsOf(story)).toStrictEqual([])
    expect(lotsAfter(story)).toStrictEqual(['XYZ A 10 at 100'])
  })
})
