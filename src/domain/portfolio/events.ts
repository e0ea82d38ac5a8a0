// Everything that can be recorded in the stream of one portfolio (`portfolio-{id}`).
// A fact is named by its `fact` id for ever; corrections and cancellations are new events that name the fact.
import { z } from 'zod'
import {
  actorText,
  currencyText,
  dateText,
  factIdText,
  idText,
  instantText,
  positiveDecimalText,
  shortText,
} from '../kernel/schemas.ts'
import {
  cashTerms,
  chosenLots,
  electionTerms,
  execIdText,
  fillTerms,
  fxTerms,
  openingTerms,
  optionEndTerms,
  orderTerms,
  parkedFillTerms,
  settles,
} from './facts.ts'
import { manualEntryEvents } from './manual-entry.ts'
import { recordedChecklist, reopeningRequested } from './periods.ts'
import { feeAccrualTerms, feeInvoiceTerms, feeScheduleTerms } from './fee-terms.ts'
import { borrowPriceTerms, borrowTerms, interestTerms, marginTerms } from './financing-terms.ts'
import { policy } from './policy.ts'
import { settlementFailTerms, settlementTerms } from './settlement-terms.ts'

const fact = factIdText
const execId = execIdText
/** Income booked directly, where no receivable was expected. */
const standalone = z.strictObject({
  income: z.enum(['dividends', 'interest', 'other']),
  instrument: idText.optional(),
  withheld: positiveDecimalText.optional(),
})

/** A cash account of the portfolio. `margin` accounts are account 1010, a pool of their own. */
export const cashAccount = z.strictObject({
  id: idText,
  kind: z.enum(['cash', 'margin']),
  settlement: z.enum(['contractual', 'actual']).optional(),
})

