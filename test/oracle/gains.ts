// The gain lines of one lot relieved: what every sale, cover, changed transfer and fraction paid out has in common.
import { type Base, type Decimal, negBase, subBase } from './arithmetic.ts'
import type { Fold } from './fold.ts'
import type { Draft } from './journal.ts'
import type { Amounts, Lot } from './lots.ts'
import { convert, inverse, type Rate } from './rates.ts'

/**
 * Relieving a lot at cost v (debit +; a short lot's is minus its proceeds) for proceeds s (a cover's are minus what it paid), at closing rate f:
 * - one currency: 4100 takes -(s - v) at f; 4110 takes -(v x f - base cost);
 * - another currency: v crosses 9000 as base cost / f; 4100 takes the rest at f; no 4110.
 */
export function gainLines(
  fold: Fold,
  draft: Draft,
  sleeve: string,
  lot: Lot,
  taken: Amounts,
  proceeds: { amount: Decimal; currency: string; rate: Rate | null },
): void {
  const { amount, currency, rate } = proceeds
  const from = { sleeve, instrument: lot.instrument, lot: lot.id }
  const atClosing = (local: Decimal): Base => convert(local, rate, fold.functional)
  if (lot.currency === currency) {
    const gain = amount.minus(taken.cost)
    draft.add({ ...from, account: 4100, currency, local: gain.negated(), base: atClosing(gain.negated()) })
    if (currency !== fold.functional) {
      const moved = subBase(taken.base, atClosing(taken.cost))
      draft.add({ ...from, account: 4110, currency, base: moved })
    }
    return
  }
  // What cannot be converted yet leaves the gain open: nothing is claimed until the rates are there.
  const converted = (rate && taken.base && convert(taken.base, inverse(rate), currency)) ?? amount
  draft.open ||= rate === null || taken.base === null
  const gain = amount.minus(converted)
  draft.add({ sleeve, account: 9000, currency: lot.currency, local: taken.cost, base: taken.base })
  draft.add({ sleeve, account: 9000, currency, local: converted.negated(), base: negBase(taken.base) })
  draft.add({ ...from, account: 4100, currency, local: gain.negated(), base: atClosing(gain.negated()) })
}
