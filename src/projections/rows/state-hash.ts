// The state hash: the sum modulo 2^256 of the SHA-256 of every row, so that it needs no order and follows each change.
import { sha256Hex } from '../../platform/ids.ts'
import { type AnyRow, columnNames, type Table } from '../schema/table.ts'

const MODULUS = 1n << 256n
const HEX_DIGITS = 64

/** No rows. */
export const EMPTY_HASH = '0'.repeat(HEX_DIGITS)

/** Adds and takes away rows; `value` is the sum so far, in hexadecimal. */
export class StateHash {
  #sum: bigint

  constructor(value: string = EMPTY_HASH) {
    this.#sum = BigInt(`0x${value}`)
  }

  add(table: Table, row: AnyRow): void {
    this.#sum += rowHash(table, row)
  }

  subtract(table: Table, row: AnyRow): void {
    this.#sum -= rowHash(table, row)
  }

  /** Adds all that another hash holds. */
  merge(value: string): void {
    this.#sum += BigInt(`0x${value}`)
  }

  get value(): string {
    const sum = this.#sum % MODULUS
    return (sum < 0n ? sum + MODULUS : sum).toString(16).padStart(HEX_DIGITS, '0')
  }
}

/** The SHA-256 of a row's canonical text: the table's name and its values in column order, as a JSON array. */
function rowHash(table: Table, row: AnyRow): bigint {
  return BigInt(`0x${sha256Hex(rowText(table, row))}`)
}

/** The one spelling of a row. */
export function rowText(table: Table, row: AnyRow): string {
  return JSON.stringify([table.name, ...columnNames(table).map((column) => row[column] ?? null)])
}
