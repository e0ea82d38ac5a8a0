// The measures of one series by name: returns, moments, ratios to deviation and to partial moments.
import { NotDefined, quotient } from '../not-defined.ts'
import { centralMoment, kurtosis, mean, skewness, standardDeviation, variance } from '../statistics/moments.ts'
import { quantile } from '../statistics/quantile.ts'
import { line } from '../statistics/regression.ts'
import {
  downsideDeviation,
  dRatio,
  frequency,
  kappa,
  lowerPartialMoment,
  omega,
  omegaSharpe,
  prospectRatio,
  upperPartialMoment,
  upsidePotentialRatio,
  upsideRisk,
  variabilitySkewness,
  volatilitySkewness,
} from './downside.ts'
import { BACON, type Conventions, type Measure, type Reading, measure } from './measure.ts'
import { annualReturn, growth, totalReturn } from './returns.ts'
import {
  adjustedSharpe,
  type Annualisation,
  deflatedSharpe,
  probabilisticSharpe,
  sharpe,
  sharpeStandardError,
} from './risk-adjusted.ts'
import { absoluteDeviation, giniMeanDifference, semiVariance } from './tail-risk.ts'

/** The returns that count. */
const from = (returns: readonly number[], base: Conventions['base']) =>
  base === 'first-period' ? returns.slice(1) : returns

const rooted = ({ annualisation }: Conventions, f: number) => (annualisation === 'none' ? 1 : Math.sqrt(f))

function sharpeOf(reading: Reading, annualisation: Conventions['annualisation']): number {
  const annual = annualisation === 'geometric' || annualisation === 'arithmetic'
  if (annualisation === 'compounded') throw new NotDefined('undefined', 'an annualisation that a Sharpe ratio has')
  const options = { annualisation: annualisation satisfies Annualisation | undefined, periodsPerYear: reading.f }
  return sharpe(annual ? reading.returns : reading.excess, {
    ...options,
    annualisation: annualisation ?? 'square-root',
    riskFreeAnnual: annual ? reading.riskFreeAnnual : 0,
  })
}

