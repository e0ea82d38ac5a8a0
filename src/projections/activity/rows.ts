// Facts as activity rows: what a fact says now, whichever event said it last.
import { canonicalJson } from '../../domain/kernel/canonical-json.ts'
import { canonicalDecimal } from '../../domain/kernel/decimal.ts'
import { instant } from '../../domain/kernel/instant.ts'
import type { CashTerms, FillTerms, FxTerms, OpeningTerms, OptionEndTerms } from '../../domain/portfolio/facts.ts'
import type { FeeAccrualTerms, FeeInvoiceTerms, FeeScheduleTerms } from '../../domain/portfolio/fee-terms.ts'
import type { ManualTerms } from '../../domain/portfolio/manual-entry.ts'
import type {
  BorrowPriceTerms,
  BorrowTerms,
  InterestTerms,
  MarginTerms,
} from '../../domain/portfolio/financing-terms.ts'
import type { SettlementFailTerms, SettlementTerms } from '../../domain/portfolio/settlement-terms.ts'
import type { TransferTerms } from '../../domain/transfer/events.ts'
import type { RecordedEvent } from '../../eventstore/codec.ts'
import type { RecordedUnit } from '../../eventstore/log.ts'
import { addText } from '../rows/exact-sum.ts'
import { type KnownRows, keyText } from '../rows/known-rows.ts'
import type { AnyRow } from '../schema/table.ts'

/** The facts a unit touches in one portfolio's activity: what must be loaded before `applyActivity`. */
export function activityKeys(portfolio: string, unit: RecordedUnit): string[][] {
  return unit.events.flatMap((event) => {
    const fact = factOf(event)
    return fact === undefined ? [] : [[portfolio, fact]]
  })
}

/** The fact an event is about; undefined for events that are no facts of a portfolio. */
export function factOf(event: RecordedEvent): string | undefined {
  switch (event.type) {
    case 'TransferRecorded':
    case 'TransferCorrected':
      return `transfer:${event.data.terms.transfer}`
    case 'TransferCancelled':
    case 'TransferLotsRestated':
      return `transfer:${event.data.transfer}`
    case 'FillParked':
    case 'ReferenceParked':
    case 'ParkedSettled':
      return undefined
    default:
      return 'fact' in event.data ? event.data.fact : undefined
  }
}

/** What an event makes of its fact's row. */
export function applyActivity(portfolio: string, rows: KnownRows, event: RecordedEvent, at: bigint): void {
  const fact = factOf(event)
  if (fact === undefined) return
  const before = rows.get(keyText([portfolio, fact]))
  const said = whatIsSaid(portfolio, event, before)
  if (said === undefined) return
  rows.put(
    {
      ...BLANK,
      ...(before ?? {}),
      ...said,
      portfolio,
      fact,
      event_id: event.id,
      root_position: before?.root_position ?? String(event.position),
    },
    at,
  )
}

const BLANK: AnyRow = {
  instant: null,
  settle_date: null,
  instrument: null,
  side: null,
  quantity: null,
  price: null,
  currency: null,
  amount: null,
  costs: null,
  settle_currency: null,
  settle_amount: null,
  source: null,
  exec_id: null,
  order_id: null,
  block: null,
  sleeve: null,
  custody_account: null,
  cash_account: null,
  reason: null,
}

function whatIsSaid(portfolio: string, event: RecordedEvent, before: AnyRow | undefined): AnyRow | undefined {
  switch (event.type) {
    case 'FillExecuted':
      return { ...fillColumns(event.data.fill), kind: 'fill', event: event.type, status: 'recorded' }
    case 'FillCorrected':
      return {
        ...fillColumns(event.data.fill),
        kind: 'fill',
        event: 'FillExecuted',
        status: 'corrected',
        reason: event.data.reason ?? null,
      }
    case 'FillBusted':
      return before === undefined ? undefined : { status: 'busted', reason: event.data.reason ?? null }
    case 'FactCancelled':
      return before === undefined ? undefined : { status: 'cancelled', reason: event.data.reason ?? null }
    case 'FactCorrected': {
      const { as, reason, fact } = event.data
      return { ...BLANK, ...termsColumns({ ...as, fact }), status: 'corrected', reason: reason ?? null }
    }
    case 'TransferRecorded':
    case 'TransferCorrected':
      return transferColumns(
        portfolio,
        event.data.terms,
        event.type === 'TransferRecorded' ? 'recorded' : 'corrected',
        before,
      )
    case 'TransferCancelled':
      return before === undefined ? undefined : { status: 'cancelled', reason: event.data.reason ?? null }
    case 'TransferLotsRestated':
      return before === undefined
        ? undefined
        : { status: 'restated', reason: event.data.reason ?? null, terms: restated(before, event.data.lots) }
    case 'PeriodReopened':
      return before === undefined ? undefined : { status: 'reopened', reason: event.data.reason }
    case 'PeriodSealed':
      return {
        kind: 'seal',
        event: event.type,
        status: 'recorded',
        effective_date: event.data.through,
        terms: canonicalJson(event.data),
      }
    case 'ReopeningRequested':
      return before === undefined ? undefined : { status: 'reopening-requested', reason: event.data.reason }
    case 'ManualEntryPrepared':
      return manualColumns(event.data.entry, event.data, event.type, 'prepared')
    case 'ManualEntryPosted':
      return manualColumns(event.data.entry, event.data, event.type, 'recorded')
    case 'ManualEntryWithdrawn':
      return before === undefined ? undefined : { status: 'withdrawn', reason: event.data.reason }
    case 'FillParked':
    case 'ReferenceParked':
    case 'ParkedSettled':
      return undefined
    default: {
      const { type, data } = event
      if (!('fact' in data)) return undefined
      const columns = termsColumns({ type, ...data })
      return columns === undefined ? undefined : { ...columns, status: 'recorded' }
    }
  }
}

