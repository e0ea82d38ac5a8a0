// Breaks as rows: each one by itself, from the position where it opened to the one where it closed.
import { expect, it } from 'vitest'
import type { BookBreak, Difference } from '../../src/domain/book/knowledge.ts'
import { EMPTY_HASH, StateHash } from '../../src/projections/rows/state-hash.ts'
import { breaks } from '../../src/projections/breaks/table.ts'
import { applyBreaks } from '../../src/projections/breaks/rows.ts'
import { KnownRows } from '../../src/projections/rows/known-rows.ts'

const dropped = (account: string): BookBreak => ({
  code: 'fraction-dropped',
  fact: 'ca:XYZ:S1',
  message: `0.5 units in ${account} were dropped`,
  since: '2025-03-21',
})

const difference = (position: bigint, opened: BookBreak[], closed: BookBreak[]): Difference => ({
  position,
  postings: [],
  disposals: [],
  withdrawnDisposals: [],
  breaksOpened: opened,
  breaksClosed: closed,
  folded: { facts: 0, partitions: 0, poolDays: 0 },
})

it('keeps two breaks of one fact apart: closing one leaves the other open', () => {
  const rows = new KnownRows(breaks, new StateHash(EMPTY_HASH))
  applyBreaks('P', rows, difference(10n, [dropped('cust'), dropped('vault')], []))
  applyBreaks('P', rows, difference(20n, [], [dropped('cust')]))
  const { inserts } = rows.drain(false)
  expect(inserts.map((row) => [row.message, row.known_from, row.known_to])).toStrictEqual([
    ['0.5 units in cust were dropped', '10', '20'],
    ['0.5 units in vault were dropped', '10', null],
  ])
})
