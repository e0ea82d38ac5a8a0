// The bonds of g1: each test of the source as the questions it asks, and the printed figures of each answer.
import type { GoldenCase } from '../golden-case.ts'
import { isNear } from '../figures.ts'

type Printed = Readonly<Record<string, number>>

interface Bonds {
  readonly testCached: { readonly bonds: readonly { readonly id: string; readonly expected: Printed }[] }
  readonly testCachedZero: {
    readonly cases: readonly { readonly maturity: string; readonly expected_clean_price: number }[]
  }
  readonly testCachedFixed: {
    readonly cases: readonly {
      readonly coupons: readonly number[]
      readonly maturity: string
      readonly next_to_last_date?: string
      readonly expected_clean_price: number
    }[]
  }
  readonly testBrazilianCached: {
    readonly tolerance: number
    readonly cases: readonly {
      readonly maturity: string
      readonly yield_: number
      readonly expected_dirty_price: number
    }[]
  }
  readonly testExCouponGilt: ExCoupon
  readonly testExCouponAustralianBond: ExCoupon
  readonly testThirty360BondWithSettlementOn31st: { readonly expected: Printed; readonly tolerance: Printed }
  readonly testBasisPointValue: { readonly expected: Printed; readonly tolerance: number }
  readonly testRiskyBond: { readonly coupons: readonly number[]; readonly expected: Printed }
  readonly testBondFromScheduleWithDateVector: { readonly expected_dirty_price: number; readonly tolerance: number }
}

interface ExCoupon {
  readonly cases: readonly { readonly settlement: string; readonly clean_price: number; readonly expected: Printed }[]
  readonly bloomberg_comment_values: readonly ({ readonly settlement: string } & Readonly<
    Record<string, number | string>
  >)[]
}

/** One figure of an answer: its field, what is printed, how near; `per` scales the answer to the printed unit. */
type Figure = readonly [field: string, printed: number | undefined, tolerance: number, per?: number]

/** A case that asks one question after another and compares figures of each answer. */
function asked(
  name: string,
  questions: readonly { readonly body: object; readonly figures: readonly Figure[] }[],
): GoldenCase {
  return {
    name,
    figures: questions.reduce((sum, { figures }) => sum + figures.length, 0),
    async run(door) {
      for (const { body, figures } of questions) {
        const answer = await door.ask('POST', '/v1/analytics/bonds', body)
        for (const [field, printed, tolerance, per = 1] of figures) {
          if (printed === undefined) throw new Error(`${field} is not printed`)
          const found = answer[field]
          // Scaled by a power of ten, on floats: beyond the printed digits only.
          isNear(
            field,
            typeof found === 'string' && per !== 1 ? (Number(found) * per).toFixed(12) : found,
            printed,
            tolerance,
          )
        }
      }
      return undefined
    },
  }
}

const ICMA = { frequency: 2, dayCount: 'ACT/ACT-ICMA' }
/** Flat at 3 % continuous from the evaluation date. */
const given = { curve: { from: '2004-11-22', rate: '0.03' } }
const continuous = { yieldTerms: { compounding: 'continuous' } }
const US = { calendar: 'US-GOVT', convention: 'modified-following' }
/** Figures are printed to six places. */
const SIX = 1e-6

