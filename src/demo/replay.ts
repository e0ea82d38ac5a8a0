// Sends the demo's story through the real HTTP API: in knowledge order, portfolios side by side within a day, nothing twice.
import type { DemoStep, DemoStepKind } from './step.ts'

/** What the replay needs of an HTTP client. */
export interface DemoClient {
  post(path: string, body: unknown, headers: Readonly<Record<string, string>>): Promise<unknown>
  lines(path: string, lines: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>
}

const PATHS: Readonly<Record<Exclude<DemoStepKind, 'activity'>, (subject: string) => string>> = {
  owner: () => '/v1/owners',
  'owner-link': () => '/v1/owners/portfolios',
  instrument: () => '/v1/instruments',
  portfolio: () => '/v1/portfolios',
  rates: () => '/v1/rates',
  prices: () => '/v1/prices',
  'day-closed': () => '/v1/calendars/close-day',
  action: () => '/v1/corporate-actions',
  'action-amended': () => '/v1/corporate-actions/amend',
  'action-cancelled': () => '/v1/corporate-actions/cancel',
  transfer: () => '/v1/transfers',
  block: () => '/v1/blocks',
  'block-execution': () => '/v1/blocks/executions',
  'block-allocation': () => '/v1/blocks/allocate',
  seal: (portfolio) => `/v1/portfolios/${portfolio}/periods/seal`,
}

export interface DemoCounts {
  requests: number
  lines: number
  accepted: number
  already: number
  parked: number
  warnings: number
}

/** Refused where the story has no refusal: the demo stops, because it would show something else than it says. */
export class DemoRefused extends Error {
  readonly code = 'demo-refused'

  constructor({ label, subject }: DemoStep, cause: unknown) {
    super(`${label}, ${subject}: ${cause instanceof Error ? cause.message : JSON.stringify(cause)}`, { cause })
  }
}

/**
 * Replays all steps. Steps of one kind on one day about different things go at the same time; kinds keep their order.
 * @throws DemoRefused naming the step, its cause being the verdict or what `post` threw; and what `lines` throws.
 */
export async function replayDemo(
  steps: Iterable<DemoStep>,
  client: DemoClient,
  onStep: (step: DemoStep) => void,
): Promise<DemoCounts> {
  const counts: DemoCounts = { requests: 0, lines: 0, accepted: 0, already: 0, parked: 0, warnings: 0 }
  let batch: DemoStep[] = []
  const flush = async (): Promise<void> => {
    await Promise.all(batch.map((step) => send(step, client, counts)))
    for (const step of batch) onStep(step)
    batch = []
  }
  for (const step of steps) {
    const [first] = batch
    const together =
      first !== undefined &&
      first.kind === step.kind &&
      first.date === step.date &&
      batch.every(({ subject }) => subject !== step.subject)
    if (!together) await flush()
    batch.push(step)
  }
  await flush()
  return counts
}

async function send(step: DemoStep, client: DemoClient, counts: DemoCounts): Promise<void> {
  counts.requests += 1
  if (step.kind !== 'activity') {
    try {
      await client.post(PATHS[step.kind](step.subject), step.body, { 'idempotency-key': step.key })
    } catch (error) {
      throw new DemoRefused(step, error)
    }
    return
  }
  const verdicts = await client.lines(`/v1/portfolios/${step.subject}/activity`, step.lines ?? [])
  for (const verdict of verdicts) {
    counts.lines += 1
    if (verdict.verdict === 'accepted') counts.accepted += 1
    else if (verdict.verdict === 'already') counts.already += 1
    else if (verdict.verdict === 'parked') counts.parked += 1
    else throw new DemoRefused(step, verdict)
    if (Array.isArray(verdict.warnings)) counts.warnings += verdict.warnings.length
  }
}
