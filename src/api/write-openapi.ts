// `npm run openapi`: writes the API's description to docs/api/openapi.json; a test fails when that file is not what this would write.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describedApi } from './described.ts'

const path = fileURLToPath(new URL('../../docs/api/openapi.json', import.meta.url))
writeFileSync(path, await describedApi())
console.log(`wrote ${path}`)
process.exit(0)
