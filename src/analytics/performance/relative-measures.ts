// The measures of a series against a benchmark, by name.
import { NotDefined, quotient } from '../not-defined.ts'
import { covariance, mean, standardDeviation } from '../statistics/moments.ts'
import { BACON, type Conventions, type Measure, type Reading, measure } from './measure.ts'
import {
  alpha,
  battingAverage,
  beta,
  capture,
  famaBeta,
  fragility,
  informationRatio,
  jensenAnnual,
  mSquared,
  mSquaredPerPeriod,
  mSquaredSortino,
  netSelectivity,
  omegaExcess,
  type Paired,
  regressionEpsilon,
  specificRisk,
  systematicRisk,
  totalRisk,
  trackingError,
  treynor,
  when,
} from './relative.ts'
import { annualised, annualReturn } from './returns.ts'

const root = ({ annualisation }: Conventions, f: number) => (annualisation === 'none' ? 1 : f)

/** The periods that a direction names. */
function directed(pair: Paired, direction: Conventions['direction']): Paired {
  return direction === 'up' || direction === 'down' ? when(pair, direction) : pair
}

/** A measure of both returns and the periods of a year, without conventions. */
function plain(
  name: string,
  title: string,
  formula: string,
  source: string,
  of: (pair: Paired, f: number, reading: Reading) => number,
): Measure {
  return measure(name, title, formula, source, {}, (reading) => of(reading.rawPair, reading.f, reading))
}