/** The terms of any fact but a fill, as an event of its first recording holds them. */
type Terms = { readonly type: string; readonly fact: string } & Partial<{
  readonly cash: CashTerms
  readonly fx: FxTerms
  readonly opening: OpeningTerms
  readonly option: OptionEndTerms
  readonly schedule: FeeScheduleTerms
  readonly accrual: FeeAccrualTerms
  readonly invoice: FeeInvoiceTerms
  readonly effectiveOn: string
  readonly fill: string | FillTerms
  readonly identifiedAt: string | undefined
  readonly settles: { readonly instrument?: string | undefined } | undefined
  readonly standalone: { readonly instrument?: string | undefined } | undefined
  readonly interest: InterestTerms
  readonly borrow: BorrowTerms
  readonly taken: BorrowPriceTerms
  readonly margin: MarginTerms
  readonly failed: SettlementFailTerms
  readonly settled: SettlementTerms
}>

const CASH_KINDS: Readonly<Record<string, string>> = {
  CashContributed: 'contribution',
  CashWithdrawn: 'withdrawal',
  FeeCharged: 'fee',
  InterestReceived: 'interest',
  InterestPaid: 'interest-paid',
  TaxPaid: 'tax',
  CashReceived: 'receipt',
  CashTransferred: 'cash-transfer',
}

function termsColumns(said: Terms): AnyRow | undefined {
  const { type, fact, ...rest } = said
  const terms = { event: type, terms: canonicalJson(defined(rest)) }
  if (said.cash !== undefined && CASH_KINDS[type] !== undefined)
    return {
      ...terms,
      kind: CASH_KINDS[type] ?? type,
      ...cashColumns(said.cash),
      instrument: said.settles?.instrument ?? said.standalone?.instrument ?? null,
    }
  if (said.fx !== undefined) return { ...terms, kind: 'fx', ...fxColumns(said.fx) }
  if (said.opening !== undefined) return { ...terms, kind: 'opening', effective_date: said.opening.date }
  if (said.schedule !== undefined)
    return { ...terms, kind: 'fee-schedule', effective_date: said.schedule.from, currency: said.schedule.currency }
  const fee = said.accrual ?? said.invoice
  if (fee !== undefined)
    return {
      ...terms,
      kind: said.accrual === undefined ? 'fee-invoice' : 'fee-accrual',
      effective_date: fee.date,
      settle_date: said.invoice?.payDate ?? null,
      currency: fee.currency,
      amount: canonicalDecimal(fee.amount),
      sleeve: fee.sleeve,
      cash_account: fee.cashAccount,
    }
  if (said.option !== undefined) return { ...terms, kind: 'option', ...optionColumns(said.option) }
  if (type === 'PolicyChanged' && said.effectiveOn !== undefined)
    return { ...terms, kind: 'policy', effective_date: said.effectiveOn }
  if (said.interest !== undefined) {
    const { effectiveOn, currency, cashAccount } = said.interest
    return { ...terms, kind: 'interest-terms', effective_date: effectiveOn, currency, cash_account: cashAccount }
  }
  if (said.borrow !== undefined) {
    const { effectiveOn, instrument, currency } = said.borrow
    return { ...terms, kind: 'borrow-rate', effective_date: effectiveOn, instrument, currency }
  }
  if (said.taken !== undefined) {
    const { date, instrument, currency, price } = said.taken
    return {
      ...terms,
      kind: 'borrow-price',
      effective_date: date,
      instrument,
      currency,
      price: canonicalDecimal(price),
    }
  }
  if (said.margin !== undefined) return { ...terms, kind: 'margin-terms', effective_date: said.margin.effectiveOn }
  const settled = said.failed ?? said.settled
  if (settled !== undefined)
    return {
      ...terms,
      kind: type === 'SettlementFailed' ? 'settlement-fail' : 'settlement',
      effective_date: settled.date,
      quantity: settled.units === undefined ? null : canonicalDecimal(settled.units),
      source: settled.source ?? null,
    }
  if (type === 'LotsIdentified' && typeof said.fill === 'string')
    return {
      ...terms,
      kind: 'lots',
      // The choice has no date of its own: it belongs to its fill, whose id holds the trade date.
      effective_date: said.fill.split(':')[2] ?? '',
      instant: optionalInstant(said.identifiedAt),
    }
  return undefined
}

