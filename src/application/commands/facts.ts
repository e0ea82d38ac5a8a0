// What a caller sends about every fact but a fill: cash, fees, interest, taxes, receipts, FX, openings, lots, policies.
// `ref` is the caller's own reference and, with the kind, the fact's name for ever: `{kind}:{ref}`.
import { z } from 'zod'
import { instantGiven, positiveGiven } from '../../domain/kernel/given.ts'
import { dateText, factIdText, idText, shortText } from '../../domain/kernel/schemas.ts'
import type { PortfolioCommand } from '../../domain/portfolio/commands.ts'
import { chosenLots, settles } from '../../domain/portfolio/facts.ts'
import {
  borrowGiven,
  borrowPriceGiven,
  cashGiven,
  feeAccrualGiven,
  feeInvoiceGiven,
  feeScheduleGiven,
  electionGiven,
  type FactGiven,
  fxGiven,
  interestGiven,
  marginGiven,
  openingGiven,
  optionEndGiven,
  policyChanges,
  settlementFailGiven,
  settlementGiven,
  standaloneGiven,
} from '../../domain/portfolio/given.ts'

/** Why, for corrections; a first record may say it too where the event keeps it. */
const reason = { reason: shortText.optional() }
const cash = z.strictObject({ ...cashGiven.shape, ...reason })

/** The body of each kind of fact. */
export const factCommands = {
  contribution: cash,
  withdrawal: cash,
  fee: z.strictObject({ ...cash.shape, fee: idText }),
  'interest-received': cash,
  'interest-paid': cash,
  tax: z.strictObject({ ...cash.shape, tax: idText }),
  receipt: z.strictObject({ ...cash.shape, settles: settles.optional(), standalone: standaloneGiven.optional() }),
  'cash-transfer': z.strictObject({ ...cash.shape, toCashAccount: idText, toSleeve: idText.optional() }),
  fx: z.strictObject({ ...fxGiven.shape, ...reason }),
  opening: z.strictObject({ ...openingGiven.shape, ...reason }),
  option: z.strictObject({ ...optionEndGiven.shape, ...reason }),
  'fee-schedule': z.strictObject({ ...feeScheduleGiven.shape, ...reason }),
  'fee-accrual': z.strictObject({ ...feeAccrualGiven.shape, ...reason }),
  'fee-invoice': z.strictObject({ ...feeInvoiceGiven.shape, ...reason }),
  lots: z.strictObject({
    ref: idText,
    /** The fact id of the fill whose relief is fixed. */
    fill: factIdText,
    lots: z
      .array(z.strictObject({ ...chosenLots.element.shape, units: positiveGiven }))
      .min(1)
      .max(1000),
    algorithm: idText.default('client'),
    identifiedAt: instantGiven.optional(),
    ...reason,
  }),
  election: z.strictObject({ ...electionGiven.shape, ...reason }),
  policy: z.strictObject({ ref: idText, effectiveOn: dateText, changes: policyChanges, ...reason }),
  'interest-terms': z.strictObject({ ref: idText, ...interestGiven.shape, ...reason }),
  'borrow-rate': z.strictObject({ ref: idText, ...borrowGiven.shape, ...reason }),
  'borrow-price': z.strictObject({ ref: idText, ...borrowPriceGiven.shape, ...reason }),
  'margin-terms': z.strictObject({ ref: idText, ...marginGiven.shape, ...reason }),
  'settlement-fail': z.strictObject({ ref: idText, ...settlementFailGiven.shape, ...reason }),
  settlement: z.strictObject({ ref: idText, ...settlementGiven.shape, ...reason }),
} as const

export type FactKind = keyof typeof factCommands
/** A body with its kind. */
export type FactCommand = {
  [K in FactKind]: { readonly kind: K; readonly body: z.output<(typeof factCommands)[K]> }
}[FactKind]

export const FACT_KINDS = Object.keys(factCommands) as readonly FactKind[]

export const cancelFact = z.strictObject({ fact: factIdText, reason: shortText.optional() })
export type CancelFact = z.output<typeof cancelFact>

/** The fact as the decider takes it, its reference, and the reason given. */
export function factOfCommand({ kind, body }: FactCommand): {
  readonly ref: string
  readonly as: FactGiven
  readonly reason: string | undefined
} {
  const { reason: why } = body
  return { ref: body.ref, as: given({ kind, body } as FactCommand), reason: why }
}

