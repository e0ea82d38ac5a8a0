// Rebuild and swap while writes and reads go on, and verification beside them: nobody sees a half-built table, nobody goes back.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { equity, type Json, portfolioOf, startLedger, type TestLedger } from '../support/ledger.ts'

const PORTFOLIOS = ['P1', 'P2', 'P3']
/** Enough that a rebuild takes many reads and writes. */
const FILLS_BEFORE = 1500
const REBUILDS = 3
const WRITTEN_AT_ONCE = 20

let ledger: TestLedger
/** Fills acknowledged so far, of one unit each. */
const bought = new Map(PORTFOLIOS.map((portfolio) => [portfolio, 0]))

beforeAll(async () => {
  ledger = await startLedger()
  await ledger.record('/v1/instruments', equity('ACME', 'USD'))
  for (const portfolio of PORTFOLIOS) {
    await ledger.record('/v1/portfolios', portfolioOf(portfolio, 'USD'))
    await buy(portfolio, FILLS_BEFORE)
  }
}, 120_000)
afterAll(() => ledger?.close())

async function buy(portfolio: string, count: number): Promise<string> {
  const from = bought.get(portfolio) ?? 0
  const lines = Array.from({ length: count }, (_, i) => ({
    type: 'fill',
    portfolio,
    source: 'OMS',
    execId: `E${from + i}`,
    tradeDate: '2025-03-14',
    instrument: 'ACME',
    side: 'buy',
    quantity: '1',
    price: '2',
    currency: 'USD',
    consideration: '2',
  }))
  const verdicts = await ledger.lines('/v1/activity', lines)
  expect(verdicts.filter(({ verdict }) => verdict !== 'accepted')).toStrictEqual([])
  bought.set(portfolio, from + count)
  return String(verdicts.at(-1)?.position)
}

async function ask(url: string): Promise<{ readonly rows: readonly Json[]; readonly at: Json }> {
  const reply = await ledger.request('GET', url)
  if (reply.status !== 200) throw new Error(`${url}: ${reply.text}`)
  return { rows: reply.body.rows as Json[], at: reply.body.at as Json } // every read answers so
}

async function unitsOf(
  portfolio: string,
  query = '',
): Promise<{ units: number; position: bigint; generation: number }> {
  const { rows, at } = await ask(`/v1/portfolios/${portfolio}/positions${query}`)
  return {
    units: Number(rows[0]?.units ?? 0),
    position: BigInt(String(at.position)),
    generation: Number(at.generation),
  }
}

/** Does it again and again until it is told to end; answers how often. */
function again(work: () => Promise<void>): { end(): Promise<number> } {
  let ending = false
  const done = (async () => {
    let times = 0
    for (; !ending; times++) await work()
    return times
  })()
  done.catch(() => undefined) // told by end()
  return {
    end: () => {
      ending = true
      return done
    },
  }
}

async function certificate(): Promise<Json> {
  const reply = await ledger.request('POST', '/v1/admin/verify')
  const last: Json = JSON.parse(reply.text.trim().split('\n').at(-1) ?? '{}')
  return (last.result ?? last) as Json // a problem when there is no result
}

describe('rebuilds and swaps while writes and reads go on', () => {
  it('show every reader whole tables that never go back, whatever the generation, and every verification is clean', async () => {
    const pinned = ledger.position
    const past = await ask(`/v1/portfolios/P1/lots?asAt=${pinned}&limit=1000&minPosition=${pinned}`)
    expect(past.rows.length).toBe(1000)
    // From here on the tables are whole, and nobody may see less.
    for (const portfolio of PORTFOLIOS)
      expect((await unitsOf(portfolio, `?minPosition=${pinned}`)).units).toBe(FILLS_BEFORE)
    const seen = new Map(
      PORTFOLIOS.map((portfolio) => [portfolio, { units: FILLS_BEFORE, position: 0n, generation: 1 }]),
    )
    const generationsSeen = new Set<number>()

    let turn = 0
    const next = (): string => PORTFOLIOS[turn++ % PORTFOLIOS.length] ?? 'P1'
    const writer = again(async () => {
      const portfolio = next()
      const position = await buy(portfolio, WRITTEN_AT_ONCE)
      // Its own writes are there, in the old tables as in the new.
      expect((await unitsOf(portfolio, `?minPosition=${position}`)).units).toBe(bought.get(portfolio))
    })
    const reader = again(async () => {
      for (const portfolio of PORTFOLIOS) {
        const before = seen.get(portfolio) ?? { units: 0, position: 0n, generation: 0 }
        const now = await unitsOf(portfolio)
        expect(now.units).toBeGreaterThanOrEqual(before.units)
        expect(now.position >= before.position).toBe(true)
        expect(now.generation).toBeGreaterThanOrEqual(before.generation)
        seen.set(portfolio, now)
        generationsSeen.add(now.generation)
      }
    })
    const historian = again(async () => {
      // What was known at a position is the same, row by row, in each generation.
      const same = await ask(`/v1/portfolios/P1/lots?asAt=${pinned}&limit=1000`)
      expect(same.rows).toStrictEqual(past.rows)
    })
    const certified: Json[] = []
    const verifier = again(async () => {
      certified.push(await certificate())
    })

    for (let n = 0; n < REBUILDS; n++) {
      const rebuilt = await ledger.quipu.projector?.rebuild({ workers: 2 })
      expect(rebuilt?.generation).toBe(n + 2)
    }
    const [writes, reads, looksBack] = await Promise.all([writer.end(), reader.end(), historian.end()])
    await verifier.end()
    console.log(
      `during ${REBUILDS} rebuilds: ${writes} writes of ${WRITTEN_AT_ONCE} fills read back, ${reads} rounds of reads, ` +
        `${looksBack} looks at the past, ${certified.length} verifications; generations read: ${[...generationsSeen].join(' ')}`,
    )
    expect(certified.filter(({ ok }) => ok !== true)).toStrictEqual([])
    expect(certified.length).toBeGreaterThan(0)
    expect(Math.min(writes, reads, looksBack)).toBeGreaterThanOrEqual(REBUILDS)

    const position = ledger.position
    for (const portfolio of PORTFOLIOS) {
      const now = await unitsOf(portfolio, `?minPosition=${position}`)
      expect(now).toMatchObject({ units: bought.get(portfolio), generation: REBUILDS + 1 })
    }
    expect(await certificate()).toMatchObject({ ok: true, differenceCount: 0, generation: REBUILDS + 1 })
  }, 180_000)

  it('refuse a transaction of psql that began before a swap: old eyes on new tables see nothing of what is there', async () => {
    const old = await ledger.database.pool.connect()
    try {
      await old.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
      await old.query('SELECT count(*) FROM quipu.account') // takes the snapshot
      await ledger.quipu.projector?.rebuild()
      const asked = old.query("SELECT * FROM quipu.positions_at('{P1}')")
      await expect(asked).rejects.toMatchObject({ code: 'QP001', hint: 'Ask again in a new transaction.' })
      await old.query('ROLLBACK')
      const { rows } = await old.query<{ units: string }>("SELECT units FROM quipu.positions_at('{P1}')")
      expect(rows.map(({ units }) => Number(units))).toStrictEqual([bought.get('P1')])
    } finally {
      old.release()
    }
  }, 60_000)
})