function cached({ testCached, testCachedZero, testCachedFixed }: Bonds): GoldenCase[] {
  const printed = (id: string) => testCached.bonds.find((bond) => bond.id === id)?.expected ?? {}
  const five = (id: string, bond: object, yieldPrinted: string, clean: string): GoldenCase => {
    const of = printed(id)
    return asked(`${id}: price at yield and curve, yields at prices`, [
      {
        body: { ...bond, given: { yield: yieldPrinted } },
        figures: [['cleanPrice', of[`clean_price_at_yield_${yieldPrinted}_compounded_semiannual`], SIX]],
      },
      {
        body: { ...bond, ...continuous, given },
        figures: [
          ['cleanPrice', of.clean_price_from_curve, SIX],
          ['yield', of.yield_at_curve_clean_price_continuous, SIX],
        ],
      },
      {
        body: { ...bond, given: { cleanPrice: clean } },
        figures: [['yield', of[`yield_at_clean_${clean}_compounded`], SIX]],
      },
      {
        body: { ...bond, ...continuous, given: { cleanPrice: clean } },
        figures: [['yield', of[`yield_at_clean_${clean}_continuous`], SIX]],
      },
    ])
  }
  const settled = { settlement: '2004-11-23', ...ICMA }
  const late = { settlement: '2004-11-30', start: '2004-11-30', ...ICMA, payment: US }
  return [
    five(
      'bond1',
      { ...settled, coupons: ['0.025'], start: '2004-10-31', maturity: '2006-10-31', endOfMonth: true },
      '0.02925',
      '99.203125',
    ),
    five(
      'bond2',
      { ...settled, coupons: ['0.035'], start: '2004-11-15', maturity: '2009-11-15' },
      '0.03569',
      '99.6875',
    ),
    asked('bond3: price at yield', [
      {
        body: { ...late, coupons: ['0.02875'], maturity: '2006-11-30', given: { yield: '0.02997' } },
        figures: [['cleanPrice', printed('bond3')['clean_price_at_yield_0.02997_compounded_semiannual'], SIX]],
      },
    ]),
    ...testCachedZero.cases.map(({ maturity, expected_clean_price }) =>
      asked(`zero-coupon bond of ${maturity} on the curve`, [
        {
          body: { ...late, coupons: [], maturity, given },
          figures: [['cleanPrice', expected_clean_price, SIX]],
        },
      ]),
    ),
    ...testCachedFixed.cases.map(({ coupons, maturity, next_to_last_date, expected_clean_price }) =>
      asked(`bond of ${maturity} with ${coupons.length} rates on the curve`, [
        {
          body: {
            ...late,
            coupons: coupons.map(String),
            maturity,
            ...(next_to_last_date === undefined ? {} : { nextToLast: next_to_last_date }),
            given,
          },
          figures: [['cleanPrice', expected_clean_price, SIX]],
        },
      ]),
    ),
  ]
}

function brazilian({ testBrazilianCached }: Bonds): GoldenCase[] {
  return testBrazilianCached.cases.map(({ maturity, yield_, expected_dirty_price }) =>
    asked(`NTN-F of ${maturity}`, [
      {
        body: {
          settlement: '2007-06-06',
          face: '1000',
          coupons: ['0.1'],
          couponCompounding: 'compounded',
          frequency: 2,
          start: '2007-01-01',
          maturity,
          dayCount: '30/360-ISDA',
          payment: { calendar: 'BR-SETTLEMENT', convention: 'following' },
          yieldTerms: { compounding: 'compounded', frequency: 1, dayCount: 'BUS/252', calendar: 'BR-SETTLEMENT' },
          given: { yield: String(yield_) },
        },
        figures: [['dirtyPrice', expected_dirty_price, testBrazilianCached.tolerance, 10]],
      },
    ]),
  )
}

/** The source's own figures, and Bloomberg's of its comments: to the digits that are printed. */
function exCoupon(
  name: string,
  bond: object,
  { cases, bloomberg_comment_values }: ExCoupon,
  tolerances: Readonly<Record<'accrued' | 'yield' | 'duration' | 'convexity', number>>,
): GoldenCase[] {
  return cases.map(({ settlement, clean_price, expected }) => {
    const seen = bloomberg_comment_values.find((one) => one.settlement === settlement) ?? {}
    const number = (key: string) => Number(Reflect.get(seen, key))
    return asked(`${name} settled ${settlement}`, [
      {
        body: { ...ICMA, ...bond, settlement, given: { cleanPrice: String(clean_price) } },
        figures: [
          ['accrued', expected.accrued, tolerances.accrued],
          ['dirtyPrice', expected.dirty, tolerances.accrued],
          ['yield', expected.yield_, tolerances.yield],
          ['modifiedDuration', expected.modified_duration, tolerances.duration],
          ['convexity', expected.convexity, tolerances.convexity],
          ['yield', number('yield_pct'), 1e-7, 100],
          ['modifiedDuration', number('mod_duration'), 1e-7],
          ['convexity', number('convexity_div100'), 1e-7, 0.01],
          ['pv01', number('pv01'), 1e-8],
          ...('accrued_per_1m' in seen ? [['accrued', number('accrued_per_1m'), 1e-4, 1e4] as const] : []),
        ],
      },
    ])
  })
}

