// QuantLib's option values and greeks, rate conversions and bonds, asked through the analytics routes.
import type { FolderFiles, GoldenCase, GoldenFolder } from '../golden-case.ts'
import { isNear } from '../figures.ts'
import { bondCases } from './g1-bonds.ts'

interface OptionCase {
  readonly type: 'Call' | 'Put'
  readonly strike: number
  readonly spot: number
  readonly q: number
  readonly r: number
  readonly T: number
  readonly vol: number
  readonly expected: number
  readonly tol: number
}

interface BarrierCase extends OptionCase {
  readonly barrier_type: 'DownOut' | 'UpOut' | 'DownIn' | 'UpIn'
  readonly barrier: number
  readonly rebate: number
  readonly exercise: 'european' | 'american'
}

interface Options {
  readonly european_values: readonly OptionCase[]
  readonly european_greeks: readonly (OptionCase & { readonly greek: string })[]
  readonly black76_undiscounted: readonly {
    readonly type: 'Call' | 'Put'
    readonly strike: number
    readonly forward: number
    readonly std_dev: number
    readonly discount: number
    readonly expected: number
    readonly tol: number
  }[]
  readonly american_barone_adesi_whaley: { readonly tol: number; readonly cases: readonly OptionCase[] }
  readonly american_bjerksund_stensland_1993: { readonly tol: number; readonly cases: readonly OptionCase[] }
  readonly american_accurate_ju_1999: { readonly tol: number; readonly cases: readonly OptionCase[] }
  readonly digital: readonly (OptionCase & { readonly payoff: string; readonly knock_in: boolean })[]
  readonly barrier_haug: { readonly cases: readonly BarrierCase[] }
}

/** Plain decimals: JSON has some as 1e-05. */
const plain = (value: number) => (Math.abs(value) < 1e-4 && value !== 0 ? value.toFixed(12) : String(value))

/** The source takes time in days of 360. */
const years = (time: number) => plain(Math.round(time * 360) / 360)

const terms = (one: OptionCase) => ({
  type: one.type.toLowerCase(),
  strike: plain(one.strike),
  spot: plain(one.spot),
  dividendYield: plain(one.q),
  rate: plain(one.r),
  time: years(one.T),
  volatility: plain(one.vol),
})

const inWords = ({ type, strike, spot, q, r, T, vol }: OptionCase) =>
  `${type.toLowerCase()} ${strike} on ${spot}, q ${q} r ${r} T ${T.toFixed(4)} vol ${vol}`

/** A case that asks once and compares the price. */
function priced(name: string, body: object, expected: number, tolerance: number): GoldenCase {
  return {
    name,
    async run(door) {
      const { price } = await door.ask('POST', '/v1/analytics/options', body)
      isNear('price', price, expected, tolerance)
      return undefined
    },
  }
}

const GREEKS: Readonly<Record<string, string>> = { dividend_rho: 'dividendRho', theta_per_day: 'thetaPerDay' }

function europeanCases({ european_values, european_greeks, black76_undiscounted }: Options): GoldenCase[] {
  return [
    ...european_values.map((one) =>
      priced(`European ${inWords(one)}`, { model: 'black-scholes', ...terms(one) }, one.expected, one.tol),
    ),
    ...european_greeks.map(
      (one): GoldenCase => ({
        name: `${one.greek} of a European ${inWords(one)}`,
        async run(door) {
          const { greeks } = await door.ask('POST', '/v1/analytics/options', { model: 'black-scholes', ...terms(one) })
          isNear(one.greek, Reflect.get(Object(greeks), GREEKS[one.greek] ?? one.greek), one.expected, one.tol)
          return undefined
        },
      }),
    ),
    ...black76_undiscounted.map(({ type, strike, forward, std_dev, expected, tol }) =>
      priced(
        `Black 76 ${type.toLowerCase()} ${strike} on forward ${forward}, deviation ${std_dev}`,
        {
          model: 'black-76',
          type: type.toLowerCase(),
          strike: plain(strike),
          forward: plain(forward),
          volatility: plain(std_dev),
          time: '1',
          rate: '0',
        },
        expected,
        tol,
      ),
    ),
  ]
}

/**
 * The exhibits of Ju (1999) stand in the Bjerksund-Stensland list too, printed to three places: they are the values of Ju's
 * approximation in both, and are asked for as such, to the tolerance of that list.
 */
