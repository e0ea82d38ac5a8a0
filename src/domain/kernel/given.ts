// Text as senders may spell it, respelled the one way the log writes it: amounts without trailing zeros, instants in UTC.
import { z } from 'zod'
import { canonicalDecimal } from './decimal.ts'
import { instant } from './instant.ts'
import { attempt } from './refusal.ts'
import { decimalText, positiveDecimalText, unsignedDecimalText } from './schemas.ts'

/** Respells what can be read; what cannot is left for the check beside it to name. */
function or(read: (text: string) => string): (text: string) => string {
  return (text) => {
    const result = attempt(() => read(text))
    return result.ok ? result.value : text
  }
}

export const decimalGiven = decimalText.overwrite(or(canonicalDecimal))
export const unsignedGiven = unsignedDecimalText.overwrite(or(canonicalDecimal))
export const positiveGiven = positiveDecimalText.overwrite(or(canonicalDecimal))

/** An instant with `Z` or an offset, to the microsecond at most; recorded in UTC. */
export const instantGiven = z.iso
  .datetime({ offset: true, error: 'write an instant such as "2025-03-14T15:00:00Z"' })
  .regex(/^.{19}(\.[0-9]{1,6})?(Z|[+-].{5})$/, 'give at most six places of a second')
  .overwrite(or(instant))
