// The note a running PostgreSQL keeps in its cluster (postmaster.pid), and whether it still speaks of a living server.
import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive } from './process-liveness.ts'

/** The process that serves the cluster, judged by its pid file and by what /proc says of it. */
export function livingPostmaster(folder: string): number | undefined {
  const noted = readPidFile(folder)
  return noted !== undefined && isPostmasterOf(noted.pid, folder) ? noted.pid : undefined
}

/** What the server noted about itself; undefined when it noted nothing. */
export function readPidFile(folder: string): { pid: number; port: number | undefined } | undefined {
  try {
    // Line 1 the process id, line 4 the port; the rest of the lines come a moment after the first.
    const lines = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')
    const [pid, port] = [Number(lines[0]), Number(lines[3])]
    if (!Number.isInteger(pid) || pid <= 0) return undefined
    return { pid, port: Number.isInteger(port) && port > 0 ? port : undefined }
  } catch {
    return undefined
  }
}

/** PostgreSQL works inside its data folder: a process elsewhere has only inherited the number. */
export function isPostmasterOf(pid: number, folder: string): boolean {
  if (!isAlive(pid)) return false
  if (process.platform !== 'linux') return true
  return workingFolder(String(pid)) === folder
}

/**
 * A pid file whose number now belongs to some other program would keep PostgreSQL from starting for ever. It may go only
 * when no process at all works in the cluster: an old backend still alive would corrupt it.
 */
export function removeForeignPidFile(folder: string): void {
  if (process.platform !== 'linux' || livingPostmaster(folder) !== undefined) return
  const noted = readPidFile(folder)
  if (noted === undefined || !isAlive(noted.pid)) return // PostgreSQL clears this case itself
  const inUse = readdirSync('/proc').some((entry) => /^\d+$/.test(entry) && workingFolder(entry) === folder)
  if (!inUse) rmSync(join(folder, 'postmaster.pid'), { force: true })
}

function workingFolder(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return undefined
  }
}