function others(bonds: Bonds): GoldenCase[] {
  const thirty = bonds.testThirty360BondWithSettlementOn31st
  const point = bonds.testBasisPointValue
  const risky = bonds.testRiskyBond
  const vector = bonds.testBondFromScheduleWithDateVector
  const dated = {
    face: '1000000',
    coupons: ['0.045'],
    frequency: 2,
    start: '2023-11-15',
    maturity: '2033-08-15',
    roll: 'forward',
    dayCount: '30U/360-EOM',
  }
  const listed = ['2012-06-29', '2012-08-31']
  for (let year = 2013; year <= 2048; year++) listed.push(`${year}-02-28`, ...(year < 2048 ? [`${year}-08-31`] : []))
  return [
    asked('30/360 bond settled on the 31st', [
      {
        body: {
          settlement: '2017-07-31',
          coupons: ['0.015'],
          frequency: 2,
          start: '2014-02-13',
          maturity: '2018-08-13',
          dayCount: '30U/360-EOM',
          given: { cleanPrice: '100' },
        },
        figures: [
          ['yield', thirty.expected.yield_semiannual, thirty.tolerance.yield ?? 0],
          ['macaulayDuration', thirty.expected.macaulay_duration, thirty.tolerance.duration ?? 0],
          ['convexity', thirty.expected.convexity_div100, thirty.tolerance.convexity ?? 0, 0.01],
          ['accrued', thirty.expected.accrued, thirty.tolerance.accrued ?? 0],
        ],
      },
    ]),
    {
      name: 'basis point value, and the yield value of a point',
      figures: 5,
      async run(door) {
        const of = point.expected
        const near = (what: string, found: unknown, printed: number | undefined) =>
          isNear(what, Number(found).toFixed(12), printed ?? Number.NaN, point.tolerance)
        const ask = (settlement: string, how: object) =>
          door.ask('POST', '/v1/analytics/bonds', { ...dated, settlement, given: how })
        const first = await ask('2024-01-30', { cleanPrice: '102.890625' })
        near('yield', first.yield, of.yield)
        near('basisPointValue', first.basisPointValue, of.bpv_default_settlement)
        near('yieldValueOfPoint', Number(first.yieldValueOfPoint) * 100, of.yield_value_of_bp_x_face)
        // At the later settlement the yield is held.
        const second = await ask('2024-02-12', { yield: first.yield })
        near('basisPointValue', second.basisPointValue, of['bpv_2024-02-12'])
        near('yieldValueOfPoint', Number(second.yieldValueOfPoint) * 100, of['yield_value_of_bp_x_face_2024-02-12'])
        return undefined
      },
    },
    asked('a bond that may default', [
      {
        body: {
          settlement: '2005-11-23',
          face: '1000000',
          ...ICMA,
          coupons: risky.coupons.map(String),
          start: '2004-11-30',
          maturity: '2008-11-30',
          payment: US,
          given: {
            curve: { from: '2005-11-22', rate: '0.02' },
            credit: { hazardRate: '0.1', recovery: '0.4' },
          },
        },
        figures: [
          ['presentValue', risky.expected.npv, SIX],
          ['cleanPrice', risky.expected.clean_price, SIX],
        ],
      },
    ]),
    asked('South Africa R2048, coupon dates listed', [
      {
        body: {
          settlement: '2015-09-10',
          ...ICMA,
          coupons: ['0.0875'],
          start: '2012-06-29',
          maturity: '2048-02-28',
          couponDates: listed,
          exCoupon: { days: 10 },
          given: { yield: '0.09185' },
        },
        figures: [['dirtyPrice', vector.expected_dirty_price, vector.tolerance]],
      },
    ]),
  ]
}

export function bondCases(bonds: Bonds): GoldenCase[] {
  const forward = { roll: 'forward', endOfMonth: true }
  const gilt = {
    ...forward,
    coupons: ['0.08'],
    start: '1996-02-29',
    firstCoupon: '1996-06-07',
    maturity: '2021-06-07',
    exCoupon: { days: 6, calendar: 'GB-SETTLEMENT' },
  }
  const treasury = {
    ...forward,
    coupons: ['0.06'],
    start: '2004-02-15',
    firstCoupon: '2004-08-15',
    maturity: '2017-02-15',
    exCoupon: { days: 7 },
    accruedPlaces: 3,
  }
  return [
    ...cached(bonds),
    ...brazilian(bonds),
    ...exCoupon('gilt 8 % 2021', gilt, bonds.testExCouponGilt, {
      accrued: SIX,
      yield: SIX,
      duration: SIX,
      convexity: SIX,
    }),
    ...exCoupon('Australia 6 % 2017', treasury, bonds.testExCouponAustralianBond, {
      accrued: 0.001,
      yield: 1e-5,
      duration: 1e-5,
      convexity: 1e-4,
    }),
    ...others(bonds),
  ]
}
