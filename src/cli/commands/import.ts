// `quipu import`: activity from a CSV or NDJSON file through the bulk API, a verdict a line, good lines kept, bad ones named.
import { closeSync, createReadStream, openSync, statSync, writeSync } from 'node:fs'
import { extname } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { readLine } from '../../application/bulk-lines.ts'
import { ReferenceDirectory } from '../../application/reference-directory.ts'
import { attempt } from '../../domain/kernel/refusal.ts'
import { activityFromCsv } from '../../imports/activity-csv.ts'
import { activityFromNdjson } from '../../imports/activity-ndjson.ts'
import { type ImportedLine, UnreadableFile } from '../../imports/imported-line.ts'
import { startProgress } from '../../platform/progress.ts'
import { type ApiClient, asRow, type Row } from '../api-client.ts'
import { CliError, EXIT, reportFailure } from '../cli-error.ts'
import { common, type CommonOptions, printJson, run } from '../options.ts'

/** Lines of one request: a unit or two of a portfolio. */
const BATCH_LINES = 1000
/** Problems printed for people, and listed in JSON; all are in the verdict file. */
const PRINTED_MAX = 20
const LISTED_MAX = 1000

interface ImportOptions extends CommonOptions {
  readonly portfolio?: string
  readonly format?: 'csv' | 'ndjson'
  readonly dryRun?: boolean
  readonly verdicts?: string
  readonly map: Readonly<Record<string, string>>
  readonly set: Readonly<Record<string, string>>
  readonly ignore: readonly string[]
}

export function importCommand(program: Command): void {
  common(
    program
      .command('import <file>')
      .description('activity from CSV or NDJSON: fills, cash, FX, corrections ...; `-` reads standard input'),
  )
    .option('-p, --portfolio <id>', 'for lines that name none')
    .addOption(new Option('--format <format>', 'default: by the name of the file').choices(['csv', 'ndjson']))
    .option('--map <header=field>', 'CSV: what a column of the file is (may be repeated)', pair, {})
    .option('--set <field=value>', 'CSV: a value for all lines that say nothing (may be repeated)', pair, {})
    .option('--ignore <header>', 'CSV: a column that does not count (may be repeated)', also, [])
    .option('--dry-run', 'check the form of every line, ask no ledger, record nothing')
    .option('--verdicts <file>', 'write every verdict there, as NDJSON')
    .action(async (file: string, options: ImportOptions) => {
      if (options.dryRun !== true)
        return run(options, (api) => importFile(file, options, (batch) => sent(api, batch, options)))
      try {
        process.exitCode = await importFile(file, options, async (batch) =>
          batch.map((line) => checked(line, options.portfolio)),
        )
      } catch (error) {
        process.exitCode = reportFailure(error, options.json === true)
      }
    })
}

function also(text: string, all: readonly string[]): readonly string[] {
  return [...all, text.trim()]
}

function pair(text: string, all: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('Write NAME=VALUE.')
  return { ...all, [text.slice(0, at).trim()]: text.slice(at + 1).trim() }
}

type Count = 'accepted' | 'already' | 'parked' | 'refused' | 'failed'

async function importFile(
  file: string,
  options: ImportOptions,
  judge: (batch: readonly ImportedLine[]) => Promise<readonly Row[]>,
): Promise<number> {
  const json = options.json === true
  const counts: Record<Count, number> = { accepted: 0, already: 0, parked: 0, refused: 0, failed: 0 }
  const problems: Row[] = []
  let lines = 0
  const { bytes, size } = source(file)
  const bar = startProgress({ label: 'importing', unit: 'bytes', total: size, silent: json })
  const verdictFile = options.verdicts === undefined ? undefined : openSync(options.verdicts, 'w')
  try {
    for await (const batch of batches(linesOf(file, bytes, options))) {
      for (const verdict of await judge(batch)) {
        lines += 1
        const name = String(verdict.verdict)
        if (isCount(name, counts)) counts[name] += 1
        if ((name === 'refused' || name === 'failed') && problems.length < LISTED_MAX) problems.push(verdict)
        if (verdictFile !== undefined) writeSync(verdictFile, `${JSON.stringify(verdict)}\n`)
      }
      bar.reach(bytes.bytesRead)
    }
  } catch (error) {
    throw readable(error, file)
  } finally {
    bar.finish()
    if (verdictFile !== undefined) closeSync(verdictFile)
  }
  const bad = counts.refused + counts.failed
  const dryRun = options.dryRun === true
  if (json) printJson({ file, lines, ...counts, dryRun, problems })
  else tell(lines, counts, dryRun, problems, bad)
  return bad > 0 ? EXIT.refused : EXIT.done
}

