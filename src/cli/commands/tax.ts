// `quipu tax`: the gain report of an owner (or of one portfolio alone) under a tax regime, as a table, JSON or CSV.
import { type Command, Option } from 'commander'
import type { ApiClient, Row } from '../api-client.ts'
import { CliError, EXIT } from '../cli-error.ts'
import { colours } from '../colours.ts'
import { common, count, day, type CommonOptions, printJson, run } from '../options.ts'
import { type Column, columns, tableOf } from '../table.ts'

interface TaxOptions extends CommonOptions {
  readonly owner?: string
  readonly portfolio?: string
  readonly regime: string
  readonly year?: string
  readonly effectiveAt?: string
  readonly asAt?: string
  readonly horizon?: string
  readonly lotMethod?: string
  readonly convention?: string
  readonly part: keyof typeof SHOWN
  readonly limit?: number
}

const SHOWN = {
  lines: columns(
    'portfolio',
    'instrument',
    'units#',
    'acquiredOn=acquired',
    'holdingFrom?=held as from',
    'soldOn=sold',
    'proceeds#',
    'cost#',
    'code',
    'disallowed#',
    'gain#',
    'term',
    'decidedOn?=provisional until',
  ),
  lots: columns(
    'portfolio',
    'instrument',
    'lot',
    'units#',
    'acquiredOn=acquired',
    'holdingFrom?=held as from',
    'bookCost#=cost in the book',
    'cost#',
  ),
  pools: columns('date', 'instrument', 'owner', 'change', 'units#', 'cost#'),
  income: columns(
    'portfolio',
    'instrument',
    'date',
    'class',
    'units#',
    'gross#',
    'withheld#',
    'decidedOn?=provisional until',
  ),
  totals: columns('taxYear=year', 'name', 'amount#'),
  flags: columns('date', 'instrument', 'code', 'fact', 'message'),
} as const satisfies Record<string, readonly Column[]>

export function taxCommand(program: Command): void {
  common(program.command('tax').description('gains, income and lots under a tax regime, by owner or portfolio'))
    .option('--owner <id>', 'a legal owner, over all portfolios')
    .option('-p, --portfolio <id>', 'one portfolio alone')
    .requiredOption('--regime <code>', 'US, UK, CA, DE, AT, FR or SE')
    .option('--year <year>', 'the tax year; default: all')
    .option('--effective-at <date>', 'disposals through this date, lots at its end', day)
    .option('--as-at <position|instant>', 'what was known then; default: now')
    .option('--horizon <date>', 'facts through this date are taken to be known', day)
    .option('--lot-method <method>', 'lots relieved by another method')
    .option('--convention <name:value,...>', 'conventions of the regime')
    .addOption(new Option('--part <part>', 'which rows').choices(Object.keys(SHOWN)).default('lines'))
    .option('--limit <rows>', 'at most so many rows', count)
    .action((options: TaxOptions) => run(options, (api) => show(api, options)))
}

async function show(api: ApiClient, options: TaxOptions): Promise<number> {
  const { owner, portfolio, regime, year, effectiveAt, asAt, horizon, lotMethod, convention, part } = options
  if ((owner === undefined) === (portfolio === undefined))
    throw new CliError('missing-option', 'a tax view is of an owner or of a portfolio', {
      field: '--owner',
      remedy: 'give --owner or --portfolio',
      status: EXIT.usage,
    })
  const path =
    owner === undefined
      ? `/v1/portfolios/${encodeURIComponent(portfolio ?? '')}/tax`
      : `/v1/owners/${encodeURIComponent(owner)}/tax`
  const query = { regime, year, effectiveAt, asAt, horizon, lotMethod, convention, part }
  const { rows, at } = await api.all(path, query, options.limit)
  const totals =
    part === 'lines' ? (await api.all(path, { ...query, part: 'totals', asAt: String(at.position) })).rows : []
  if (options.json === true) printJson({ rows, totals, at })
  else print(part, rows, totals, at)
  return EXIT.done
}

function print(part: keyof typeof SHOWN, rows: readonly Row[], totals: readonly Row[], at: Row): void {
  console.log(tableOf(rows, SHOWN[part]))
  if (totals.length > 0) console.log(`\n${tableOf(totals, SHOWN.totals)}`)
  console.log(
    colours.dim(`as known at position ${at.position}, effective ${at.effectiveAt}, known through ${at.horizon}`),
  )
}
