// Income of an action, by the account it is posted on.
import type { Int } from '../kernel/scaled.ts'
import { writeFor } from './action-money.ts'
import type { ActionSide, Piece } from './action-side.ts'
import { opposite } from './amounts.ts'
import { rule } from './rules.ts'

export const INCOME = { dividend: 4000, interest: 4010, other: 4020 } as const

const DIVIDEND = rule('dividend')

/** Income that comes in units: a credit for a long lot; what a short lot owes in kind costs as much. */
export function earn(
  side: ActionSide,
  piece: Piece,
  income: keyof typeof INCOME,
  code: string,
  amount: Int,
  base: Int,
  flags: number,
): void {
  if (side.short) writeFor(side, piece, 5300, code, null, amount, base, DIVIDEND, flags)
  else writeFor(side, piece, INCOME[income], code, null, opposite(amount), opposite(base), DIVIDEND, flags)
}
