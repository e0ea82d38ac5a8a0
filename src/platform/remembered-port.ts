// The port a data folder's PostgreSQL had last, so that tools pointed at it still find it after a restart.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writePrivately } from './private-file.ts'

const PORT_FILE = 'postgres.port'

/** The port noted in the folder; undefined when none is, or when the note is no port. */
export function readRememberedPort(dataDir: string): number | undefined {
  try {
    const port = Number(readFileSync(join(dataDir, PORT_FILE), 'utf8').trim())
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined
  } catch {
    return undefined
  }
}

/** Notes the port for the next start. */
export function rememberPort(dataDir: string, port: number): void {
  writePrivately(join(dataDir, PORT_FILE), `${port}\n`)
}
