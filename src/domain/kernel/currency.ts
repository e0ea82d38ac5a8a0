// Which currencies there are, when, and in what smallest unit: ISO 4217 with what the library lacks, and units people add.
import { data as listOne } from 'currency-codes'
import overlay from './data/currencies.json' with { type: 'json' }
import { isPlainDate, type PlainDate, plainDate } from './date.ts'
import { refuse } from './refusal.ts'

/** One unit of account. */
export interface Currency {
  /** ISO 4217 alphabetic code, or the code of a unit someone added (`BTC`). */
  readonly code: string
  readonly name: string
  /** ISO 4217 numeric code; null for a unit that ISO does not list. */
  readonly numeric: string | null
  /** Decimal places of the smallest unit; null where ISO says there is none (metals, the SDR, test codes). */
  readonly minorUnits: number | null
  /** First and last day of use, both included; null where unbounded or not recorded. */
  readonly from: PlainDate | null
  readonly to: PlainDate | null
}

/** Currencies by code. A value, not a registry: what a book can count in is an input, never hidden state. */
export type Currencies = ReadonlyMap<string, Currency>

/** The most places a unit may have: a wei is 1e-18 ether. */
const MINOR_UNITS_MAX = 18

/** ISO 4217: list one by `currency-codes` 2.2.0 (2024-06-25), amended by data/currencies.json, with the codes withdrawn since 2011. */
export const ISO_4217: Currencies = iso()

function iso(): Currencies {
  const table = new Map<string, Currency>()
  const without = new Set(overlay.withoutMinorUnit.codes)
  for (const { code, number, digits, currency: name } of listOne)
    table.set(code, {
      code,
      name,
      numeric: number,
      minorUnits: without.has(code) ? null : digits,
      from: null,
      to: null,
    })
  for (const { code, name, numeric, minorUnits, from, to } of overlay.currencies)
    table.set(code, { code, name, numeric, minorUnits, from: dateOrNull(from), to: dateOrNull(to) })
  return table
}

function dateOrNull(text: string | null): PlainDate | null {
  return text === null ? null : plainDate(text)
}

/**
 * The table with more units in it: crypto assets (`BTC` to 8 places), or a smallest unit for a metal that ISO leaves without.
 * @throws Refused `currency-already-known` when a unit would change one that has a smallest unit, `bad-currency` for a code that is not 3 to
 * 10 capitals and digits, places outside 0..18, or dates that do not exist.
 */
export function withUnits(table: Currencies, units: readonly Currency[]): Currencies {
  const wider = new Map(table)
  for (const unit of units) {
    const known = wider.get(unit.code)
    if (known !== undefined && known.minorUnits !== null) {
      return refuse({
        code: 'currency-already-known',
        message: `${unit.code} is ${known.name} already, in units of 10^-${known.minorUnits}; amounts recorded in it would change`,
        remedy: 'choose another code for the unit',
      })
    }
    const places = unit.minorUnits
    if (
      !/^[A-Z][A-Z0-9]{2,9}$/.test(unit.code) ||
      places === null ||
      !(Number.isInteger(places) && places >= 0 && places <= MINOR_UNITS_MAX)
    )
      return bad(unit, `needs a code of 3 to 10 capitals and digits, and 0 to ${MINOR_UNITS_MAX} places`)
    if ((unit.from !== null && !isPlainDate(unit.from)) || (unit.to !== null && !isPlainDate(unit.to)))
      return bad(unit, 'is dated by days that do not exist')
    wider.set(unit.code, unit)
  }
  return wider
}

function bad(unit: Currency, why: string): never {
  return refuse({
    code: 'bad-currency',
    message: `the unit ${JSON.stringify(unit.code)} ${why}`,
    remedy: 'correct the unit and add it again',
  })
}

/**
 * The currency of a code.
 * @throws Refused `unknown-currency`.
 */
export function currency(code: string, table: Currencies = ISO_4217): Currency {
  return (
    table.get(code) ??
    refuse({
      code: 'unknown-currency',
      message: `${JSON.stringify(code)} is not a currency this ledger knows`,
      remedy: 'use an ISO 4217 code in capitals such as "EUR", or add the unit first',
    })
  )
}

/** Whether the code names a currency, in use or withdrawn: old books hold old currencies. */
export function isCurrency(code: string, table: Currencies = ISO_4217): boolean {
  return table.has(code)
}

/** Whether the code names a currency that was in use on that day. */
export function isCurrencyOn(code: string, date: PlainDate, table: Currencies = ISO_4217): boolean {
  const found = table.get(code)
  return found !== undefined && (found.from === null || found.from <= date) && (found.to === null || date <= found.to)
}

/**
 * Decimal places of the currency's smallest unit: 2 for EUR, 0 for JPY, 3 for BHD.
 * @throws Refused `unknown-currency`; `no-minor-unit` where ISO states none: rounding gold to whole ounces would be a guess.
 */
export function minorUnits(code: string, table: Currencies = ISO_4217): number {
  return (
    currency(code, table).minorUnits ??
    refuse({
      code: 'no-minor-unit',
      message: `ISO 4217 gives ${code} no smallest unit`,
      remedy: `add ${code} with the number of places your book keeps for it`,
    })
  )
}
