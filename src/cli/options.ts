// The options that every read shares, and the one way in which a command runs, prints and ends.
import { type Command, InvalidArgumentError, Option } from 'commander'
import { isPlainDate } from '../domain/kernel/date.ts'
import type { ApiClient, Query } from './api-client.ts'
import { reportFailure } from './cli-error.ts'
import { connect, type ConnectionOptions } from './connection.ts'

export interface CommonOptions extends ConnectionOptions {
  readonly json?: boolean
}

export interface PointOptions extends CommonOptions {
  readonly portfolio?: string
  readonly effectiveAt?: string
  readonly asAt?: string
  readonly view?: string
  readonly basis?: string
  readonly sleeve?: string
  readonly limit?: number
}

/** Where the ledger is, and whether a program reads the answer. */
export function common(command: Command): Command {
  return command
    .option(
      '--url <url>',
      'the server to ask (also QUIPU_URL); default: the one on the data folder, else a private one',
    )
    .option('--data <folder>', 'the data folder (also QUIPU_DATA)')
    .option('--database-url <url>', 'a PostgreSQL of your own (also DATABASE_URL)')
    .option('--eventstore-url <url>', 'an EventStoreDB (also EVENTSTORE_URL)')
    .option('--json', 'print JSON for programs')
}

/** The two times and what to look at. */
export function pointInTime(command: Command): Command {
  return common(command)
    .option('-p, --portfolio <id>', 'one portfolio; default: all')
    .option('--effective-at <date|instant>', 'when it holds in the world; default: all that is dated so far')
    .option('--as-at <position|instant>', 'what was known then; default: now')
    .addOption(new Option('--view <view>', 'by trade date or by settlement').choices(['trade', 'settlement']))
    .addOption(
      new Option('--basis <basis>', 'dates as they happened, or as the periods count them').choices([
        'economic',
        'accounting',
      ]),
    )
    .option('--sleeve <id>', 'one strategy')
}

export function pointQuery({ effectiveAt, asAt, view, basis, sleeve }: PointOptions): Query {
  return { effectiveAt, asAt, view, basis, sleeve }
}

/** The value of an option that counts something: 1 or more. */
export function count(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Give a whole number from 1 on.')
  return Number(text)
}

/** The value of an option that is a day. */
export function day(text: string): string {
  if (!isPlainDate(text)) throw new InvalidArgumentError('Give a date as YYYY-MM-DD.')
  return text
}

/** Runs one command with a connection, closes it, and ends the process with its status. */
export async function run<O extends CommonOptions>(
  options: O,
  work: (api: ApiClient, options: O) => Promise<number>,
): Promise<void> {
  let status: number
  try {
    const connection = await connect(options)
    try {
      status = await work(connection.api, options)
    } finally {
      await connection.close()
    }
  } catch (error) {
    status = reportFailure(error, options.json === true)
  }
  process.exitCode = status
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}
