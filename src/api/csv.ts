// Rows as CSV (RFC 4180), for spreadsheets: text as it is, unknown as an empty cell, nothing that a spreadsheet would run.

/** Rows with the columns of the first; every row of one answer has the same. */
export function csvOf(rows: readonly object[]): string {
  const [first] = rows
  if (first === undefined) return ''
  const names = Object.keys(first)
  const lines = rows.map((row) => names.map((name) => cell(Reflect.get(row, name))).join(','))
  return `${[names.map(cell).join(','), ...lines].join('\r\n')}\r\n`
}

const PLAIN_NUMBER = /^-?\d+(\.\d+)?$/

function cell(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  // A leading = + - @ would be a formula in a spreadsheet; amounts may well begin with a minus.
  const safe = /^[=+\-@\t]/.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
