// Objects without holes: JSON has no `undefined`, so members that are not there must not be there at all.

/** A shallow copy without the members whose value is undefined. */
export function defined<T extends object>(value: T): T {
  const copy: Record<string, unknown> = {}
  for (const [key, member] of Object.entries(value)) if (member !== undefined) copy[key] = member
  return copy as T
}
