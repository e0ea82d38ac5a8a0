// The description that is checked in is the one the routes have: a change of the API shows in its own diff.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { describedApi } from '../../src/api/described.ts'

describe('docs/api/openapi.json', () => {
  it('is what the routes say (`npm run openapi` writes it)', async () => {
    const path = fileURLToPath(new URL('../../docs/api/openapi.json', import.meta.url))
    expect(readFileSync(path, 'utf8')).toBe(await describedApi())
  })

  it('is OpenAPI 3.1, with a bearer token on everything but the health of the process', async () => {
    const api = JSON.parse(await describedApi())
    expect(api.openapi).toBe('3.1.0')
    expect(api.security).toStrictEqual([{ bearer: [] }])
    const open = Object.entries<Record<string, { security?: unknown[] }>>(api.paths).flatMap(([path, methods]) =>
      Object.values(methods).some(({ security }) => security?.length === 0) ? [path] : [],
    )
    expect(open).toStrictEqual(['/health'])
  })
})