function isCount(name: string, counts: Readonly<Record<Count, number>>): name is Count {
  return Object.hasOwn(counts, name)
}

function tell(
  lines: number,
  { accepted, already, parked, refused, failed }: Readonly<Record<Count, number>>,
  dryRun: boolean,
  problems: readonly Row[],
  bad: number,
): void {
  console.log(
    `${lines} lines: ${accepted} ${dryRun ? 'well-formed (nothing was recorded)' : 'recorded'}, ${already} already there, ${parked} parked, ${refused} refused` +
      (failed === 0
        ? ''
        : `, ${failed} without an answer from the store: import the file again, nothing is recorded twice`),
  )
  for (const { line, code, field, message, remedy } of problems.slice(0, PRINTED_MAX))
    console.error(
      `line ${line}: ${code}${field === undefined ? '' : ` (${field})`}: ${message}${remedy === undefined ? '' : `\n  remedy: ${remedy}`}`,
    )
  if (bad > PRINTED_MAX) console.error(`... and ${bad - PRINTED_MAX} more; --verdicts FILE has them all`)
}

type Bytes = AsyncIterable<Uint8Array> & { readonly bytesRead: number }

function source(file: string): { readonly bytes: Bytes; readonly size: number | undefined } {
  if (file === '-') return { bytes: process.stdin, size: undefined }
  return { bytes: createReadStream(file), size: statSync(file, { throwIfNoEntry: false })?.size }
}

function linesOf(file: string, bytes: Bytes, options: ImportOptions): AsyncGenerator<ImportedLine> {
  const format = options.format ?? (extname(file).toLowerCase() === '.csv' ? 'csv' : 'ndjson')
  return format === 'csv' ? activityFromCsv(bytes, options) : activityFromNdjson(bytes)
}

async function* batches(lines: AsyncIterable<ImportedLine>): AsyncGenerator<readonly ImportedLine[]> {
  let batch: ImportedLine[] = []
  for await (const line of lines) {
    batch.push(line)
    if (batch.length < BATCH_LINES) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** The verdict on a line's form, without asking the ledger. */
function checked(line: ImportedLine, portfolio: string | undefined): Row {
  if ('problem' in line) return { line: line.line, verdict: 'refused', ...line.problem }
  let json: unknown
  try {
    json = JSON.parse(line.text)
  } catch (error) {
    const message = `the line is not JSON: ${error instanceof Error ? error.message : String(error)}`
    return {
      line: line.line,
      verdict: 'refused',
      code: 'malformed-json',
      message,
      remedy: 'write one JSON object a line',
    }
  }
  const read = attempt(() => readLine(json, new ReferenceDirectory({}), portfolio))
  return read.ok ? { line: line.line, verdict: 'accepted' } : { line: line.line, verdict: 'refused', ...read.refusal }
}

/** The ledger's verdicts on a batch, by the lines of the file. */
async function sent(api: ApiClient, batch: readonly ImportedLine[], { portfolio }: ImportOptions): Promise<Row[]> {
  const path = portfolio === undefined ? '/v1/activity' : `/v1/portfolios/${encodeURIComponent(portfolio)}/activity`
  const good = batch.flatMap((line) => ('text' in line ? [line] : []))
  const verdicts = batch.flatMap((line): Row[] =>
    'problem' in line ? [{ line: line.line, verdict: 'refused', ...line.problem }] : [],
  )
  const texts = good.map(({ text }) => text)
  for (const answer of texts.length === 0 ? [] : await api.lines(path, texts)) {
    if (answer.verdict === 'stopped')
      throw new CliError(String(answer.code), String(answer.message), {
        remedy: 'import the file again: what is there is not recorded twice',
      })
    // The API counts the lines it was sent; the person counts those of the file.
    verdicts.push(asRow({ ...answer, line: good[Number(answer.line) - 1]?.line ?? null }))
  }
  return verdicts.sort((a, b) => Number(a.line) - Number(b.line))
}

/** Failures of the file in the words of the command line. */
function readable(error: unknown, file: string): unknown {
  if (error instanceof UnreadableFile) {
    const { code, field = 'file', message, remedy } = error.problem
    return new CliError(code, message, { field, remedy, status: EXIT.usage })
  }
  if (error instanceof Error && 'syscall' in error && 'path' in error)
    return new CliError('file-unreadable', error.message, {
      field: 'file',
      remedy: `see that ${file} is there and may be read`,
      status: EXIT.usage,
    })
  return error
}
