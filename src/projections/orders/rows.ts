// Orders as they stand: placed, replaced, filled and ended.
import { canonicalDecimal } from '../../domain/kernel/decimal.ts'
import { instant } from '../../domain/kernel/instant.ts'
import type { OrderTerms } from '../../domain/portfolio/facts.ts'
import type { RecordedEvent } from '../../eventstore/codec.ts'
import type { RecordedUnit } from '../../eventstore/log.ts'
import { addText, negateText, signOfText } from '../rows/exact-sum.ts'
import { type KnownRows, keyText } from '../rows/known-rows.ts'
import type { AnyRow } from '../schema/table.ts'

/** Order ids that a unit names, besides those of the facts it corrects. */
export function namedOrders(unit: RecordedUnit): string[] {
  return unit.events.flatMap((event) => {
    switch (event.type) {
      case 'OrderPlaced':
        return [event.data.order.order]
      case 'OrderReplaced':
        return [event.data.replaces, event.data.order.order]
      case 'OrderEnded':
        return [event.data.order]
      case 'FillExecuted':
      case 'FillCorrected':
        return event.data.fill.order === undefined ? [] : [event.data.fill.order]
      default:
        return []
    }
  })
}

/** Order ids that begin to exist in a unit: fills may have named them before. */
export function newOrders(unit: RecordedUnit): string[] {
  return unit.events.flatMap((event) =>
    event.type === 'OrderPlaced' || event.type === 'OrderReplaced' ? [event.data.order.order] : [],
  )
}

export class Orders {
  readonly #portfolio: string
  readonly #orders: KnownRows
  readonly #links: KnownRows
  /** What fills brought to orders that are not known (yet). */
  #early = new Map<string, string>()

  constructor(portfolio: string, orders: KnownRows, links: KnownRows) {
    this.#portfolio = portfolio
    this.#orders = orders
    this.#links = links
  }

  /** What fills recorded before this batch brought to order ids that begin in it. */
  loadEarly(filled: ReadonlyMap<string, string>): void {
    for (const [order, units] of filled) this.#early.set(order, units)
  }

  /** `fillBefore` is the activity row of the event's fact before this event. */
  apply(event: RecordedEvent, fillBefore: AnyRow | undefined, at: bigint): void {
    switch (event.type) {
      case 'OrderPlaced':
        this.#begin(event.data.order, event.data.order.order, undefined, at)
        break
      case 'OrderReplaced': {
        const root = this.#rootOf(event.data.replaces) ?? event.data.order.order
        this.#begin(event.data.order, root, this.#orders.get(keyText([this.#portfolio, root])), at)
        break
      }
      case 'OrderEnded':
        this.#change(event.data.order, at, (row) => ({
          ...row,
          status: event.data.outcome,
          ended_at: instant(event.data.at),
        }))
        break
      case 'FillExecuted':
        this.#fill(event.data.fill.order, canonicalDecimal(event.data.fill.quantity), at)
        break
      case 'FillCorrected':
        this.#takeBack(fillBefore, at)
        this.#fill(event.data.fill.order, canonicalDecimal(event.data.fill.quantity), at)
        break
      case 'FillBusted':
        this.#takeBack(fillBefore, at)
    }
  }

  /** Forgets what was loaded: the rows went to the database. */
  forget(): void {
    this.#early = new Map()
  }

  #begin(terms: OrderTerms, root: string, before: AnyRow | undefined, at: bigint): void {
    this.#links.put({ portfolio: this.#portfolio, order_id: terms.order, root_order: root }, at)
    const early = this.#early.get(terms.order) ?? '0'
    this.#early.delete(terms.order)
    this.#orders.put(
      withLeaves({
        portfolio: this.#portfolio,
        root_order: root,
        order_id: terms.order,
        status: 'open',
        instrument: terms.instrument,
        side: terms.side,
        quantity: canonicalDecimal(terms.quantity),
        filled: addText(before?.filled ?? '0', early),
        order_type: terms.orderType,
        limit_price: terms.limitPrice === undefined ? null : canonicalDecimal(terms.limitPrice),
        currency: terms.currency ?? null,
        time_in_force: terms.timeInForce ?? null,
        block: terms.block ?? null,
        placed_at: instant(terms.placedAt),
        trade_date: terms.tradeDate,
        ended_at: null,
        sleeve: terms.sleeve,
        custody_account: terms.custodyAccount,
        cash_account: terms.cashAccount,
      }),
      at,
    )
  }

  #fill(order: string | undefined, units: string, at: bigint): void {
    if (order === undefined) return
    if (this.#rootOf(order) === undefined) {
      this.#early.set(order, addText(this.#early.get(order) ?? '0', units))
      return
    }
    this.#change(order, at, (row) => ({ ...row, filled: addText(row.filled ?? '0', units) }))
  }

  #takeBack(before: AnyRow | undefined, at: bigint): void {
    if (before === undefined || before.status === 'busted' || typeof before.order_id !== 'string') return
    this.#fill(before.order_id, negateText(before.quantity ?? '0'), at)
  }

  #change(order: string, at: bigint, change: (row: AnyRow) => AnyRow): void {
    const root = this.#rootOf(order)
    const row = root === undefined ? undefined : this.#orders.get(keyText([this.#portfolio, root]))
    if (row !== undefined) this.#orders.put(withLeaves(change(row)), at)
  }

  #rootOf(order: string): string | undefined {
    return this.#links.get(keyText([this.#portfolio, order]))?.root_order ?? undefined
  }
}

/** An order that has not been ended is filled when its fills reach its quantity, and open until then. */
function withLeaves(row: AnyRow): AnyRow {
  if (row.ended_at !== null) return { ...row, leaves: '0' }
  const left = addText(row.quantity ?? '0', negateText(row.filled ?? '0'))
  const open = signOfText(left) > 0
  return { ...row, status: open ? 'open' : 'filled', leaves: open ? left : '0' }
}
