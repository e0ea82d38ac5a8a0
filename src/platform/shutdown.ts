// The orderly end: on a signal, what was opened is closed in reverse, once, within a deadline.
export interface Shutdown {
  /** Registers something to close; the last one registered is closed first. */
  before(name: string, close: () => Promise<void> | void): void
  /** Closes everything, as a signal would; every caller gets the same ending. Resolves to the exit code. */
  run(reason: string): Promise<number>
  /** Resolves with the exit code when a signal, or run(), has closed everything. */
  readonly ended: Promise<number>
}

export interface ShutdownOptions {
  readonly say: (message: string) => void
  /** Milliseconds that closing may take in all. */
  readonly deadlineMs?: number
  /** Ends the process; replaced in tests. */
  readonly exit?: (code: number) => void
  /** Where signals come from; replaced in tests. */
  readonly signals?: NodeJS.EventEmitter
}

/** A database's fast shutdown writes what it holds; half a minute is long for that, and shorter than supervisors wait. */
const DEADLINE_MS = 30_000
const FAILED = 1
const INTERRUPTED = 130 // 128 + SIGINT, as shells have it
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Listens for SIGINT, SIGTERM and SIGHUP. The first closes in order and exits 0 (1 when something failed to close or the
 * deadline passed); a second one exits at once with 130.
 */
export function installShutdown(options: ShutdownOptions): Shutdown {
  const { say, deadlineMs = DEADLINE_MS, exit = (code) => process.exit(code), signals = process } = options
  const steps: { name: string; close: () => Promise<void> | void }[] = []
  let resolveEnded: (code: number) => void = () => undefined
  const ended = new Promise<number>((resolve) => {
    resolveEnded = resolve
  })
  let closing = 'the last part'
  let running: Promise<number> | undefined

  const closeAll = async (): Promise<number> => {
    let code = 0
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      closing = step.name
      try {
        await step.close()
      } catch (error) {
        code = FAILED
        say(`closing ${step.name} failed: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    return code
  }
  const run = (reason: string): Promise<number> => {
    running ??= (async () => {
      say(`stopping: ${reason}`)
      const late = new Promise<number>((resolve) => {
        setTimeout(() => {
          say(`still closing ${closing} after ${deadlineMs / 1000} s: giving up`)
          resolve(FAILED)
        }, deadlineMs).unref()
      })
      const code = await Promise.race([closeAll(), late])
      for (const signal of SIGNALS) signals.off(signal, onSignal)
      resolveEnded(code)
      return code
    })()
    return running
  }
  const onSignal = (signal: string) => {
    if (running !== undefined) {
      say(`${signal} again: ending at once`)
      exit(INTERRUPTED)
      return
    }
    void run(signal).then(exit)
  }
  for (const signal of SIGNALS) signals.on(signal, onSignal)
  return { before: (name, close) => void steps.push({ name, close }), run, ended }
}
