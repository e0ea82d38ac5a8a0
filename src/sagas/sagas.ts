// Every saga there is, and how a process runs them all.
import { allocation } from './allocation.ts'
import { releaseParked } from './release-parked.ts'
import { runSaga, type SagaOptions } from './runtime.ts'
import { transferRestatement } from './transfer-restatement.ts'

/** Between a saga's failure and its next start, in milliseconds. */
const RESTART_MS = 1000

/** Runs all sagas until the signal ends them; one that fails is started again and reported. Resolves when all have ended. */
export async function runSagas(options: SagaOptions & { onFailed(saga: string, error: unknown): void }): Promise<void> {
  await Promise.all([
    supervised('release-parked', options, () => runSaga(releaseParked, options)),
    supervised('allocation', options, () => runSaga(allocation, options)),
    supervised('transfer-restatement', options, () => runSaga(transferRestatement, options)),
  ])
}

async function supervised(
  name: string,
  { signal, onFailed }: SagaOptions & { onFailed(saga: string, error: unknown): void },
  run: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await run()
    } catch (error) {
      if (signal.aborted) return
      onFailed(name, error)
      await new Promise((resolve) => setTimeout(resolve, RESTART_MS))
    }
  }
}
