// The reads: positions, lots, cash, gains, journal and the rest, as tables or JSON, at any point in both times.
import { type Command, Option } from 'commander'
import { lotMethod } from '../../domain/portfolio/policy.ts'
import { colours } from '../colours.ts'
import type { ApiClient, Query, Row } from '../api-client.ts'
import { CliError, EXIT } from '../cli-error.ts'
import { common, count, pointInTime, type PointOptions, pointQuery, printJson, run } from '../options.ts'
import { type Column, columns, tableOf } from '../table.ts'

interface ReadCommand {
  readonly name: string
  /** Under /v1, and under /v1/portfolios/{id}. */
  readonly path: string
  readonly about: string
  readonly shown: readonly Column[]
  /** Filters, as option names of commander: `--instrument <id>`. */
  readonly filters?: readonly string[]
}

/** The point in time, and the filters of the read by their names. */
type ReadOptions = PointOptions & Readonly<Record<string, string | number | boolean | undefined>>

const READS: readonly ReadCommand[] = [
  {
    name: 'positions',
    path: 'positions',
    about: 'what is held, with its cost',
    shown: columns(
      'portfolio',
      'sleeve',
      'instrument',
      'side',
      'units#',
      'settledUnits#=settled',
      'currency',
      'cost#',
      'baseCost#=cost in base',
      'baseCurrency=base',
    ),
    filters: ['--instrument <id>'],
  },
  {
    name: 'lots',
    path: 'lots',
    about: 'open lots: where each came from, when, at what cost',
    shown: columns(
      'portfolio',
      'sleeve',
      'instrument',
      'lot',
      'acquiredOn=acquired',
      'units#',
      'currency',
      'cost#',
      'baseCost#=cost in base',
      'baseCurrency=base',
    ),
    filters: ['--instrument <id>'],
  },
  {
    name: 'cash',
    path: 'cash',
    about: 'cash by account and currency',
    shown: columns(
      'portfolio',
      'sleeve',
      'cashAccount',
      'currency',
      'amount#',
      'settled#',
      'receivable#',
      'payable#',
      'baseAmount#=in base',
      'baseCurrency=base',
      'overdrawn',
    ),
    filters: ['--currency <code>'],
  },
  {
    name: 'cash-ladder',
    path: 'cash-ladder',
    about: 'cash by value date: settled, from trades, and what else is known to come',
    shown: columns(
      'portfolio',
      'cashAccount',
      'currency',
      'rung=value date',
      'opening#',
      'settled#',
      'unsettled#',
      'projected#',
      'closing#',
    ),
    filters: ['--currency <code>', '--cash-account <id>'],
  },
  {
    name: 'settlements',
    path: 'settlements',
    about: 'how fills settle: pending, failed and for how many days, in part',
    shown: columns(
      'portfolio',
      'dueOn=due',
      'fill',
      'status',
      'units#',
      'settledUnits#=settled',
      'failedUnits#=failed',
      'ageDays#?=age',
    ),
    filters: ['--status <status>', '--from <date>', '--to <date>'],
  },
  {
    name: 'gains',
    path: 'disposals',
    about: 'realised gains, one line a lot relieved: price and FX parts',
    shown: columns(
      'portfolio',
      'tradeDate=sold',
      'instrument',
      'lot',
      'units#',
      'currency',
      'proceeds#',
      'cost#',
      'gain#',
      'priceGain#=price',
      'fxGain#=FX',
      'baseGain#=gain in base',
    ),
    filters: ['--instrument <id>', '--from <date>', '--to <date>'],
  },
  {
    name: 'journal',
    path: 'journal',
    about: 'the double-entry journal',
    shown: columns(
      'effectiveDate=date',
      'entry',
      'line',
      'account',
      'sleeve',
      'instrument',
      'lot',
      'state',
      'units#',
      'currency',
      'local#',
      'base#',
      'knownFrom=known',
    ),
    filters: ['--instrument <id>', '--account <code>', '--entry <id>', '--lot <id>', '--from <date>', '--to <date>'],
  },
  {
    name: 'trial-balance',
    path: 'trial-balance',
    about: 'every account; zero in all',
    shown: columns(
      'portfolio',
      'sleeve',
      'account',
      'name',
      'currency',
      'local#',
      'base#',
      'baseCurrency=base currency',
    ),
  },
  {
    name: 'roll-forward',
    path: 'roll-forward',
    about: 'by security: open + buys + sells + actions + transfers = close, from --from to --to',
    shown: columns(
      'portfolio',
      'sleeve',
      'instrument',
      'side',
      'openUnits#=open',
      'buysUnits#=buys',
      'sellsUnits#=sells',
      'actionsUnits#=actions',
      'transfersUnits#=transfers',
      'closeUnits#=close',
      'currency',
      'openCost#=open cost',
      'closeCost#=close cost',
      'closeBase#=in base',
    ),
    filters: ['--instrument <id>', '--from <date>', '--to <date>'],
  },
  {
    name: 'adjustments',
    path: 'periods/adjustments',
    about: 'prior-period adjustments: what came after its day was sealed, by disposal',
    shown: columns(
      'portfolio',
      'accountingDate=counted on',
      'effectiveDate=of',
      'entry',
      'account',
      'name',
      'instrument',
      'lot',
      'units#',
      'currency',
      'local#',
      'base#',
      'knownFrom=known',
    ),
    filters: ['--instrument <id>', '--account <code>', '--from <date>', '--to <date>'],
  },
  {
    name: 'activity',
    path: 'activity',
    about: 'the facts as they now stand',
    shown: columns(
      'portfolio',
      'effectiveDate=date',
      'kind',
      'fact',
      'status',
      'instrument',
      'side',
      'quantity#?',
      'price#?',
      'amount#?',
      'currency',
    ),
    filters: ['--instrument <id>', '--kind <kind>', '--status <status>', '--from <date>', '--to <date>'],
  },
  {
    name: 'breaks',
    path: 'breaks',
    about: 'what needs a person',
    shown: columns('portfolio', 'code', 'fact', 'since', 'message'),
  },
  {
    name: 'portfolios',
    path: 'portfolios',
    about: 'the portfolios',
    shown: columns('portfolio', 'baseCurrency=base', 'openedOn=opened', 'closedOn=closed', 'owner'),
  },
]

