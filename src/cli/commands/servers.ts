// `quipu serve` and `quipu demo`: a server, and a server with fifteen months of story in it.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { colours } from '../colours.ts'
import { DemoRefused, replayDemo } from '../../demo/replay.ts'
import { stepsThere } from '../../demo/resume.ts'
import { DEMO_FROM, DEMO_TO, demoSteps } from '../../demo/steps.ts'
import { readConfig } from '../../platform/config.ts'
import { folderHolder } from '../../platform/folder-lock.ts'
import { startProgress } from '../../platform/progress.ts'
import { readRememberedPort } from '../../platform/remembered-port.ts'
import { ApiClient } from '../api-client.ts'
import { CliError, EXIT, reportFailure } from '../cli-error.ts'
import { tokenFor } from '../connection.ts'
import { count, day, printJson } from '../options.ts'
import type { RunningServer, ServerOptions } from '../server.ts'
import { columns, tableOf } from '../table.ts'
import { certificateOf, verified } from './audit.ts'
import { rowsOf } from './reads.ts'

/** A day inside the story on which everything of it is settled and has its rate. */
const SHOWN_AT = DEMO_TO
/** The portfolios and how many rows the demo prints: enough to see, not to scroll. */
const SHOWN_PORTFOLIO = 'CONDOR-WORLD'
const SHOWN_ROWS = 12

function serverOptions(command: Command): Command {
  return command
    .option('--data <folder>', 'the data folder (also QUIPU_DATA)')
    .option('--port <port>', 'where to listen (also QUIPU_PORT); another is picked when it is taken')
    .option('--host <address>', 'loopback unless tokens are set up (also QUIPU_HOST)')
    .option('--database-url <url>', 'a PostgreSQL of your own (also DATABASE_URL)')
    .option('--eventstore-url <url>', 'an EventStoreDB for the log (also EVENTSTORE_URL)')
    .option('--postgres-port <port>', 'port of the embedded PostgreSQL')
    .option('--log-level <level>', 'silent, fatal, error, warn, info, debug, trace')
}

export function serverCommands(program: Command): void {
  serverOptions(program.command('serve').description('run the API, the projector and the sagas'))
    .option('--roles <list>', 'api,projector,sagas (also QUIPU_ROLES)')
    .action((options: ServerOptions) => serve(options))
  serverOptions(
    program
      .command('demo')
      .description('a year and a quarter of a realistic book, replayed through the API, verified, and served'),
  )
    .option('--once', 'exit when it is done instead of serving')
    .option('--fills <n>', 'about how many fills', count, 5000)
    .option('--to <date>', 'how far the story goes', storyDay, DEMO_TO)
    .option('--json', 'print JSON for programs')
    .action((options: DemoOptions) => demo(options))
  program
    .command('database-url')
    .description('the connection string of the database that is being served, for psql: it holds a password')
    .option('--data <folder>', 'the data folder (also QUIPU_DATA)')
    .action(databaseUrl)
}

/** The connection string of the embedded PostgreSQL of a data folder that is being served. */
function databaseUrl(options: ServerOptions): void {
  try {
    const config = readConfig({ dataDir: options.data, databaseUrl: options.databaseUrl }, process.env)
    console.log(config.databaseUrl ?? embeddedUrl(config.dataDir))
  } catch (error) {
    process.exit(reportFailure(error, false))
  }
}

function embeddedUrl(dataDir: string): string {
  const port = readRememberedPort(dataDir)
  const file = join(dataDir, 'postgres-passwords.json')
  if (port === undefined || !existsSync(file) || folderHolder(dataDir) === undefined)
    throw new CliError('not-served', `nobody serves ${dataDir}, so its PostgreSQL does not run`, {
      field: '--data',
      remedy: 'start `quipu serve` or `quipu demo` on it first',
      status: EXIT.unreachable,
    })
  const { quipu }: { quipu?: unknown } = JSON.parse(readFileSync(file, 'utf8'))
  return `postgres://quipu:${encodeURIComponent(String(quipu))}@127.0.0.1:${port}/quipu`
}

const toStderr = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

async function serve(options: ServerOptions): Promise<void> {
  try {
    const { startServer } = await import('../server.ts')
    const { quipu, shutdown, tokenFile } = await startServer(options, toStderr)
    if (quipu.url !== '') console.log(`Quipu listens on ${quipu.url} (docs: ${quipu.url}/docs; token: ${tokenFile})`)
    else console.log('Quipu runs without the role api')
    process.exitCode = await shutdown.ended
  } catch (error) {
    process.exit(reportFailure(error, false))
  }
}

interface DemoOptions extends ServerOptions {
  readonly once?: boolean
  readonly json?: boolean
  readonly fills: number
  readonly to: string
}

/** The last day of the story: one of its own days. */
function storyDay(text: string): string {
  const to = day(text)
  if (to < DEMO_FROM || to > DEMO_TO) throw new InvalidArgumentError(`The story goes from ${DEMO_FROM} to ${DEMO_TO}.`)
  return to
}

