// Starts the protocol server as a process of its own and waits for its address.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface ServerProcess {
  readonly connectionString: string
  /** Ends it; answers with its exit code. */
  stop(): Promise<number | null>
}

/** @throws when the process ends before it listens. */
export async function startServerProcess(): Promise<ServerProcess> {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const server = spawn(process.execPath, ['--import', 'tsx', main, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(server, 'exit').then(([code]: (number | null)[]) => code ?? null)
  const connectionString = await new Promise<string>((resolve, reject) => {
    createInterface({ input: server.stdout }).once('line', resolve)
    exited.then((code) => reject(new Error(`the server ended with ${code}`)))
  })
  return {
    connectionString,
    async stop() {
      server.kill('SIGTERM')
      return await exited
    },
  }
}
