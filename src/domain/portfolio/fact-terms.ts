// From any other fact as given to the terms the log records: places filled in, currencies and dates checked.
import { defined } from '../kernel/defined.ts'
import { refuse } from '../kernel/refusal.ts'
import { costsIn, dayWarning, fittingQuantity, wholeMinorUnits } from './amounts.ts'
import { type CompletedFact, type FactTerms, type GivenFact, instrumentOf } from './completed-fact.ts'
import type { CashTerms, FxTerms, OpeningTerms } from './facts.ts'
import { checkLots, onOrAfterOpening } from './fill-terms.ts'
import { feeAccrual, feeInvoice, feeSchedule } from './fees.ts'
import type { CashGiven, FactGiven } from './given.ts'
import { borrowPrice, borrowRate, interestSet, marginSet } from './financing.ts'
import { checkPolicy } from './lifecycle.ts'
import { optionEnded } from './option-end.ts'
import { placeOf, placesOf } from './places.ts'
import type { ReferenceKnowledge } from './reference-knowledge.ts'
import { settlementConfirmed, settlementFailed } from './settlements.ts'
import { messageOf, type PortfolioState } from './state.ts'

type Given<T extends FactGiven['type']> = GivenFact<T>

/** @throws Refused for anything the book could not carry; the code and field say what. */
export function completed(
  as: FactGiven,
  fact: string,
  state: PortfolioState,
  knowledge: ReferenceKnowledge,
): CompletedFact {
  switch (as.type) {
    case 'PolicyChanged':
      return policyChange(as, state, knowledge)
    case 'FxTraded':
      return fx(as, state, knowledge)
    case 'OpeningBalanceDeclared':
      return opening(as, state, knowledge)
    case 'FeeScheduleSet': {
      onOrAfterOpening(state, as.schedule.from, 'from')
      const schedule = feeSchedule(as.schedule, state)
      return { terms: { type: as.type, schedule }, date: schedule.from, field: 'from', warnings: [] }
    }
    case 'FeeAccrued': {
      onOrAfterOpening(state, as.accrual.date, 'date')
      const accrual = feeAccrual(as.accrual, state)
      return { terms: { type: as.type, accrual }, date: accrual.date, field: 'date', warnings: [] }
    }
    case 'FeeInvoiced': {
      onOrAfterOpening(state, as.invoice.date, 'date')
      const invoice = feeInvoice(as.invoice, state)
      return { terms: { type: as.type, invoice }, date: invoice.date, field: 'date', warnings: [] }
    }
    case 'OptionEnded':
      return optionEnd(as, state, knowledge)
    case 'LotsIdentified':
      return lots(as, fact, state)
    case 'CashTransferred':
      return cashTransfer(as, state, knowledge)
    case 'CashReceived':
      return receipt(as, state, knowledge)
    case 'ElectionMade':
      throw new Error('unreachable: elections are completed in elections.ts')
    case 'CashInterestSet':
      return interestSet(as, state)
    case 'BorrowRateSet':
      return borrowRate(as, state, knowledge)
    case 'BorrowPriceTaken':
      return borrowPrice(as, state, knowledge)
    case 'MarginTermsSet':
      return marginSet(as, state, knowledge)
    case 'SettlementFailed':
      return settlementFailed(as, fact, state)
    case 'SettlementConfirmed':
      return settlementConfirmed(as, fact, state)
    default: {
      const cash = cashTerms(as.cash, state)
      return ofCash({ ...as, cash }, cash, state, knowledge)
    }
  }
}

function cashTerms(given: CashGiven, state: PortfolioState): CashTerms {
  onOrAfterOpening(state, given.valueDate, 'valueDate')
  wholeMinorUnits(given.amount, given.currency, 'amount')
  return defined({ ...given, ...placesOf(state, given, '') })
}

function ofCash(
  terms: FactTerms,
  cash: CashTerms,
  state: PortfolioState,
  knowledge: ReferenceKnowledge,
): CompletedFact {
  const warnings = dayWarning(knowledge, state.calendar, cash.valueDate, 'valueDate')
  return { terms, date: cash.valueDate, field: 'valueDate', warnings }
}

