// Registers instruments, names them over time, classifies them, and keeps the terms of their corporate actions.
import { instrument as model, type InstrumentCommand } from '../../domain/instrument/instrument.ts'
import type { Answer, CommandContext } from '../answer.ts'
import type { CommandHandler } from '../command-handler.ts'
import type {
  AmendAction,
  AmendInstrument,
  AnnounceAction,
  AssignIdentifier,
  CancelAction,
  ClassifyInstrument,
  RecordFixing,
  RegisterInstrument,
  WithdrawIdentifier,
} from '../commands/reference.ts'
import type { ReferenceDirectory } from '../reference-directory.ts'
import { instrumentStream } from '../streams.ts'

export class Instruments {
  readonly #handler: CommandHandler
  readonly #directory: ReferenceDirectory
  /** Identifiers are unique over all instruments, so commands that give them take turns in this process. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(handler: CommandHandler, directory: ReferenceDirectory) {
    this.#handler = handler
    this.#directory = directory
  }

  /** @throws Refused `unsupported-instrument`, `identifier-taken`, `wrong-check-digit`, `unknown-market`, `unknown-calendar`. */
  register(terms: RegisterInstrument, context: CommandContext): Promise<Answer> {
    return this.#inTurn(() =>
      this.#send(
        terms.instrument,
        { type: 'RegisterInstrument', terms, knowledge: this.#directory },
        terms,
        null,
        context,
      ),
    )
  }

  /** @throws Refused `quantity-places-lowered`. */
  amend({ instrument, ...rest }: AmendInstrument, context: CommandContext): Promise<Answer> {
    return this.#send(instrument, { type: 'AmendInstrument', ...rest, knowledge: this.#directory }, rest, null, context)
  }

  /** @throws Refused `identifier-taken`. */
  assign({ instrument, identifier }: AssignIdentifier, context: CommandContext): Promise<Answer> {
    const command = { type: 'AssignIdentifier', identifier, knowledge: this.#directory } as const
    return this.#inTurn(() => this.#send(instrument, command, identifier, identifier.from ?? null, context))
  }

  withdraw({ instrument, ...rest }: WithdrawIdentifier, context: CommandContext): Promise<Answer> {
    const command = { type: 'WithdrawIdentifier', ...rest, knowledge: this.#directory } as const
    return this.#inTurn(() => this.#send(instrument, command, rest, rest.identifier.from ?? null, context))
  }

  classify({ instrument, classification }: ClassifyInstrument, context: CommandContext): Promise<Answer> {
    const command = { type: 'ClassifyInstrument', classification } as const
    return this.#send(instrument, command, classification, classification.from ?? null, context)
  }

  /** A floating rate, an index ratio or a pool factor. @throws Refused `fixing-not-expected`. */
  recordFixing({ instrument, fixing }: RecordFixing, context: CommandContext): Promise<Answer> {
    return this.#send(instrument, { type: 'RecordFixing', fixing }, fixing, fixing.from, context)
  }

  /** @throws Refused `unknown-action-code`, `contradictory-terms`, `dates-out-of-order`, `basis-over-one`. */
  announce({ instrument, terms }: AnnounceAction, context: CommandContext): Promise<Answer> {
    const command = { type: 'AnnounceAction', terms, knowledge: this.#directory } as const
    return this.#send(instrument, command, terms, terms.exDate, context)
  }

  /** The newest terms, whole. @throws Refused `unknown-action`, `action-cancelled`. */
  amendAction({ instrument, ...rest }: AmendAction, context: CommandContext): Promise<Answer> {
    const command = { type: 'AmendAction', ...rest, knowledge: this.#directory } as const
    return this.#send(instrument, command, rest, rest.terms.exDate, context)
  }

  cancelAction({ instrument, ...rest }: CancelAction, context: CommandContext): Promise<Answer> {
    return this.#send(instrument, { type: 'CancelAction', ...rest }, rest, null, context)
  }

  #send(
    instrument: string,
    command: InstrumentCommand,
    input: unknown,
    effectiveAt: string | null,
    context: CommandContext,
  ): Promise<Answer> {
    return this.#handler.handle(
      {
        stream: instrumentStream(instrument),
        model,
        input: { type: command.type, input },
        fact: factOf(instrument, command),
        effectiveAt,
        decide: (state) => model.decide(command, state),
        firstRevision: ({ actions }) => {
          if (command.type === 'RegisterInstrument') return 0
          return command.type === 'AnnounceAction' ? (actions.get(command.terms.action)?.revision ?? null) : null
        },
      },
      context,
    )
  }

  #inTurn<T>(send: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(send, send)
    this.#turn = mine.catch(() => undefined)
    return mine
  }
}

function factOf(instrument: string, command: InstrumentCommand): string {
  switch (command.type) {
    case 'AnnounceAction':
    case 'AmendAction':
      return `ca:${instrument}:${command.terms.action}`
    case 'CancelAction':
      return `ca:${instrument}:${command.action}`
    default:
      return instrument
  }
}
