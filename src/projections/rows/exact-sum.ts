// Sums of decimal texts whose places differ: exact, and canonical again.
import { addInt, formatScaled, parseScaled } from '../../domain/kernel/scaled.ts'

/** a + b of canonical decimal texts. */
export function addText(a: string, b: string): string {
  if (a === '0') return b
  if (b === '0') return a
  const scale = Math.max(placesOf(a), placesOf(b))
  return formatScaled(addInt(parseScaled(a, scale), parseScaled(b, scale)), scale)
}

/** -a of a canonical decimal text. */
export function negateText(a: string): string {
  return a === '0' ? a : a.startsWith('-') ? a.slice(1) : `-${a}`
}

/** -1, 0 or 1. */
export function signOfText(a: string): -1 | 0 | 1 {
  return a === '0' ? 0 : a.startsWith('-') ? -1 : 1
}

function placesOf(text: string): number {
  const point = text.indexOf('.')
  return point < 0 ? 0 : text.length - point - 1
}
