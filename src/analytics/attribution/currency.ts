// Attribution with currencies: what came of markets, and what of holding and hedging their money.
import { NotDefined, quotient } from '../not-defined.ts'
import { brinson, type Effects, type SegmentPeriod, weighted } from './brinson.ts'

/** By segment, each in its own currency. Prices of currency in base: now, at the end, and forward (as dealt, or as the market has it). */
export interface CurrencyTerms {
  readonly spotStart: readonly number[]
  readonly spotEnd: readonly number[]
  readonly forward: readonly number[]
  /** Weights of forward contracts, positive where the currency is bought. */
  readonly forwardWeightsPortfolio: readonly number[]
  readonly forwardWeightsBenchmark: readonly number[]
}

export interface CurrencyEffects extends Effects {
  /** Of holding and hedging currency. */
  readonly management: readonly number[]
  /** Of interest differentials taken on with the markets. */
  readonly forwardPremium: readonly number[]
}

/**
 * Ankrim and Hensel (1994): base returns are the market's, the forward premium f/s - 1 and the currency's surprise (s' - f)/s. Markets are
 * attributed by Brinson and Fachler; `period` holds base returns.
 */
export function ankrimHensel(period: SegmentPeriod, terms: CurrencyTerms): CurrencyEffects {
  const { weightsPortfolio: wp, weightsBenchmark: wb } = period
  const count = wp.length
  const { spotStart, spotEnd, forward, forwardWeightsPortfolio, forwardWeightsBenchmark } = terms
  for (const values of [spotStart, spotEnd, forward, forwardWeightsPortfolio, forwardWeightsBenchmark])
    if (values.length !== count) throw new NotDefined('mismatched-series', `currency terms for ${count} segments`)
  const segments = wp.map((_, i) => i)
  const at = (values: readonly number[], i: number) => values[i] ?? 0
  const start = (i: number) => at(terms.spotStart, i)
  const price = 'prices of currency other than zero'
  const premium = segments.map((i) => quotient(at(terms.forward, i), start(i), price) - 1)
  const surprise = segments.map((i) => quotient(at(terms.spotEnd, i) - at(terms.forward, i), start(i), price))
  const contract = segments.map((i) => quotient(at(terms.spotEnd, i), at(terms.forward, i), price) - 1)
  const local = (base: readonly number[]) => base.map((r, i) => r - at(premium, i) - at(surprise, i))
  const markets = brinson(
    { ...period, returnsPortfolio: local(period.returnsPortfolio), returnsBenchmark: local(period.returnsBenchmark) },
    { model: 'bf', interaction: 'separate', form: 'arithmetic' },
  )
  const [ofSurprise, ofPremium] = [weighted(wb, surprise), weighted(wb, premium)]
  const active = (p: readonly number[], b: readonly number[], i: number) => at(p, i) - at(b, i)
  return {
    ...markets,
    management: segments.map(
      (i) =>
        active(wp, wb, i) * (at(surprise, i) - ofSurprise) +
        active(terms.forwardWeightsPortfolio, terms.forwardWeightsBenchmark, i) * (at(contract, i) - ofSurprise),
    ),
    forwardPremium: segments.map((i) => active(wp, wb, i) * (at(premium, i) - ofPremium)),
  }
}

/** Local returns by segment, cash rates of their currencies, and what was made of the currencies (all continuously compounded). */
export interface KarnoskySingerPeriod extends SegmentPeriod {
  /** Eurodeposit rate of each segment's currency. */
  readonly cash: readonly number[]
  /** Change of each currency in base. */
  readonly currency: readonly number[]
  /** Exposure to each currency after hedges; each sums to 1. */
  readonly exposurePortfolio: readonly number[]
  readonly exposureBenchmark: readonly number[]
}

/**
 * Karnosky and Singer (1994): markets by their premium over local cash, currencies by cash plus appreciation. `period` holds local returns.
 * Markets' effects and `management` sum to the excess return in base.
 */
export function karnoskySinger(period: KarnoskySingerPeriod): Effects & { readonly management: readonly number[] } {
  const { cash, currency, exposurePortfolio: hp, exposureBenchmark: hb } = period
  for (const values of [cash, currency, hp, hb])
    if (values.length !== period.weightsPortfolio.length)
      throw new NotDefined('mismatched-series', `currency terms for ${period.weightsPortfolio.length} segments`)
  const premium = (returns: readonly number[]) => returns.map((r, i) => r - (cash[i] ?? 0))
  const markets = brinson(
    {
      ...period,
      returnsPortfolio: premium(period.returnsPortfolio),
      returnsBenchmark: premium(period.returnsBenchmark),
    },
    { model: 'bf', interaction: 'separate', form: 'arithmetic' },
  )
  const earned = currency.map((change, i) => change + (cash[i] ?? 0))
  const benchmark = weighted(hb, earned)
  return {
    ...markets,
    management: hp.map((exposure, i) => (exposure - (hb[i] ?? 0)) * ((earned[i] ?? 0) - benchmark)),
  }
}

export interface GeometricCurrencyPeriod extends SegmentPeriod {
  /** Returns of the segments in base; `returnsPortfolio` and `returnsBenchmark` are local. */
  readonly baseReturnsPortfolio: readonly number[]
  readonly baseReturnsBenchmark: readonly number[]
  /** Benchmark segments hedged into base. */
  readonly hedgedReturnsBenchmark: readonly number[]
  /** Returns and weights of forward contracts, where there are some. */
  readonly forwards?: {
    readonly weightsPortfolio: readonly number[]
    readonly weightsBenchmark: readonly number[]
    readonly returnsPortfolio: readonly number[]
    readonly returnsBenchmark: readonly number[]
  }
}

/**
 * Geometric attribution with currencies (Bacon 2008, 6.6 and 6.7): allocation on hedged returns, selection on local ones, the cost of hedging the
 * bets, and the currency's own. (1 + allocation)(1 + selection)(1 + hedging)(1 + currency) - 1 is the geometric excess in base.
 */
export function geometricCurrency(period: GeometricCurrencyPeriod) {
  const { weightsPortfolio: wp, weightsBenchmark: wb, returnsBenchmark: rb, hedgedReturnsBenchmark: hedged } = period
  const lost = 'a benchmark that did not lose everything'
  const local = { portfolio: 1 + weighted(wp, period.returnsPortfolio), benchmark: 1 + weighted(wb, rb) }
  const notional = 1 + weighted(wp, rb)
  const active = wp.map((weight, i) => weight - (wb[i] ?? 0))
  const hedgedNotional = local.benchmark + weighted(active, hedged)
  const { forwards } = period
  const base = {
    portfolio:
      1 +
      weighted(wp, period.baseReturnsPortfolio) +
      (forwards === undefined ? 0 : weighted(forwards.weightsPortfolio, forwards.returnsPortfolio)),
    benchmark:
      1 +
      weighted(wb, period.baseReturnsBenchmark) +
      (forwards === undefined ? 0 : weighted(forwards.weightsBenchmark, forwards.returnsBenchmark)),
  }
  return {
    allocation: active.map((weight, i) => weight * (quotient(1 + (hedged[i] ?? 0), local.benchmark, lost) - 1)),
    selection: wp.map((weight, i) =>
      quotient(weight * ((period.returnsPortfolio[i] ?? 0) - (rb[i] ?? 0)), notional, lost),
    ),
    hedging: quotient(notional, hedgedNotional, lost) - 1,
    currency:
      quotient(base.portfolio * local.benchmark, local.portfolio * base.benchmark, 'returns above a total loss') - 1,
    excess: quotient(base.portfolio, base.benchmark, lost) - 1,
  }
}
