// How a command reaches the ledger: the server it is told of, the one running on its data folder, or one it opens for itself.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../platform/config.ts'
import { folderHolder } from '../platform/folder-lock.ts'
import { adminTokenFile } from '../platform/token-file.ts'
import { ApiClient } from './api-client.ts'

export interface Connection {
  readonly api: ApiClient
  close(): Promise<void>
}

/** Written by `quipu serve` and `quipu demo` beside the data while they run. */
export const SERVER_FILE = 'server.json'

export interface ConnectionOptions {
  readonly url?: string | undefined
  readonly data?: string | undefined
  readonly databaseUrl?: string | undefined
  readonly eventstoreUrl?: string | undefined
}

/**
 * Connects: `--url` or QUIPU_URL first; then the server that holds the data folder; else a private one on a free loopback
 * port, closed with the connection. The token is QUIPU_TOKEN, else the admin token kept beside the data.
 */
export async function connect(options: ConnectionOptions): Promise<Connection> {
  const config = readConfig(
    { dataDir: options.data, databaseUrl: options.databaseUrl, eventStoreUrl: options.eventstoreUrl },
    process.env,
  )
  const tokenFile = config.tokenFile ?? join(config.dataDir, 'tokens.json')
  const token = (): string | undefined =>
    process.env.QUIPU_TOKEN ?? config.adminToken ?? readToken(adminTokenFile(tokenFile))
  const url = options.url ?? process.env.QUIPU_URL ?? runningServer(config.dataDir)
  if (url !== undefined && url !== '')
    return { api: new ApiClient({ url, token: token() }), close: async () => undefined }

  // Loaded only when it is needed: a command that asks a running server starts in half the time.
  const { createQuipu } = await import('../main.ts')
  const quipu = await createQuipu({ ...config, host: '127.0.0.1', port: 0, logLevel: 'warn' })
  return { api: new ApiClient({ url: quipu.url, token: token() }), close: () => quipu.close() }
}

/** The address of the server whose process holds this folder now; a file left by a dead one counts for nothing. */
export function runningServer(dataDir: string): string | undefined {
  const file = join(dataDir, SERVER_FILE)
  if (!existsSync(file)) return undefined
  const holder = folderHolder(dataDir)
  const known: unknown = JSON.parse(readFileSync(file, 'utf8'))
  if (typeof known !== 'object' || known === null || !('url' in known) || !('pid' in known)) return undefined
  return holder !== undefined && holder.pid === known.pid && typeof known.url === 'string' ? known.url : undefined
}

function readToken(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined
}
