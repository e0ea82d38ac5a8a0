// Rows as the API and the CLI name their columns: knownFrom for known_from.

type CamelKey<S extends string> = S extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<CamelKey<Tail>>}` : S
export type Camel<T> = { readonly [K in keyof T as CamelKey<K & string>]: T[K] }

/** The same row under camel-case names. */
export function camel<T extends object>(row: T): Camel<T> {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [camelName(column), value])) as Camel<T>
}

const names = new Map<string, string>()

function camelName(column: string): string {
  let name = names.get(column)
  if (name === undefined) {
    name = column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    names.set(column, name)
  }
  return name
}
