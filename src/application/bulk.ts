// Bulk: NDJSON in, a verdict per line out, for a portfolio's activity, for prices and for FX rates.
import type { LedgerEvent } from '../eventstore/registry.ts'
import { type PriceEvent, type PriceState, prices as priceModel } from '../domain/market/prices.ts'
import { type RateEvent, type RateState, rates as rateModel } from '../domain/market/rates.ts'
import { canonicalJson } from '../domain/kernel/canonical-json.ts'
import { attempt, refuse } from '../domain/kernel/refusal.ts'
import type { PortfolioEvent } from '../domain/portfolio/events.ts'
import { factOf, firstRevision, portfolio as model } from '../domain/portfolio/portfolio.ts'
import type { PortfolioState } from '../domain/portfolio/state.ts'
import type { Advisor } from './advisor.ts'
import type { CommandContext } from './answer.ts'
import { BulkEngine, type LineTask, type Verdict } from './bulk-engine.ts'
import { concernsPolicy } from './commands/facts.ts'
import { readLine } from './bulk-lines.ts'
import type { CommandHandler } from './command-handler.ts'
import { priceLine, rateLine } from './commands/market.ts'
import { readInput } from './input.ts'
import type { ReferenceDirectory } from './reference-directory.ts'
import { portfolioStream, prefixOf, priceStream, rateStream } from './streams.ts'

/** Lines of one unit of a portfolio. */
const ACTIVITY_LINES_MAX = 500
/** Rows of one unit of market data: a thousand to an event. */
const ROWS_MAX = 4000
/** Rows of one event. */
const EVENT_ROWS_MAX = 1000
/** A line longer than this is refused unread: no command is. */
export const LINE_CHARACTERS_MAX = 256 * 1024

const PORTFOLIO = prefixOf(portfolioStream)

export class Bulk {
  readonly #handler: CommandHandler
  readonly #directory: ReferenceDirectory

  readonly #advisor: Advisor

  constructor(handler: CommandHandler, directory: ReferenceDirectory, advisor: Advisor) {
    this.#handler = handler
    this.#directory = directory
    this.#advisor = advisor
  }

  /**
   * Activity of one portfolio, or of any when `portfolio` is not given and the lines name theirs. `mayWrite` says whether the
   * sender may write to a portfolio that a line names, `mayChangePolicies` whether lines may change how a portfolio keeps its
   * books. Line numbers start at 1; blank lines have no verdict.
   */
  activity(
    lines: AsyncIterable<string>,
    options: {
      readonly context: CommandContext
      readonly portfolio?: string
      mayWrite?(portfolio: string): boolean
      readonly mayChangePolicies?: boolean
    },
  ): AsyncGenerator<Verdict> {
    const { context, portfolio, mayWrite = () => true, mayChangePolicies = true } = options
    const engine = new BulkEngine<PortfolioState, PortfolioEvent>(this.#handler, {
      context,
      linesMax: ACTIVITY_LINES_MAX,
      adviceOn: (stream, position) => this.#advisor.warningsOf(stream.slice(PORTFOLIO.length), position),
    })
    return engine.run(
      tasks(lines, (json, line) => {
        const read = readLine(json, this.#directory, portfolio)
        if (!mayWrite(read.portfolio)) return forbidden(line, read.portfolio)
        const { command } = read
        if (!mayChangePolicies && concernsPolicy(command)) return notForThisRole(line)
        return {
          line,
          stream: portfolioStream(read.portfolio),
          model,
          fact: factOf(command),
          input: json,
          decide: (state: PortfolioState) => model.decide(command, state),
          firstRevision: (state: PortfolioState) => firstRevision(command, state),
        }
      }),
    )
  }

