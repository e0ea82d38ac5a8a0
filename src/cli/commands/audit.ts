// For auditors and operators: replay what was known, verify the read models against the log, rebuild them.
import type { Command } from 'commander'
import { colours } from '../colours.ts'
import { startProgress } from '../../platform/progress.ts'
import { type ApiClient, asRow, type Row } from '../api-client.ts'
import { CliError, EXIT } from '../cli-error.ts'
import { common, count, pointInTime, type CommonOptions, type PointOptions, printJson, run } from '../options.ts'
import { columns, tableOf } from '../table.ts'
import { rowsOf } from './reads.ts'

export function auditCommands(program: Command): void {
  common(
    program.command('verify').description('fold the log again and compare every row; exit status 1 on any difference'),
  ).action((options: CommonOptions) =>
    run(options, async (api) => {
      const certificate = await verified(api, options.json === true)
      if (options.json === true) printJson(certificate)
      else console.log(certificateOf(certificate))
      return certificate.ok === true ? EXIT.done : EXIT.refused
    }),
  )
  common(program.command('rebuild').description('build the read models anew beside the old ones, then swap')).action(
    (options: CommonOptions) =>
      run(options, async (api) => {
        const result = await api.progressed(
          '/v1/admin/rebuild',
          startProgress({ label: 'rebuilding', unit: 'log positions', silent: options.json === true }),
        )
        if (options.json === true) printJson(result)
        else
          console.log(
            `generation ${result.generation} stands at position ${result.position}: ${result.rows} rows of ${result.units} units`,
          )
        return EXIT.done
      }),
  )
  pointInTime(
    program
      .command('replay')
      .description('how what was known came about: positions after each unit that touched a portfolio'),
  )
    .option('--instrument <id>')
    .option('--units <n>', 'so many of the newest units', count, 10)
    .action((options: PointOptions & { readonly instrument?: string; readonly units: number }) =>
      run(options, (api) => replay(api, options)),
    )
}

/** Runs the verification with a progress bar and answers its certificate. */
export function verified(api: ApiClient, silent: boolean): Promise<Row> {
  return api.progressed('/v1/admin/verify', startProgress({ label: 'verifying', unit: 'lanes', silent }))
}

export function certificateOf(certificate: Row): string {
  const differences = Array.isArray(certificate.differences) ? certificate.differences.map(asRow) : []
  const head = certificate.ok === true ? colours.green('verified') : colours.red('NOT as the log says')
  const lines = [
    `${head}: ${certificate.rowsCompared} rows of ${certificate.lanes} lanes against ${certificate.units} units, to position ${certificate.position}`,
    `  book version ${certificate.bookVersion}, state hash ${certificate.stateHash}`,
    `  differences: ${certificate.differenceCount}`,
  ]
  for (const one of differences)
    lines.push(
      `  ${one.table} ${JSON.stringify(one.key)}\n    expected ${JSON.stringify(one.expected)}\n    found    ${JSON.stringify(one.found)}`,
    )
  return lines.join('\n')
}

async function replay(
  api: ApiClient,
  options: PointOptions & { readonly instrument?: string; readonly units: number },
): Promise<number> {
  const { portfolio } = options
  if (portfolio === undefined)
    throw new CliError('missing-option', 'replay follows one portfolio', {
      field: '--portfolio',
      remedy: 'name it with --portfolio',
      status: EXIT.usage,
    })
  const { rows: activity } = await rowsOf(
    api,
    'journal',
    { ...options, ...(options.instrument === undefined ? {} : { instrument: options.instrument }) },
    ['--instrument <id>'],
  )
  const positions = [...new Set(activity.map((row) => String(row.knownFrom)))]
    .sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))
    .slice(-options.units)
  const steps: Row[] = []
  for (const asAt of positions) {
    const { rows } = await rowsOf(api, 'positions', { ...options, asAt }, ['--instrument <id>'])
    const causes = [
      ...new Set(activity.filter((row) => String(row.knownFrom) === asAt).map((row) => String(row.entry))),
    ]
    steps.push({ position: asAt, changed: causes, positions: rows })
    if (options.json !== true) {
      console.log(
        colours.bold(`\nposition ${asAt}`) +
          colours.dim(`  ${causes.slice(0, 4).join('  ')}${causes.length > 4 ? '  ...' : ''}`),
      )
      console.log(
        tableOf(rows, columns('instrument', 'side', 'sleeve', 'units#', 'currency', 'cost#', 'baseCost#=cost in base')),
      )
    }
  }
  if (options.json === true) printJson(steps)
  return EXIT.done
}
