// Arrows point inwards: cli, api, sagas, imports -> application -> projections, eventstore -> domain.
// (dependency-cruiser reads TypeScript through its JavaScript API, which TypeScript 7 no longer has: hence our own.)
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Import {
  readonly from: string
  /** Path from the project root for the project's own files, otherwise the package or `node:` name. */
  readonly to: string
  readonly typeOnly: boolean
}

const IMPORT = /^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|import\('([^']+)'\)/gm

const imports: readonly Import[] = ['src', 'bench', 'test']
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(folder, file)),
  )
  .flatMap((from) =>
    [...readFileSync(join(root, from), 'utf8').matchAll(IMPORT)].map(([, type, named, dynamic]) => {
      const to = named ?? dynamic ?? ''
      return { from, to: to.startsWith('.') ? normalize(join(dirname(from), to)) : to, typeOnly: type !== undefined }
    }),
  )

function offenders(from: RegExp, to: RegExp): string[] {
  return imports.filter((i) => from.test(i.from) && to.test(i.to)).map((i) => `${i.from} -> ${i.to}`)
}

const isPackage = (name: string) => !/^(src|test|bench)\//.test(name)

describe('the import arrows', () => {
  it('let the domain import itself, decimal.js, zod and the ISO 4217 table, and nothing else', () => {
    const allowed = /^(src\/domain\/|decimal\.js$|zod$|currency-codes$)/
    const wrong = imports.filter((i) => i.from.startsWith('src/domain/') && !allowed.test(i.to))
    expect(wrong.map((i) => `${i.from} -> ${i.to}`)).toStrictEqual([])
  })

  it('let the analytics import nothing but its own arrays', () => {
    expect(offenders(/^src\/analytics\//, /^(?!src\/analytics\/)/)).toStrictEqual([])
  })

  it('keep the event store and the projections below those who use them', () => {
    expect(offenders(/^src\/eventstore\//, /^src\/(application|projections|sagas|api|cli|imports)\//)).toStrictEqual([])
    expect(offenders(/^src\/projections\//, /^src\/(application|sagas|api|cli|imports)\//)).toStrictEqual([])
  })

  it('keep the use cases from knowing who calls them', () => {
    expect(offenders(/^src\/application\//, /^src\/(api|cli|imports|sagas)\//)).toStrictEqual([])
    expect(offenders(/^src\/(api|sagas|imports)\//, /^src\/cli\//)).toStrictEqual([])
  })

  it('keep the platform a leaf', () => {
    expect(offenders(/^src\/platform\//, /^src\/(?!platform\/|domain\/kernel\/)/)).toStrictEqual([])
  })

  it('keep what ships from leaning on tests and benchmarks', () => {
    expect(offenders(/^src\//, /^(test|bench)\//)).toStrictEqual([])
  })

  it('keep the oracle independent of what it judges', () => {
    const oracle = /^test\/oracle\/(?!book-against)/
    expect(offenders(oracle, /^src\//)).toStrictEqual([])
  })

  it('name only packages that package.json declares', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
      string,
      Record<string, string>
    >
    const runtime = new Set([...Object.keys(manifest.dependencies ?? {}), ...builtinModules.map((m) => `node:${m}`)])
    const all = new Set([...runtime, ...Object.keys(manifest.devDependencies ?? {})])
    const nameOf = (specifier: string) =>
      specifier.startsWith('node:') ? specifier : specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
    const undeclared = imports
      .filter((i) => isPackage(i.to))
      .filter((i) => !(i.from.startsWith('src/') ? runtime : all).has(nameOf(i.to)))
    expect(undeclared.map((i) => `${i.from} -> ${i.to}`)).toStrictEqual([])
  })

  it('never run in a circle (types aside)', () => {
    const edges = new Map<string, string[]>()
    for (const i of imports)
      if (!i.typeOnly && !isPackage(i.to)) edges.set(i.from, [...(edges.get(i.from) ?? []), i.to])
    const done = new Set<string>()
    const circles: string[] = []
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '))
      if (done.has(file) || path.includes(file)) return
      for (const next of edges.get(file) ?? []) visit(next, [...path, file])
      done.add(file)
    }
    for (const file of edges.keys()) visit(file, [])
    expect(circles).toStrictEqual([])
  })
})
