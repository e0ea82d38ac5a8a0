// Asks the product for measures of a series, and compares what it says with printed figures; undefined is a printed NaN or infinity.
import { strictEqual } from 'node:assert/strict'
import type { Door } from './golden-case.ts'

export type Request = Readonly<Record<string, unknown>> & { readonly measure: string }

/** What a measure answered: a number, rows, a window's worth of either; null where it has no value. */
export type Found = number | null | readonly unknown[]

interface Shown {
  readonly value?: number | readonly unknown[]
  readonly undefined?: string
}

/** One measure of a history. */
export async function measured(door: Door, history: object, request: Request): Promise<Found> {
  const body = await door.ask('POST', '/v1/analytics/performance', { ...history, measures: [request] })
  const [answer] = body.results as readonly { readonly result: Shown | readonly Shown[] }[]
  const found = (shown: Shown): Found => shown.value ?? null
  if (answer === undefined) throw new Error(`no answer to ${request.measure}`)
  return Array.isArray(answer.result) ? answer.result.map(found) : found(answer.result as Shown)
}

/** Equal within the tolerance, part by part. */
export function isPrinted(what: string, found: unknown, printed: unknown, tolerance: number): void {
  if (Array.isArray(printed)) {
    if (!Array.isArray(found)) throw new Error(`${what}: found ${JSON.stringify(found)}, printed a list`)
    strictEqual(found.length, printed.length, `${what}: length of the list`)
    for (const [i, one] of printed.entries()) isPrinted(`${what} ${i}`, found[i], one, tolerance)
    return
  }
  if (printed === 'NaN' || printed === 'Infinity') {
    strictEqual(found, null, `${what}: printed ${printed}, so it has no value`)
    return
  }
  if (typeof found !== 'number' || Math.abs(found - Number(printed)) > tolerance)
    throw new Error(`${what}: found ${JSON.stringify(found)}, printed ${printed} (tolerance ${tolerance})`)
}

/** How many figures a printed value holds. */
export function figuresOf(printed: unknown): number {
  return Array.isArray(printed) ? printed.reduce((sum: number, one) => sum + figuresOf(one), 0) : 1
}
