// The measures of losses of one series by name: drawdowns and the ratios to them, value at risk, shortfall, tails.
import { mean, standardDeviation } from '../statistics/moments.ts'
import { quantile } from '../statistics/quantile.ts'
import { drawdownEpisodes, drawdowns, losingRuns, maximumDrawdown, painIndex, ulcerIndex } from './drawdown.ts'
import { BACON, type Conventions, type Measure, type Reading, measure } from './measure.ts'
import { annualReturn } from './returns.ts'
import { averageLosingRun, burke, calmar, martin, normalTail, painRatio, sterling } from './risk-adjusted.ts'
import { paretoTail } from './tail.ts'
import { entropicRisk, entropicValueAtRisk, expectedShortfall } from './tail-risk.ts'

/** Annual return less the annual risk-free rate. */
const annualExcess = (reading: Reading, method: 'geometric' | 'arithmetic' = 'geometric') =>
  annualReturn(reading.returns, reading.f, method, reading.periods) - reading.riskFreeAnnual

/** What drawdown ratios take for reward. */
const reward = (reading: Reading, { reward = 'geometric' }: Conventions) =>
  annualExcess(reading, reward === 'arithmetic' ? 'arithmetic' : 'geometric')

export const LOSS_MEASURES: readonly Measure[] = [
  measure(
    'drawdowns',
    'Drawdown after each period',
    'value / running peak - 1',
    BACON,
    { drawdowns: 'compounded', base: 'start' },
    ({ returns }, c) => drawdowns(returns, c.drawdowns, c.base),
  ),
  measure(
    'maximum-drawdown',
    'Maximum drawdown',
    'the deepest, zero or negative',
    BACON,
    { drawdowns: 'compounded' },
    ({ returns }, c) => maximumDrawdown(returns, c.drawdowns),
  ),
  measure(
    'worst-return',
    'Worst return, as a loss',
    '- min r',
    'common practice',
    {},
    ({ returns }) => -quantile(returns, 0),
  ),
  measure(
    'drawdown-at-risk',
    'Drawdown at risk, a loss',
    'value at risk of the drawdowns',
    'Chekhlov, Uryasev and Zabarankin (2005)',
    { confidence: 0.95, drawdowns: 'compounded', quantileRule: 'lower' },
    ({ returns }, { confidence = 0.95, ...c }) =>
      -quantile(drawdowns(returns, c.drawdowns), 1 - confidence, c.quantileRule),
  ),
  measure(
    'conditional-drawdown',
    'Conditional drawdown at risk, a loss',
    'expected shortfall of the drawdowns',
    'Chekhlov, Uryasev and Zabarankin (2005)',
    { confidence: 0.95, drawdowns: 'compounded' },
    ({ returns }, { confidence = 0.95, drawdowns: path }) => expectedShortfall(drawdowns(returns, path), confidence),
  ),
  {
    searches: true,
    ...measure(
      'entropic-drawdown',
      'Entropic drawdown at risk, a loss',
      'entropic value at risk of the drawdowns',
      'Ahmadi-Javid (2012)',
      { confidence: 0.95, drawdowns: 'compounded' },
      ({ returns }, { confidence = 0.95, drawdowns: path }) =>
        entropicValueAtRisk(drawdowns(returns, path), confidence),
    ),
  },
  measure(
    'entropic-risk',
    'Entropic risk',
    'theta ln(E[exp(-r / theta)] / (1 - confidence))',
    'Foellmer and Schied (2002)',
    { confidence: 0.95, theta: 1 },
    ({ returns }, { confidence = 0.95, theta = 1 }) => entropicRisk(returns, theta, confidence),
  ),
  {
    searches: true,
    ...measure(
      'entropic-var',
      'Entropic value at risk',
      'least entropic risk over theta',
      'Ahmadi-Javid (2012)',
      { confidence: 0.95 },
      ({ returns }, { confidence = 0.95 }) => entropicValueAtRisk(returns, confidence),
    ),
  },
  measure(
    'drawdown-episodes',
    'Drawdowns with their peaks, troughs and recoveries',
    'indices of the returns; recovery null while it lasts',
    BACON,
    {},
    ({ returns }) => drawdownEpisodes(returns).map((episode) => ({ ...episode })),
  ),
  measure('losing-runs', 'Losses of each run of negative returns', '1 - prod(1+r)', BACON, {}, ({ returns }) =>
    losingRuns(returns),
  ),
  measure(
    'average-losing-run',
    'Mean of the largest losing runs',
    'mean of the deepest `largest`; all by default',
    BACON,
    { largest: Number.MAX_SAFE_INTEGER },
    ({ returns }, { largest }) => averageLosingRun(returns, largest),
  ),
  measure(
    'pain-index',
    'Pain index',
    'mean |drawdown|',
    'Becker (2006)',
    { drawdowns: 'compounded', base: 'start' },
    ({ returns }, c) => painIndex(returns, c.drawdowns, c.base),
  ),
  measure(
    'ulcer-index',
    'Ulcer index',
    'sqrt(mean drawdown^2)',
    'Martin and McCann (1989)',
    { drawdowns: 'compounded', base: 'start' },
    ({ returns }, c) => ulcerIndex(returns, c.drawdowns, c.base),
  ),
  measure(
    'calmar-ratio',
    'Calmar ratio',
    'annual excess return / |maximum drawdown|',
    'Young (1991)',
    { reward: 'geometric' },
    (reading, c) => calmar(reward(reading, c), reading.returns),
  ),
  measure(
    'sterling-ratio',
    'Sterling ratio',
    'annual excess return / (mean of the largest losing runs + addOn)',
    'Kestner (1996)',
    { reward: 'geometric', largest: 1, addOn: 0.1 },
    (reading, c) => sterling(reward(reading, c), reading.returns, { largest: c.largest ?? 1, addOn: c.addOn ?? 0.1 }),
  ),
  measure(
    'burke-ratio',
    'Burke ratio',
    'annual excess return / sqrt(sum losing run^2); modified: times sqrt(n)',
    'Burke (1994)',
    { reward: 'geometric', drawdowns: 'compounded', modified: false },
    (reading, c) =>
      burke(reward(reading, c), reading.returns, { path: c.drawdowns ?? 'compounded', modified: c.modified ?? false }),
  ),
  measure(
    'pain-ratio',
    'Pain ratio',
    'annual excess return / pain index',
    'Becker (2006)',
    { reward: 'geometric', drawdowns: 'compounded' },
    (reading, c) => painRatio(reward(reading, c), reading.returns, c.drawdowns),
  ),
  measure(
    'martin-ratio',
    'Martin ratio',
    'annual excess return / ulcer index',
    'Martin and McCann (1989)',
    { reward: 'geometric', drawdowns: 'compounded' },
    (reading, c) => martin(reward(reading, c), reading.returns, c.drawdowns),
  ),
  measure(
    'historical-var',
    'Historical value at risk of one period, a loss',
    '- quantile(1 - confidence)',
    'Jorion, Value at Risk (2006)',
    { confidence: 0.95, quantileRule: 'linear' },
    ({ returns }, { confidence = 0.95, quantileRule }) => -quantile(returns, 1 - confidence, quantileRule),
  ),
  measure(
    'historical-expected-shortfall',
    'Mean loss at or beyond the value at risk',
    'inclusive: - mean(r where r <= quantile(1 - confidence)); fractional: of the worst 1 - confidence exactly',
    'Acerbi and Tasche (2002)',
    { confidence: 0.95, quantileRule: 'linear', shortfall: 'inclusive' },
    ({ returns }, { confidence = 0.95, quantileRule, shortfall }) => {
      if (shortfall === 'fractional') return expectedShortfall(returns, confidence)
      const edge = quantile(returns, 1 - confidence, quantileRule)
      return -mean(returns.filter((r) => r <= edge))
    },
  ),
  measure(
    'parametric-var',
    'Normal value at risk of one period, a loss',
    'z sigma - mean',
    'Jorion, Value at Risk (2006)',
    { confidence: 0.95, deviation: 'sample' },
    ({ returns }, { confidence = 0.95, deviation }) => tailOf(returns, confidence, deviation).var,
  ),
  measure(
    'parametric-expected-shortfall',
    'Normal expected shortfall of one period, a loss',
    'density(z) / (1 - confidence) sigma - mean',
    'McNeil, Frey and Embrechts, Quantitative Risk Management (2005)',
    { confidence: 0.95, deviation: 'sample' },
    ({ returns }, { confidence = 0.95, deviation }) => tailOf(returns, confidence, deviation).shortfall,
  ),
  measure(
    'pareto-tail',
    'Generalised Pareto fit beyond a threshold, with value at risk and shortfall',
    'probability-weighted moments of the losses beyond their 1 - probability quantile',
    'Hosking and Wallis (1987); McNeil and Frey (2000)',
    { probability: 0.1, confidence: 0.99 },
    ({ returns }, { probability = 0.1, confidence = 0.99 }) => [{ ...paretoTail(returns, probability, confidence) }],
  ),
]

function tailOf(returns: readonly number[], confidence: number, deviation: Conventions['deviation']) {
  return normalTail(mean(returns), standardDeviation(returns, deviation === 'population' ? 0 : 1), confidence)
}