export function readCommands(program: Command): void {
  for (const read of READS) {
    const command = pointInTime(program.command(read.name).description(read.about)).option(
      '--limit <rows>',
      'at most so many rows',
      count,
    )
    if (LENSES[read.name] !== undefined)
      command
        .addOption(
          new Option('--lens <method>', 'beside what is recorded, as under another lot method').choices(
            lotMethod.options,
          ),
        )
        .option('--in <currency>', 'beside what is recorded, counted in another base currency')
    for (const filter of read.filters ?? []) command.option(filter, `only of this ${filter.split(' ')[0]?.slice(2)}`)
    command.action((options: ReadOptions) => run(options, (api) => show(api, read, options)))
  }
  common(program.command('instruments').description('instruments and their identifiers'))
    .option('--instrument <id>')
    .option('--scheme <scheme>', 'isin, cusip, sedol, figi, ticker ...')
    .option('--value <identifier>')
    .action((options: ReadOptions) => run(options, (api) => instruments(api, options)))
}

/** Instruments; of a single one its identifiers too, with their dates. */
async function instruments(api: ApiClient, options: ReadOptions): Promise<number> {
  const [instrument, scheme, value] = [options.instrument, options.scheme, options.value].map(textOf)
  if ((scheme === undefined) !== (value === undefined))
    throw new CliError('missing-option', 'an identifier is a scheme and a value', {
      field: scheme === undefined ? '--scheme' : '--value',
      remedy: 'give both, such as --scheme isin --value ...',
      status: EXIT.usage,
    })
  const { rows } = await api.all('/v1/instruments', { instrument, scheme, value })
  const [only] = rows
  const identifiers =
    rows.length === 1
      ? (await api.all('/v1/instruments/identifiers', { instrument: String(only?.instrument) })).rows
      : []
  if (options.json === true) printJson(rows.length === 1 ? [{ ...only, identifiers }] : rows)
  else {
    console.log(tableOf(rows, columns('instrument', 'name', 'type', 'currency', 'market')))
    if (rows.length === 1)
      console.log(`\n${tableOf(identifiers, columns('scheme', 'value', 'market', 'validFrom=from'))}`)
  }
  return EXIT.done
}

