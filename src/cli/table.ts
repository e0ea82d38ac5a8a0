// Tables for people: decimals right-aligned with grouped digits, what is unknown said so, never shown as zero.
import Table from 'cli-table3'
import { colours } from './colours.ts'
import type { Row } from './api-client.ts'

export interface Column {
  readonly name: string
  readonly title: string
  /** Amounts and units: right-aligned, grouped. */
  readonly number?: boolean
  /** Rows may have none of it: null is then an empty cell, not something unknown. */
  readonly optional?: boolean
}

/** Columns of a table: `portfolio`, `cost#` for a number, `price#?` for one that not all rows have, `baseCost#=cost in base` with a title. */
export function columns(...specs: readonly string[]): readonly Column[] {
  return specs.map((spec) => {
    const [left = '', title] = spec.split('=')
    const name = left.replace(/[#?]/g, '')
    return {
      name,
      title: title ?? name.replace(/([A-Z])/g, ' $1').toLowerCase(),
      number: left.includes('#'),
      optional: left.endsWith('?'),
    }
  })
}

const LOOK = {
  chars: {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
    left: '',
    'left-mid': '',
    mid: '',
    'mid-mid': '',
    right: '',
    'right-mid': '',
    middle: '  ',
  },
  style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
}

/** The table as text, or a line saying that there is nothing. */
export function tableOf(rows: readonly Row[], shown: readonly Column[]): string {
  if (rows.length === 0) return colours.dim('  nothing')
  const table = new Table({
    ...LOOK,
    head: shown.map(({ title }) => colours.bold(title)),
    colAligns: shown.map(({ number }) => (number === true ? 'right' : 'left')),
  })
  for (const row of rows) table.push(shown.map((column) => cell(row[column.name], column)))
  return table.toString()
}

function cell(value: unknown, { number = false, optional = false }: Column): string {
  if (value === null || value === undefined) return number && !optional ? colours.yellow('unknown') : ''
  if (value === true) return 'yes'
  if (value === false) return ''
  if (Array.isArray(value)) return value.join(' ')
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return number ? grouped(text) : text
}

/** 1234567.5 as 1,234,567.5: text in, text out, no float in between. */
export function grouped(text: string): string {
  const match = /^(-?)(\d+)(\.\d+)?$/.exec(text)
  if (match === null) return text
  const [, sign = '', whole = '', fraction = ''] = match
  return `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${fraction}`
}
