// Cuts a stream of bytes into lines, holding one line at a time and never more than the longest line allowed.
import { LINE_CHARACTERS_MAX } from './bulk.ts'

/** The lines of UTF-8 chunks, without their ends (LF or CR LF). Of a line that is too long only enough is kept to say so. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: false })
  let rest = ''
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = short(parts.pop() ?? '')
    for (const line of parts) yield trimmed(line)
  }
  rest += decoder.decode()
  if (rest !== '') yield trimmed(rest)
}

function trimmed(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}

/** One character more than a line may have is enough to be refused for it. */
function short(line: string): string {
  return line.length > LINE_CHARACTERS_MAX ? line.slice(0, LINE_CHARACTERS_MAX + 1) : line
}
