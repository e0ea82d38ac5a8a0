// A bank's day: 1,000 portfolios with 100 trades each, sent over HTTP as they fall, until every read model is right.
import { fillLine, openDesk } from './support/desk.ts'
import { House } from './support/house.ts'
import type { BenchResult } from './run.ts'

const PORTFOLIOS = 1_000
const TRADES = 100
const SENDERS = 4
const CHUNK = 2_500

export function run(): Promise<BenchResult> {
  return House.with(async (house) => {
    await house.open('api,projector,sagas')
    const portfolios = Array.from({ length: PORTFOLIOS }, (_, i) => `P${i}`)
    await openDesk(house, portfolios)
    await house.settled()
    const chunks: object[][] = []
    const perChunk = CHUNK / TRADES
    for (let i = 0; i < PORTFOLIOS; i += perChunk)
      chunks.push(
        portfolios.slice(i, i + perChunk).flatMap((p) => Array.from({ length: TRADES }, (_, n) => fillLine(p, n))),
      )
    const started = performance.now()
    await Promise.all(
      Array.from({ length: SENDERS }, async () => {
        for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift())
          await house.bulk('/v1/activity', chunk)
      }),
    )
    const acknowledged = (performance.now() - started) / 1000
    await house.settled()
    const visible = (performance.now() - started) / 1000
    const [held] = await house.rows<{ facts: string }>(
      "SELECT count(*) AS facts FROM quipu.activity WHERE known_to IS NULL AND kind = 'fill'",
    )
    if (Number(held?.facts) !== PORTFOLIOS * TRADES)
      throw new Error(`${held?.facts} fills are visible, not ${PORTFOLIOS * TRADES}`)
    return {
      value: visible,
      unit: 's until every read model is right',
      goal: '<= 60',
      notes: [
        `${PORTFOLIOS} portfolios x ${TRADES} trades over HTTP: acknowledged after ${acknowledged.toFixed(1)} s (${Math.round((PORTFOLIOS * TRADES) / acknowledged)}/s), all visible after ${visible.toFixed(1)} s`,
      ],
    }
  })
}
