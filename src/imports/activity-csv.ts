// Activity from CSV: one line a fact, columns named in the first line; each becomes the bulk line that the API takes.
import { parse } from 'csv-parse/sync'

/** A line for the bulk API, with where it came from; or why it cannot be one. */
export type ImportedLine =
  | { readonly line: number; readonly json: Readonly<Record<string, unknown>> }
  | {
      readonly line: number
      readonly problem: {
        readonly code: string
        readonly field?: string
        readonly message: string
        readonly remedy: string
      }
    }

/** Dotted names make objects: `settlement.date`, `cash.note`. `commission` and the other cost types make a list of costs. */
const COST_TYPES = [
  'commission',
  'exchange-fee',
  'regulatory-fee',
  'stamp-duty',
  'transaction-tax',
  'clearing-fee',
  'other-cost',
] as const

/** Names that other programs write, and ours. */
const ALIASES: Readonly<Record<string, string>> = {
  'trade date': 'tradeDate',
  tradedate: 'tradeDate',
  'exec id': 'execId',
  execid: 'execId',
  'value date': 'valueDate',
  valuedate: 'valueDate',
  symbol: 'instrument',
  qty: 'quantity',
  units: 'quantity',
  amount: 'amount',
  'settlement date': 'settlement.date',
  'settle date': 'settlement.date',
  gross: 'consideration',
  isin: 'instrument.isin',
}

/**
 * Reads CSV text (RFC 4180, comma or semicolon, with or without a byte order mark).
 * Line numbers are those of the file, the header being line 1.
 * @throws Error `csv-unreadable` when the file has no header or is not CSV.
 */
export function activityFromCsv(text: string): ImportedLine[] {
  const delimiter = (text.split(/\r?\n/, 1)[0] ?? '').includes(';') ? ';' : ','
  const records: { readonly record: Readonly<Record<string, string>>; readonly info: { readonly lines: number } }[] =
    parse(text, {
      bom: true,
      delimiter,
      columns: (header: string[]) => header.map((name) => canonicalName(name)),
      skip_empty_lines: true,
      trim: true,
      info: true,
      relax_column_count: true,
    })
  return records.map(({ record, info }) => ({ line: info.lines, json: jsonOf(record) }))
}

function canonicalName(name: string): string {
  const trimmed = name.trim()
  return ALIASES[trimmed.toLowerCase()] ?? trimmed
}

function jsonOf(record: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  const json: Record<string, unknown> = {}
  const costs: { type: string; amount: string; currency: string }[] = []
  for (const [name, value] of Object.entries(record)) {
    if (value === '') continue
    const cost = COST_TYPES.find((type) => type === name)
    if (cost !== undefined)
      costs.push({ type: cost === 'other-cost' ? 'other' : cost, amount: value, currency: record.currency ?? '' })
    else if (name === 'instrument.isin') json.instrument = { scheme: 'isin', value }
    else put(json, name.split('.'), value)
  }
  if (costs.length > 0) json.costs = costs
  return json
}

function put(json: Record<string, unknown>, path: readonly string[], value: string): void {
  const [name = '', ...rest] = path
  if (rest.length === 0) {
    json[name] = value
    return
  }
  const inner = json[name]
  const next: Record<string, unknown> = typeof inner === 'object' && inner !== null ? { ...inner } : {}
  put(next, rest, value)
  json[name] = next
}

/** NDJSON text as lines; a line that is not JSON is a problem of its own. */
export function activityFromNdjson(text: string): ImportedLine[] {
  return text.split(/\r?\n/).flatMap((line, i): ImportedLine[] => {
    if (line.trim() === '') return []
    try {
      const json: unknown = JSON.parse(line)
      if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('it is no object')
      return [{ line: i + 1, json: { ...json } }]
    } catch (error) {
      const message = `the line is not a JSON object: ${error instanceof Error ? error.message : String(error)}`
      return [{ line: i + 1, problem: { code: 'malformed-json', message, remedy: 'write one JSON object a line' } }]
    }
  })
}