export const portfolioEvents = {
  PortfolioOpened: z.strictObject({
    portfolio: idText,
    baseCurrency: currencyText,
    openedOn: dateText,
    owner: idText.optional(),
    policy,
    sleeves: z.array(idText).min(1),
    custodyAccounts: z.array(idText).min(1),
    cashAccounts: z.array(cashAccount).min(1),
    /** Used where a command names no place. `marginAccount` is where legs on short lots settle (account 1010). */
    defaults: z.strictObject({ sleeve: idText, custodyAccount: idText, cashAccount: idText, marginAccount: idText }),
  }),
  /** Only what is named changes, from the start of `effectiveOn`. */
  PolicyChanged: z.strictObject({
    fact,
    effectiveOn: dateText,
    changes: policy.partial(),
    reason: shortText.optional(),
  }),
  /** New sleeves or accounts. */
  PlacesAdded: z.strictObject({
    sleeves: z.array(idText),
    custodyAccounts: z.array(idText),
    cashAccounts: z.array(cashAccount),
  }),
  PortfolioClosed: z.strictObject({ closedOn: dateText, reason: shortText.optional() }),

  FillExecuted: z.strictObject({ fact, fill: fillTerms }),
  /**
   * ExecType G: the newest terms of `fact`, which is the root fill whatever link of the chain the message named.
   * The message's own key is (fill.source, tradeDate, execId); `fill` is whole, keeps the root's source and ExecID, and
   * its trade date may differ from the root's.
   */
  FillCorrected: z.strictObject({
    fact,
    execId,
    execRefId: execId,
    tradeDate: dateText,
    channel: idText.optional(),
    fill: fillTerms,
    reason: shortText.optional(),
  }),
  /** ExecType H: the fill never was. The message's own key is (source of the fill, tradeDate, execId). */
  FillBusted: z.strictObject({
    fact,
    execId,
    execRefId: execId,
    tradeDate: dateText,
    channel: idText.optional(),
    reason: shortText.optional(),
  }),
  /** A fill whose instrument is unknown; it waits, visibly, and FillExecuted follows when the instrument is there. */
  FillParked: z.strictObject({
    fact,
    fill: parkedFillTerms,
    because: z.enum(['unknown-instrument', 'ambiguous-instrument']),
  }),
  /**
   * A correction or bust that cannot be applied yet: its fill has not arrived, could be more than one, or the corrected
   * instrument is unknown. `fact` is the message's own: `fill:{source}:{tradeDate}:{execId}`.
   */
  ReferenceParked: z.strictObject({
    fact,
    kind: z.enum(['correct', 'bust']),
    source: idText,
    channel: idText.optional(),
    execId,
    execRefId: execId,
    tradeDate: dateText,
    because: z.enum(['unknown-reference', 'ambiguous-reference', 'unknown-instrument', 'ambiguous-instrument']),
    fill: parkedFillTerms.optional(),
    reason: shortText.optional(),
  }),
  /** What was parked is done with: released into the facts, or dismissed by a person with a reason. */
  ParkedSettled: z.strictObject({ fact, outcome: z.enum(['released', 'dismissed']), reason: shortText.optional() }),

  CashContributed: z.strictObject({ fact, cash: cashTerms }),
  CashWithdrawn: z.strictObject({ fact, cash: cashTerms }),
  FeeCharged: z.strictObject({ fact, fee: idText, cash: cashTerms }),
  InterestReceived: z.strictObject({ fact, cash: cashTerms }),
  InterestPaid: z.strictObject({ fact, cash: cashTerms }),
  TaxPaid: z.strictObject({ fact, tax: idText, cash: cashTerms }),
  /**
   * Money that arrived at a cash account. With `settles` it clears that receivable; with `standalone` it is income;
   * with neither it goes to suspense (1900) until somebody says what it is.
   */
  CashReceived: z.strictObject({
    fact,
    cash: cashTerms,
    settles: settles.optional(),
    standalone: standalone.optional(),
  }),
  /** Cash moved between two cash accounts (or into margin) of this portfolio; `cash` is the giving side. */
  CashTransferred: z.strictObject({ fact, cash: cashTerms, toCashAccount: idText, toSleeve: idText }),
  FxTraded: z.strictObject({ fact, fx: fxTerms }),
  OpeningBalanceDeclared: z.strictObject({ fact, opening: openingTerms }),
  /** How a fee that depends on value is charged from a day on; the newest terms, whole. */
  FeeScheduleSet: z.strictObject({ fact, schedule: feeScheduleTerms }),
  /** What a schedule charges up to a day, on the net asset value struck before, with its inputs. */
  FeeAccrued: z.strictObject({ fact, accrual: feeAccrualTerms }),
  /** The manager's invoice: trues up what accrued, and is paid. */
  FeeInvoiced: z.strictObject({ fact, invoice: feeInvoiceTerms }),
  /** An option position was exercised, assigned or expired. */
  OptionEnded: z.strictObject({ fact, option: optionEndTerms }),
  LotsIdentified: z.strictObject({
    fact,
    /** The fill whose relief is fixed. */
    fill: factIdText,
    lots: chosenLots,
    algorithm: idText,
    identifiedAt: instantText.optional(),
  }),
  /** A choice among the options of an action. It is not corrected: another choice is a cancellation and a new election. */
  ElectionMade: z.strictObject({ fact, election: electionTerms }),
  /** Interest on a cash account's currency from a day on; the newest terms of a day count. */
  CashInterestSet: z.strictObject({ fact, interest: interestTerms }),
  /** What borrowing an instrument sold short costs from a day on. */
  BorrowRateSet: z.strictObject({ fact, borrow: borrowTerms }),
  /** The price that one day's borrow fee is charged on, as it was when the day was closed. */
  BorrowPriceTaken: z.strictObject({ fact, taken: borrowPriceTerms }),
  /** The house's margin rates from a day on. Nothing is posted by them. */
  MarginTermsSet: z.strictObject({ fact, margin: marginTerms }),
  /** A fill did not settle on its date; one such fact a fill. */
  SettlementFailed: z.strictObject({ fact, failed: settlementFailTerms }),
  /** A fill settled, whole or in part; several may follow a fail. */
  SettlementConfirmed: z.strictObject({ fact, settled: settlementTerms }),
  /** The newest terms of any fact but a fill; `as` holds the event it should have been, with the same `fact`. */
  FactCorrected: z.strictObject({
    fact,
    reason: shortText.optional(),
    as: z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('PolicyChanged'), effectiveOn: dateText, changes: policy.partial() }),
      z.strictObject({ type: z.literal('CashContributed'), cash: cashTerms }),
      z.strictObject({ type: z.literal('CashWithdrawn'), cash: cashTerms }),
      z.strictObject({ type: z.literal('FeeCharged'), fee: idText, cash: cashTerms }),
      z.strictObject({ type: z.literal('InterestReceived'), cash: cashTerms }),
      z.strictObject({ type: z.literal('InterestPaid'), cash: cashTerms }),
      z.strictObject({ type: z.literal('TaxPaid'), tax: idText, cash: cashTerms }),
      z.strictObject({
        type: z.literal('CashReceived'),
        cash: cashTerms,
        settles: settles.optional(),
        standalone: standalone.optional(),
      }),
      z.strictObject({ type: z.literal('CashTransferred'), cash: cashTerms, toCashAccount: idText, toSleeve: idText }),
      z.strictObject({ type: z.literal('FxTraded'), fx: fxTerms }),
      z.strictObject({ type: z.literal('OpeningBalanceDeclared'), opening: openingTerms }),
      z.strictObject({ type: z.literal('OptionEnded'), option: optionEndTerms }),
      z.strictObject({ type: z.literal('FeeScheduleSet'), schedule: feeScheduleTerms }),
      z.strictObject({ type: z.literal('FeeAccrued'), accrual: feeAccrualTerms }),
      z.strictObject({ type: z.literal('FeeInvoiced'), invoice: feeInvoiceTerms }),
      z.strictObject({
        type: z.literal('LotsIdentified'),
        fill: factIdText,
        lots: chosenLots,
        algorithm: idText,
        identifiedAt: instantText.optional(),
      }),
      z.strictObject({ type: z.literal('ElectionMade'), election: electionTerms }),
      z.strictObject({ type: z.literal('CashInterestSet'), interest: interestTerms }),
      z.strictObject({ type: z.literal('BorrowRateSet'), borrow: borrowTerms }),
      z.strictObject({ type: z.literal('BorrowPriceTaken'), taken: borrowPriceTerms }),
      z.strictObject({ type: z.literal('MarginTermsSet'), margin: marginTerms }),
      z.strictObject({ type: z.literal('SettlementFailed'), failed: settlementFailTerms }),
      z.strictObject({ type: z.literal('SettlementConfirmed'), settled: settlementTerms }),
    ]),
  }),
  /** The fact never was. Works for every fact but a fill (FillBusted). A cancelled fact stays cancelled. */
  FactCancelled: z.strictObject({ fact, reason: shortText.optional() }),

  OrderPlaced: z.strictObject({ order: orderTerms }),
  /** OrigClOrdID is the previous link of the chain, not the first. */
  OrderReplaced: z.strictObject({ replaces: idText, order: orderTerms }),
  OrderEnded: z.strictObject({
    order: idText,
    outcome: z.enum(['filled', 'cancelled', 'expired', 'rejected', 'done-for-day']),
    at: instantText,
    reason: shortText.optional(),
  }),

  /** Accounting: everything dated up to and including `through` is closed; what changes it later is a prior-period adjustment. */
  PeriodSealed: z.strictObject({
    fact,
    through: dateText,
    /** What it passed when it was closed by checklist. */
    checklist: recordedChecklist.optional(),
  }),
  /** Somebody asks to reopen the newest seal; it takes a second person to do it. */
  ReopeningRequested: reopeningRequested,
  /** The newest seal (`fact`, through its date) no longer holds from now on; the one before it does. */
  PeriodReopened: z.strictObject({
    fact,
    through: dateText,
    reason: shortText,
    /** Two different actors. */
    requestedBy: actorText.optional(),
    approvedBy: actorText.optional(),
  }),

  ...manualEntryEvents,
} as const

export type PortfolioEventType = keyof typeof portfolioEvents
export type PortfolioEvent = {
  [T in PortfolioEventType]: { readonly type: T; readonly data: z.output<(typeof portfolioEvents)[T]> }
}[PortfolioEventType]
