// docs/api/README.md names every code that a caller can meet, and each under the status it is sent with.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { statusOf } from '../../src/api/problems.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const text = readFileSync(`${root}docs/api/README.md`, 'utf8')

/** Thrown where a file of ours or a piece of code is wrong, never for what a caller sent. */
const OURS = [
  'bad-calendar',
  'bad-currency',
  'bad-settlement-cycles',
  'bad-weights',
  'currency-already-known',
  'division-by-zero',
  'mixed-currencies',
  'not-canonical-json',
  'scale-out-of-range',
]

describe('the codes in docs/api/README.md', () => {
  it('are all there are', () => {
    const thrown = ['domain', 'application', 'projections', 'api'].flatMap((folder) =>
      readdirSync(`${root}src/${folder}`, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .flatMap((file) => [
          ...readFileSync(`${root}src/${folder}/${file}`, 'utf8').matchAll(/\bcode: '([a-z]+(?:-[a-z]+)+)'/g),
        ])
        .map(([, code = '']) => code),
    )
    expect(thrown.length).toBeGreaterThan(100)
    const missing = [...new Set(thrown)].filter((code) => !OURS.includes(code) && !text.includes(`\`${code}\``))
    expect(missing).toStrictEqual([])
  })

  it('stand under their status', () => {
    const rows = [...text.matchAll(/^\| (\d{3})[^|]*\| (`.*) \|$/gm)]
    expect(rows.length).toBeGreaterThan(8)
    for (const [, status, cell = ''] of rows)
      for (const [, code = ''] of cell.matchAll(/`([a-z]+(?:-[a-z]+)+)`/g))
        if (code !== 'not-acceptable') expect([code, statusOf(code)]).toStrictEqual([code, Number(status)])
  })
})
