// All positions, and the lots of one instrument, by SQL at random places in both times, in a portfolio of 100,000 fills of which 1 % were told late.
import { addDays, plainDate } from '../src/domain/kernel/date.ts'
import { bigPortfolio, FILLS, lateBuy } from './support/backdated.ts'
import { House, quantile } from './support/house.ts'
import type { BenchResult } from './run.ts'

const SYMBOLS = 250
const CURRENCIES = ['USD', 'EUR', 'GBP']
const LATE = FILLS / 100
const QUESTIONS = 300
const DAYS = 350

export function run(): Promise<BenchResult> {
  return House.with(async (house) => {
    await bigPortfolio(house, { symbols: SYMBOLS, currencies: CURRENCIES }, async () => {
      for (let n = 0; n < LATE; n++) {
        const symbol = (n * 7) % SYMBOLS
        const date = addDays(plainDate('2024-01-02'), (n * 13) % 300)
        await house.record('portfolio-P', [lateBuy(n, `S${symbol}`, CURRENCIES[symbol % 3] ?? 'USD', date)])
      }
    })
    await house.client.query('ANALYZE')
    const head = (await house.quipu.log.lastPosition()) ?? 0n
    // A fixed pseudo-random walk: each run asks the same.
    let seed = 42
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return seed / 2_147_483_648
    }
    const took: Record<string, number[]> = { positions_at: [], lots_at: [] }
    let rows = 0
    for (let i = 0; i < QUESTIONS; i++) {
      const at = addDays(plainDate('2024-01-02'), Math.floor(random() * DAYS))
      const known = String(1 + Math.floor(random() * Number(head)))
      const symbol = `S${Math.floor(random() * SYMBOLS)}`
      for (const [name, where] of [
        ['positions_at', ''],
        ['lots_at', ` WHERE instrument = '${symbol}'`],
      ] as const) {
        const started = performance.now()
        rows += (await house.rows(`SELECT * FROM quipu.${name}('{P}', $1, $2)${where}`, [at, known])).length
        took[name]?.push(performance.now() - started)
      }
    }
    const all = Object.values(took).flat()
    const said = (name: string) =>
      `${name}: p50 ${quantile(took[name] ?? [], 0.5).toFixed(1)} ms, p99 ${quantile(took[name] ?? [], 0.99).toFixed(1)} ms`
    return {
      value: quantile(all, 0.99),
      unit: 'ms p99',
      goal: '<= 20',
      notes: [
        `${FILLS} fills, ${LATE} late; ${QUESTIONS} random (effectiveAt, asAt): all positions, and the lots of one instrument; ${rows} rows answered`,
        `${said('positions_at')}; ${said('lots_at')}`,
      ],
    }
  })
}
