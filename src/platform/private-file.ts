// Files that hold secrets or notes to ourselves: written whole, readable by their owner alone.
import { renameSync, rmSync, writeFileSync } from 'node:fs'

/** Writes the file with mode 0600, on disk when this returns, and never half of it under its name. */
export function writePrivately(path: string, text: string): void {
  const draft = `${path}.${process.pid}`
  rmSync(draft, { force: true })
  writeFileSync(draft, text, { mode: 0o600, flag: 'wx', flush: true })
  renameSync(draft, path)
}
