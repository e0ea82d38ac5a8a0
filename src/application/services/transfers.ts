// Transfers in kind: the caller names the lots, or says how many units and the giver's book chooses by its relief order.
import { defined } from '../../domain/kernel/defined.ts'
import { decimal, decimalText, divide, ZERO } from '../../domain/kernel/decimal.ts'
import { refuse } from '../../domain/kernel/refusal.ts'
import { currency } from '../../domain/kernel/currency.ts'
import type { MovedLot } from '../../domain/portfolio/facts.ts'
import { portfolio as portfolioModel } from '../../domain/portfolio/portfolio.ts'
import type { PortfolioState } from '../../domain/portfolio/state.ts'
import type { TransferTerms } from '../../domain/transfer/events.ts'
import { transfer as model, type TransferCommand, type TransferKnowledge } from '../../domain/transfer/transfer.ts'
import type { GiverBook } from '../advisor.ts'
import type { Answer, CommandContext } from '../answer.ts'
import type { CommandHandler } from '../command-handler.ts'
import type { CancelTransfer, CorrectTransfer, RecordTransfer } from '../commands/reference.ts'
import type { ReferenceDirectory } from '../reference-directory.ts'
import { portfolioStream, transferStream } from '../streams.ts'

type End = RecordTransfer['from']
type Dates = { readonly openedOn: string; readonly closedOn: string | null }

export class Transfers {
  readonly #handler: CommandHandler
  readonly #directory: ReferenceDirectory
  readonly #giver: GiverBook

  constructor(handler: CommandHandler, directory: ReferenceDirectory, giver: GiverBook) {
    this.#handler = handler
    this.#directory = directory
    this.#giver = giver
  }

  /** @throws Refused `lots-required`, `not-enough-units`, `unknown-portfolio`, `market-value-required` and what transfer.ts refuses. */
  async record(input: RecordTransfer, context: CommandContext): Promise<Answer> {
    // What the book chose is part of the record: asked again, it is not asked to choose again.
    const recorded = await this.#handler.look(transferStream(input.transfer), model, ({ terms: known }) => known?.lots)
    const { terms, knowledge } = await this.#prepared(input, recorded)
    return this.send({ type: 'RecordTransfer', terms, knowledge }, terms.transfer, input, terms.date, context)
  }

  /** The whole new terms. @throws Refused `unknown-transfer`, `transfer-cancelled`. */
  async correct({ reason, ...input }: CorrectTransfer, context: CommandContext): Promise<Answer> {
    const { terms, knowledge } = await this.#prepared(input)
    const command = { type: 'CorrectTransfer', terms, knowledge, reason } as const
    return this.send(command, terms.transfer, { input, reason: reason ?? null }, terms.date, context)
  }

  cancel(input: CancelTransfer, context: CommandContext): Promise<Answer> {
    return this.send({ type: 'CancelTransfer', ...input }, input.transfer, input, null, context)
  }

