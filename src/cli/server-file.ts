// Word left beside the data by `quipu serve` and `quipu demo`, so that other commands on the folder ask the server that runs there.
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { writePrivately } from '../platform/private-file.ts'
import { incarnation, isAlive } from '../platform/process-liveness.ts'

const SERVER_FILE = 'server.json'

const contents = z.object({
  url: z.string().min(1),
  pid: z.number().int().positive(),
  incarnation: z.string().optional(),
})

/** Notes where this process listens; the function it answers takes the note away again. */
export function noteServer(dataDir: string, url: string): () => void {
  const file = join(dataDir, SERVER_FILE)
  const mine = `${JSON.stringify({ url, pid: process.pid, incarnation: incarnation(process.pid) })}\n`
  writePrivately(file, mine)
  return () => {
    // With a database of their own two servers may share a folder: the note of the later one stays.
    if (read(file) === mine) rmSync(file, { force: true })
  }
}

/** The address of the server that runs on this folder; a note left by a dead one counts for nothing. */
export function runningServer(dataDir: string): string | undefined {
  const text = read(join(dataDir, SERVER_FILE))
  if (text === undefined) return undefined
  const noted = contents.safeParse(json(text))
  if (!noted.success || !isAlive(noted.data.pid)) return undefined
  const now = incarnation(noted.data.pid)
  const same = now === undefined || noted.data.incarnation === undefined || now === noted.data.incarnation
  return same ? noted.data.url : undefined
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
