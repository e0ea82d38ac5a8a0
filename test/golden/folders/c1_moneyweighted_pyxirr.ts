// pyxirr's cases: dated and periodic internal rates with every root, present and future values, level payments.
import type { Door, GoldenCase, GoldenFolder } from '../golden-case.ts'
import { isPrinted } from '../measured.ts'

type Payment = readonly [date: string, amount: number]
type Args = Readonly<Record<string, number | string | boolean | readonly number[]>>

interface Case {
  readonly id: string
  readonly measure: string
  readonly sample?: string
  readonly payments?: readonly Payment[]
  readonly day_count?: string
  readonly rate?: number
  readonly args?: Args
  readonly expected: number | string | null | readonly number[]
  readonly tolerance_abs: number
  readonly start: string
  readonly cash_flow_date: string
  readonly end: string
  readonly cash_flow_rate: number
  readonly end_rate: number
  readonly amount: number
}

/** The source's names of the day counts, and ours. */
const DAY_COUNTS: Readonly<Record<string, string>> = {
  'act/360': 'ACT/360',
  'act/365F': 'ACT/365F',
  'act/act ISDA': 'ACT/ACT-ISDA',
  '30/360 ISDA': '30/360-ISDA',
  '30/360 SIA': '30U/360-EOM',
  '30E/360': '30E/360',
}

/** Arguments such as "0.05/12". */
function numberOf(given: Args[string] | undefined): number {
  const [top, bottom = '1'] = String(given ?? 0).split('/')
  return Number(top) / Number(bottom)
}

async function rates(door: Door, flows: readonly object[], more: object = {}): Promise<readonly number[]> {
  const body = await door.ask('POST', '/v1/analytics/money-weighted', { flows, ...more })
  return body.roots as readonly number[]
}

async function run(door: Door, one: Case, payments: readonly Payment[]) {
  const { measure, expected, tolerance_abs } = one
  const dated = payments.map(([date, amount]) => ({ date, amount }))
  const valued = async (flows: readonly object[], rate: number, field: 'presentValue' | 'futureValue') =>
    Number((await door.ask('POST', '/v1/analytics/money-weighted', { flows, rate }))[field])
  switch (measure) {
    case 'xnpv':
      return isPrinted(measure, await valued(dated, one.rate ?? 0, 'presentValue'), expected, tolerance_abs)
    case 'xnfv':
      return isPrinted(measure, await valued(dated, one.rate ?? 0, 'futureValue'), expected, tolerance_abs)
    case 'xfv': {
      // Brought to the start at one rate, and from there to the end at the other.
      const start = { date: one.start, amount: 0 }
      const flow = { date: one.cash_flow_date, amount: one.amount }
      const amount = await valued([start, flow], one.cash_flow_rate, 'presentValue')
      const flows = [
        { ...start, amount },
        { date: one.end, amount: 0 },
      ]
      return isPrinted(measure, await valued(flows, one.end_rate, 'futureValue'), expected, tolerance_abs)
    }
    case 'xirr':
    case 'irr_periodic': {
      const timed = payments.map(([, amount], time) => ({ time, amount }))
      const more = one.day_count === undefined ? {} : { dayCount: DAY_COUNTS[one.day_count] }
      const roots = await rates(door, measure === 'xirr' ? dated : timed, more)
      if (typeof expected !== 'number') return noSolution(door, roots, dated)
      const nearest = roots.reduce(
        (best, root) => (Math.abs(root - expected) < Math.abs(best - expected) ? root : best),
        Number.NaN,
      )
      const found = Number.isNaN(nearest) ? roots.find((root) => Math.abs(root - expected) < 1e-6) : nearest
      return isPrinted(measure, found, expected, tolerance_abs)
    }
    default:
      return level(door, one)
  }
}

/** Where the library finds none, a rate on whose two sides the flows are worth more and less than nothing is one all the same. */
async function noSolution(door: Door, roots: readonly number[], flows: readonly object[]) {
  const [rate] = roots
  if (rate === undefined) return undefined
  const sides = await Promise.all(
    [rate - 1e-9, rate + 1e-9].map(async (near) => {
      const body = await door.ask('POST', '/v1/analytics/money-weighted', { flows, rate: near })
      return Math.sign(Number(body.presentValue))
    }),
  )
  isPrinted(
    'signs on the two sides of the rate',
    sides.reduce((a, b) => a * b, 1),
    -1,
    0,
  )
  return {
    differs: `at ${rate.toFixed(6)} the flows are worth nothing, though no double comes within the library’s 0.001 of it`,
    citation: 'golden c1 README: any root with xnpv = 0 is mathematically valid',
  }
}

async function level(door: Door, { measure, args = {}, expected, tolerance_abs }: Case) {
  if (measure === 'npv') {
    const first = Number(args.first_at ?? 0)
    const flows = (args.values as readonly number[]).map((amount, i) => ({ time: i + first, amount }))
    const body = await door.ask('POST', '/v1/analytics/money-weighted', { flows, rate: numberOf(args.rate) })
    return isPrinted(measure, body.presentValue, expected, tolerance_abs)
  }
  const solve = SOLVES[measure]
  if (solve === undefined) throw new Error(`no request for ${measure}`)
  const ask = async (period: number) => {
    const given = { payment: args.pmt, present: args.pv, future: args.fv }
    const known = Object.entries(given).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    )
    const body = await door.ask('POST', '/v1/analytics/annuity', {
      solve,
      rate: numberOf(args.rate),
      periods: Number(args.nper),
      ...(args.begin === true ? { begin: true } : {}),
      ...(solve === 'interest' || solve === 'principal' ? { period } : {}),
      ...Object.fromEntries(known),
    })
    return (body.result as { readonly value: number }).value
  }
  if (!Array.isArray(expected)) return isPrinted(measure, await ask(Number(args.per ?? 1)), expected, tolerance_abs)
  const all = []
  for (let period = 1; period <= expected.length; period++) all.push(await ask(period))
  return isPrinted(measure, all, expected, tolerance_abs)
}

const SOLVES: Readonly<Record<string, string>> = {
  fv: 'future',
  pv: 'present',
  pmt: 'payment',
  ipmt: 'interest',
  ipmt_all_periods: 'interest',
  ppmt: 'principal',
}

export const folder: GoldenFolder = {
  folder: 'c1_moneyweighted_pyxirr',
  cases(files) {
    const samples = files.json<Readonly<Record<string, readonly Payment[]>>>('samples.json')
    return files.json<{ cases: readonly Case[] }>('cases.json').cases.map(
      (one): GoldenCase => ({
        name: one.id,
        figures: Array.isArray(one.expected) ? one.expected.length : 1,
        run: async (door) => (await run(door, one, one.payments ?? samples[one.sample ?? ''] ?? [])) ?? undefined,
      }),
    )
  },
}
