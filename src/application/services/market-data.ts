// Records prices and FX rates by month and source, corrects and withdraws them, and closes business days.
import { calendarDays } from '../../domain/market/calendar-days.ts'
import { type PriceCommand, prices as priceModel } from '../../domain/market/prices.ts'
import { type RateCommand, rates as rateModel } from '../../domain/market/rates.ts'
import type { Answer, CommandContext } from '../answer.ts'
import type { CommandHandler } from '../command-handler.ts'
import type {
  CloseBusinessDay,
  CorrectPrice,
  CorrectRate,
  RecordPrices,
  RecordRates,
  WithdrawPrice,
  WithdrawRate,
} from '../commands/market.ts'
import type { ReferenceDirectory } from '../reference-directory.ts'
import { calendarStream, priceStream, rateStream } from '../streams.ts'

export class Prices {
  readonly #handler: CommandHandler
  readonly #directory: ReferenceDirectory

  constructor(handler: CommandHandler, directory: ReferenceDirectory) {
    this.#handler = handler
    this.#directory = directory
  }

  /** All rows or none; rows already there with the same price are left out. @throws Refused `idempotency-conflict`, `unknown-instrument`. */
  record(batch: RecordPrices, context: CommandContext): Promise<Answer> {
    return this.#send(batch, { type: 'RecordPrices', batch, knowledge: this.#directory }, context)
  }

  /** @throws Refused `unknown-price`. */
  correct(correction: CorrectPrice, context: CommandContext): Promise<Answer> {
    return this.#send(correction, { type: 'CorrectPrice', correction, knowledge: this.#directory }, context)
  }

  withdraw(withdrawal: WithdrawPrice, context: CommandContext): Promise<Answer> {
    return this.#send(withdrawal, { type: 'WithdrawPrice', withdrawal }, context)
  }

  #send(
    input: RecordPrices | CorrectPrice | WithdrawPrice,
    command: PriceCommand,
    context: CommandContext,
  ): Promise<Answer> {
    const { source, date, basis } = input
    const decide = (state: typeof priceModel.initial) => priceModel.decide(command, state)
    const stream = priceStream(source, date, basis)
    return this.#handler.handle(
      { stream, model: priceModel, input: { type: command.type, input }, fact: null, effectiveAt: date, decide },
      context,
    )
  }
}

export class Rates {
  readonly #handler: CommandHandler

  constructor(handler: CommandHandler) {
    this.#handler = handler
  }

  /** All rows or none; rows already there with the same rate are left out. @throws Refused `idempotency-conflict`, `same-currency`. */
  record(batch: RecordRates, context: CommandContext): Promise<Answer> {
    return this.#send(batch, { type: 'RecordRates', batch }, context)
  }

  /** @throws Refused `unknown-rate`. */
  correct(correction: CorrectRate, context: CommandContext): Promise<Answer> {
    return this.#send(correction, { type: 'CorrectRate', correction }, context)
  }

  withdraw(withdrawal: WithdrawRate, context: CommandContext): Promise<Answer> {
    return this.#send(withdrawal, { type: 'WithdrawRate', withdrawal }, context)
  }

  #send(
    input: RecordRates | CorrectRate | WithdrawRate,
    command: RateCommand,
    context: CommandContext,
  ): Promise<Answer> {
    const { source, date } = input
    const decide = (state: typeof rateModel.initial) => rateModel.decide(command, state)
    const stream = rateStream(source, date)
    return this.#handler.handle(
      { stream, model: rateModel, input: { type: command.type, input }, fact: null, effectiveAt: date, decide },
      context,
    )
  }
}

export class CalendarDaysService {
  readonly #handler: CommandHandler
  readonly #directory: ReferenceDirectory

  constructor(handler: CommandHandler, directory: ReferenceDirectory) {
    this.#handler = handler
    this.#directory = directory
  }

  /** @throws Refused `unknown-calendar`, `not-a-business-day`, `day-out-of-order`. */
  close(input: CloseBusinessDay, context: CommandContext): Promise<Answer> {
    const { calendar, date } = input
    const day = this.#directory.dayStatus(calendar, date)
    const previous = this.#directory.previousBusinessDay(calendar, date)
    const decide = (state: typeof calendarDays.initial) =>
      calendarDays.decide({ type: 'CloseBusinessDay', calendar, date, day, previous }, state)
    const stream = calendarStream(calendar)
    return this.#handler.handle({ stream, model: calendarDays, input, fact: null, effectiveAt: date, decide }, context)
  }
}
