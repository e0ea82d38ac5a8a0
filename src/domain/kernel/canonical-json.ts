// Canonical JSON (RFC 8785): one spelling per value, so that bytes can be hashed, compared and signed.
import { refuse } from './refusal.ts'

export type JsonPrimitive = string | number | boolean | null
export type JsonArray = readonly JsonValue[]
export type JsonObject = { readonly [key: string]: JsonValue }
export type JsonValue = JsonPrimitive | JsonArray | JsonObject

/** Deeper nesting than any event or request has; beyond it the input is hostile, and recursion would end in a stack overflow. */
const DEPTH_MAX = 512

/**
 * The RFC 8785 text of a plain JSON value: no white space, keys in UTF-16 code unit order, numbers and strings as ECMAScript
 * writes them (`-0` is `0`). A member whose value is `undefined` is refused, not dropped: what is hashed must be what was meant.
 * @throws Refused `not-canonical-json` for undefined, NaN, infinities, bigint, symbols, functions, lone surrogates, sparse arrays,
 * cycles, and objects that are not plain (Date, Map, class instances).
 */
export function canonicalJson(value: unknown): string {
  return write(value, [])
}

/** `path` is the way down to the value; it is a stack, so that only a refusal pays for spelling it out. */
type Path = (string | number)[]

function write(value: unknown, path: Path): string {
  switch (typeof value) {
    case 'string':
      return writeString(value, path)
    case 'number':
      // JSON.stringify would silently turn these into null.
      return Number.isFinite(value) ? String(value) : no(path, `${value} is not a JSON number`)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      if (path.length >= DEPTH_MAX) return no([], `it is nested more than ${DEPTH_MAX} deep, or refers to itself`)
      return Array.isArray(value) ? writeArray(value, path) : writeObject(value, path)
    default:
      return no(path, `${typeof value} has no JSON form`)
  }
}

function writeArray(items: readonly unknown[], path: Path): string {
  let text = '['
  for (let i = 0; i < items.length; i++) {
    if (i > 0) text += ','
    path.push(i)
    text += write(items[i], path)
    path.pop()
  }
  return `${text}]`
}

function writeObject(value: object, path: Path): string {
  if (!isPlain(value)) return no(path, 'it is not a plain object')
  if (Object.getOwnPropertySymbols(value).length > 0) return no(path, 'it has a symbol for a key')
  let text = '{'
  // The default sort compares UTF-16 code units, which is the order RFC 8785 section 3.2.3 asks for.
  for (const key of Object.keys(value).sort()) {
    if (text.length > 1) text += ','
    path.push(key)
    text += `${writeString(key, path)}:${write(value[key], path)}`
    path.pop()
  }
  return `${text}}`
}

function isPlain(value: object): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Printable ASCII without the quote and the backslash: most keys and values, and nothing in it is ever escaped. */
const PLAIN = /^[ !#-[\]-~]*$/
/** With the `u` flag paired surrogates are one character, so this finds only the lone ones. */
const LONE_SURROGATE = /\p{Surrogate}/u

function writeString(value: string, path: Path): string {
  if (PLAIN.test(value)) return `"${value}"`
  return LONE_SURROGATE.test(value) ? no(path, 'the text has a lone surrogate') : JSON.stringify(value)
}

function no(path: Path, why: string): never {
  const field = `/${path.join('/')}`
  return refuse({
    code: 'not-canonical-json',
    message: `the value at ${JSON.stringify(field)} cannot be written as canonical JSON: ${why}`,
    field,
    remedy: 'send plain JSON: objects, arrays, text, finite numbers, true, false and null',
  })
}
