// How a command reaches the ledger: the server it is told of, the one running on its data folder, or one it opens for itself.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, readConfig } from '../platform/config.ts'
import { installShutdown } from '../platform/shutdown.ts'
import { adminTokenFile } from '../platform/token-file.ts'
import { ApiClient } from './api-client.ts'
import { runningServer } from './server-file.ts'

export interface Connection {
  readonly api: ApiClient
  close(): Promise<void>
}

export interface ConnectionOptions {
  readonly url?: string | undefined
  readonly data?: string | undefined
  readonly databaseUrl?: string | undefined
  readonly eventstoreUrl?: string | undefined
}

/** A private server may have a log to catch up with before it can answer for the present; a lane that stopped never will. */
const CATCH_UP_MS = 60_000

/**
 * Connects: `--url` or QUIPU_URL first; then the server that runs on the data folder, unless a flag names another database or
 * log; else a private one on a free loopback port, closed with the connection.
 */
export async function connect(options: ConnectionOptions): Promise<Connection> {
  const config = readConfig(
    { dataDir: options.data, databaseUrl: options.databaseUrl, eventStoreUrl: options.eventstoreUrl },
    process.env,
  )
  const named = present(options.url) ?? present(process.env.QUIPU_URL)
  const elsewhere = options.databaseUrl !== undefined || options.eventstoreUrl !== undefined
  const url = named ?? (elsewhere ? undefined : runningServer(config.dataDir))
  if (url !== undefined) return { api: new ApiClient({ url, token: tokenFor(config) }), close: async () => undefined }

  const say = (message: string): void => void process.stderr.write(`${message}\n`)
  // Ctrl-C must not leave a database server behind.
  const shutdown = installShutdown({ say })
  // Loaded only when it is needed: a command that asks a running server starts in half the time.
  const { createQuipu } = await import('../main.ts')
  const quipu = await createQuipu({ ...config, host: '127.0.0.1', port: 0, logLevel: 'warn' })
  shutdown.before('quipu', () => quipu.close())
  const head = await quipu.log.lastPosition()
  if (head !== undefined)
    await quipu.readModels
      .awaitPosition('all', head, CATCH_UP_MS)
      .catch((error: unknown) => say(`quipu: what follows may be behind the log: ${messageOf(error)}`))
  return { api: new ApiClient({ url: quipu.url, token: tokenFor(config) }), close: () => quipu.close() }
}

/** QUIPU_TOKEN, else QUIPU_ADMIN_TOKEN, else the token for local use beside the token file. */
export function tokenFor(config: Config): string | undefined {
  return present(process.env.QUIPU_TOKEN) ?? config.adminToken ?? readToken(localTokenFile(config))
}

/** Where the token made on first start lies. */
export function localTokenFile(config: Config): string {
  return adminTokenFile(config.tokenFile ?? join(config.dataDir, 'tokens.json'))
}

function readToken(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function present(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text.trim()
}
