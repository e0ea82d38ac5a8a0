// The check digits and shapes of the codes instruments, issuers and venues go by. Validators only: the code lists are licensed.
import { type Refusal, refuse } from './refusal.ts'

/** ISO 6166, CUSIP (ANSI X9.6), SEDOL, FIGI (ANSI X9.145), ISO 17442, ISO 10383, ISO 10962. */
export type IdentifierScheme = 'isin' | 'cusip' | 'sedol' | 'figi' | 'lei' | 'mic' | 'cfi'

const CHECKS: Readonly<Record<IdentifierScheme, (code: string) => void>> = {
  isin: checkIsin,
  cusip: checkCusip,
  sedol: checkSedol,
  figi: checkFigi,
  lei: checkLei,
  mic: checkMic,
  cfi: checkCfi,
}

/** Whether codes of a scheme can be checked here; tickers and internal codes cannot. */
export function isCheckedScheme(scheme: string): scheme is IdentifierScheme {
  return Object.hasOwn(CHECKS, scheme)
}

/**
 * Checks a code of the scheme and answers it unchanged; codes are compared as they are, so small letters and spaces are refused.
 * @throws Refused `bad-identifier` (shape) or `wrong-check-digit`, which names the digit expected.
 */
export function identifier(scheme: IdentifierScheme, code: string): string {
  if (typeof code !== 'string') return refuse(shapeRefusal(scheme, String(code), 'text'))
  CHECKS[scheme](code)
  return code
}

/** Twelve characters: country, nine of the national code, and a Luhn digit over all with letters as 10 to 35. */
function checkIsin(code: string): void {
  shape('isin', code, /^[A-Z]{2}[A-Z0-9]{9}[0-9]$/, 'two letters, nine letters or digits, and a check digit')
  const digits = [...code.slice(0, -1)].map(valueIn).join('')
  digit('isin', code, luhn([...digits].map(Number)))
}

/** Nine characters; every second value is doubled and the digits of all are summed. */
function checkCusip(code: string): void {
  shape('cusip', code, /^[A-Z0-9*@#]{8}[0-9]$/, 'eight letters, digits or * @ #, and a check digit')
  digit('cusip', code, tenLessSum([...code.slice(0, -1)].map((c, i) => digitSum(valueIn(c) * (i % 2 === 1 ? 2 : 1)))))
}

const SEDOL_WEIGHTS = [1, 3, 1, 7, 3, 9]

/** Seven characters, no vowels; a weighted sum. */
function checkSedol(code: string): void {
  shape('sedol', code, /^[0-9BCDFGHJKLMNPQRSTVWXYZ]{6}[0-9]$/, 'six digits or consonants, and a check digit')
  digit('sedol', code, tenLessSum([...code.slice(0, -1)].map((c, i) => valueIn(c) * (SEDOL_WEIGHTS[i] ?? 0))))
}

/** Prefixes that a FIGI may not have, so that it can never be taken for an ISIN of those countries. */
const NO_FIGI = new Set(['BS', 'BM', 'GG', 'GB', 'GH', 'KY', 'VG'])

/** Twelve characters, the third a G, no vowels; a Luhn-like sum over the values as they are. */
function checkFigi(code: string): void {
  const wanted = 'two consonants (not BS, BM, GG, GB, GH, KY or VG), a G, eight consonants or digits, and a check digit'
  shape('figi', code, /^[BCDFGHJKLMNPQRSTVWXYZ]{2}G[0-9BCDFGHJKLMNPQRSTVWXYZ]{8}[0-9]$/, wanted)
  if (NO_FIGI.has(code.slice(0, 2))) refuse(shapeRefusal('figi', code, wanted))
  digit('figi', code, tenLessSum([...code.slice(0, -1)].map((c, i) => digitSum(valueIn(c) * (i % 2 === 1 ? 2 : 1)))))
}

/** Twenty characters; ISO 7064 MOD 97-10 over all with letters as 10 to 35. */
function checkLei(code: string): void {
  shape('lei', code, /^[A-Z0-9]{18}[0-9]{2}$/, 'eighteen letters or digits, and two check digits')
  const remainder = mod97(`${[...code.slice(0, -2)].map(valueIn).join('')}00`)
  digit('lei', code, String(98 - remainder).padStart(2, '0'))
}

function checkMic(code: string): void {
  shape('mic', code, /^[A-Z0-9]{4}$/, 'four letters or digits')
}

/** Six letters: the category, its group, and four attributes (X where none applies). */
function checkCfi(code: string): void {
  shape(
    'cfi',
    code,
    /^[ECDROFSHIJKLTM][A-Z]{5}$/,
    'six letters that start with a category of ISO 10962 (E C D R O F S H I J K L T M)',
  )
}

/** 0-9 stand for themselves, A-Z for 10 to 35, and a CUSIP's * @ # for 36 to 38. */
function valueIn(character: string): number {
  return '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*@#'.indexOf(character)
}

/** The digits of a number below 100, summed. */
function digitSum(value: number): number {
  return Math.floor(value / 10) + (value % 10)
}

/** The Luhn digit (ISO/IEC 7812-1 annex B) that completes the digits. */
function luhn(digits: readonly number[]): string {
  const last = digits.length - 1
  return tenLessSum(digits.map((value, i) => digitSum(value * ((last - i) % 2 === 0 ? 2 : 1))))
}

function tenLessSum(values: readonly number[]): string {
  return String((10 - (values.reduce((sum, value) => sum + value, 0) % 10)) % 10)
}

function mod97(digits: string): number {
  let remainder = 0
  for (const character of digits) remainder = (remainder * 10 + Number(character)) % 97
  return remainder
}

function shape(scheme: IdentifierScheme, code: string, pattern: RegExp, wanted: string): void {
  if (!pattern.test(code)) refuse(shapeRefusal(scheme, code, wanted))
}

function shapeRefusal(scheme: IdentifierScheme, code: string, wanted: string): Refusal {
  const name = scheme.toUpperCase()
  return {
    code: 'bad-identifier',
    message: `${JSON.stringify(code.slice(0, 40))} is not a valid ${name}: it should be ${wanted}`,
    remedy: `write the ${name} in capitals without spaces`,
    details: { scheme },
  }
}

function digit(scheme: IdentifierScheme, code: string, expected: string): void {
  const given = code.slice(-expected.length)
  if (given === expected) return
  const name = scheme.toUpperCase()
  refuse({
    code: 'wrong-check-digit',
    message: `${code} is not a valid ${name}: it ends in ${given}, and its other characters ask for ${expected}`,
    remedy: `compare the ${name} with its source: a character was mistyped or two were swapped`,
    details: { scheme, given, expected },
  })
}
