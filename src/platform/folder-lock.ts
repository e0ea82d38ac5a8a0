// One Quipu per data folder: a lock file naming its holder, broken only when the holder is dead.
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { PlatformError } from './platform-error.ts'
import { incarnation, isAlive } from './process-liveness.ts'

const LOCK_FILE = 'quipu.lock'
/** Enough for every other starter to lose one race each; more means the folder misbehaves. */
const ATTEMPTS_MAX = 20

const holderSchema = z.object({
  pid: z.number().int().positive(),
  incarnation: z.string().optional(),
  since: z.string(),
})
type Holder = z.infer<typeof holderSchema>

export interface FolderLock {
  /** Gives the folder free; harmless when called twice. */
  release(): void
}

/**
 * Takes the folder for this process, or throws `data-folder-in-use` naming the living holder. The lock of a dead process
 * (killed, or from before a reboot) is taken over. It guards against processes of this machine, not of another one
 * that mounts the same folder.
 */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, LOCK_FILE)
  const mine = holderText()
  const draft = `${path}.${randomUUID()}`
  writeFileSync(draft, mine, { mode: 0o600 })
  try {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      // A hard link appears with its whole content at once, or fails because the name is taken.
      if (linked(draft, path)) return { release: () => releaseIfMine(path, mine) }
      const found = readIfThere(path)
      if (found === undefined) continue
      const holder = parseHolder(found)
      if (holder !== undefined && isHeld(holder)) throw inUse(folder, holder)
      breakStale(path, found)
    }
    throw new PlatformError(
      'data-folder-in-use',
      `the lock of ${folder} could not be taken in ${ATTEMPTS_MAX} attempts`,
      {
        field: path,
        remedy: 'start one Quipu at a time on this folder',
      },
    )
  } finally {
    unlinkSync(draft)
  }
}

/** The living process that holds the folder, if any. */
export function folderHolder(folder: string): { readonly pid: number } | undefined {
  const found = readIfThere(join(folder, LOCK_FILE))
  const holder = found === undefined ? undefined : parseHolder(found)
  return holder !== undefined && isHeld(holder) ? { pid: holder.pid } : undefined
}

function holderText(): string {
  const since = new Date(Date.now() - process.uptime() * 1000).toISOString()
  return JSON.stringify({ pid: process.pid, incarnation: incarnation(process.pid), since })
}

function isHeld(holder: Holder): boolean {
  if (!isAlive(holder.pid)) return false
  const now = incarnation(holder.pid)
  return now === undefined || holder.incarnation === undefined || now === holder.incarnation
}

function inUse(folder: string, holder: Holder): PlatformError {
  return new PlatformError(
    'data-folder-in-use',
    `${folder} is in use by the Quipu with process id ${holder.pid}, running since ${holder.since}`,
    {
      field: join(folder, LOCK_FILE),
      remedy: 'stop that process, or give this one a folder of its own with QUIPU_DATA',
    },
  )
}

/** Moves the stale lock out of the way; when a rival took the lock in between, gives the rival's lock back. */
function breakStale(path: string, stale: string): void {
  const aside = `${path}.${randomUUID()}`
  try {
    renameSync(path, aside)
  } catch {
    return // somebody else broke it first
  }
  if (readIfThere(aside) !== stale) linked(aside, path)
  unlinkSync(aside)
}

function releaseIfMine(path: string, mine: string): void {
  if (readIfThere(path) === mine) unlinkSync(path)
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(text))
  } catch {
    return undefined // not a lock we wrote: nobody we could wait for
  }
}