  /** Prices, one a line. */
  prices(lines: AsyncIterable<string>, context: CommandContext): AsyncGenerator<Verdict> {
    const engine = new BulkEngine<PriceState, PriceEvent>(this.#handler, {
      context,
      linesMax: ROWS_MAX,
      merge: joined,
    })
    return engine.run(
      tasks(lines, (json, line) => {
        const { source, date, basis, snap, ...row } = readInput(priceLine, json)
        const batch = { source, date, basis, snap, rows: [row] }
        const command = { type: 'RecordPrices', batch, knowledge: this.#directory } as const
        return {
          line,
          stream: priceStream(source, date, basis),
          model: priceModel,
          fact: null,
          input: json,
          decide: (state: PriceState) => priceModel.decide(command, state),
          firstRevision: () => null,
        }
      }),
    )
  }

  /** FX rates, one a line. */
  rates(lines: AsyncIterable<string>, context: CommandContext): AsyncGenerator<Verdict> {
    const engine = new BulkEngine<RateState, RateEvent>(this.#handler, {
      context,
      linesMax: ROWS_MAX,
      merge: joined,
    })
    return engine.run(
      tasks(lines, (json, line) => {
        const { source, fixing, date, ...row } = readInput(rateLine, json)
        const batch = { source, fixing, date, rows: [row] }
        const command = { type: 'RecordRates', batch } as const
        return {
          line,
          stream: rateStream(source, date),
          model: rateModel,
          fact: null,
          input: json,
          decide: (state: RateState) => rateModel.decide(command, state),
          firstRevision: () => null,
        }
      }),
    )
  }
}

/** Reads each line's JSON and makes its task; what cannot be read has its verdict at once. */
async function* tasks<State, Event extends LedgerEvent>(
  lines: AsyncIterable<string>,
  taskOf: (json: unknown, line: number) => LineTask<State, Event> | Verdict,
): AsyncGenerator<LineTask<State, Event> | Verdict> {
  let line = 0
  for await (const text of lines) {
    line++
    if (text.trim() === '') continue
    const read = attempt(() => taskOf(parsed(text), line))
    yield read.ok ? read.value : { line, verdict: 'refused', ...read.refusal }
  }
}

/** @throws Refused `line-too-long`, `malformed-json`. */
function parsed(text: string): unknown {
  if (text.length > LINE_CHARACTERS_MAX)
    refuse({
      code: 'line-too-long',
      message: `the line has ${text.length} characters; at most ${LINE_CHARACTERS_MAX} are read`,
      remedy: 'send one command a line',
    })
  try {
    return JSON.parse(text)
  } catch (error) {
    return refuse({
      code: 'malformed-json',
      message: `the line is not JSON: ${error instanceof Error ? error.message : String(error)}`,
      remedy: 'send one JSON object a line',
    })
  }
}

function forbidden(line: number, portfolio: string): Verdict {
  return {
    line,
    verdict: 'refused',
    code: 'forbidden-portfolio',
    message: `you may not write to portfolio ${portfolio}`,
    field: 'portfolio',
    remedy: 'use a token whose scope holds the portfolio',
  }
}

function notForThisRole(line: number): Verdict {
  return {
    line,
    verdict: 'refused',
    code: 'role-not-granted',
    message: 'a change of policy needs the role operator',
    field: 'type',
    remedy: 'use a token that is allowed to',
  }
}

/** Joins events whose rows share everything but the rows, up to a thousand rows an event. */
function joined<Event extends PriceEvent | RateEvent>(
  events: readonly Event[],
): { readonly events: readonly Event[]; readonly places: readonly number[] } {
  const out: { readonly event: Event; readonly rows: unknown[] }[] = []
  const open = new Map<string, number>()
  const places = events.map((event) => {
    const { rows, ...header } = 'rows' in event.data ? event.data : { ...event.data, rows: [] }
    const key = canonicalJson(header)
    const at = open.get(key)
    const group = at === undefined ? undefined : out[at]
    if (at !== undefined && group !== undefined && group.rows.length < EVENT_ROWS_MAX) {
      group.rows.push(...rows)
      return at
    }
    open.set(key, out.length)
    return out.push({ event, rows: [...rows] }) - 1
  })
  // The rows of a group come from events of one type and header, so the joined event is one of that type.
  return { events: out.map(({ event, rows }) => ({ ...event, data: { ...event.data, rows } }) as Event), places }
}
