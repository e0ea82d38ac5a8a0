// What goes wrong on the way to a ledger: fills busted, corrected (once before the fill itself arrives) and sent days late.
import { addDays, type PlainDate } from '../domain/kernel/date.ts'
import { type Desk, type Dispatch, type Line, later } from './desk.ts'
import { listing } from './listings.ts'
import { ticks } from './markets.ts'
import type { Random } from './random.ts'

const CORRECTED = 0.02
const CORRECTED_EARLY = 0.002
const BUSTED = 0.01
const LATE = 0.015

export class Mishaps {
  readonly #random: Random
  readonly #waiting = new Map<string, Dispatch[]>()

  constructor(random: Random) {
    this.#random = random
  }

  /** Lines held back until today, oldest first. */
  due(portfolio: string, date: PlainDate): Line[] {
    const waiting = this.#waiting.get(portfolio) ?? []
    this.#waiting.set(
      portfolio,
      waiting.filter(({ sentOn }) => sentOn > date),
    )
    return waiting.filter(({ sentOn }) => sentOn <= date).map(({ line }) => line)
  }

  /** Today's lines as they really go out: some later, some followed (or preceded) by a correction, some by a bust. */
  befall(desk: Desk, date: PlainDate, lines: readonly Line[]): Line[] {
    const portfolio = desk.portfolio.portfolio
    const out: Line[] = []
    for (const line of lines) {
      if (
        line.type !== 'fill' ||
        line.order !== undefined ||
        line.lots !== undefined ||
        line.instrument === 'NEWLARCH'
      ) {
        out.push(line)
        continue
      }
      const yearEnd = portfolio === 'CONDOR-VALUE' && date >= '2025-12-15' && date <= '2025-12-19'
      if (yearEnd || this.#random.chance(LATE)) {
        // One week's fills of the sealed year arrive after the seal: prior-period adjustments.
        this.#hold(portfolio, line, yearEnd ? addDays(date, 50) : later(date, this.#random.whole(3, 15)))
      } else if (this.#random.chance(BUSTED) && line.side === 'buy') {
        out.push(line)
        this.#hold(portfolio, this.#bust(desk, line), later(date, this.#random.whole(0, 2)))
        desk.add(String(line.sleeve), String(line.instrument), -Number(line.quantity))
      } else if (this.#random.chance(CORRECTED_EARLY)) {
        out.push(this.#correction(desk, line), line)
      } else {
        out.push(line)
        if (this.#random.chance(CORRECTED))
          this.#hold(portfolio, this.#correction(desk, line), later(date, this.#random.whole(0, 4)))
      }
    }
    return out
  }

  /** The price was off by a tick or two; the amount follows. */
  #correction(desk: Desk, { type: _, source, execId, tradeDate, ...fill }: Line): Line {
    const { pricePlaces, currency } = listing(String(fill.instrument)).market
    const scale = 10 ** pricePlaces
    const price = Math.max(1, Math.round(Number(fill.price) * scale) + this.#random.pick([-2, -1, 1, 2]))
    const consideration = ticks(price * Number(fill.quantity), currency === 'JPY' ? 0 : 2)
    return {
      type: 'correct-fill',
      source,
      execId: desk.nextRef('C'),
      execRefId: execId,
      tradeDate,
      reason: 'price',
      fill: { ...fill, tradeDate, price: ticks(price, pricePlaces), consideration },
    }
  }

  #bust(desk: Desk, { source, execId, tradeDate }: Line): Line {
    return {
      type: 'bust-fill',
      source,
      execId: desk.nextRef('H'),
      execRefId: execId,
      tradeDate,
      reason: 'erroneous trade',
    }
  }

  #hold(portfolio: string, line: Line, sentOn: PlainDate): void {
    const waiting = this.#waiting.get(portfolio) ?? []
    waiting.push({ line, sentOn })
    this.#waiting.set(portfolio, waiting)
  }
}
