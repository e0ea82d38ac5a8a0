// `quipu corporate-actions`: what was announced, what it says, who holds it; announcing from JSON, and choosing among options.
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { ACTION_CODES, actionCode } from '../../domain/instrument/action-codes.ts'
import { addDays, plainDate } from '../../domain/kernel/date.ts'
import { type ApiClient, asRow, type Row } from '../api-client.ts'
import { CliError, EXIT } from '../cli-error.ts'
import { common, type CommonOptions, count, day, printJson, run } from '../options.ts'
import { columns, tableOf } from '../table.ts'

interface ListOptions extends CommonOptions {
  readonly instrument?: string
  readonly from?: string
  readonly to?: string
  readonly asAt?: string
  readonly limit?: number
}

interface ElectOptions extends CommonOptions {
  readonly portfolio: string
  readonly option: number
  readonly quantity: string
  readonly account?: string
  readonly ref: string
  readonly on: string
}

const ROUTE = '/v1/corporate-actions'

export function corporateActionCommands(program: Command): void {
  const group = program
    .command('corporate-actions')
    .description('corporate actions: list, show, announce, amend, elect')
  common(group.command('list').description('by ex-date, cancelled ones too'))
    .option('--instrument <id>', 'only of this instrument')
    .option('--from <date>', 'ex-dates from this day', day)
    .option('--to <date>', 'ex-dates up to this day', day)
    .option('--as-at <position|instant>', 'what was known then; default: now')
    .option('--limit <rows>', 'at most so many rows', count)
    .action((options: ListOptions) => run(options, list))
  common(group.command('show <instrument> <action>').description('its terms, and who holds it the day before'))
    .option('--as-at <position|instant>', 'what was known then; default: now')
    .action((instrument: string, action: string, options: ListOptions) =>
      run(options, (api) => show(api, instrument, action, options)),
    )
  common(
    group
      .command('announce <file>')
      .description('announce from JSON: {"instrument", "terms"}, or a list of them; `-` reads standard input'),
  ).action((file: string, options: CommonOptions) => run(options, (api) => send(api, file, ROUTE, options)))
  common(
    group.command('amend <file>').description('the newest terms, whole: {"instrument", "terms", "reason"}'),
  ).action((file: string, options: CommonOptions) => run(options, (api) => send(api, file, `${ROUTE}/amend`, options)))
  common(group.command('cancel <instrument> <action>').description('an action that will not happen'))
    .option('--withdrawn', 'the issuer withdrew it')
    .option('--reason <text>', 'why')
    .action((instrument: string, action: string, options: CommonOptions & { withdrawn?: boolean; reason?: string }) =>
      run(options, async (api) => {
        const { withdrawn, reason } = options
        const body = { instrument, action, reason, ...(withdrawn === true ? { outcome: 'withdrawn' } : {}) }
        return told(asRow(await api.post(`${ROUTE}/cancel`, body)), options)
      }),
    )
  common(group.command('elect <instrument> <action>').description('choose an option for units of one account'))
    .requiredOption('-p, --portfolio <id>', 'the portfolio')
    .requiredOption('--option <number>', 'the option (CAON)', count)
    .requiredOption('--quantity <units>', 'for how many units')
    .requiredOption('--ref <id>', 'your reference of the instruction')
    .requiredOption('--on <date>', 'the day the instruction is given', day)
    .option('--account <id>', 'the custody account; default: that of the portfolio')
    .action((instrument: string, action: string, options: ElectOptions) =>
      run(options, (api) => elect(api, instrument, action, options)),
    )
  common(group.command('codes').description('every code there is, and what it does; asks no ledger')).action(
    ({ json }: CommonOptions) => {
      const rows = Object.entries(ACTION_CODES).map(([caev, code]) => ({ caev, ...code }))
      if (json === true) printJson(rows)
      else console.log(tableOf(rows, columns('caev=code', 'name', 'camv=usually', 'effect')))
    },
  )
}

async function list(api: ApiClient, options: ListOptions): Promise<number> {
  const { instrument, from, to, asAt, limit, json } = options
  const { rows } = await api.all(ROUTE, { instrument, from, to, asAt }, limit)
  if (json === true) printJson(rows)
  else
    console.log(
      tableOf(
        rows.map((row) => ({ ...row, name: actionCode(String(row.caev))?.name ?? '' })),
        columns('exDate=ex-date', 'instrument', 'action', 'caev=code', 'name', 'status', 'payDate=pays'),
      ),
    )
  return EXIT.done
}

async function show(api: ApiClient, instrument: string, action: string, { asAt, json }: ListOptions): Promise<number> {
  const { rows } = await api.all(ROUTE, { instrument, asAt })
  const found = rows.find((row) => row.action === action)
  if (found === undefined)
    throw new CliError('unknown-action', `no action ${action} on ${instrument} was announced`, {
      field: 'action',
      remedy: `\`quipu corporate-actions list --instrument ${instrument}\` shows those there are`,
      status: EXIT.refused,
    })
  const before = addDays(plainDate(String(found.exDate)), -1)
  const held = await api.all('/v1/positions', { instrument, effectiveAt: before, asAt })
  if (json === true) {
    printJson({ ...found, holders: held.rows })
    return EXIT.done
  }
  const code = actionCode(String(found.caev))
  console.log(`${found.caev} ${code?.name ?? ''} on ${instrument}, ${found.status}: ${action}`)
  console.log(JSON.stringify(found.terms, null, 2))
  console.log(`\nheld at the close of ${before}:`)
  console.log(
    tableOf(
      held.rows,
      columns(
        'portfolio',
        'sleeve',
        'custodyAccount=account',
        'side',
        'units#',
        'settledUnits#=settled',
        'currency',
        'cost#',
      ),
    ),
  )
  return EXIT.done
}

async function send(api: ApiClient, file: string, route: string, options: CommonOptions): Promise<number> {
  const body = readJson(file)
  let status: number = EXIT.done
  for (const one of Array.isArray(body) ? body : [body]) status = told(asRow(await api.post(route, one)), options)
  return status
}

async function elect(api: ApiClient, instrument: string, action: string, options: ElectOptions): Promise<number> {
  const { portfolio, option, quantity, account, ref, on } = options
  const body = { ref, instrument, action, option, quantity, electedOn: on, custodyAccount: account }
  return told(asRow(await api.post(`/v1/portfolios/${encodeURIComponent(portfolio)}/elections`, body)), options)
}

function told(answer: Row, { json }: CommonOptions): number {
  if (json === true) printJson(answer)
  else console.log(`${answer.fact ?? answer.stream}: recorded, known from position ${answer.position}`)
  return EXIT.done
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'))
  } catch (error) {
    throw new CliError('unreadable-file', `${file}: ${error instanceof Error ? error.message : String(error)}`, {
      field: 'file',
      remedy: 'name a file of JSON, such as {"instrument": "ACME", "terms": {"action": "M1", "caev": "MRGR", ...}}',
      status: EXIT.usage,
    })
  }
}
