// Starts a writing process on the PostgreSQL log, orders it about, and keeps what it was told.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** What the log answered to one append. */
export interface Acknowledgement {
  readonly commandId: string
  readonly stream: string
  /** Of the unit's last event, as decimal text. */
  readonly revision: string
  /** Of the unit's last event, as decimal text. */
  readonly position: string
  readonly eventIds: readonly string[]
  readonly alreadyThere: boolean
}

export interface WriterProcess {
  /** In the order in which it was told. */
  readonly acknowledged: readonly Acknowledgement[]
  go(): void
  /** Lets the appends under way come to their end. @throws when the process failed. */
  stop(): Promise<void>
  /** Rejects when the process fails; resolves when it ends well. */
  readonly ended: Promise<void>
  kill(): void
}

/** Answers when the process has opened the log and waits for `go`. @throws when it ends before. */
export async function startWriter(connectionString: string, name: string): Promise<WriterProcess> {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', main, connectionString, name], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.on('error', () => undefined) // it has ended, which `ended` tells
  const acknowledged: Acknowledgement[] = []
  const lines = createInterface({ input: child.stdout })
  const ready = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      if (line === 'ready') resolve()
      else acknowledged.push(JSON.parse(line))
    })
  })
  const read = once(lines, 'close')
  const ended = once(child, 'exit').then(async ([code, signal]: unknown[]) => {
    await read
    if (code !== 0) throw new Error(`the writer ${name} ended with ${String(code ?? signal)}`)
  })
  await Promise.race([
    ready,
    ended.then(() => {
      throw new Error(`the writer ${name} ended before it began`)
    }),
  ])
  return {
    acknowledged,
    go: () => void child.stdin.write('go\n'),
    async stop() {
      child.stdin.write('stop\n')
      await ended
    },
    ended,
    kill: () => void child.kill('SIGKILL'),
  }
}