function receipt(as: Given<'CashReceived'>, state: PortfolioState, knowledge: ReferenceKnowledge): CompletedFact {
  if (as.settles !== undefined && as.standalone !== undefined) {
    refuse({
      code: 'settles-and-standalone',
      message: 'money either settles what was expected or is income of its own',
      field: 'standalone',
      remedy: 'leave one of settles and standalone out',
    })
  }
  const cash = cashTerms(as.cash, state)
  if (as.standalone?.withheld !== undefined)
    wholeMinorUnits(as.standalone.withheld, cash.currency, 'standalone.withheld')
  if (as.standalone?.instrument !== undefined)
    instrumentOf(knowledge, as.standalone.instrument, cash.valueDate, 'standalone.instrument')
  return ofCash(defined({ ...as, cash }), cash, state, knowledge)
}

function cashTransfer(
  as: Given<'CashTransferred'>,
  state: PortfolioState,
  knowledge: ReferenceKnowledge,
): CompletedFact {
  const cash = cashTerms(as.cash, state)
  const toCashAccount = placeOf(state, 'cashAccount', as.toCashAccount, 'toCashAccount')
  const toSleeve = placeOf(state, 'sleeve', as.toSleeve ?? cash.sleeve, 'toSleeve')
  if (toCashAccount === cash.cashAccount && toSleeve === cash.sleeve) {
    refuse({
      code: 'transfer-to-itself',
      message: `the money would stay in ${toCashAccount}, sleeve ${toSleeve}`,
      field: 'toCashAccount',
      remedy: 'name another cash account or sleeve',
    })
  }
  return ofCash({ type: as.type, cash, toCashAccount, toSleeve }, cash, state, knowledge)
}

function policyChange(as: Given<'PolicyChanged'>, state: PortfolioState, knowledge: ReferenceKnowledge): CompletedFact {
  onOrAfterOpening(state, as.effectiveOn, 'effectiveOn')
  const changes = defined(as.changes)
  if (Object.keys(changes).length === 0)
    refuse({ code: 'nothing-to-change', message: 'no policy is named', field: 'changes', remedy: 'name what changes' })
  checkPolicy(changes, knowledge, 'changes.')
  return { terms: { ...as, changes }, date: as.effectiveOn, field: 'effectiveOn', warnings: [] }
}

function fx(
  { type, fx: given }: Given<'FxTraded'>,
  state: PortfolioState,
  knowledge: ReferenceKnowledge,
): CompletedFact {
  const { sold, bought, costs, tradeDate, valueDate } = given
  onOrAfterOpening(state, tradeDate, 'tradeDate')
  wholeMinorUnits(sold.amount, sold.currency, 'sold.amount')
  wholeMinorUnits(bought.amount, bought.currency, 'bought.amount')
  if (sold.currency === bought.currency) {
    refuse({
      code: 'same-currency',
      message: `both legs are in ${sold.currency}`,
      field: 'bought.currency',
      remedy: 'money moved within one currency is a cash transfer',
    })
  }
  if (valueDate < tradeDate) {
    refuse({
      code: 'value-before-trade',
      message: `its value date ${valueDate} is before its trade date ${tradeDate}`,
      field: 'valueDate',
      remedy: 'check the dates',
    })
  }
  costsIn([sold.currency, bought.currency], costs, 'costs')
  const terms: FxTerms = defined({ ...given, ...placesOf(state, given, '') })
  const warnings = dayWarning(knowledge, state.calendar, valueDate, 'valueDate')
  return { terms: { type, fx: terms }, date: tradeDate, field: 'tradeDate', warnings }
}