async function demo(options: DemoOptions): Promise<void> {
  const json = options.json === true
  let server: RunningServer
  try {
    const { startServer } = await import('../server.ts')
    server = await startServer({ logLevel: 'warn', ...options }, json ? () => undefined : toStderr)
  } catch (error) {
    process.exit(reportFailure(error, json))
  }
  const { shutdown } = server
  let stopping = false
  shutdown.before('the story', () => {
    stopping = true
  })
  try {
    const ok = await story(server, options)
    if (options.once !== true) process.exitCode = await shutdown.ended
    else {
      const code = await shutdown.run('the demo is done')
      process.exit(ok ? code : EXIT.refused)
    }
  } catch (error) {
    // Somebody stopped it in the middle: that its requests end then is no failure, and closing goes on by itself.
    if (stopping) return
    const status = reportFailure(error, json)
    await shutdown.run('the demo failed')
    process.exit(status)
  }
}

async function story({ quipu, config, tokenFile }: RunningServer, options: DemoOptions): Promise<boolean> {
  const json = options.json === true
  const api = new ApiClient({ url: quipu.url, token: tokenFor(config) })
  const steps = [...demoSteps({ fills: options.fills, to: options.to })]
  const say = json ? () => undefined : console.log
  say(colours.bold(`\nReplaying ${DEMO_FROM} to ${options.to}: seven portfolios of three owners, through ${quipu.url}`))
  const there = await stepsThere(steps, async (query) => (await api.all('/v1/prices', query, query.limit)).rows)
  if (there > 0) say(`The ledger holds the first ${there} of ${steps.length} requests: going on from there.`)
  const bar = startProgress({ label: 'replaying', unit: 'requests', total: steps.length, silent: json })
  bar.reach(there)
  const started = process.hrtime.bigint()
  const counts = await replayDemo(steps.slice(there), api, () => bar.advance())
    .finally(() => bar.finish())
    .catch((error: unknown) => {
      throw error instanceof DemoRefused ? refusedStory(error) : error
    })
  const seconds = Number(process.hrtime.bigint() - started) / 1e9
  const position = (await quipu.log.lastPosition()) ?? 0n
  await quipu.readModels.awaitPosition('all', position, 120_000)
  say(
    `${counts.requests} requests, ${counts.lines} lines of activity in ${seconds.toFixed(1)} s: ${counts.accepted} recorded, ${counts.already} already there, ${counts.parked} parked, ${counts.warnings} warnings`,
  )
  const at = { portfolio: SHOWN_PORTFOLIO, effectiveAt: options.to }
  const tables = {
    positions: (await rowsOf(api, 'positions', at)).rows,
    lots: (await rowsOf(api, 'lots', at)).rows,
    cash: (await rowsOf(api, 'cash', at)).rows,
    gains: (await rowsOf(api, 'disposals', at)).rows,
  }
  if (!json) printTables(tables)
  const certificate = await verified(api, json)
  if (json) printJson({ counts, seconds, url: quipu.url, certificate })
  else {
    console.log(`\n${certificateOf(certificate)}`)
    if (options.once !== true)
      console.log(
        `\nThe API is at ${colours.cyan(quipu.url)}, its pages at ${colours.cyan(`${quipu.url}/docs`)}.\n` +
          `The token is in ${tokenFile}:\n  curl -H "Authorization: Bearer $(cat '${tokenFile}')" '${quipu.url}/v1/positions?effectiveAt=${SHOWN_AT}'\nCtrl-C stops it; a second start goes on where this one stopped.`,
      )
  }
  return certificate.ok === true
}

/** The server refused what the story sends, which it does not do on a folder of its own. */
function refusedStory(error: DemoRefused): unknown {
  if (error.cause instanceof CliError && error.cause.status === EXIT.unreachable) return error.cause
  return new CliError(error.code, error.message, {
    field: '--data',
    remedy:
      'if the folder holds books of yours, or the story told otherwise (--fills), give the demo another with --data',
  })
}

function printTables(
  tables: Readonly<Record<'positions' | 'lots' | 'cash' | 'gains', readonly Readonly<Record<string, unknown>>[]>>,
): void {
  const shown = {
    positions: columns(
      'sleeve',
      'instrument',
      'side',
      'units#',
      'currency',
      'cost#',
      'baseCost#=cost in base',
      'baseCurrency=base',
    ),
    lots: columns('sleeve', 'instrument', 'lot', 'acquiredOn=acquired', 'units#', 'cost#', 'baseCost#=cost in base'),
    cash: columns('sleeve', 'currency', 'amount#', 'baseAmount#=in base', 'overdrawn'),
    gains: columns(
      'tradeDate=sold',
      'instrument',
      'lot',
      'units#',
      'gain#',
      'currency',
      'priceGain#=price',
      'fxGain#=FX',
      'baseGain#=in base',
    ),
  }
  for (const name of ['positions', 'lots', 'cash', 'gains'] as const) {
    const rows = tables[name]
    console.log(
      colours.bold(`\n${SHOWN_PORTFOLIO}: ${name}`) +
        colours.dim(rows.length > SHOWN_ROWS ? `  (${SHOWN_ROWS} of ${rows.length})` : ''),
    )
    console.log(tableOf(rows.slice(-SHOWN_ROWS), shown[name]))
  }
}
