// Tables whose rows need not all be in memory: not loaded is never taken for absent, and what changed can be taken back or saved.
import { describe, expect, it } from 'vitest'
import { NotLoaded, Tables } from '../../../src/domain/kernel/rows.ts'

/** Two tables with rows in them, all of them saved. */
function stored() {
  const tables = new Tables()
  const fills = tables.add<string>('fill', true)
  const orders = tables.add<string>('order')
  tables.track()
  fills.set('B:1:mon', 'a')
  fills.set('B:1:tue', 'b')
  fills.set('B:2:mon', 'c')
  orders.set('o', 'open')
  const rows = tables.take()
  tables.saved()
  return { tables, fills, orders, rows }
}

function missing(ask: () => unknown) {
  try {
    ask()
  } catch (error) {
    if (error instanceof NotLoaded) return error.rows
    throw error
  }
  throw new Error('nothing was missing')
}

describe('a table that is whole', () => {
  it('knows what is not there', () => {
    const { fills } = stored()
    expect([fills.get('B:3:mon'), fills.has('B:1:mon'), fills.under('B:3:')]).toStrictEqual([undefined, true, []])
  })

  it('answers the rows of a group, as long as they are there', () => {
    const { fills } = stored()
    expect(fills.under('B:1:')).toStrictEqual(['a', 'b'])
    fills.delete('B:1:mon')
    expect(fills.under('B:1:')).toStrictEqual(['b'])
    fills.set('B:1:wed', 'd')
    expect(fills.under('B:1:')).toStrictEqual(['b', 'd'])
  })
})

describe('a table whose rows were let go of', () => {
  it('says which row it lacks, and takes no row for absent before it was looked for', () => {
    const { tables, fills, orders } = stored()
    tables.shed()
    expect(tables.size).toBe(0)
    expect(missing(() => fills.get('B:1:mon'))).toStrictEqual([{ table: 'fill', key: 'B:1:mon' }])
    expect(missing(() => fills.under('B:1:'))).toStrictEqual([{ table: 'fill', under: 'B:1:' }])
    expect(missing(() => orders.entries())).toStrictEqual([{ table: 'order', under: '' }])
  })

  it('knows what was loaded: the row, that there is none, a whole group, everything', () => {
    const { tables, fills, orders } = stored()
    tables.shed()
    const names = [
      { table: 'fill', key: 'B:2:mon' },
      { table: 'fill', key: 'B:2:tue' },
      { table: 'fill', under: 'B:1:' },
      { table: 'order', under: '' },
    ]
    tables.put(names, [
      { table: 'fill', key: 'B:2:mon', value: 'c' },
      { table: 'fill', key: 'B:1:mon', value: 'a' },
      { table: 'fill', key: 'B:1:tue', value: 'b' },
      { table: 'order', key: 'o', value: 'open' },
    ])
    expect([fills.get('B:2:mon'), fills.get('B:2:tue'), fills.get('B:1:fri')]).toStrictEqual([
      'c',
      undefined,
      undefined,
    ])
    expect([fills.under('B:1:'), orders.entries(), orders.get('p')]).toStrictEqual([
      ['a', 'b'],
      [['o', 'open']],
      undefined,
    ])
    // One row of a group is not the group.
    expect(missing(() => fills.under('B:2:'))).toStrictEqual([{ table: 'fill', under: 'B:2:' }])
  })

  it('keeps what is newer than what is loaded, a row that was deleted too', () => {
    const { tables, fills } = stored()
    tables.shed()
    fills.set('B:1:mon', 'new')
    fills.delete('B:1:tue')
    tables.put(
      [{ table: 'fill', under: 'B:1:' }],
      [
        { table: 'fill', key: 'B:1:mon', value: 'a' },
        { table: 'fill', key: 'B:1:tue', value: 'b' },
      ],
    )
    expect(fills.under('B:1:')).toStrictEqual(['new'])
  })
})

describe('a transaction', () => {
  it('that is taken back leaves no trace: rows, groups, and what is to be saved are as before', () => {
    for (const shed of [false, true]) {
      const { tables, fills, orders } = stored()
      orders.set('o', 'changed before')
      if (shed) tables.shed()
      const before = tables.size
      tables.begin()
      fills.set('B:1:mon', 'x')
      fills.set('B:1:mon', 'y')
      fills.set('B:9:mon', 'z')
      fills.delete('B:1:tue')
      orders.delete('o')
      orders.set('q', 'new')
      tables.rollback()
      expect(tables.size).toBe(before)
      expect(tables.take()).toStrictEqual([{ table: 'order', key: 'o', value: 'changed before' }])
      if (shed) expect(missing(() => fills.get('B:1:mon'))).toStrictEqual([{ table: 'fill', key: 'B:1:mon' }])
      else expect([fills.under('B:1:').sort(), fills.under('B:9:')]).toStrictEqual([['a', 'b'], []])
    }
  })
})

describe('saving', () => {
  it('takes what changed since, deleted rows too, and takes it again until it is known to be saved', () => {
    const { tables, fills, orders } = stored()
    expect(tables.take()).toStrictEqual([])
    fills.set('B:1:mon', 'new')
    orders.delete('o')
    const changes = [
      { table: 'fill', key: 'B:1:mon', value: 'new' },
      { table: 'order', key: 'o', value: null },
    ]
    expect(tables.take()).toStrictEqual(changes)
    // It failed; meanwhile another row came.
    orders.set('p', 'open')
    const all = [...changes, { table: 'order', key: 'p', value: 'open' }]
    expect(tables.take()).toStrictEqual(all)
    // What is being saved stays in memory.
    tables.shed()
    expect([fills.get('B:1:mon'), orders.get('o'), orders.get('p')]).toStrictEqual(['new', undefined, 'open'])
    tables.saved()
    expect(tables.take()).toStrictEqual([])
    tables.shed()
    expect(tables.size).toBe(0)
  })
})
