// Which receipt settles what: receipts find their fact or action whenever either comes, and lose it when it goes.
import { isPlainDate } from '../kernel/date.ts'
import type { Desk } from './desk.ts'
import type { FactRegister } from './fact-register.ts'
import { Fill } from './fill.ts'
import { Fx } from './fx.ts'
import type { Loose } from './loose.ts'
import type { Partitions } from './partitions.ts'
import type { Receipt } from './receipt.ts'
import type { KnownAction } from './reference.ts'
import type { ReferenceChecks } from './reference-checks.ts'

export class ReceiptLinks {
  readonly #desk: Desk
  readonly #register: FactRegister
  readonly #partitions: Partitions
  readonly #loose: Loose
  readonly #checks: ReferenceChecks

  constructor(desk: Desk, register: FactRegister, partitions: Partitions, loose: Loose, checks: ReferenceChecks) {
    this.#desk = desk
    this.#checks = checks
    this.#register = register
    this.#partitions = partitions
    this.#loose = loose
  }

  put(receipt: Receipt): void {
    this.#checks.came(receipt)
    this.#loose.add(receipt)
    const target = this.#targetOf(receipt)
    if (target === null) this.#loose.touchOrphan(receipt)
    else {
      this.#desk.receipts.put(target, receipt)
      this.touch(target)
    }
  }

  take(receipt: Receipt): void {
    const { target } = receipt
    this.#checks.left(receipt)
    this.#loose.remove(receipt)
    this.#desk.receipts.take(receipt)
    if (target !== null) this.touch(target)
  }

  /** What a receipt settles: a fact, an action of an instrument, or an action of a name that may be yet to come. */
  #targetOf({ settles }: Receipt): string | null {
    if (settles === null) return null
    const { kind, ref, instrument } = settles
    if (kind === 'trade' || kind === 'fx' || ref.startsWith('ca:')) return ref
    if (ref.startsWith('coupon:') || ref.startsWith('maturity:')) return ref
    // A coupon or redemption that the terms promise is named by its date.
    if (instrument !== undefined && (kind === 'coupon' || kind === 'maturity') && isPlainDate(ref))
      return `${kind}:${instrument}:${ref}`
    if (instrument !== undefined) return `ca:${instrument}:${ref}`
    const [only] = this.#partitions.actionsCalled(ref)
    return only?.id ?? `ca:?:${ref}`
  }

  hasTarget({ target }: Receipt): boolean {
    if (target === null) return false
    const fact = this.#register.get(target)
    return (
      fact instanceof Fill ||
      fact instanceof Fx ||
      (this.#partitions.action(target) ?? this.#partitions.moment(target)) !== undefined
    )
  }

  /** Works out again what the receipts of a target do. */
  touch(target: string): void {
    const fact = this.#register.get(target)
    const action = this.#partitions.action(target)
    const moment = this.#partitions.moment(target)
    if (fact instanceof Fill) this.#partitions.touchSettlement(fact)
    else if (fact instanceof Fx) this.#loose.touch(fact)
    else if (action !== undefined) this.#partitions.touchAction(action)
    else if (moment !== undefined) this.#partitions.touchMoment(moment)
    else for (const receipt of this.#desk.receipts.of(target)) this.#loose.touchOrphan(receipt)
  }

  /** Works out again what a receipt does, after its rate changed. */
  touchReceipt(receipt: Receipt): void {
    if (receipt.target === null) this.#loose.touchOrphan(receipt)
    else this.touch(receipt.target)
  }

  /** A coupon or redemption is promised no more: what was received of it waits in suspense. */
  left(moment: string): void {
    for (const receipt of this.#desk.receipts.of(moment)) this.#loose.touchOrphan(receipt)
  }

  /** An action came, changed or went. */
  acted({ fact, action, terms }: KnownAction): void {
    const { receipts } = this.#desk
    if (terms === null) for (const receipt of receipts.of(fact)) this.#loose.touchOrphan(receipt)
    for (const receipt of [...receipts.of(`ca:?:${action}`)]) {
      receipts.take(receipt)
      receipts.put(fact, receipt)
    }
  }
}
