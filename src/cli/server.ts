// Quipu as a running server, for `serve` and `demo`: starts it, says where it listens, leaves word for other commands, ends on a signal.
import { createQuipu, type Quipu } from '../main.ts'
import { type Config, readConfig } from '../platform/config.ts'
import { installShutdown, type Shutdown } from '../platform/shutdown.ts'
import { localTokenFile } from './connection.ts'
import { noteServer } from './server-file.ts'

export interface ServerOptions {
  readonly data?: string
  readonly databaseUrl?: string
  readonly eventstoreUrl?: string
  readonly host?: string
  readonly port?: string
  readonly postgresPort?: string
  readonly roles?: string
  readonly logLevel?: string
}

export interface RunningServer {
  readonly quipu: Quipu
  readonly config: Config
  readonly shutdown: Shutdown
  /** Where the token for local use lies. */
  readonly tokenFile: string
}

/** Starts it; from then on a signal closes everything in order. `say` prints a line for people. */
export async function startServer(options: ServerOptions, say: (line: string) => void): Promise<RunningServer> {
  const config = readConfig(
    {
      dataDir: options.data,
      databaseUrl: options.databaseUrl,
      eventStoreUrl: options.eventstoreUrl,
      host: options.host,
      port: options.port,
      postgresPort: options.postgresPort,
      roles: options.roles,
      logLevel: options.logLevel,
    },
    process.env,
  )
  const shutdown = installShutdown({ say })
  const quipu = await createQuipu(config, { say })
  shutdown.before('quipu', () => quipu.close())
  if (quipu.url !== '') shutdown.before('the note of the server', noteServer(config.dataDir, quipu.url))
  if (quipu.otherPort) say(`port ${config.port} is taken: listening on another one`)
  return { quipu, config, shutdown, tokenFile: localTokenFile(config) }
}
