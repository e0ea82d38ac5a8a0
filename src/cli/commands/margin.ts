// What margin accounts must hold, and what is missing: each portfolio's sums, its positions, and what nobody knows.
import type { Command } from 'commander'
import { type ApiClient, asRow, type Row } from '../api-client.ts'
import { EXIT } from '../cli-error.ts'
import { colours } from '../colours.ts'
import { pointInTime, type PointOptions, printJson, run } from '../options.ts'
import { columns, tableOf } from '../table.ts'
import { rowsOf } from './reads.ts'

export function marginCommand(program: Command): void {
  pointInTime(
    program
      .command('margin')
      .description('margin by Regulation T and FINRA 4210: equity, requirements, buying power, the call'),
  ).action((options: PointOptions) => run(options, (api) => margin(api, options)))
}

async function margin(api: ApiClient, options: PointOptions): Promise<number> {
  const { rows, at } = await rowsOf(api, 'margin', { ...options })
  if (options.json === true) printJson({ rows, at })
  else console.log(rows.map(shown).join('\n\n') || 'no portfolios')
  return EXIT.done
}

const SUMS: readonly (readonly [name: string, words: string])[] = [
  ['cash', 'cash'],
  ['longValue', 'long at market'],
  ['shortValue', 'short at market'],
  ['equity', 'equity'],
  ['initialRequirement', 'initial requirement'],
  ['initialExcess', 'excess over initial'],
  ['buyingPower', 'buying power'],
  ['maintenanceRequirement', 'maintenance'],
  ['maintenanceExcess', 'excess over maintenance'],
  ['call', 'call'],
]

function shown(row: Row): string {
  const { portfolio, date, baseCurrency } = row
  const sums = SUMS.map(([name, words]) => ({ what: words, amount: row[name] }))
  const positions = Array.isArray(row.positions) ? row.positions.map(asRow) : []
  const unknown = Array.isArray(row.unknown) ? row.unknown.map(asRow) : []
  const held = columns('instrument', 'side', 'units#', 'price#', 'priceDate=of', 'value#', 'initial#', 'maintenance#')
  return [
    `${portfolio} on ${date}, in ${baseCurrency}${row.restricted === true ? colours.red(' (restricted)') : ''}`,
    tableOf(sums, columns('what', 'amount#')),
    ...(positions.length > 0 ? [tableOf(positions, held)] : []),
    ...unknown.map(({ what, why, last }) =>
      colours.red(`unknown: ${what} (${why}${last === undefined ? '' : `, last of ${last}`})`),
    ),
  ].join('\n')
}
