// Every golden case through the API, folder by folder; the same cases as `npm run golden`.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startLedger, type TestLedger } from '../support/ledger.ts'
import { FOLDERS } from './folders.ts'
import { Door } from './golden-case.ts'
import { filesOf, GOLDEN_PATH, hasFolder } from './golden-files.ts'

const present = FOLDERS.filter(({ folder }) => hasFolder(folder))
for (const { folder } of FOLDERS)
  if (!hasFolder(folder)) console.warn(`SKIPPED: golden folder ${folder} is not in ${GOLDEN_PATH}`)

describe('the golden cases', () => {
  let ledger: TestLedger
  beforeAll(async () => {
    if (present.length > 0) ledger = await startLedger()
  })
  afterAll(() => ledger?.close())

  it('name each folder once', () => {
    const names = FOLDERS.map(({ folder }) => folder)
    expect(new Set(names).size).toBe(names.length)
  })

  for (const { folder, cases } of present)
    describe(folder, () => {
      for (const [index, one] of cases(filesOf(folder)).entries())
        it(one.name, async () => {
          const differs = await one.run(new Door(ledger, `${folder.split('_')[0]}-${index + 1}`))
          if (differs !== undefined)
            console.warn(`DIFFERS: ${folder}, ${one.name}: ${differs.differs} (${differs.citation})`)
        }, 120_000)
    })
})