function optionColumns(option: OptionEndTerms): AnyRow {
  const { date, settlementDate, instrument, side, quantity, cash, delivery, source } = option
  return {
    effective_date: date,
    settle_date: settlementDate,
    instrument,
    side,
    quantity: canonicalDecimal(quantity),
    currency: cash?.currency ?? delivery?.currency ?? null,
    amount:
      cash === undefined
        ? delivery === undefined
          ? null
          : canonicalDecimal(delivery.amount)
        : canonicalDecimal(cash.amount),
    source: source ?? null,
    sleeve: option.sleeve,
    custody_account: option.custodyAccount,
    cash_account: option.cashAccount,
  }
}

/** JSON has no undefined: what is absent is left out. */
function defined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined))
}

function fillColumns(fill: FillTerms): AnyRow {
  return {
    effective_date: fill.tradeDate,
    instant: optionalInstant(fill.executedAt),
    settle_date: fill.settlement.date,
    instrument: fill.instrument,
    side: fill.side,
    quantity: canonicalDecimal(fill.quantity),
    price: canonicalDecimal(fill.price),
    currency: fill.currency,
    amount: canonicalDecimal(fill.consideration),
    costs: fill.costs.reduce((sum, { amount }) => addText(sum, canonicalDecimal(amount)), '0'),
    settle_currency: fill.settlement.currency,
    settle_amount: fill.settlement.amount === undefined ? null : canonicalDecimal(fill.settlement.amount),
    source: fill.source,
    exec_id: fill.execId,
    order_id: fill.order ?? null,
    block: fill.block ?? null,
    sleeve: fill.sleeve,
    custody_account: fill.custodyAccount,
    cash_account: fill.cashAccount,
    terms: canonicalJson(fill),
  }
}

function cashColumns(cash: CashTerms): AnyRow {
  return {
    effective_date: cash.valueDate,
    settle_date: cash.valueDate,
    instant: optionalInstant(cash.bookedAt),
    currency: cash.currency,
    amount: canonicalDecimal(cash.amount),
    source: cash.source ?? null,
    sleeve: cash.sleeve,
    custody_account: cash.custodyAccount,
    cash_account: cash.cashAccount,
  }
}

function fxColumns(fx: FxTerms): AnyRow {
  return {
    effective_date: fx.tradeDate,
    instant: optionalInstant(fx.executedAt),
    settle_date: fx.valueDate,
    currency: fx.sold.currency,
    amount: canonicalDecimal(fx.sold.amount),
    costs: fx.costs.reduce((sum, { amount }) => addText(sum, canonicalDecimal(amount)), '0'),
    settle_currency: fx.bought.currency,
    settle_amount: canonicalDecimal(fx.bought.amount),
    source: fx.source ?? null,
    sleeve: fx.sleeve,
    custody_account: fx.custodyAccount,
    cash_account: fx.cashAccount,
  }
}

function manualColumns(entry: ManualTerms, said: object, event: string, status: string): AnyRow {
  const [{ currency } = { currency: null }, ...others] = entry.lines
  return {
    kind: 'entry',
    event,
    status,
    effective_date: entry.date,
    currency: others.every((line) => line.currency === currency) ? currency : null,
    reason: entry.reason,
    terms: canonicalJson(defined(said)),
  }
}

function transferColumns(
  portfolio: string,
  terms: TransferTerms,
  status: string,
  before: AnyRow | undefined,
): AnyRow | undefined {
  const gives = terms.from?.portfolio === portfolio
  const takes = terms.to?.portfolio === portfolio
  // A correction may name others: what this portfolio saw before is then no fact of it any more.
  if (!gives && !takes)
    return before === undefined
      ? undefined
      : { status: 'cancelled', reason: 'the transfer no longer names this portfolio' }
  const place = gives ? terms.from : terms.to
  return {
    kind: 'transfer',
    event: 'TransferRecorded',
    status,
    effective_date: terms.date,
    settle_date: terms.date,
    instrument: terms.instrument,
    side: gives && takes ? 'within' : gives ? 'out' : 'in',
    quantity: terms.lots.reduce((sum, { units }) => addText(sum, canonicalDecimal(units)), '0'),
    currency: terms.marketValue?.currency ?? null,
    amount: terms.marketValue === undefined ? null : canonicalDecimal(terms.marketValue.amount),
    sleeve: place?.sleeve ?? null,
    custody_account: place?.custodyAccount ?? null,
    terms: canonicalJson(terms),
  }
}

function restated(before: AnyRow, lots: TransferTerms['lots']): string {
  const terms: object = JSON.parse(before.terms ?? '{}')
  return canonicalJson({ ...terms, lots })
}

function optionalInstant(text: string | undefined): string | null {
  return text === undefined ? null : instant(text)
}
