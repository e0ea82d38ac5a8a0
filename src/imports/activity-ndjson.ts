// Activity from NDJSON: each line goes on as it stands, so that what the ledger judges is what the file says.
import { linesOf } from '../application/ndjson.ts'
import type { ImportedLine } from './imported-line.ts'

/** The lines of a file's bytes; blank ones are left out, and still counted. */
export async function* activityFromNdjson(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ImportedLine> {
  let line = 0
  for await (const read of linesOf(bytes)) {
    line += 1
    const text = line === 1 ? read.replace(/^\uFEFF/, '') : read
    if (text.trim() !== '') yield { line, text }
  }
}