function americanCases(options: Options): GoldenCase[] {
  const baw = options.american_barone_adesi_whaley
  const flat = options.american_bjerksund_stensland_1993
  const ju = options.american_accurate_ju_1999
  const exhibits = new Set(ju.cases.map(inWords))
  return [
    ...baw.cases.map((one) =>
      priced(
        `Barone-Adesi-Whaley ${inWords(one)}`,
        { model: 'barone-adesi-whaley', ...terms(one) },
        one.expected,
        baw.tol,
      ),
    ),
    ...flat.cases.map((one) =>
      exhibits.has(inWords(one))
        ? priced(`Ju's exhibit again: ${inWords(one)}`, { model: 'ju-zhong', ...terms(one) }, one.expected, ju.tol)
        : priced(
            `Bjerksund-Stensland ${inWords(one)}`,
            { model: 'bjerksund-stensland-1993', ...terms(one) },
            one.expected,
            flat.tol,
          ),
    ),
    ...ju.cases.map((one) =>
      priced(`Ju-Zhong ${inWords(one)}`, { model: 'ju-zhong', ...terms(one) }, one.expected, ju.tol),
    ),
  ]
}

function digitalCases({ digital }: Options): GoldenCase[] {
  return digital.map((one) => {
    const [, cash] = /^cash(?:-or-nothing, cash)? (\d+)/.exec(one.payoff) ?? []
    const [, gap] = /payoff strike (\d+)/.exec(one.payoff) ?? []
    const payoff =
      gap !== undefined ? { kind: 'gap', strike: gap } : cash !== undefined ? { kind: 'cash', cash } : { kind: 'asset' }
    const pays = one.payoff.includes('European')
      ? 'at-expiry'
      : one.payoff.includes('at hit')
        ? 'on-touch'
        : one.knock_in
          ? 'at-expiry-if-touched'
          : 'at-expiry-if-not-touched'
    return priced(
      `${one.payoff}${one.knock_in ? '' : ', knocked out'}: ${inWords(one)}`,
      { model: 'digital', ...terms(one), payoff, pays },
      one.expected,
      one.tol,
    )
  })
}

function barrierCases({ barrier_haug }: Options): GoldenCase[] {
  return barrier_haug.cases.map((one) =>
    priced(
      `${one.exercise} ${one.barrier_type} ${one.barrier}, rebate ${one.rebate}: ${inWords(one)}`,
      {
        model: 'barrier',
        ...terms(one),
        exercise: one.exercise,
        barrier: {
          direction: one.barrier_type.startsWith('Down') ? 'down' : 'up',
          knock: one.barrier_type.endsWith('Out') ? 'out' : 'in',
          level: plain(one.barrier),
          rebate: plain(one.rebate),
        },
      },
      one.expected,
      one.tol,
    ),
  )
}

interface Conversions {
  readonly cases: readonly {
    readonly rate: number
    readonly compounding: string
    readonly frequency: string
    readonly t: number
    readonly to_compounding: string
    readonly to_frequency: string
    readonly expected: number
    readonly decimals: number
  }[]
}

const FREQUENCIES: Readonly<Record<string, number>> = {
  Annual: 1,
  Semiannual: 2,
  EveryFourthMonth: 3,
  Quarterly: 4,
  Bimonthly: 6,
  Monthly: 12,
}
const kebab = (name: string) => name.replace(/(?<=.)[A-Z]/g, '-$&').toLowerCase()

function rateCases({ cases }: Conversions): GoldenCase[] {
  return cases.map((one) => ({
    name: `${one.rate} ${one.compounding} ${one.frequency} over ${one.t.toFixed(4)} as ${one.to_compounding} ${one.to_frequency}`,
    async run(door) {
      const { rate } = await door.ask('POST', '/v1/analytics/rates', {
        rate: plain(one.rate),
        compounding: kebab(one.compounding),
        frequency: FREQUENCIES[one.frequency],
        time: plain(one.t),
        to: { compounding: kebab(one.to_compounding), frequency: FREQUENCIES[one.to_frequency] },
      })
      isNear('rate', Number(rate).toFixed(one.decimals), one.expected, 0)
      return undefined
    },
  }))
}

export const folder: GoldenFolder = {
  folder: 'g1_pricing_quantlib',
  cases(files: FolderFiles) {
    const options = files.json<Options>('options.json')
    return [
      ...europeanCases(options),
      ...americanCases(options),
      ...digitalCases(options),
      ...barrierCases(options),
      ...rateCases(files.json('rate_conversions.json')),
      ...bondCases(files.json('bonds.json')),
    ]
  },
}
