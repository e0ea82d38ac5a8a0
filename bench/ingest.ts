// Bulk fills over HTTP, durably acknowledged, against bare INSERTs of 1,000 rows a transaction into the same table.
import { fillLines, openDesk } from './support/desk.ts'
import { House, median } from './support/house.ts'
import type { BenchResult } from './run.ts'

const SENDERS = 4
const ROUNDS = 5
const PER_ROUND = 2_000
const BARE_ROWS = 1_000

/** Four requests at a time, each of its own portfolio; role api alone. Both take turns in one run. */
export function run(): Promise<BenchResult> {
  return House.with(async (house) => {
    await house.open('api')
    const portfolios = Array.from({ length: SENDERS }, (_, i) => `P${i}`)
    await openDesk(house, portfolios)
    const ingest = async (from: number) => {
      const started = performance.now()
      await Promise.all(
        portfolios.map((p) => house.bulk(`/v1/portfolios/${p}/activity`, fillLines(p, from, PER_ROUND))),
      )
      return (SENDERS * PER_ROUND * 1000) / (performance.now() - started)
    }
    await ingest(0)
    await house.client.query('CREATE TABLE bare (LIKE quipu_log.event INCLUDING ALL)')
    const rows = await house.rows<Record<string, string>>(
      `SELECT position::text, stream, revision::text, id::text, type, data::text, metadata::text FROM quipu_log.event
       WHERE type = 'FillExecuted' ORDER BY position LIMIT ${BARE_ROWS}`,
    )
    let place = 0
    const column = (name: string) => rows.map((row) => row[name])
    const bare = async () => {
      const started = performance.now()
      for (let sent = 0; sent < SENDERS * PER_ROUND; sent += BARE_ROWS) {
        const places = rows.map(() => ++place)
        await house.client.query(
          `INSERT INTO bare SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::uuid[], $5::text[], $6::json[], $7::json[])`,
          [places, column('stream'), places, column('id'), column('type'), column('data'), column('metadata')],
        )
      }
      return (SENDERS * PER_ROUND * 1000) / (performance.now() - started)
    }
    await bare()
    const ours: number[] = []
    const theirs: number[] = []
    for (let round = 1; round <= ROUNDS; round++) {
      ours.push(await ingest(round * PER_ROUND))
      theirs.push(await bare())
    }
    return {
      value: median(ours) / median(theirs),
      unit: 'x bare INSERTs of 1,000 rows',
      goal: '>= 0.6',
      notes: [
        `${Math.round(median(ours))} fills/s acknowledged over HTTP (validated, decided, hashed; client in the same process), ${Math.round(median(theirs))} rows/s bare; fsync on`,
      ],
    }
  })
}
