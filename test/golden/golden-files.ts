// Where the golden folders are: QUIPU_GOLDEN, or ../shared/golden beside the project. They are read there and never copied in.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FolderFiles } from './golden-case.ts'

export const GOLDEN_PATH = process.env.QUIPU_GOLDEN ?? fileURLToPath(new URL('../../../shared/golden', import.meta.url))

export function hasFolder(folder: string): boolean {
  return existsSync(join(GOLDEN_PATH, folder))
}

/** The names of the folders that are there. */
export function foldersPresent(): readonly string[] {
  if (!existsSync(GOLDEN_PATH)) return []
  return readdirSync(GOLDEN_PATH, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

export function filesOf(folder: string): FolderFiles {
  const text = (file: string) => readFileSync(join(GOLDEN_PATH, folder, file), 'utf8')
  return { text, json: (file) => JSON.parse(text(file)) }
}
