// Which identifier named an instrument on which days, and that no two instruments bear one identifier on one day.
import type { z } from 'zod'
import { identifier as checked, isCheckedScheme } from '../kernel/identifiers.ts'
import { addDays, plainDate } from '../kernel/date.ts'
import { attempt, refuse } from '../kernel/refusal.ts'
import type { identifier } from './events.ts'

export type Identifier = z.output<typeof identifier>

/** An identifier over the days `from` to `to`, both included; null is open. */
export interface IdentifierSpan {
  readonly scheme: string
  readonly value: string
  readonly market: string | null
  readonly from: string | null
  readonly to: string | null
}

/**
 * The spans of an instrument's identifiers: each ends the day before the next value of the same scheme and market starts.
 * Of two with one start, the one assigned later counts.
 */
export function spansOf(identifiers: readonly Identifier[]): IdentifierSpan[] {
  const lines = new Map<string, Identifier[]>()
  for (const one of identifiers) {
    const key = `${one.scheme}/${one.market ?? ''}`
    lines.set(key, [...(lines.get(key) ?? []).filter(({ from }) => from !== one.from), one])
  }
  return [...lines.values()].flatMap((line) => {
    const dated = line.sort((a, b) => ((a.from ?? '') < (b.from ?? '') ? -1 : 1))
    return dated.map(({ scheme, value, market, from }, i) => {
      const next = dated[i + 1]?.from
      return {
        scheme,
        value,
        market: market ?? null,
        from: from ?? null,
        to: next === undefined ? null : dayBefore(next),
      }
    })
  })
}

/** Whether a span covers the day. */
export function covers({ from, to }: IdentifierSpan, day: string): boolean {
  return (from === null || from <= day) && (to === null || day <= to)
}

/** Whether two spans share a day. */
export function overlap(a: IdentifierSpan, b: IdentifierSpan): boolean {
  return (a.from === null || b.to === null || a.from <= b.to) && (b.from === null || a.to === null || b.from <= a.to)
}

/** @throws Refused `bad-identifier`, `wrong-check-digit`, `market-required`. */
export function checkIdentifier({ scheme, value, market }: Identifier, field: string): void {
  if (isCheckedScheme(scheme)) {
    const read = attempt(() => checked(scheme, value), `${field}.value`)
    if (!read.ok) refuse(read.refusal)
  }
  if (scheme === 'ticker' && market === undefined) {
    refuse({
      code: 'market-required',
      message: `the ticker ${value} means different instruments in different markets`,
      field: `${field}.market`,
      remedy: 'name the market by its ISO 10383 code, such as "XNYS"',
    })
  }
}

/** Who else bears identifiers: the registry of all instruments, as the application keeps it. */
export interface IdentifierRegistry {
  bearers(
    scheme: string,
    value: string,
    market: string | null,
  ): readonly { readonly instrument: string; readonly span: IdentifierSpan }[]
}

/** @throws Refused `identifier-taken` when another instrument bears one of them on one of the days. */
export function refuseTaken(
  instrument: string,
  identifiers: readonly Identifier[],
  registry: IdentifierRegistry,
): void {
  for (const span of spansOf(identifiers)) {
    for (const other of registry.bearers(span.scheme, span.value, span.market)) {
      if (other.instrument === instrument || !overlap(span, other.span)) continue
      refuse({
        code: 'identifier-taken',
        message: `${span.scheme} ${span.value} names ${other.instrument} from ${other.span.from ?? 'the start'} to ${other.span.to ?? 'now'}`,
        field: 'identifier',
        remedy: `give ${other.instrument} its new identifier first, or state the day from which it names this instrument`,
        details: { instrument: other.instrument },
      })
    }
  }
}

/** The day before a date; dates of events exist, so the arithmetic cannot fail but at year 1. */
function dayBefore(date: string): string {
  return addDays(plainDate(date), -1)
}
