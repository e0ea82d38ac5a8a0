// LEAN's factor files and PMwR's adjusted prices, asked through the analytics routes.
import type { Door, FolderFiles, GoldenCase, GoldenFolder } from '../golden-case.ts'
import { isExactly, isNear, isSame } from '../figures.ts'

/** Date (20180510), price factor, split factor, reference close. */
type Row = readonly [string, string, string, string]

interface Adjustment {
  readonly id: string
  readonly f: string
  readonly x: readonly number[]
  readonly t: readonly number[]
  readonly div?: readonly number[]
  readonly ratio?: readonly (number | string)[]
  readonly backward?: readonly number[]
  readonly forward?: readonly number[]
}

interface Cases {
  readonly lean_files: Readonly<Record<string, readonly Row[]>>
  readonly pmwr_adjustments: readonly Adjustment[]
  readonly lean_cases: readonly {
    readonly id: string
    readonly title: string
    readonly before?: string
    readonly after?: string
    readonly file?: string
    readonly dividend?: number
    readonly split_factor?: number
    readonly reference_close?: number
    readonly tolerance_abs?: number
    readonly rows?: readonly (readonly [string, number, number])[]
    readonly expected: unknown
  }[]
}

/** Seven places in the files. */
const FILE_TOLERANCE = 1e-6
const iso = (day: string) => `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}`
const dashed = (row: Row) => ({ date: iso(row[0]), priceFactor: row[1], splitFactor: row[2], referenceClose: row[3] })
type Factors = ReturnType<typeof dashed>

const factors = (door: Door, body: object) => door.ask('POST', '/v1/analytics/price-factors', body)

function same(found: unknown, printed: readonly Factors[]): void {
  const rows = found as readonly Factors[]
  isSame(
    'dates',
    rows.map(({ date }) => date),
    printed.map(({ date }) => date),
  )
  for (const [i, row] of printed.entries()) {
    isNear(`price factor of ${row.date}`, rows[i]?.priceFactor, row.priceFactor, FILE_TOLERANCE)
    isNear(`split factor of ${row.date}`, rows[i]?.splitFactor, row.splitFactor, FILE_TOLERANCE)
    isExactly(`close of ${row.date}`, rows[i]?.referenceClose, row.referenceClose)
  }
}

function applied(name: string, before: readonly Row[], after: readonly Row[], event: object): GoldenCase {
  return {
    name,
    figures: after.length,
    async run(door) {
      const answer = await factors(door, { factors: before.map(dashed), apply: [event] })
      same(answer.factors, after.map(dashed))
      return undefined
    },
  }
}

function leanCases({ lean_files, lean_cases }: Cases): GoldenCase[] {
  const file = (name: string | undefined) => {
    const rows = lean_files[name ?? '']
    if (rows === undefined) throw new Error(`no file ${name}`)
    return rows
  }
  return lean_cases.map((one): GoldenCase => {
    const name = `${one.id}: ${one.title}`
    if (one.dividend !== undefined)
      return applied(name, file(one.before), file(one.after), {
        date: '2018-05-10',
        dividend: String(one.dividend),
        referenceClose: String(one.reference_close),
      })
    if (one.split_factor !== undefined)
      return applied(name, file(one.before), file(one.after), {
        date: '2019-11-27',
        split: String(one.split_factor),
        referenceClose: String(one.reference_close),
      })
    if (one.file !== undefined)
      return {
        name,
        figures: 2,
        async run(door) {
          const { events } = await factors(door, { factors: file(one.file).map(dashed) })
          const on = (date: string) =>
            (events as readonly Record<string, unknown>[]).find((event) => event.date === date)
          isNear(
            'dividend',
            on('2018-05-10')?.dividend,
            Number(Reflect.get(Object(one.expected), 'dividend_2018-05-11')),
            1e-5,
          )
          isNear('split', on('2014-06-06')?.split, '0.142857', 1e-6)
          return undefined
        },
      }
    // Days before a day: any day will do.
    const day = (text: string) =>
      new Date(Date.UTC(2024, 0, 1) - Number(text.slice(2)) * 86_400_000).toISOString().slice(0, 10)
    const expected = Object.entries(one.expected as Record<string, number | string>)
    return {
      name,
      figures: expected.length,
      async run(door) {
        const rows = [...(one.rows ?? [])].reverse()
        const { on } = await factors(door, {
          factors: rows.map(([at, price, split]) => ({
            date: day(at),
            priceFactor: String(price),
            splitFactor: String(split),
            referenceClose: '0',
          })),
          dates: expected.map(([at]) => day(at)),
        })
        for (const [i, [at, factor]] of expected.entries()) {
          const product = String(factor)
            .split('*')
            .reduce((all, part) => all * Number(part), 1)
          isNear(at, (on as readonly { readonly factor: string }[])[i]?.factor, product, 1e-12)
        }
        return undefined
      },
    }
  })
}

