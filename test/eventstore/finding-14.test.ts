// Finding 14 of eventstore-semantics.md section 0: an embedded database may skip fsync and lock nothing; ours does neither.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { openPostgresStore } from '../../src/eventstore/postgres/postgres-store.ts'
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts'
import { someEvents } from '../contract/bench.ts'

test('finding 14: the embedded database flushes each acknowledged append to disk, and its folder has one owner', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'quipu-durable-'))
  const postgres = await startEmbeddedPostgres({ dataDir })
  const store = await openPostgresStore({ connectionString: postgres.url })
  const client = new pg.Client({ connectionString: postgres.url })
  try {
    await client.connect()
    const { rows } = await client.query(
      `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name`,
    )
    expect(rows).toStrictEqual(
      ['fsync', 'full_page_writes', 'synchronous_commit'].map((name) => ({ name, setting: 'on' })),
    )
    const flushedTo = async () =>
      (await client.query<{ lsn: string }>('SELECT pg_current_wal_flush_lsn() - $1::pg_lsn AS lsn', ['0/0'])).rows[0]!
        .lsn
    const before = await flushedTo()
    const { position } = await store.append('portfolio-1', 'no-stream', someEvents(1))
    expect(position).toBe(1n)
    expect(BigInt(await flushedTo())).toBeGreaterThan(BigInt(before))
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({ code: 'data-folder-in-use' })
  } finally {
    await client.end()
    await store.close()
    await postgres.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
})