export const SINGLE_MEASURES: readonly Measure[] = [
  measure(
    'total-return',
    'Total return',
    'prod(1+r) - 1; base first-period: over (1 + the first)',
    'GIPS 2020',
    { base: 'start' },
    ({ returns }, { base }) => totalReturn(from(returns, base)),
  ),
  measure(
    'growth',
    'Growth of 1',
    'prod(1+r) up to each period; unknown counts as none',
    'GIPS 2020',
    {},
    ({ history }) => growth(history.returns.map((r) => r ?? 0)),
  ),
  measure(
    'annual-return',
    'Annual return',
    'geometric prod(1+r)^(f/n) - 1; arithmetic f mean(r)',
    BACON,
    { annualisation: 'geometric', base: 'start' },
    ({ returns, f, periods }, { annualisation, base }) =>
      annualReturn(from(returns, base), f, annualisation === 'arithmetic' ? 'arithmetic' : 'geometric', periods),
  ),
  measure('positive-share', 'Share of positive returns', 'count(r > 0) / n', BACON, {}, ({ returns }) =>
    frequency(returns, 0, 'above'),
  ),
  measure(
    'volatility',
    'Volatility',
    'sigma(r) sqrt(f)',
    BACON,
    { annualisation: 'square-root', deviation: 'sample' },
    ({ returns, f }, conventions) =>
      standardDeviation(returns, conventions.deviation === 'population' ? 0 : 1) * rooted(conventions, f),
  ),
  measure('mean', 'Mean return', 'sum r / n', BACON, {}, ({ returns }) => mean(returns)),
  measure(
    'mean-absolute-deviation',
    'Mean absolute deviation',
    'mean |r - threshold|',
    BACON,
    { threshold: 'mean' },
    (reading, conventions) => absoluteDeviation(reading.returns, reading.threshold(conventions)),
  ),
  measure(
    'variance',
    'Variance',
    'sum (r - mean)^2 / (n - 1), or n',
    BACON,
    { deviation: 'sample' },
    ({ returns }, { deviation }) => variance(returns, deviation === 'population' ? 0 : 1),
  ),
  measure(
    'semi-variance',
    'Semi-variance',
    'sum min(r - threshold, 0)^2 / (n - 1), or n',
    'Markowitz (1959)',
    { threshold: 'mean', deviation: 'sample' },
    (reading, c) => semiVariance(reading.returns, reading.threshold(c), c.deviation === 'population' ? 0 : 1),
  ),
  measure(
    'semi-deviation',
    'Semi-deviation',
    'square root of the semi-variance',
    'Markowitz (1959)',
    { threshold: 'mean', deviation: 'sample' },
    (reading, c) =>
      Math.sqrt(semiVariance(reading.returns, reading.threshold(c), c.deviation === 'population' ? 0 : 1)),
  ),
  measure(
    'lower-partial-moment',
    'Lower partial moment',
    'mean max(threshold - r, 0)^order',
    'Fishburn (1977)',
    { order: 1, threshold: 'minimum' },
    (reading, c) => lowerPartialMoment(reading.returns, reading.threshold(c), c.order),
  ),
  measure(
    'gini-mean-difference',
    'Gini mean difference',
    'mean |r_i - r_j|, i other than j',
    'Gini (1912)',
    {},
    ({ returns }) => giniMeanDifference(returns),
  ),
  measure(
    'central-moment',
    'Central moment',
    'mean (r - mean)^order',
    BACON,
    { order: 2 },
    ({ returns }, { order = 2 }) => centralMoment(returns, order),
  ),
  measure('skewness', 'Skewness', 'by the method named', BACON, { skewness: 'moment' }, ({ returns }, c) =>
    skewness(returns, c.skewness),
  ),
  measure('kurtosis', 'Kurtosis', 'by the method named', BACON, { kurtosis: 'moment' }, ({ returns }, c) =>
    kurtosis(returns, c.kurtosis),
  ),
  measure(
    'skewness-kurtosis-ratio',
    'Skewness-kurtosis ratio',
    'skewness / kurtosis, of moments',
    BACON,
    {},
    ({ returns }) => quotient(skewness(returns), kurtosis(returns), 'a kurtosis other than zero'),
  ),
  measure(
    'quantile',
    'Quantile of the returns',
    'by the rule named',
    'Hyndman and Fan, Sample quantiles in statistical packages (1996)',
    { probability: 0.05, quantileRule: 'linear' },
    ({ returns }, { probability = 0.05, quantileRule }) => quantile(returns, probability, quantileRule),
  ),
  measure(
    'tail-ratio',
    'Tail ratio',
    '|95 % quantile| / |5 % quantile|',
    'common practice',
    { quantileRule: 'linear' },
    ({ returns }, { quantileRule }) =>
      quotient(
        Math.abs(quantile(returns, 0.95, quantileRule)),
        Math.abs(quantile(returns, 0.05, quantileRule)),
        'a lower tail other than zero',
      ),
  ),
  measure(
    'stability',
    'Stability',
    'R squared of the cumulative log return against time',
    'Kestner, Quantitative Trading Strategies (2003)',
    {},
    ({ returns }) => {
      const logs = growth(returns).map(Math.log)
      const times = logs.map((_, i) => i)
      return line(times, logs).rSquared
    },
  ),
  measure(
    'hurst-exponent',
    'Hurst exponent of the whole series, by rescaled range',
    'ln((max - min of cumulated deviations from the mean) / sigma) / ln(n); 1/2 without memory',
    'Hurst, Long-term Storage Capacity of Reservoirs (1951)',
    { deviation: 'sample' },
    ({ returns }, { deviation }) => hurst(returns, deviation === 'population' ? 0 : 1),
  ),
  measure(
    'sharpe-ratio',
    'Sharpe ratio',
    'mean(r - rf) / sigma(r - rf) sqrt(f), or annual return less rf over annual sigma',
    'Sharpe, The Sharpe Ratio (1994)',
    { annualisation: 'square-root' },
    (reading, { annualisation }) => sharpeOf(reading, annualisation),
  ),
  measure(
    'adjusted-sharpe-ratio',
    'Sharpe ratio adjusted for skewness and kurtosis',
    'SR (1 + S/6 SR - (K-3)/24 SR^2)',
    'Pezier and White (2006)',
    { annualisation: 'geometric', kurtosisTerm: 'squared' },
    (reading, { annualisation, kurtosisTerm }) =>
      adjustedSharpe(reading.returns, sharpeOf(reading, annualisation), kurtosisTerm),
  ),
  measure(
    'sharpe-standard-error',
    'Standard error of the per-period Sharpe ratio',
    'sqrt((1 - S SR + (K-1)/4 SR^2) / (n-1))',
    'Mertens (2002)',
    {},
    ({ excess }) => sharpeStandardError(excess),
  ),
  measure(
    'probabilistic-sharpe-ratio',
    'Probability that the per-period Sharpe ratio exceeds a benchmark',
    'N((SR - benchmarkRatio) / standard error)',
    'Bailey and Lopez de Prado, The Sharpe Ratio Efficient Frontier (2012)',
    { benchmarkRatio: 0 },
    ({ excess }, { benchmarkRatio = 0 }) => probabilisticSharpe(excess, benchmarkRatio),
  ),
  measure(
    'deflated-sharpe-ratio',
    'The same against the best of many trials',
    'benchmark = sqrt(V) ((1-g) z(1-1/N) + g z(1-1/(N e)))',
    'Bailey and Lopez de Prado, The Deflated Sharpe Ratio (2014)',
    { trials: 2, varianceOfTrials: 0 },
    ({ excess }, { trials = 2, varianceOfTrials = 0 }) => deflatedSharpe(excess, trials, varianceOfTrials),
  ),
  measure(
    'downside-deviation',
    'Downside deviation',
    'sqrt(mean min(r - MAR, 0)^2), over all n',
    'Sortino and van der Meer (1991)',
    { annualisation: 'none' },
    ({ aboveMinimum, f }, conventions) => downsideDeviation(aboveMinimum) * rooted(conventions, f),
  ),
  measure('upside-risk', 'Upside risk', 'sqrt(mean max(r - MAR, 0)^2)', BACON, {}, ({ aboveMinimum }) =>
    upsideRisk(aboveMinimum),
  ),
  measure('upside-variance', 'Upside variance', 'mean max(r - MAR, 0)^2', BACON, {}, ({ aboveMinimum }) =>
    upperPartialMoment(aboveMinimum, 0, 2),
  ),
  measure('downside-potential', 'Downside potential', 'mean max(MAR - r, 0)', BACON, {}, ({ aboveMinimum }) =>
    lowerPartialMoment(aboveMinimum),
  ),
  measure('upside-potential', 'Upside potential', 'mean max(r - MAR, 0)', BACON, {}, ({ aboveMinimum }) =>
    upperPartialMoment(aboveMinimum),
  ),
  measure('downside-frequency', 'Downside frequency', 'count(r < MAR) / n', BACON, {}, ({ returns, minimum }) =>
    frequency(returns, minimum, 'below'),
  ),
  measure('upside-frequency', 'Upside frequency', 'count(r > MAR) / n', BACON, {}, ({ returns, minimum }) =>
    frequency(returns, minimum, 'above'),
  ),
  measure(
    'sortino-ratio',
    'Sortino ratio',
    'mean(r - MAR) / downside deviation, times sqrt(f)',
    'Sortino and van der Meer (1991)',
    { annualisation: 'square-root', downsideOf: 'excess' },
    (reading, { annualisation, downsideOf }) => {
      const { aboveMinimum, f } = reading
      const risk = downsideOf === 'returns' ? downsideDeviation(reading.returns) : downsideDeviation(aboveMinimum)
      const ratio = quotient(mean(aboveMinimum), risk, 'returns below the minimum acceptable one')
      return annualisation === 'none' ? ratio : ratio * Math.sqrt(f)
    },
  ),
  measure(
    'omega-ratio',
    'Omega ratio',
    'mean max(r - MAR, 0) / mean max(MAR - r, 0)',
    'Keating and Shadwick, A Universal Performance Measure (2002)',
    {},
    ({ aboveMinimum }) => omega(aboveMinimum),
  ),
  measure(
    'omega-sharpe-ratio',
    'Omega-Sharpe ratio',
    '(mean - MAR) / downside potential',
    BACON,
    {},
    ({ aboveMinimum }) => omegaSharpe(aboveMinimum),
  ),
  measure(
    'kappa',
    'Kappa',
    '(mean - MAR) / lower partial moment^(1/order)',
    'Kaplan and Knowles, Kappa (2004)',
    { order: 3 },
    ({ aboveMinimum }, { order = 3 }) => kappa(aboveMinimum, 0, order),
  ),
  measure(
    'upside-potential-ratio',
    'Upside potential ratio',
    'upside potential / downside deviation',
    'Sortino, van der Meer and Plantinga (1999)',
    {},
    ({ aboveMinimum }) => upsidePotentialRatio(aboveMinimum),
  ),
  measure(
    'volatility-skewness',
    'Volatility skewness',
    'upside variance / downside variance',
    BACON,
    {},
    ({ aboveMinimum }) => volatilitySkewness(aboveMinimum),
  ),
  measure(
    'variability-skewness',
    'Variability skewness',
    'upside risk / downside risk',
    BACON,
    {},
    ({ aboveMinimum }) => variabilitySkewness(aboveMinimum),
  ),
  measure('d-ratio', 'd ratio', 'count and sum of losses over those of gains', 'Lavinio (1999)', {}, ({ returns }) =>
    dRatio(returns),
  ),
  measure(
    'prospect-ratio',
    'Prospect ratio',
    '(mean(r, losses times 2.25) - MAR) / downside deviation',
    'Watanabe (2006)',
    { prospect: 'mean' },
    ({ returns, minimum }, { prospect }) => prospectRatio(returns, minimum, prospect),
  ),
]

function hurst(returns: readonly number[], lost: 0 | 1): number {
  const centre = mean(returns)
  let total = 0
  const path = returns.map((r) => {
    total += r - centre
    return total
  })
  const range = path.reduce((a, b) => Math.max(a, b), 0) - path.reduce((a, b) => Math.min(a, b), 0)
  const rescaled = quotient(range, standardDeviation(returns, lost), 'returns that are not all alike')
  return quotient(Math.log(rescaled), Math.log(returns.length), 'at least 2 returns')
}
