// Ten fixings that arrive after 20,000 foreign fills in 1,000 portfolios: from the first recorded until every base amount is known.
import { story } from './fill-story.ts'
import { House } from './support/house.ts'
import type { BenchResult } from './run.ts'

const PORTFOLIOS = 1_000
const FILLS = 20
const FIXINGS = 10

export function run(): Promise<BenchResult> {
  return House.with(async (house) => {
    const { reference, opening, fills } = story({ fills: FILLS, symbols: 20, currencies: ['EUR'], business: FIXINGS })
    await house.open('sagas')
    await house.tell(reference.filter(({ events }) => events[0]?.type !== 'RatesRecorded'))
    for (let i = 0; i < PORTFOLIOS; i++) {
      await house.tell(opening, `P${i}`)
      await house.tell(fills, `P${i}`)
    }
    await house.open('projector')
    await house.settled()
    const waiting = async () => {
      const [row] = await house.rows<{ count: string }>(
        'SELECT count(*) FROM (SELECT 1 FROM quipu.journal GROUP BY portfolio, entry HAVING sum(pending) > 0) w',
      )
      return Number(row?.count ?? 0)
    }
    const before = await waiting()
    const rows = await house.rowsWritten()
    // The days of the fills, and the one more on which the last of them settle.
    const rates = reference.filter(({ events }) => events[0]?.type === 'RatesRecorded').slice(0, FIXINGS)
    const started = performance.now()
    for (const unit of rates) await house.tell([unit])
    const recorded = performance.now() - started
    await house.settled()
    const took = performance.now() - started
    return {
      value: took,
      unit: 'ms until every lane has them',
      goal: '<= 5000',
      notes: [
        `${PORTFOLIOS * FILLS} EUR fills of USD portfolios over ${FIXINGS} days; fixings recorded in ${Math.round(recorded)} ms; ${before} entries waited for a rate, ${await waiting()} still do (they settle after the last fixing); ${(await house.rowsWritten()) - rows} rows written`,
      ],
    }
  })
}