export const RELATIVE_MEASURES: readonly Measure[] = [
  measure(
    'beta',
    'Beta',
    'cov(r - rf, b - rf) / var(b - rf)',
    'Sharpe (1964)',
    { direction: 'all' },
    ({ pair }, { direction }) => beta(directed(pair, direction)),
  ),
  measure(
    'alpha',
    'Alpha of the regression',
    'mean(r - rf) - beta mean(b - rf); compounded (1 + alpha)^f - 1',
    'Jensen (1968)',
    { annualisation: 'none', direction: 'all' },
    ({ pair, f }, { annualisation, direction }) => {
      const perPeriod = alpha(directed(pair, direction))
      if (annualisation === 'compounded') return annualised(perPeriod, 1 / f)
      return annualisation === 'arithmetic' ? perPeriod * f : perPeriod
    },
  ),
  plain(
    'jensen-alpha',
    'Jensen alpha of annual returns',
    'rp - rf - beta (rb - rf)',
    BACON,
    (pair, f, { riskFreeAnnual }) => jensenAnnual(pair, f, riskFreeAnnual),
  ),
  plain('modified-jensen-alpha', 'Modified Jensen', 'Jensen alpha / beta', BACON, (pair, f, { riskFreeAnnual }) =>
    quotient(jensenAnnual(pair, f, riskFreeAnnual), beta(pair), 'a beta other than zero'),
  ),
  plain(
    'alternative-jensen-alpha',
    'Alternative modified Jensen',
    'Jensen alpha / systematic risk',
    BACON,
    (pair, f, { riskFreeAnnual }) =>
      quotient(jensenAnnual(pair, f, riskFreeAnnual), systematicRisk(pair, f), 'a beta other than zero'),
  ),
  plain('regression-epsilon', 'Regression epsilon', 'rp - alpha - beta rb, annual returns', BACON, regressionEpsilon),
  plain('systematic-risk', 'Systematic risk', 'beta sigma(b) sqrt(f)', BACON, systematicRisk),
  plain('specific-risk', 'Specific risk', 'sigma of the residuals (over n) sqrt(f)', BACON, specificRisk),
  plain('total-risk', 'Total risk', 'sqrt(systematic^2 + specific^2)', BACON, totalRisk),
  plain(
    'appraisal-ratio',
    'Appraisal ratio',
    'Jensen alpha / specific risk',
    'Treynor and Black (1973)',
    (pair, f, { riskFreeAnnual }) =>
      quotient(jensenAnnual(pair, f, riskFreeAnnual), specificRisk(pair, f), 'residuals that vary'),
  ),
  plain('correlation', 'Correlation', 'cov(r, b) / (sigma(r) sigma(b))', 'Pearson (1895)', ({ returns, benchmark }) =>
    quotient(
      covariance(returns, benchmark),
      standardDeviation(returns) * standardDeviation(benchmark),
      'series that are not constant',
    ),
  ),
  plain('fama-beta', 'Fama beta', 'sigma(r) / sigma(b)', 'Fama (1972)', famaBeta),
  plain('selectivity', 'Selectivity', 'Jensen alpha of annual returns', 'Fama (1972)', (pair, f, { riskFreeAnnual }) =>
    jensenAnnual(pair, f, riskFreeAnnual),
  ),
  plain(
    'net-selectivity',
    'Net selectivity',
    'selectivity - (fama beta - beta)(rb - rf)',
    'Fama (1972)',
    (pair, f, { riskFreeAnnual }) => netSelectivity(pair, f, riskFreeAnnual),
  ),
  measure(
    'm-squared',
    'M squared',
    '(rp - rf) sigma(b) / sigma(r) + rf, annual; none: mean + Sharpe (sigma(b) - sigma(r)), per period',
    'Modigliani and Modigliani (1997)',
    { annualisation: 'geometric' },
    ({ rawPair, f, riskFree, riskFreeAnnual }, { annualisation }) =>
      annualisation === 'none' ? mSquaredPerPeriod(rawPair, riskFree) : mSquared(rawPair, f, riskFreeAnnual),
  ),
  measure(
    'm-squared-excess',
    'M squared above the benchmark',
    'geometric (1 + M2)/(1 + rb) - 1; arithmetic M2 - rb',
    BACON,
    { method: 'geometric' },
    ({ rawPair, f, riskFreeAnnual }, { method }) => {
      const own = mSquared(rawPair, f, riskFreeAnnual)
      const theirs = annualReturn(rawPair.benchmark, f)
      return method === 'arithmetic' ? own - theirs : (1 + own) / (1 + theirs) - 1
    },
  ),
  plain(
    'm-squared-sortino',
    'M squared for Sortino',
    'rp + Sortino (dd(b) - dd(r)) sqrt(f)',
    BACON,
    (pair, f, { minimum }) => mSquaredSortino(pair, f, minimum),
  ),
  plain('omega-excess-return', 'Omega excess return', 'rp - 3 dd(r) dd(b) f', BACON, (pair, f, { minimum }) =>
    omegaExcess(pair, f, minimum),
  ),
  measure(
    'treynor-ratio',
    'Treynor ratio',
    'annual excess return / beta; none: per period; modified: over systematic risk',
    'Treynor (1965)',
    { annualisation: 'geometric', modified: false },
    ({ rawPair, f, riskFree, riskFreeAnnual }, { annualisation, modified }) => {
      if (annualisation === 'none') return treynor(rawPair, riskFree)
      const risk = modified ? systematicRisk(rawPair, f) : beta(rawPair)
      return quotient(annualReturn(rawPair.returns, f) - riskFreeAnnual, risk, 'a beta other than zero')
    },
  ),
  measure(
    'tracking-error',
    'Tracking error, ex post',
    'sigma(r - b) sqrt(f)',
    'Grinold and Kahn (1999)',
    { annualisation: 'square-root' },
    ({ rawPair, f }, c) => trackingError(rawPair, root(c, f)),
  ),
  measure(
    'information-ratio',
    'Information ratio',
    'mean(r - b) / sigma(r - b) sqrt(f)',
    'Grinold and Kahn (1999)',
    { annualisation: 'square-root' },
    ({ rawPair, f }, c) => informationRatio(rawPair, root(c, f)),
  ),
  measure(
    'active-return',
    'Active return',
    'annual return less the benchmark’s',
    BACON,
    { annualisation: 'geometric' },
    ({ rawPair, f }, { annualisation }) => {
      const method = annualisation === 'arithmetic' ? 'arithmetic' : 'geometric'
      return annualReturn(rawPair.returns, f, method) - annualReturn(rawPair.benchmark, f, method)
    },
  ),
  measure(
    'capture',
    'Capture of the benchmark’s annual return',
    'of the periods named; ratio: up capture / down capture; flat: an unknown return is none',
    'Morningstar methodology (2011)',
    { direction: 'all', unpaired: 'dropped' },
    (reading, { direction, unpaired }) => {
      const { f } = reading
      const rawPair = unpaired === 'flat' ? reading.flatPair : reading.rawPair
      return direction === 'ratio'
        ? quotient(capture(when(rawPair, 'up'), f), capture(when(rawPair, 'down'), f), 'a down capture other than zero')
        : capture(directed(rawPair, direction), f)
    },
  ),
  measure(
    'batting-average',
    'Batting average',
    'share of the periods named in which r > b',
    BACON,
    { direction: 'all' },
    ({ rawPair }, { direction }) => battingAverage(directed(rawPair, direction)),
  ),
  measure(
    'hit-rate',
    'Hit rate',
    'share of periods in which both have one sign',
    BACON,
    {},
    ({ rawPair: { returns, benchmark } }) => {
      if (returns.length === 0) throw new NotDefined('insufficient-history', 'a period that both have')
      return mean(returns.map((r, i) => (Math.sign(r) === Math.sign(benchmark[i] ?? 0) ? 1 : 0)))
    },
  ),
  measure(
    'fragility',
    'Fragility heuristic',
    'weighed r at the worst and best benchmark period less r at its middle one',
    'Taleb, Canetti, Kinda, Loukoianova and Schmieder (2012)',
    { weights: 'convex' },
    ({ rawPair }, { weights }) => fragility(rawPair, weights),
  ),
]
