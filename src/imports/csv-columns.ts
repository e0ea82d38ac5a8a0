// The columns of an activity CSV: which header stands for which field of the API's bodies, and how a row of cells becomes one.
import { cancelFact, factCommands } from '../application/commands/facts.ts'
import { bustFill, correctFill, recordFill } from '../application/commands/fills.ts'
import { endOrder, placeOrder, replaceOrder } from '../application/commands/orders.ts'
import { type ImportProblem, UnreadableFile } from './imported-line.ts'

export interface ColumnOptions {
  /** Header of the file -> field (`Ticker` -> `instrument`); wins over the names known here. */
  readonly map?: Readonly<Record<string, string>>
  /** Headers whose cells are not activity. */
  readonly ignore?: readonly string[]
  /** Field -> value of every line whose own cell says nothing. */
  readonly set?: Readonly<Record<string, string>>
}

/** Cost columns, of a fill or (`fill.commission`) of a correction's terms. */
const COST_TYPES: Readonly<Record<string, string>> = {
  commission: 'commission',
  'exchange-fee': 'exchange-fee',
  'regulatory-fee': 'regulatory-fee',
  'stamp-duty': 'stamp-duty',
  'transaction-tax': 'transaction-tax',
  'clearing-fee': 'clearing-fee',
  'other-cost': 'other',
}
/** Columns that name the instrument by an identifier. */
const SCHEMES = ['isin', 'cusip', 'sedol', 'figi', 'ticker']

/** Names that other programs write, without case, blanks and punctuation. */
const ALIASES: Readonly<Record<string, string>> = {
  symbol: 'instrument',
  qty: 'quantity',
  units: 'quantity',
  gross: 'consideration',
  grossamount: 'consideration',
  ccy: 'currency',
  settlementdate: 'settlement.date',
  settledate: 'settlement.date',
}

const COMMANDS = [recordFill, correctFill, bustFill, placeOrder, replaceOrder, endOrder, cancelFact]
/** First names of all fields that any line may have. */
const FIELDS = new Set([
  'type',
  'portfolio',
  ...[...COMMANDS, ...Object.values(factCommands)].flatMap(({ shape }) => Object.keys(shape)),
])
const SPELLINGS = new Map([...FIELDS, ...SCHEMES, ...Object.keys(COST_TYPES)].map((name) => [plain(name), name]))

/** Turns rows of cells into the JSON objects of the bulk API. */
export class CsvColumns {
  /** The field of each column; null: ignored. */
  readonly #fields: readonly (string | null)[]
  readonly #set: Readonly<Record<string, string>>

  /** @throws UnreadableFile `unknown-column`, `duplicate-column`, `missing-column`. */
  constructor(header: readonly string[], { map = {}, ignore = [], set = {} }: ColumnOptions = {}) {
    this.#fields = header.map((name) => (ignore.includes(name.trim()) ? null : fieldOf(name, map)))
    this.#set = set
    const named = this.#fields.filter((field) => field !== null)
    for (const field of Object.keys(set)) if (!isField(field)) throw unknownColumn(field, '--set')
    const twice = named.find((field, i) => named.indexOf(field) !== i)
    if (twice !== undefined)
      throw new UnreadableFile({
        code: 'duplicate-column',
        field: twice,
        message: `two columns stand for ${twice}`,
        remedy: 'leave one out with --ignore, or say with --map what each is',
      })
    if (!named.includes('type') && set.type === undefined)
      throw new UnreadableFile({
        code: 'missing-column',
        field: 'type',
        message: 'no column says what a line is',
        remedy: 'add a column `type`, or say it for all lines: --set type=fill',
      })
  }

  /** One row as the line to send, or what is wrong with it. */
  lineOf(cells: readonly string[]): { readonly text: string } | { readonly problem: ImportProblem } {
    if (cells.length !== this.#fields.length)
      return {
        problem: {
          code: 'wrong-cell-count',
          message: `the header names ${this.#fields.length} columns, the line has ${cells.length} cells`,
          remedy: 'quote cells that hold the separator, and write empty cells for what is absent',
        },
      }
    const values = new Map(Object.entries(this.#set))
    this.#fields.forEach((field, i) => {
      const cell = cells[i] ?? ''
      if (field !== null && cell !== '') values.set(field, cell)
    })
    for (const [field, value] of values)
      if (value.includes('\uFFFD'))
        return {
          problem: { code: 'not-utf-8', field, message: 'the cell is not UTF-8', remedy: 'save the file as UTF-8' },
        }
    return bodyOf(values)
  }
}

function bodyOf(values: ReadonlyMap<string, string>): { readonly text: string } | { readonly problem: ImportProblem } {
  const body: Record<string, unknown> = {}
  for (const [field, value] of values) {
    const { within, name } = split(field)
    const inner = within === '' ? body : objectAt(body, within.slice(0, -1).split('.'))
    const cost = COST_TYPES[name]
    if (cost !== undefined) {
      const costs = Array.isArray(inner.costs) ? inner.costs : []
      // Costs are in the currency of the trade unless the file is NDJSON and says otherwise.
      inner.costs = [...costs, { type: cost, amount: value, currency: values.get(`${within}currency`) }]
    } else if (SCHEMES.includes(name)) {
      if (inner.instrument !== undefined || values.has(`${within}instrument`))
        return {
          problem: {
            code: 'instrument-named-twice',
            field,
            message: 'the line names its instrument in two columns',
            remedy: 'leave one out with --ignore',
          },
        }
      inner.instrument = { scheme: name, value, ...marketOf(values.get(`${within}market`)) }
    } else if (name !== 'market' || !SCHEMES.some((scheme) => values.has(`${within}${scheme}`))) inner[name] = value
  }
  return { text: JSON.stringify(body) }
}

const marketOf = (market: string | undefined): { readonly market?: string } => (market === undefined ? {} : { market })

/** `fill.commission` is `commission` within `fill.`. */
function split(field: string): { readonly within: string; readonly name: string } {
  const at = field.lastIndexOf('.') + 1
  return { within: field.slice(0, at), name: field.slice(at) }
}

function objectAt(body: Record<string, unknown>, path: readonly string[]): Record<string, unknown> {
  return path.reduce<Record<string, unknown>>((outer, name) => {
    const there = outer[name]
    const inner: Record<string, unknown> = typeof there === 'object' && there !== null ? { ...there } : {}
    outer[name] = inner
    return inner
  }, body)
}

function fieldOf(header: string, map: Readonly<Record<string, string>>): string {
  const name = header.trim()
  const mapped = map[name]
  if (mapped !== undefined) {
    if (!isField(mapped)) throw unknownColumn(mapped, '--map')
    return mapped
  }
  const field = isField(name) ? name : (ALIASES[plain(name)] ?? SPELLINGS.get(plain(name)))
  if (field === undefined) throw unknownColumn(name, 'the header')
  return field
}

/** A field's own name, or a path that begins with one; deeper names are the API's to judge. */
function isField(name: string): boolean {
  const { within, name: last } = split(name)
  if (within !== '') return FIELDS.has(within.split('.')[0] ?? '')
  return FIELDS.has(last) || SCHEMES.includes(last) || last === 'market' || Object.hasOwn(COST_TYPES, last)
}

function unknownColumn(name: string, where: string): UnreadableFile {
  return new UnreadableFile({
    code: 'unknown-column',
    field: name,
    message: `${where} names ${JSON.stringify(name)}, which is no field of any activity`,
    remedy: `say what it is with --map '${name}=FIELD', or that it does not count with --ignore '${name}'; docs/cli.md lists the fields`,
  })
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9.]/g, '')
}
