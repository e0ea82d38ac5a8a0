// How events of older schema versions become those of today: pure functions, one per event type and version.
import type { JsonObject } from '../domain/kernel/canonical-json.ts'

/** Turns the data of one version into that of the next. Pure and total over what that version's schema allows. */
export type Upcaster = (data: JsonObject) => JsonObject

/** Per event type: what turns version 1 into 2, 2 into 3 and so on. A type's version is one more than its upcasters. */
export type Upcasters = Readonly<Record<string, readonly Upcaster[]>>

/** Nothing has a second version yet. A new one is added here, with a golden file of the old kept in test/history. */
export const UPCASTERS: Upcasters = {}

/** The version that this release writes of an event type. */
export function versionOf(type: string, upcasters: Upcasters = UPCASTERS): number {
  return 1 + (upcasters[type]?.length ?? 0)
}

/** Brings data of any older version up to today's. The caller refuses versions from the future. */
export function upcast(type: string, version: number, data: JsonObject, upcasters: Upcasters = UPCASTERS): JsonObject {
  return (upcasters[type] ?? []).slice(version - 1).reduce((older, next) => next(older), data)
}
