// `npm run bench -- NAME`: runs one benchmark (or all) and prints as its last line `NAME VALUE UNIT goal GOAL`.
// `--record` writes the lines into bench/RESULTS.md. Goals are ratios or rates measured in this one run.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

/** What every benchmark exports as `run`. */
export interface BenchResult {
  readonly value: number
  readonly unit: string
  readonly goal: string
  /** What was measured and how, printed before the result. */
  readonly notes?: readonly string[]
}

const here = fileURLToPath(new URL('.', import.meta.url))
const known = readdirSync(here)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts' && file !== 'fill-story.ts')
  .map((file) => file.slice(0, -3))
  .sort()

const args = process.argv.slice(2)
const names = args.filter((arg) => !arg.startsWith('--'))
const record = args.includes('--record')
if (names.some((name) => !known.includes(name))) {
  console.error(`unknown benchmark; there are: ${known.join(', ')}`)
  process.exit(2)
}

const lines: string[] = []
for (const name of names.length > 0 ? names : known) {
  const { run } = (await import(`./${name}.ts`)) as { run: () => Promise<BenchResult> }
  const { value, unit, goal, notes } = await run()
  for (const note of notes ?? []) console.log(`  ${note}`)
  const line = `${name} ${Number(value.toPrecision(4))} ${unit} goal ${goal}`
  lines.push(line)
  console.log(line)
}

if (record) {
  const path = `${here}RESULTS.md`
  const kept = existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((l) => l.startsWith('| `'))
    : []
  const rows = new Map(kept.map((row) => [row.split('`')[1] ?? '', row]))
  const day = new Date().toISOString().slice(0, 10)
  for (const line of lines) {
    const [name = '', value, ...rest] = line.split(' ')
    const at = rest.indexOf('goal')
    rows.set(
      name,
      `| \`${name}\` | ${value} ${rest.slice(0, at).join(' ')} | ${rest.slice(at + 1).join(' ')} | ${day} |`,
    )
  }
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`
  writeFileSync(
    path,
    `# Benchmarks\n\nWritten by \`npm run bench -- --record\`; newest on: ${machine}. Compare ratios, not machines.\n\n| bench | value | goal | measured |\n|---|---|---|---|\n${[...rows.values()].sort().join('\n')}\n`,
  )
}
process.exit(0)
