// Closing a period: its checklist, the seal, and the two people that it takes to reopen.
import { readFileSync } from 'node:fs'
import { type Command, InvalidArgumentError } from 'commander'
import { type ApiClient, asRow, type Row } from '../api-client.ts'
import { CliError, EXIT } from '../cli-error.ts'
import { colours } from '../colours.ts'
import { common, count, type CommonOptions, day, printJson, run } from '../options.ts'
import { columns, tableOf } from '../table.ts'

interface CloseOptions extends CommonOptions {
  readonly portfolio: string
  readonly through: string
  readonly ref?: string
  readonly check?: boolean
  readonly statement?: string
  readonly priceDays?: number
  readonly waive: readonly { readonly check: string; readonly reason: string }[]
}

interface ReopenOptions extends CommonOptions {
  readonly portfolio: string
  readonly ref: string
  readonly request?: string
}

export function periodCommands(program: Command): void {
  common(
    program
      .command('close')
      .description('close a period: sealed with the checklist it passes, else what does not pass'),
  )
    .requiredOption('-p, --portfolio <id>', 'the portfolio')
    .requiredOption('--through <date>', 'the last day of the period', day)
    .option('--ref <id>', 'what to call the seal; default: the date')
    .option('--check', 'only show the checklist; nothing is sealed')
    .option('--statement <file>', 'JSON of what custodian and bank say: {positions, cash, view}')
    .option('--price-days <n>', 'a price older than so many days is stale', count)
    .option('--waive <check=reason>', 'let a check fail, with the reason why (again for another)', waived, [])
    .action((options: CloseOptions) => run(options, close))
  common(program.command('reopen').description('take back the newest seal: one person asks, another does'))
    .requiredOption('-p, --portfolio <id>', 'the portfolio')
    .requiredOption('--ref <id>', 'the seal')
    .option('--request <reason>', 'ask for it; without, do what somebody else has asked')
    .action((options: ReopenOptions) => run(options, reopen))
}

async function close(api: ApiClient, options: CloseOptions): Promise<number> {
  const { ref, through, waive, priceDays } = options
  const statement = options.statement === undefined ? undefined : statementOf(options.statement)
  const body = { ref, through, waive, priceDays, statement }
  const of = `/v1/portfolios/${encodeURIComponent(options.portfolio)}/periods`
  const list = asRow(await api.post(`${of}/checklist`, body))
  if (options.check === true || list.passes !== true) {
    if (options.json === true) printJson(list)
    else console.log(listOf(list))
    return list.passes === true ? EXIT.done : EXIT.refused
  }
  const answer = asRow(await api.post(`${of}/close`, body))
  if (options.json === true) printJson({ ...answer, checklist: list })
  else console.log(`${listOf(list)}\n${answer.fact}: closed through ${through}, known from position ${answer.position}`)
  return EXIT.done
}

async function reopen(api: ApiClient, { portfolio, ref, request, json }: ReopenOptions): Promise<number> {
  const of = `/v1/portfolios/${encodeURIComponent(portfolio)}/periods/reopen`
  const answer = asRow(
    await (request === undefined ? api.post(of, { ref }) : api.post(`${of}/request`, { ref, reason: request })),
  )
  if (json === true) printJson(answer)
  else
    console.log(
      request === undefined
        ? `${answer.fact} is open again, known from position ${answer.position}`
        : `asked to reopen ${answer.fact}: somebody else does it with \`quipu reopen -p ${portfolio} --ref ${ref}\``,
    )
  return EXIT.done
}

function listOf(list: Row): string {
  const items = Array.isArray(list.items) ? list.items.map(asRow) : []
  const rows = items.map((item) => {
    const members = Array.isArray(item.members) ? item.members.map(String) : []
    const shown = members.slice(0, 3).join('; ') + (members.length > 3 ? ` and ${members.length - 3} more` : '')
    return { ...item, what: item.reason === undefined ? shown : `${item.reason} (${shown})` }
  })
  const verdict = list.passes === true ? colours.green('passes') : colours.red('does NOT pass')
  return `${tableOf(rows, columns('check', 'outcome', 'open#', 'what'))}\nthrough ${list.through} it ${verdict}`
}

function statementOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new CliError('unreadable-file', `${file}: ${error instanceof Error ? error.message : String(error)}`, {
      field: '--statement',
      remedy: 'name a file of JSON, such as {"positions": [{"instrument": "ACME", "units": "60"}]}',
      status: EXIT.usage,
    })
  }
}

function waived(text: string, before: CloseOptions['waive']): CloseOptions['waive'] {
  const at = text.indexOf('=')
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError('Give it as check=reason.')
  return [...before, { check: text.slice(0, at), reason: text.slice(at + 1) }]
}
