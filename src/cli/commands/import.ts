// `quipu import`: activity from a CSV or NDJSON file through the bulk API, a verdict a line, good lines kept, bad ones named.
import { readFileSync, writeFileSync } from 'node:fs'
import { extname } from 'node:path'
import type { Command } from 'commander'
import { readLine } from '../../application/bulk-lines.ts'
import { ReferenceDirectory } from '../../application/reference-directory.ts'
import { attempt } from '../../domain/kernel/refusal.ts'
import { activityFromCsv, activityFromNdjson, type ImportedLine } from '../../imports/activity-csv.ts'
import { startProgress } from '../../platform/progress.ts'
import type { ApiClient, Row } from '../api-client.ts'
import { CliError, EXIT } from '../cli-error.ts'
import { common, type CommonOptions, printJson, run } from '../options.ts'

/** Lines of one request: a unit or two of a portfolio. */
const BATCH_LINES = 1000
/** Problems printed for people; all are in the verdict file. */
const PRINTED_MAX = 20

interface ImportOptions extends CommonOptions {
  readonly portfolio?: string
  readonly dryRun?: boolean
  readonly verdicts?: string
}

export function importCommand(program: Command): void {
  common(program.command('import <file>').description('activity from CSV or NDJSON: fills, cash, FX, corrections ...'))
    .option('-p, --portfolio <id>', 'for lines that name none')
    .option('--dry-run', 'check the form of every line and record nothing')
    .option('--verdicts <file>', 'write every verdict there, as NDJSON')
    .action((file: string, options: ImportOptions) => run(options, (api) => importFile(api, file, options)))
}

async function importFile(api: ApiClient, file: string, options: ImportOptions): Promise<number> {
  const lines = linesOf(file)
  const verdicts =
    options.dryRun === true ? lines.map((line) => checked(line, options.portfolio)) : await sent(api, lines, options)
  if (options.verdicts !== undefined)
    writeFileSync(options.verdicts, verdicts.map((verdict) => `${JSON.stringify(verdict)}\n`).join(''))
  const count = (name: string): number => verdicts.filter(({ verdict }) => verdict === name).length
  const refused = verdicts.filter(({ verdict }) => verdict === 'refused')
  const summary = {
    file,
    lines: lines.length,
    accepted: count('accepted'),
    already: count('already'),
    parked: count('parked'),
    refused: refused.length,
    dryRun: options.dryRun === true,
  }
  if (options.json === true) printJson({ ...summary, problems: refused })
  else {
    console.log(
      `${summary.lines} lines: ${summary.accepted} ${summary.dryRun ? 'well-formed (nothing was recorded)' : 'recorded'}, ${summary.already} already there, ${summary.parked} parked, ${summary.refused} refused`,
    )
    for (const { line, code, field, message, remedy } of refused.slice(0, PRINTED_MAX))
      console.error(
        `line ${line}: ${code}${field === undefined ? '' : ` (${field})`}: ${message}${remedy === undefined ? '' : `\n  remedy: ${remedy}`}`,
      )
    if (refused.length > PRINTED_MAX)
      console.error(`... and ${refused.length - PRINTED_MAX} more; --verdicts FILE has them all`)
  }
  return refused.length > 0 ? EXIT.refused : EXIT.done
}

function linesOf(file: string): ImportedLine[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new CliError('file-unreadable', error instanceof Error ? error.message : String(error), {
      field: 'file',
      status: EXIT.usage,
    })
  }
  if (extname(file).toLowerCase() !== '.csv') return activityFromNdjson(text)
  try {
    return activityFromCsv(text)
  } catch (error) {
    throw new CliError('csv-unreadable', error instanceof Error ? error.message : String(error), {
      field: 'file',
      remedy: 'write RFC 4180: a header line, then as many cells a line as it has names',
    })
  }
}

/** The verdict on a line's form, without asking the ledger. */
function checked(line: ImportedLine, portfolio: string | undefined): Row {
  if ('problem' in line) return { line: line.line, verdict: 'refused', ...line.problem }
  const read = attempt(() => readLine(line.json, new ReferenceDirectory({}), portfolio))
  return read.ok ? { line: line.line, verdict: 'accepted' } : { line: line.line, verdict: 'refused', ...read.refusal }
}

async function sent(api: ApiClient, lines: readonly ImportedLine[], options: ImportOptions): Promise<Row[]> {
  const bar = startProgress({ label: 'importing', unit: 'lines', total: lines.length, silent: options.json === true })
  const path =
    options.portfolio === undefined
      ? '/v1/activity'
      : `/v1/portfolios/${encodeURIComponent(options.portfolio)}/activity`
  const verdicts: Row[] = []
  for (let from = 0; from < lines.length; from += BATCH_LINES) {
    const batch = lines.slice(from, from + BATCH_LINES)
    const good = batch.flatMap((line) => ('json' in line ? [line] : []))
    for (const line of batch)
      if ('problem' in line) verdicts.push({ line: line.line, verdict: 'refused', ...line.problem })
    const answers =
      good.length === 0
        ? []
        : await api.lines(
            path,
            good.map(({ json }) => json),
          )
    for (const answer of answers) {
      // The API counts the lines it was sent; the person counts those of the file.
      const of = good[Number(answer.line) - 1]
      if (answer.verdict === 'stopped')
        throw new CliError(String(answer.code), String(answer.message), {
          remedy: 'import the file again: what is there is not recorded twice',
        })
      verdicts.push({ ...answer, line: of?.line ?? null })
    }
    bar.advance(batch.length)
  }
  bar.finish()
  return verdicts.sort((a, b) => Number(a.line) - Number(b.line))
}
