// `quipu preview`: a command tried out, and what it would change, before and after, for people or as JSON.
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { type ApiClient, asRow, type Row } from '../api-client.ts'
import { CliError, EXIT } from '../cli-error.ts'
import { colours } from '../colours.ts'
import { common, type CommonOptions, printJson, run } from '../options.ts'
import { columns, tableOf } from '../table.ts'

export function previewCommand(program: Command): void {
  common(
    program
      .command('preview <path> [file]')
      .description(
        'try a command out: the API’s path and its body (a file, or `-` for standard input; .ndjson for lines); nothing is recorded',
      ),
  ).action((path: string, file: string | undefined, options: CommonOptions) =>
    run(options, (api) => preview(api, path, file ?? '-', options)),
  )
}

async function preview(api: ApiClient, path: string, file: string, { json }: CommonOptions): Promise<number> {
  if (!path.startsWith('/v1/'))
    throw new CliError('bad-path', `${path} is no path of the API`, {
      field: '<path>',
      remedy: 'name the route of the command, such as /v1/portfolios/P/fills/correct',
      status: EXIT.usage,
    })
  const text = read(file)
  const target = `${path}?dryRun=true`
  const answer = asRow(
    file.endsWith('.ndjson')
      ? (
          await api.lines(
            target,
            text.split('\n').filter((line) => line !== ''),
          )
        )[0]
      : await api.post(target, parsed(file, text)),
  )
  if (json === true) printJson(answer)
  else console.log(shown(answer))
  return EXIT.done
}

function shown(answer: Row): string {
  const portfolios = listOf(answer.portfolios)
  const recorded = listOf(answer.records).map(({ type, stream }) => `${type} in ${stream}`)
  const head = [
    recorded.length === 0
      ? 'nothing would be recorded'
      : `would record ${recorded.slice(0, 5).join(', ')}${recorded.length > 5 ? ` and ${recorded.length - 5} more` : ''}`,
    ...listOf(answer.warnings).map(({ code, message }) => colours.yellow(`${code}: ${message}`)),
    ...listOf(answer.verdicts)
      .filter(({ verdict }) => verdict === 'refused' || verdict === 'failed')
      .map(({ line, code, message }) => colours.red(`line ${line}: ${code}: ${message}`)),
  ]
  const parts = portfolios.flatMap((one) => [colours.bold(String(one.portfolio)), ...partsOf(one)])
  if (portfolios.length === 0) parts.push('no book would change')
  if (Number(answer.unseen) > 0) parts.push(`${answer.unseen} portfolios concerned are outside the reach of this token`)
  return [...head, ...parts, colours.dim(`worked out at position ${answer.position}; nothing was recorded`)].join('\n')
}

function partsOf(one: Row): string[] {
  const figures = (rows: readonly Row[], name: string, ...place: string[]): string[] =>
    rows.length === 0 ? [] : [`${name}\n${tableOf(rows.map(pairs), columns(...place, ...PAIRS))}`]
  const gains = listOf(one.gains).map(({ disposal, before, after }) => ({
    disposal,
    ...gainOf('before', before),
    ...gainOf('after', after),
  }))
  return [
    ...figures(listOf(one.lots), 'lots', 'instrument', 'lot', 'side'),
    ...(gains.length === 0
      ? []
      : [
          `gains\n${tableOf(gains, columns('disposal', 'beforeCost#?', 'afterCost#?', 'beforeGain#?', 'afterGain#?'))}`,
        ]),
    ...figures(listOf(one.balances), 'balances', 'account', 'cashAccount', 'instrument'),
    ...listOf(one.closedPeriods).flatMap(({ seal, through, figures: restated }) =>
      figures(
        listOf(restated),
        colours.yellow(`restates ${seal}, closed through ${through}`),
        'account',
        'cashAccount',
        'instrument',
      ),
    ),
    ...listOf(one.sealed).map(({ through }) => `seals everything through ${through}`),
    ...listOf(one.reopened).map(({ seal }) => `reopens ${seal}`),
    ...listOf(one.breaksOpened).map(({ code, fact, message }) =>
      colours.yellow(`opens ${code} of ${fact}: ${message}`),
    ),
    ...listOf(one.breaksClosed).map(({ code, fact }) => `closes ${code} of ${fact}`),
  ]
}

const PAIRS = [
  'currency',
  'beforeUnits#?',
  'afterUnits#?',
  'beforeLocal#?',
  'afterLocal#?',
  'beforeBase#?',
  'afterBase#?',
] as const

function pairs(figure: Row): Row {
  return { ...figure, ...amountsOf('before', figure.before), ...amountsOf('after', figure.after) }
}

function amountsOf(when: string, amounts: unknown): Row {
  if (amounts === null || amounts === undefined) return {}
  const { units, local, base } = asRow(amounts)
  return { [`${when}Units`]: units === '0' ? null : units, [`${when}Local`]: local, [`${when}Base`]: base }
}

function gainOf(when: string, disposal: unknown): Row {
  if (disposal === null || disposal === undefined) return {}
  const { cost, gain } = asRow(disposal)
  return { [`${when}Cost`]: cost, [`${when}Gain`]: gain }
}

function listOf(value: unknown): Row[] {
  return Array.isArray(value) ? value.map(asRow) : []
}

function read(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw unreadable(file, error)
  }
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw unreadable(file, error)
  }
}

function unreadable(file: string, error: unknown): CliError {
  return new CliError('unreadable-file', `${file}: ${error instanceof Error ? error.message : String(error)}`, {
    field: '<file>',
    remedy: 'give the body of the command as JSON, or lines in a file called .ndjson',
    status: EXIT.usage,
  })
}
