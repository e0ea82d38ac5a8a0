// Activity from CSV: the first line names the columns, each other one is a fact; a bad line is named and the others go on.
import { LINE_CHARACTERS_MAX } from '../application/bulk.ts'
import { linesOf } from '../application/ndjson.ts'
import { type ColumnOptions, CsvColumns } from './csv-columns.ts'
import { csvRecords } from './csv-records.ts'
import { type ImportedLine, UnreadableFile } from './imported-line.ts'

/**
 * The lines of a file's bytes: UTF-8 with or without a byte order mark, separated by comma or semicolon, as its header is.
 * Read as they are asked for; a record of several lines counts as its first.
 * @throws UnreadableFile when the header cannot be used.
 */
export async function* activityFromCsv(
  bytes: AsyncIterable<Uint8Array>,
  options: ColumnOptions = {},
): AsyncGenerator<ImportedLine> {
  const lines = linesOf(bytes)
  const { value: header = '', done } = await lines.next()
  const first = done === true ? '' : header.replace(/^\uFEFF/, '')
  const records = csvRecords(startingWith(first, lines), separatorOf(first))
  let columns: CsvColumns | undefined
  for await (const record of records) {
    if (columns === undefined) {
      if (!('cells' in record)) throw headless()
      columns = new CsvColumns(record.cells, options)
    } else if ('malformed' in record) yield malformed(record.line, record.malformed)
    else if (record.cells.join('').length > LINE_CHARACTERS_MAX) yield malformed(record.line, 'it is too long')
    else yield { line: record.line, ...columns.lineOf(record.cells) }
  }
  if (columns === undefined) throw headless()
}

async function* startingWith(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield first
  yield* rest
}

function separatorOf(header: string): string {
  return header.split(';').length > header.split(',').length ? ';' : ','
}

function malformed(line: number, why: string): ImportedLine {
  return {
    line,
    problem: {
      code: 'malformed-csv',
      message: `the line is not CSV: ${why}`,
      remedy: 'quote cells that hold quotes or the separator, and double the quotes in them',
    },
  }
}

function headless(): UnreadableFile {
  return new UnreadableFile({
    code: 'csv-unreadable',
    message: 'the file does not begin with a line that names its columns',
    remedy: 'write RFC 4180: a header line, then a line a fact',
  })
}
