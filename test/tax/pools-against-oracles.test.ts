// UK and Canadian views of random histories, through books, equal the naive oracles line by line.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TaxView } from '../../src/domain/tax/core/regime.ts'
import { canada } from '../../src/domain/tax/canada/canada.ts'
import { uk } from '../../src/domain/tax/uk/uk.ts'
import { canadaOracle } from '../oracle/tax-canada.ts'
import { ukOracle } from '../oracle/tax-uk.ts'
import { booksOf, dateOf, happened, paidOut, toldOf } from './pool-histories.ts'
import { heldIn, rowsOf, viewOf } from './told-views.ts'

/** Days of the oracle as dates. */
function dated(line: string): string {
  return line
    .replace(/^\d+/, (day) => dateOf(Number(day)))
    .replace(/bought (\d+)$/, (_, day) => `bought ${dateOf(Number(day))}`)
}

const RUNS = { numRuns: 120 }

/** Lines as the view has them, without whether they are provisional; in one order, for a day's are in the order of their making. */
function linesOf(view: TaxView): string[] {
  return rowsOf(view)
    .map((row) => row.replace(' provisional', ''))
    .sort()
}

describe('tax views of random histories', () => {
  it('of a UK owner with three portfolios are those of the oracle', () => {
    fc.assert(
      fc.property(happened, (story) => {
        const { lines, pools } = ukOracle(toldOf(story, ['ann', 'ann', 'ann']))
        const view = viewOf(uk, booksOf(story, 'GBP', [{}, {}, {}]))
        expect(rowsOf(view).map((row) => row.replace(' provisional', ''))).toStrictEqual(lines.map(dated))
        expect(heldIn(view)).toStrictEqual(pools)
      }),
      RUNS,
    )
  })

  it('of a Canadian owner with an affiliate and a registered account are those of the oracle', () => {
    fc.assert(
      fc.property(happened, (story) => {
        const { lines, pools } = canadaOracle(toldOf(story, ['ann', 'bob', 'ann (registered)']), 'ann')
        const books = booksOf(story, 'CAD', [{}, { owner: 'bob' }, { taxStatus: 'retirement' }])
        const view = viewOf(canada, books, { conventions: { dates: 'trade' } })
        expect(
          rowsOf(view)
            .map((row) => row.replace(' provisional', ''))
            .sort(),
        ).toStrictEqual(lines.map(dated).sort())
        expect(heldIn(view)).toStrictEqual(pools)
      }),
      RUNS,
    )
  })

  it('with capital returned and income accumulated are those of the oracles', () => {
    fc.assert(
      fc.property(paidOut, (story) => {
        const british = ukOracle(toldOf(story, ['ann', 'ann', 'ann']))
        const inBritain = viewOf(uk, booksOf(story, 'GBP', [{}, {}, {}]))
        expect(linesOf(inBritain)).toStrictEqual(british.lines.map(dated).sort())
        expect(heldIn(inBritain)).toStrictEqual(british.pools)
        const canadian = canadaOracle(toldOf(story, ['ann', 'bob', 'ann (registered)']), 'ann')
        const books = booksOf(story, 'CAD', [{}, { owner: 'bob' }, { taxStatus: 'retirement' }])
        const inCanada = viewOf(canada, books, { conventions: { dates: 'trade' } })
        expect(linesOf(inCanada)).toStrictEqual(canadian.lines.map(dated).sort())
        expect(heldIn(inCanada)).toStrictEqual(canadian.pools)
      }),
      RUNS,
    )
  })
})
