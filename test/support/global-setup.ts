// One PostgreSQL for the whole test run: embedded and thrown away, or the server QUIPU_TEST_DATABASE_URL points to.
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts'
import { folderHolder } from '../../src/platform/folder-lock.ts'
import { stopServer } from '../../src/platform/postgres-server.ts'
import { livingPostmaster } from '../../src/platform/postmaster-file.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Connection string of a role that may create databases. */
    postgresUrl: string
  }
}

const FOLDER_PREFIX = 'quipu-test-'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const external = process.env.QUIPU_TEST_DATABASE_URL
  if (external !== undefined && external !== '') {
    project.provide('postgresUrl', external)
    return async () => undefined
  }
  await sweepAbandoned()
  const dataDir = mkdtempSync(join(tmpdir(), FOLDER_PREFIX))
  chmodSync(dataDir, 0o711) // where root must run PostgreSQL as a service user, that user can enter it
  const postgres = await startEmbeddedPostgres({ dataDir, durable: false })
  project.provide('postgresUrl', postgres.url)
  return async () => {
    await postgres.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** What a killed run left: its server is stopped and its folder removed. A run that still lives holds its folder's lock. */
async function sweepAbandoned(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(FOLDER_PREFIX))) {
    const folder = join(tmpdir(), name)
    if (!existsSync(join(folder, 'quipu.lock')) || folderHolder(folder) !== undefined) continue
    const pid = livingPostmaster(join(folder, 'postgres'))
    if (pid !== undefined) await stopServer(pid)
    rmSync(folder, { recursive: true, force: true })
  }
}
