// Bulk fills over HTTP with all roles in one process: acknowledged and visible, for as long as the bench runs.
import { fillLines, openDesk } from './support/desk.ts'
import { House, quantile } from './support/house.ts'
import type { BenchResult } from './run.ts'

const SENDERS = 8
const CHUNK = 500
const RUN_MS = 60_000

/** Each sender waits until its chunk before the last is visible, so that the lag is what it is and not what a queue makes of it. */
export function run(): Promise<BenchResult> {
  return House.with(async (house) => {
    await house.open('api,projector,sagas')
    const portfolios = Array.from({ length: SENDERS }, (_, i) => `P${i}`)
    await openDesk(house, portfolios)
    await house.settled()
    const lags: number[] = []
    let sent = 0
    let started = performance.now()
    const sender = async (portfolio: string, from: number, until: number) => {
      let before: Promise<void> = Promise.resolve()
      let next = from
      while (performance.now() - started < until) {
        const position = await house.bulk(`/v1/portfolios/${portfolio}/activity`, fillLines(portfolio, next, CHUNK))
        next += CHUNK
        sent += CHUNK
        const acknowledged = performance.now()
        await before
        before = house.projector.waitFor({ portfolio }, position, 60_000).then((seen) => {
          if (!seen) throw new Error(`${portfolio} was not visible within a minute`)
          lags.push(performance.now() - acknowledged)
        })
      }
      await before
      return next
    }
    const warm = await Promise.all(portfolios.map((p) => sender(p, 0, 3_000)))
    sent = 0
    lags.length = 0
    started = performance.now()
    await Promise.all(portfolios.map((p, i) => sender(p, warm[i] ?? 0, RUN_MS)))
    const seconds = (performance.now() - started) / 1000
    return {
      value: sent / seconds,
      unit: 'fills/s acknowledged and visible',
      goal: '>= 6000 with a lag <= 1 s',
      notes: [
        `${sent} fills of ${SENDERS} portfolios in ${seconds.toFixed(1)} s, client in the same process; lag from acknowledged to visible: p50 ${Math.round(quantile(lags, 0.5))} ms, p99 ${Math.round(quantile(lags, 0.99))} ms`,
      ],
    }
  })
}
