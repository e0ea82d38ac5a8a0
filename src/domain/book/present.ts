// Optional members as zod reads them may be spelled `undefined`; here they become members that are not there.
import { defined } from '../kernel/defined.ts'

/** The members that are stated. */
export type Stated<T extends object> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** The members that are stated: spreading the result over a whole value changes only what was named. */
export function present<T extends object>(changes: T): Stated<T> {
  // `defined` takes every undefined member away, which its own type cannot say.
  return defined(changes) as Stated<T>
}
