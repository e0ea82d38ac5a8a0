// Style that matters is a test: the domain has no clock, no randomness, no I/O and no floating-point money.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

function sources(folder: string): { readonly path: string; readonly lines: readonly string[] }[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ path: join(folder, file), lines: readFileSync(join(root, folder, file), 'utf8').split('\n') }))
}

/** Every line outside comments that matches, as `path:line text`, so that a failure shows what to mend. */
function hits(folder: string, pattern: RegExp, except: RegExp = /^$/): string[] {
  return sources(folder)
    .filter(({ path }) => !except.test(path))
    .flatMap(({ path, lines }) =>
      lines.flatMap((line, i) =>
        pattern.test(line.replace(/\/\/.*|^\s*\*.*|\/\*\*.*/, '')) ? [`${path}:${i + 1} ${line.trim()}`] : [],
      ),
    )
}

describe('the source keeps its promises', () => {
  it('reads no clock and rolls no dice in the domain', () => {
    expect(
      hits(
        'src/domain',
        /Date\.now|new Date\(\)|Math\.random|randomUUID|setTimeout|performance\.now|process\.(env|hrtime)/,
      ),
    ).toStrictEqual([])
  })

  it('does no input or output in the domain', () => {
    expect(hits('src/domain', /from 'node:|require\(|fetch\(|console\./)).toStrictEqual([])
  })

  it('parses no money into a float', () => {
    expect(hits('src/domain', /parseFloat|toNumber\(\)|Number\.parseFloat/)).toStrictEqual([])
  })

  it('keeps decimal.js behind one module', () => {
    expect(hits('src', /from 'decimal\.js'/, /kernel\/decimal\.ts$/)).toStrictEqual([])
  })

  it('casts only at the decoding edges: never through any or unknown', () => {
    expect(hits('src', /\bas any\b|as unknown as|@ts-ignore|@ts-expect-error/)).toStrictEqual([])
  })

  it('leaves no test skipped or focused without saying why aloud', () => {
    expect(hits('test', /\b(it|test|describe)\.(only|todo)\b/)).toStrictEqual([])
  })

  it('opens every source file with one sentence saying what it owns', () => {
    const silent = sources('src').filter(({ lines }) => !/^(\/\/ \S|#!)/.test(lines[0] ?? ''))
    expect(silent.map(({ path }) => path)).toStrictEqual([])
  })

  it('keeps files short enough to be read in one sitting', () => {
    const long = sources('src').filter(({ lines }) => lines.length > 400)
    expect(long.map(({ path, lines }) => `${path} ${lines.length}`)).toStrictEqual([])
  })

  it('has no drawer for everything', () => {
    const drawers = sources('src').filter(({ path }) =>
      /(^|\/)(utils?|common|helpers?|managers?|misc)(\.ts|\/)/.test(path),
    )
    expect(drawers.map(({ path }) => path)).toStrictEqual([])
  })
})