  /** Sends a decided command to the transfer's stream; sagas restate lots through it. */
  send(
    command: TransferCommand,
    id: string,
    input: unknown,
    effectiveAt: string | null,
    context: CommandContext,
  ): Promise<Answer> {
    return this.#handler.handle(
      {
        stream: transferStream(id),
        model,
        input: { type: command.type, input },
        fact: `transfer:${id}`,
        effectiveAt,
        decide: (state) => model.decide(command, state),
        firstRevision: () => (command.type === 'RecordTransfer' ? 0 : null),
      },
      context,
    )
  }

  async #prepared(
    input: RecordTransfer,
    recorded?: TransferTerms['lots'],
  ): Promise<{ readonly terms: TransferTerms; readonly knowledge: TransferKnowledge }> {
    const portfolios = new Map<string, Dates>()
    const from = await this.#end(input.from, 'from', portfolios)
    const to = await this.#end(input.to, 'to', portfolios)
    const { lots: named, units, ...rest } = input
    const terms =
      named === undefined
        ? defined({
            ...rest,
            from,
            to,
            lots: recorded ?? (await this.#chosen({ ...rest, from }, units)),
            chosenBy: 'book' as const,
            units,
          })
        : defined({ ...rest, from, to, lots: named })
    return {
      terms,
      knowledge: { instrument: (id) => this.#directory.instrumentById(id), portfolio: (id) => portfolios.get(id) },
    }
  }

  /** An end with its places filled in. @throws Refused `unknown-sleeve`, `unknown-custody-account`. */
  async #end(end: End, field: string, portfolios: Map<string, Dates>): Promise<TransferTerms['from']> {
    if (end === null) return null
    const { portfolio } = end
    return this.#handler.look(portfolioStream(portfolio), portfolioModel, (state) => {
      const { opened, closedOn } = state
      if (opened === null) {
        const message = `there is no portfolio ${portfolio}`
        return refuse({
          code: 'unknown-portfolio',
          message,
          field: `${field}.portfolio`,
          remedy: 'open it first, or use null',
        })
      }
      portfolios.set(portfolio, { openedOn: opened.openedOn, closedOn })
      const { sleeve, custodyAccount } = opened.defaults
      const places = { sleeve: end.sleeve ?? sleeve, custodyAccount: end.custodyAccount ?? custodyAccount }
      checkPlaces(state, places, field)
      return { portfolio, ...places }
    })
  }

  /** The first lots of the giver's relief order that make up the units. */
  async #chosen(
    terms: Omit<RecordTransfer, 'lots' | 'units' | 'from' | 'to'> & { readonly from: TransferTerms['from'] },
    units: string | undefined,
  ): Promise<MovedLot[]> {
    const { from, instrument, date, atOpen, transfer } = terms
    const lots =
      from === null || units === undefined
        ? null
        : await this.#giver.lotsToGive({ ...from, instrument, date, atOpen, transfer })
    if (lots === null || units === undefined) {
      return refuse({
        code: 'lots-required',
        message:
          from === null
            ? 'nobody here knows the lots of a portfolio that Quipu does not keep'
            : "the giver's book cannot choose the lots",
        field: 'lots',
        remedy:
          "name the lots with units, cost, currency and acquisition date, or send `units` for the giver's book to choose",
      })
    }
    return firstUnits(lots, units)
  }
}

/** @throws Refused `unknown-sleeve`, `unknown-custody-account`. */
function checkPlaces(
  state: PortfolioState,
  { sleeve, custodyAccount }: { readonly sleeve: string; readonly custodyAccount: string },
  field: string,
): void {
  if (!state.sleeves.has(sleeve))
    refuse({
      code: 'unknown-sleeve',
      message: `it has no sleeve ${sleeve}`,
      field: `${field}.sleeve`,
      remedy: 'add it to its places first',
    })
  if (!state.custodyAccounts.has(custodyAccount)) {
    const message = `it has no custody account ${custodyAccount}`
    refuse({
      code: 'unknown-custody-account',
      message,
      field: `${field}.custodyAccount`,
      remedy: 'add it to its places first',
    })
  }
}

/**
 * The first `units` of lots in order; the last one is cut, its cost by units, half to even.
 * @throws Refused `not-enough-units`.
 */
export function firstUnits(lots: readonly MovedLot[], units: string): MovedLot[] {
  let left = decimal(units)
  const moved: MovedLot[] = []
  for (const lot of lots) {
    if (left.isZero()) break
    const held = decimal(lot.units).abs()
    if (held.lessThanOrEqualTo(left)) {
      moved.push(lot)
      left = left.minus(held)
      continue
    }
    const places = currency(lot.currency).minorUnits ?? 0
    const cost = decimalText(divide(decimal(lot.cost).times(left), held, places, 'half-even'))
    const short = lot.units.startsWith('-')
    moved.push({ ...lot, units: decimalText(short ? left.negated() : left), cost })
    left = ZERO
  }
  if (left.isZero()) return moved
  return refuse({
    code: 'not-enough-units',
    message: `the giver holds ${decimalText(decimal(units).minus(left))} of the ${units} units`,
    field: 'units',
    remedy: 'move what is there, or name the lots yourself: what the giver lacks does not move on its side',
  })
}