function opening(
  as: Given<'OpeningBalanceDeclared'>,
  state: PortfolioState,
  knowledge: ReferenceKnowledge,
): CompletedFact {
  const { type, opening: given } = as
  const base = state.opened?.baseCurrency ?? ''
  onOrAfterOpening(state, given.date, 'date')
  const cash = given.cash.map((row, i) => {
    const path = `cash.${i}.`
    wholeMinorUnits(row.amount, row.currency, `${path}amount`)
    if (row.baseCost !== undefined) wholeMinorUnits(row.baseCost, base, `${path}baseCost`)
    const { sleeve, cashAccount } = placesOf(state, row, path)
    return defined({ ...row, sleeve, cashAccount })
  })
  const lots = given.lots.map((row, i) => {
    const path = `lots.${i}.`
    wholeMinorUnits(row.cost, row.currency, `${path}cost`)
    if (row.baseCost !== undefined) wholeMinorUnits(row.baseCost, base, `${path}baseCost`)
    if (row.units === '0')
      refuse({ code: 'no-units', message: 'a lot of nothing', field: `${path}units`, remedy: 'leave it out' })
    if (row.acquiredOn > given.date) {
      refuse({
        code: 'acquired-after-opening',
        message: `the lot was acquired on ${row.acquiredOn}, after the balance's date ${given.date}`,
        field: `${path}acquiredOn`,
        remedy: 'check the date, or record the purchase as a fill',
      })
    }
    const wash = washOf(row, path)
    fittingQuantity(row.units, instrumentOf(knowledge, row.instrument, given.date, `${path}instrument`), `${path}units`)
    const { sleeve, custodyAccount } = placesOf(state, row, path)
    return defined({ ...row, wash, sleeve, custodyAccount })
  })
  if (cash.length + lots.length === 0)
    refuse({
      code: 'empty-opening',
      message: 'it declares neither cash nor lots',
      field: 'opening',
      remedy: 'name what is there',
    })
  checkLots(lots, null)
  const terms: OpeningTerms = { ...given, cash, lots }
  return { terms: { type, opening: terms }, date: given.date, field: 'date', warnings: [] }
}

function optionEnd(as: Given<'OptionEnded'>, state: PortfolioState, knowledge: ReferenceKnowledge): CompletedFact {
  const { option } = as
  onOrAfterOpening(state, option.date, 'date')
  const instrument = instrumentOf(knowledge, option.instrument, option.date, 'instrument')
  const { terms, warnings } = optionEnded(option, instrument, placesOf(state, option, ''), knowledge)
  if (terms.lots !== undefined) checkLots(terms.lots, terms.quantity)
  return { terms: { type: as.type, option: terms }, date: terms.date, field: 'date', warnings }
}

/** @throws Refused `amount-too-fine`, `holding-after-acquisition`. */
function washOf(
  { wash, acquiredOn }: Given<'OpeningBalanceDeclared'>['opening']['lots'][number],
  path: string,
): OpeningTerms['lots'][number]['wash'] {
  if (wash === undefined) return undefined
  if (wash.disallowed !== undefined) wholeMinorUnits(wash.disallowed, 'USD', `${path}wash.disallowed`)
  if (wash.holdingFrom !== undefined && wash.holdingFrom > acquiredOn)
    refuse({
      code: 'holding-after-acquisition',
      message: `its holding period cannot count from ${wash.holdingFrom}: it was acquired on ${acquiredOn}`,
      field: `${path}wash.holdingFrom`,
      remedy: 'give the earlier day that it took over from what it replaced',
    })
  return defined(wash)
}

/** @throws Refused `unknown-fill`, `fill-busted`, `lots-already-identified`, `lots-exceed-quantity`, `duplicate-lot`. */
function lots(as: Given<'LotsIdentified'>, fact: string, state: PortfolioState): CompletedFact {
  const fill = messageOf(state, as.fill)
  if (fill === undefined || fill.kind !== 'fill')
    return refuse({
      code: 'unknown-fill',
      message: `there is no fill ${as.fill}`,
      field: 'fill',
      remedy: 'name a fill by its fact id',
    })
  if (fill.status !== 'applied')
    refuse({
      code: 'fill-busted',
      message: `${as.fill} is ${fill.status}`,
      field: 'fill',
      remedy: 'name a fill that stands',
    })
  const other = state.identified.get(as.fill)
  if (other !== undefined && other !== fact) {
    refuse({
      code: 'lots-already-identified',
      message: `the lots of ${as.fill} were identified by ${other}`,
      field: 'fill',
      remedy: `correct or cancel ${other}`,
    })
  }
  checkLots(as.lots, fill.quantity)
  return { terms: defined(as), date: fill.date, field: 'fill', warnings: [] }
}
