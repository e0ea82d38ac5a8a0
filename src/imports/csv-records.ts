// CSV records (RFC 4180) of a file's lines. Written here because a malformed line must not take its neighbours with it: the
// reader starts anew at the next line, and an unclosed quote costs the line it is on, never the rest of the file.

/** Cells trimmed unless they were quoted; `line` is the one on which the record begins. */
export type CsvRecord =
  | { readonly line: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly malformed: string }

/** A quoted cell that runs over more lines than this is an unclosed quote. */
const RECORD_LINES_MAX = 100

/** Records in order; blank lines are left out, and still counted. */
export async function* csvRecords(lines: AsyncIterable<string>, separator: string): AsyncGenerator<CsvRecord> {
  const source = lines[Symbol.asyncIterator]()
  /** Lines given back: those after one that turned out malformed. */
  const again: string[] = []
  const next = async (): Promise<string | undefined> => {
    const back = again.shift()
    if (back !== undefined) return back
    const read = await source.next()
    return read.done === true ? undefined : read.value
  }
  let line = 0
  for (let first = await next(); first !== undefined; first = await next()) {
    line += 1
    if (first.trim() === '') continue
    const taken: string[] = []
    let read = cellsOf(first, separator)
    while (read === 'open' && taken.length < RECORD_LINES_MAX) {
      const more = await next()
      if (more === undefined) break
      taken.push(more)
      read = cellsOf([first, ...taken].join('\n'), separator)
    }
    if (typeof read === 'string') {
      again.unshift(...taken)
      yield { line, malformed: read === 'open' ? 'a quote is opened and never closed' : read }
      continue
    }
    yield { line, cells: read }
    line += taken.length
  }
}

/** The cells of one record; `open` when it ends within quotes; else what is wrong with it. */
function cellsOf(text: string, separator: string): readonly string[] | string {
  const cells: string[] = []
  for (let at = 0; ; at += 1) {
    const start = at + blanks(text, at)
    if (text[start] === '"') {
      const quoted = quotedFrom(text, start + 1)
      if (quoted === undefined) return 'open'
      cells.push(quoted.cell)
      at = quoted.end + blanks(text, quoted.end)
      if (at < text.length && text[at] !== separator) return `${JSON.stringify(text[at])} follows a closing quote`
    } else {
      const end = text.indexOf(separator, at)
      const cell = text.slice(at, end === -1 ? text.length : end)
      if (cell.includes('"')) return 'a quote stands inside a cell that is not quoted'
      cells.push(cell.trim())
      at = end === -1 ? text.length : end
    }
    if (at >= text.length) return cells
  }
}

/** The text from just behind an opening quote to its closing one, doubled quotes made single; `end` is behind it. */
function quotedFrom(text: string, from: number): { readonly cell: string; readonly end: number } | undefined {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2))
    if (text[at + 1] !== '"') return { cell: text.slice(from, at).replaceAll('""', '"'), end: at + 1 }
  return undefined
}

function blanks(text: string, from: number): number {
  let count = 0
  while (text[from + count] === ' ') count += 1
  return count
}
