// Prices and sensitivities of instruments that are only described: nothing is recorded and nothing recorded is read.
import type { FastifyInstance } from 'fastify'
import { bondAnswer, bondQuestion } from '../../application/bond-question.ts'
import { askBond } from '../../application/bond-questions.ts'
import {
  askOption,
  askRate,
  optionAnswer,
  optionQuestion,
  rateAnswer,
  rateQuestion,
} from '../../application/option-questions.ts'
import {
  adjustmentAnswer,
  adjustmentQuestion,
  askAdjustment,
  askFactors,
  factorsAnswer,
  factorsQuestion,
} from '../../application/price-adjustment-questions.ts'
import { ROLES_FOR } from '../access.ts'
import { calculationByBody } from '../calculation-route.ts'
import type { ApiDependencies } from '../context.ts'

const tag = 'analytics'

export function analyticsRoutes(api: FastifyInstance, { app }: ApiDependencies): void {
  const access = ROLES_FOR.read
  calculationByBody(api, {
    url: '/v1/analytics/bonds',
    tag,
    summary: 'Price, yield, accrued interest, durations and convexity of a bond',
    description: 'docs/analytics/bonds.md has the formulas. Double precision; never an amount of the book.',
    access,
    body: bondQuestion,
    answer: bondAnswer,
    run: (asked) => askBond(asked, app.directory.calendars),
  })
  calculationByBody(api, {
    url: '/v1/analytics/options',
    tag,
    summary: 'Value and greeks of an option by a named model',
    description: 'docs/analytics/options.md has the formulas. Double precision; never an amount of the book.',
    access,
    body: optionQuestion,
    answer: optionAnswer,
    run: askOption,
  })
  calculationByBody(api, {
    url: '/v1/analytics/rates',
    tag,
    summary: 'An interest rate under another compounding',
    access,
    body: rateQuestion,
    answer: rateAnswer,
    run: askRate,
  })
  calculationByBody(api, {
    url: '/v1/analytics/adjusted-prices',
    tag,
    summary: 'Prices with dividends and splits taken out',
    access,
    body: adjustmentQuestion,
    answer: adjustmentAnswer,
    run: askAdjustment,
  })
  calculationByBody(api, {
    url: '/v1/analytics/price-factors',
    tag,
    summary: 'A table of adjustment factors: events applied to it, read off it, and the factor on dates',
    access,
    body: factorsQuestion,
    answer: factorsAnswer,
    run: askFactors,
  })
}