/** What a read says through a lens: its route, and what is shown of it. */
const LENSES: Readonly<Record<string, { readonly path: string; readonly shown: readonly Column[] }>> = {
  positions: {
    path: 'lens/positions',
    shown: columns(
      'sleeve',
      'instrument',
      'side',
      'recordedUnits#=units',
      'currency',
      ...sides('Cost', 'cost'),
      ...sides('BaseCost', 'in base'),
    ),
  },
  lots: {
    path: 'lens/lots',
    shown: columns(
      'sleeve',
      'instrument',
      'lot',
      'currency',
      ...sides('Units', 'units'),
      ...sides('BaseCost', 'cost in base'),
    ),
  },
  gains: {
    path: 'lens/gains',
    shown: columns(
      'sleeve',
      'instrument',
      'fact',
      'recordedUnits#=units',
      'currency',
      ...sides('Cost', 'cost'),
      ...sides('BaseGain', 'gain in base'),
    ),
  },
}

function sides(measure: string, title: string): string[] {
  return [`recorded${measure}#=${title}`, `lens${measure}#=${title}, lens`, `difference${measure}#=difference`]
}

async function show(api: ApiClient, recorded: ReadCommand, options: ReadOptions): Promise<number> {
  const lens = options.lens === undefined && options.in === undefined ? undefined : LENSES[recorded.name]
  const read = lens === undefined ? recorded : { ...recorded, ...lens }
  if (lens !== undefined && options.portfolio === undefined)
    throw new CliError('missing-option', 'a lens looks at one portfolio', {
      field: '--portfolio',
      remedy: 'name it with -p',
      status: EXIT.usage,
    })
  const looking = lens === undefined ? {} : { lens: textOf(options.lens), currency: textOf(options.in) }
  const { rows, at } = await rowsOf(
    api,
    read.path,
    options,
    lens === undefined ? (read.filters ?? []) : ['--instrument <id>'],
    looking,
  )
  if (options.json === true) printJson({ rows, at })
  else {
    console.log(tableOf(rows, shownOf(read.shown, rows, options.portfolio !== undefined)))
    console.log(
      colours.dim(
        `as known at position ${at.position}${at.effectiveAt === null || at.effectiveAt === undefined ? '' : `, effective ${at.effectiveAt}`}`,
      ),
    )
  }
  return 0
}

/** All rows of a read of one portfolio, or of all; with --limit one page of so many. */
export async function rowsOf(
  api: ApiClient,
  path: string,
  options: ReadOptions,
  filters: readonly string[] = [],
  more: Query = {},
): Promise<{ readonly rows: readonly Row[]; readonly at: Row }> {
  const url =
    options.portfolio === undefined ? `/v1/${path}` : `/v1/portfolios/${encodeURIComponent(options.portfolio)}/${path}`
  const named = filters.map((filter) => camelCase(filter.slice(2).split(' ')[0] ?? ''))
  const filter: Query = Object.fromEntries(named.map((name) => [name, textOf(options[name])]))
  const query = { ...pointQuery(options), ...filter, ...more }
  const wanted = path === 'portfolios' ? { asAt: options.asAt } : query
  const target =
    path === 'portfolios' && options.portfolio !== undefined
      ? `/v1/portfolios/${encodeURIComponent(options.portfolio)}`
      : url
  return api.all(target, wanted, options.limit)
}

/** The columns without what every row repeats: one portfolio was asked for, nobody has more than one sleeve. */
function shownOf(shown: readonly Column[], rows: readonly Row[], onePortfolio: boolean): readonly Column[] {
  const dull = (name: string): boolean => new Set(rows.map((row) => row[name])).size < 2
  return shown.filter(({ name }) => !(name === 'portfolio' && onePortfolio) && !(name === 'sleeve' && dull('sleeve')))
}

/** As commander names an option, and the API a filter. */
function camelCase(option: string): string {
  return option.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function textOf(option: string | number | boolean | undefined): string | undefined {
  return option === undefined ? undefined : String(option)
}