function given(command: FactCommand): FactGiven {
  switch (command.kind) {
    case 'contribution':
      return { type: 'CashContributed', cash: cashOf(command.body) }
    case 'withdrawal':
      return { type: 'CashWithdrawn', cash: cashOf(command.body) }
    case 'fee': {
      const { fee, ...rest } = command.body
      return { type: 'FeeCharged', fee, cash: cashOf(rest) }
    }
    case 'interest-received':
      return { type: 'InterestReceived', cash: cashOf(command.body) }
    case 'interest-paid':
      return { type: 'InterestPaid', cash: cashOf(command.body) }
    case 'tax': {
      const { tax, ...rest } = command.body
      return { type: 'TaxPaid', tax, cash: cashOf(rest) }
    }
    case 'receipt': {
      const { settles: what, standalone, ...rest } = command.body
      return { type: 'CashReceived', cash: cashOf(rest), settles: what, standalone }
    }
    case 'cash-transfer': {
      const { toCashAccount, toSleeve, ...rest } = command.body
      return { type: 'CashTransferred', cash: cashOf(rest), toCashAccount, toSleeve }
    }
    case 'fx': {
      const { reason: _, ...fx } = command.body
      return { type: 'FxTraded', fx }
    }
    case 'opening': {
      const { reason: _, ...opening } = command.body
      return { type: 'OpeningBalanceDeclared', opening }
    }
    case 'fee-schedule': {
      const { reason: _, ...schedule } = command.body
      return { type: 'FeeScheduleSet', schedule }
    }
    case 'fee-accrual': {
      const { reason: _, ...accrual } = command.body
      return { type: 'FeeAccrued', accrual }
    }
    case 'fee-invoice': {
      const { reason: _, ...invoice } = command.body
      return { type: 'FeeInvoiced', invoice }
    }
    case 'option': {
      const { reason: _, ...option } = command.body
      return { type: 'OptionEnded', option }
    }
    case 'lots': {
      const { fill, lots, algorithm, identifiedAt } = command.body
      return { type: 'LotsIdentified', fill, lots, algorithm, identifiedAt }
    }
    case 'election': {
      const { reason: _, ...election } = command.body
      return { type: 'ElectionMade', election }
    }
    case 'policy': {
      const { effectiveOn, changes } = command.body
      return { type: 'PolicyChanged', effectiveOn, changes }
    }
    case 'interest-terms':
      return { type: 'CashInterestSet', interest: termsOf(command.body) }
    case 'borrow-rate':
      return { type: 'BorrowRateSet', borrow: termsOf(command.body) }
    case 'borrow-price':
      return { type: 'BorrowPriceTaken', taken: termsOf(command.body) }
    case 'margin-terms':
      return { type: 'MarginTermsSet', margin: termsOf(command.body) }
    case 'settlement-fail':
      return { type: 'SettlementFailed', failed: termsOf(command.body) }
    case 'settlement':
      return { type: 'SettlementConfirmed', settled: termsOf(command.body) }
  }
}

/** Terms that hold neither the reference nor the reason. */
function termsOf<T extends { readonly ref: string; readonly reason?: string | undefined }>({
  ref: _,
  reason: __,
  ...terms
}: T): Omit<T, 'ref' | 'reason'> {
  return terms
}

/** The decider keeps the reason apart from the terms. */
function cashOf<T extends { readonly reason?: string | undefined }>({ reason: _, ...rest }: T): Omit<T, 'reason'> {
  return rest
}

/** How a portfolio keeps its books is the operator's to say: its policies, and the terms it finances itself under. */
export const POLICY_KINDS: ReadonlySet<string> = new Set(['policy', 'interest-terms', 'borrow-rate', 'margin-terms'])
const POLICY_TYPES: ReadonlySet<string> = new Set([
  'PolicyChanged',
  'CashInterestSet',
  'BorrowRateSet',
  'MarginTermsSet',
])

/** Whether a fact, by its name, is one of them. */
export function isPolicyFact(fact: string): boolean {
  return POLICY_KINDS.has(fact.split(':')[0] ?? '')
}

/** Whether a command records, corrects or cancels a change of policy. */
export function concernsPolicy(command: PortfolioCommand): boolean {
  switch (command.type) {
    case 'RecordFact':
    case 'CorrectFact':
      return POLICY_TYPES.has(command.as.type)
    case 'CancelFact':
      return isPolicyFact(command.fact)
    default:
      return false
  }
}
