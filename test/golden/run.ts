// `npm run golden -- [FOLDER...]`: runs the golden cases through a whole Quipu of its own and prints them by folder; last line
// `golden PASSED/TOTAL`. Exits 1 when a case fails without a stated convention. FOLDER may be the start of a name, such as `d4`.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Table from 'cli-table3'
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts'
import { startLedger, type TestLedger } from '../support/ledger.ts'
import { FOLDERS } from './folders.ts'
import { Door, type GoldenFolder } from './golden-case.ts'
import { filesOf, foldersPresent, GOLDEN_PATH, hasFolder } from './golden-files.ts'

/** Above this share of a folder, differing by a convention is no longer an exception: make it a convention the product has. */
const DIFFERING_SHARE_MAX = 0.02

interface Outcome {
  readonly folder: string
  readonly cases: number
  readonly figures: number
  readonly passed: number
  readonly differing: readonly string[]
  readonly failed: readonly string[]
  readonly milliseconds: number
}

async function outcomeOf({ folder, cases }: GoldenFolder, ledger: TestLedger): Promise<Outcome> {
  const started = performance.now()
  const differing: string[] = []
  const failed: string[] = []
  const all = cases(filesOf(folder))
  for (const [index, one] of all.entries())
    try {
      const differs = await one.run(new Door(ledger, `${folder.split('_')[0]}-${index + 1}`))
      if (differs !== undefined) differing.push(`${one.name}: ${differs.differs} (${differs.citation})`)
    } catch (error) {
      failed.push(`${one.name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  return {
    folder,
    cases: all.length,
    figures: all.reduce((sum, { figures = 1 }) => sum + figures, 0),
    passed: all.length - differing.length - failed.length,
    differing,
    failed,
    milliseconds: performance.now() - started,
  }
}

function show(outcomes: readonly Outcome[]): void {
  const table = new Table({
    head: ['folder', 'cases', 'figures', 'passed', 'differing', 'failed', 'ms'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  for (const { folder, cases, figures, passed, differing, failed, milliseconds } of outcomes)
    table.push([folder, cases, figures, passed, differing.length, failed.length, Math.round(milliseconds)])
  console.log(table.toString())
  for (const { folder, cases, differing, failed } of outcomes) {
    for (const text of differing) console.log(`differs  ${folder}  ${text}`)
    if (differing.length > cases * DIFFERING_SHARE_MAX)
      console.log(`over 2 %  ${folder}  ${differing.length} of ${cases} cases differ by a stated convention`)
    for (const text of failed) console.log(`FAILED  ${folder}  ${text}`)
  }
}

async function main(): Promise<number> {
  const names = process.argv.slice(2)
  const chosen = FOLDERS.filter(({ folder }) => names.length === 0 || names.some((name) => folder.startsWith(name)))
  if (chosen.length === 0) {
    console.error(`no such folder; there are: ${FOLDERS.map(({ folder }) => folder).join(', ')}`)
    return 2
  }
  const present = chosen.filter(({ folder }) => hasFolder(folder))
  for (const { folder } of chosen) if (!hasFolder(folder)) console.log(`SKIPPED  ${folder}  not in ${GOLDEN_PATH}`)
  if (present.length === 0) {
    console.log('golden 0/0 (no ../shared/golden)')
    return 0
  }
  const server = process.env.QUIPU_TEST_DATABASE_URL
  const dataDir = mkdtempSync(join(tmpdir(), 'quipu-golden-'))
  chmodSync(dataDir, 0o711)
  const postgres = server ? undefined : await startEmbeddedPostgres({ dataDir, durable: false })
  const ledger = await startLedger(postgres?.url ?? server)
  const outcomes: Outcome[] = []
  try {
    for (const folder of present) outcomes.push(await outcomeOf(folder, ledger))
  } finally {
    await ledger.close()
    await postgres?.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  show(outcomes)
  if (names.length === 0) {
    const without = foldersPresent().filter((name) => !FOLDERS.some(({ folder }) => folder === name))
    if (without.length > 0) console.log(`no module yet: ${without.join(', ')}`)
  }
  const sum = (of: (outcome: Outcome) => number) => outcomes.reduce((total, one) => total + of(one), 0)
  console.log(`golden ${sum((one) => one.passed)}/${sum((one) => one.cases)}`)
  return sum((one) => one.failed.length) > 0 ? 1 : 0
}

process.exit(await main())