/** The events read off a real file make the file again. */
function fileCase(files: FolderFiles, name: string): GoldenCase {
  const rows = files
    .text(`lean_factor_${name}.csv`)
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => {
      const [date = '', price = '', split = '', close = ''] = line.split(',')
      return dashed([date, price, split, close])
    })
  const [oldest] = rows
  const newest = rows.at(-1)
  return {
    name: `the dividends and splits of ${name} make its factor file`,
    figures: rows.length,
    async run(door) {
      const { events } = await factors(door, { factors: rows })
      const apply = (events as readonly Record<string, string | null>[]).map(
        ({ date, dividend, split, referenceClose }) => ({
          date,
          referenceClose,
          ...(dividend === null ? { split } : { dividend }),
        }),
      )
      if (oldest === undefined || newest === undefined) throw new Error('the file is empty')
      // The first row only says from when on there are prices.
      const start = [{ ...newest, date: oldest.date, referenceClose: oldest.referenceClose }, newest]
      const answer = await factors(door, { factors: start, apply })
      const kept = rows.filter(
        ({ date }) => date === oldest.date || date === newest.date || apply.some((event) => event.date === date),
      )
      same(answer.factors, kept)
      return undefined
    },
  }
}

function adjustmentCases({ pmwr_adjustments }: Cases): GoldenCase[] {
  const day = (n: number) => new Date(Date.UTC(2024, 0, n)).toISOString().slice(0, 10)
  return pmwr_adjustments.map((one) => ({
    name: `${one.id}: ${one.f} of ${one.x.join(', ')}`,
    figures: (one.backward?.length ?? 0) + (one.forward?.length ?? 0),
    async run(door) {
      const events = one.t.map((t, i) => {
        const [numerator = '', denominator = '1'] = String(one.ratio?.[i] ?? '').split('/')
        return one.div === undefined
          ? { exDate: day(t), numerator, denominator }
          : { exDate: day(t), dividend: String(one.div[i]) }
      })
      const prices = one.x.map((price, i) => ({ date: day(i + 1), price: String(price) }))
      const dividends = one.f.includes('additive') ? 'additive' : 'reinvested'
      for (const [base, printed] of [
        ['last', one.backward],
        ['first', one.forward],
      ] as const) {
        if (printed === undefined) continue
        const { rows } = await door.ask('POST', '/v1/analytics/adjusted-prices', { prices, events, base, dividends })
        const found = rows as readonly { readonly adjusted: string }[]
        for (const [i, price] of printed.entries()) isNear(`price ${i + 1}, ${base}`, found[i]?.adjusted, price, 1e-12)
      }
      return undefined
    },
  }))
}

export const folder: GoldenFolder = {
  folder: 'e2_corpactions_price_adjustment',
  cases(files) {
    const cases = files.json<Cases>('cases.json')
    return [
      ...leanCases(cases),
      ...adjustmentCases(cases),
      ...['aapl', 'bac', 'goog', 'ibm', 'spy'].map((name) => fileCase(files, name)),
    ]
  },
}
