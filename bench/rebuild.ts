// Every read model rebuilt from the log, against COPY of the same rows into the same tables with the same indexes.
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { generationDdl, readIndexesDdl } from '../src/projections/schema/ddl.ts'
import { TABLES } from '../src/projections/schema/tables.ts'
import { story } from './fill-story.ts'
import { lateBuy } from './support/backdated.ts'
import { House } from './support/house.ts'
import type { BenchResult } from './run.ts'

const PORTFOLIOS = 10
const FILLS = 6_000
const LATE = FILLS / 50
const CURRENCIES = ['USD', 'EUR', 'GBP']

export function run(): Promise<BenchResult> {
  return House.with(async (house) => {
    const { reference, opening, fills } = story({ fills: FILLS, symbols: 250, currencies: CURRENCIES })
    await house.open('sagas')
    await house.tell(reference)
    for (let i = 0; i < PORTFOLIOS; i++) {
      await house.tell(opening, `P${i}`)
      await house.tell(fills, `P${i}`)
      for (let n = 0; n < LATE; n++)
        await house.record(`portfolio-P${i}`, [lateBuy(n, `S${n % 250}`, CURRENCIES[(n % 250) % 3] ?? 'USD')])
    }
    const events = Number((await house.quipu.log.lastPosition()) ?? 0n)
    await house.open('projector')
    await house.settled()
    const started = performance.now()
    const { rows, generation } = await house.projector.rebuild()
    const rebuilt = performance.now() - started
    const copied = await copyAgain(house, `quipu_g${generation}`)
    return {
      value: copied / rebuilt,
      unit: 'x COPY of the same rows',
      goal: '>= 0.6 and >= 10000 events/s',
      notes: [
        `${events} events (the goal's size is 1,000,000: it does not fit this bench's minute), 2 % late, 3 currencies, ${PORTFOLIOS} portfolios: ${(rebuilt / 1000).toFixed(1)} s, ${Math.round((events * 1000) / rebuilt)} events/s, ${rows} rows`,
        `COPY of these rows, read indexes after: ${(copied / 1000).toFixed(1)} s, ${Math.round((rows * 1000) / copied)} rows/s`,
      ],
    }
  })
}

/** Milliseconds to copy a generation's rows from files into tables made alike, in one transaction, indexes for reads at the end. */
async function copyAgain(house: House, schema: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'quipu-bench-copy-'))
  try {
    const { client } = house
    for (const { name } of TABLES)
      await pipeline(client.query(copyTo(`COPY ${schema}.${name} TO STDOUT`)), createWriteStream(join(folder, name)))
    await client.query(generationDdl('bare'))
    const started = performance.now()
    await client.query('BEGIN')
    for (const { name } of TABLES)
      await pipeline(createReadStream(join(folder, name)), client.query(copyFrom(`COPY bare.${name} FROM STDIN`)))
    await client.query('COMMIT')
    await client.query(readIndexesDdl('bare'))
    return performance.now() - started
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
