// A ledger simple enough to read at a glance, so that tests of the machinery do not depend on the book's rules: a fill moves one lot
// against 2200, a contribution moves cash against 3000, foreign money waits for its day's EUR/USD fixing.
import type { Difference, KnownEvent, Unit } from '../../src/domain/book/knowledge.ts'
import type { Posting } from '../../src/domain/book/posting.ts'
import type { CashTerms, FillTerms } from '../../src/domain/portfolio/facts.ts'
import { addText, negateText } from '../../src/projections/rows/exact-sum.ts'
import type { Fold, Ledger } from '../../src/projections/runtime/fold.ts'

type Line = Omit<Posting, 'knownFrom' | 'line'>

/** A fill with this ExecID cannot be applied. */
export const POISON = 'POISON'

export interface ToyOptions {
  /** The version it claims to be. */
  readonly bookVersion?: string
  /** Told of every unit that a book learns. */
  onLearn?(portfolio: string, unit: Unit): void
  /** While true, fills called POISON throw. */
  isPoisonous?(): boolean
}

export function toyLedger(options: ToyOptions = {}): Ledger {
  const rates = new Map<string, { readonly at: bigint; readonly rate: string }[]>()
  const rateOn = (date: string, asAt: bigint) => rates.get(date)?.findLast(({ at }) => at <= asAt)?.rate
  return {
    bookVersion: options.bookVersion ?? 'toy',
    reference: {
      learn(unit) {
        for (const event of unit.events)
          if (event.type === 'RatesRecorded') {
            const versions = rates.get(event.data.date) ?? []
            versions.push({ at: unit.position, rate: event.data.rows[0]!.rate })
            rates.set(event.data.date, versions)
          }
      },
    },
    book: (portfolio) => new ToyBook(portfolio, rateOn, options),
  }
}

class ToyBook implements Fold {
  readonly #portfolio: string
  readonly #rateOn: (date: string, asAt: bigint) => string | undefined
  readonly #options: ToyOptions
  readonly #facts = new Map<string, { readonly make: (asAt: bigint) => Line[]; lines: Line[] }>()

  constructor(portfolio: string, rateOn: (date: string, asAt: bigint) => string | undefined, options: ToyOptions) {
    this.#portfolio = portfolio
    this.#rateOn = rateOn
    this.#options = options
  }

  learn(unit: Unit): Difference {
    this.#options.onLearn?.(this.#portfolio, unit)
    const postings: Posting[] = []
    for (const event of unit.events) this.#event(event)
    for (const [fact, { make, lines }] of this.#facts) {
      const now = make(unit.position)
      if (JSON.stringify(now) === JSON.stringify(lines)) continue
      const changed = [...lines.map(takenBack), ...now].map((line, i) => ({
        ...line,
        line: i + 1,
        knownFrom: unit.position,
      }))
      // All of an entry's base amounts are known, or none: what was pending and is taken back adds nothing.
      const known = changed.some(({ base }) => base !== null)
      postings.push(...changed.map((line) => (known && line.base === null ? { ...line, base: '0' } : line)))
      this.#facts.set(fact, { make, lines: now })
    }
    return {
      position: unit.position,
      postings,
      disposals: [],
      withdrawnDisposals: [],
      breaksOpened: [],
      breaksClosed: [],
      folded: { facts: unit.events.length, partitions: 1, poolDays: 0 },
    }
  }

  learnAll(units: Iterable<Unit>): Difference {
    let last: Difference | undefined
    for (const unit of units) last = this.learn(unit)
    return last!
  }

  #event(event: KnownEvent): void {
    switch (event.type) {
      case 'FillExecuted':
      case 'FillCorrected': {
        const { fact, fill } = event.data
        if (fill.execId === POISON && (this.#options.isPoisonous?.() ?? true))
          throw new Error(`event ${event.id} makes no sense`)
        this.#set(fact, () => this.#fillLines(fact, event.id, fill))
        return
      }
      case 'FillBusted':
        this.#set(event.data.fact, () => [])
        return
      case 'CashContributed': {
        const { fact, cash } = event.data
        this.#set(fact, (asAt) => this.#cashLines(fact, event.id, cash, asAt))
        return
      }
      case 'FactCorrected': {
        const { as, fact } = event.data
        if (as.type === 'CashContributed') this.#set(fact, (asAt) => this.#cashLines(fact, event.id, as.cash, asAt))
        return
      }
      case 'TransferRecorded': {
        const { terms } = event.data
        const sign = terms.from?.portfolio === this.#portfolio ? '-1' : '1'
        const { lot, cost, units, currency } = terms.lots[0]!
        this.#set(`transfer:${terms.transfer}`, () =>
          this.#securityLines(
            `transfer:${terms.transfer}`,
            event.id,
            terms.date,
            lot,
            sign === '1' ? units : negateText(units),
            sign === '1' ? cost : negateText(cost),
            terms.instrument,
            currency,
            3020,
          ),
        )
      }
    }
  }

  #set(fact: string, make: (asAt: bigint) => Line[]): void {
    this.#facts.set(fact, { make, lines: this.#facts.get(fact)?.lines ?? [] })
  }

  #fillLines(fact: string, cause: string, fill: FillTerms): Line[] {
    const buys = fill.side === 'buy'
    const units = buys ? fill.quantity : negateText(fill.quantity)
    const money = buys ? fill.consideration : negateText(fill.consideration)
    const lines = this.#securityLines(
      fact,
      cause,
      fill.tradeDate,
      buys ? fact : 'sold',
      units,
      money,
      fill.instrument,
      fill.currency,
      2200,
    )
    return lines.map((line) => ({ ...line, instant: fill.executedAt ?? null }))
  }

  #securityLines(
    fact: string,
    cause: string,
    date: string,
    lot: string,
    units: string,
    money: string,
    instrument: string,
    currency: string,
    against: 2200 | 3020,
  ): Line[] {
    const entry = `${fact}/trade`
    const line = this.#blank(entry, cause, date, currency)
    const held = { instrument, custodyAccount: 'cust' }
    return [
      { ...line, ...held, account: 1100, lot, acquiredOn: date, state: 'settled', units, local: money, base: money },
      { ...line, account: against, cashAccount: 'cash', local: negateText(money), base: negateText(money) },
      { ...line, ...held, account: 8000, units: negateText(units), currency: null },
    ]
  }

  #cashLines(fact: string, cause: string, cash: CashTerms, asAt: bigint): Line[] {
    const line = this.#blank(`${fact}/cash`, cash.valueDate === '' ? '' : cause, cash.valueDate, cash.currency)
    const rate = cash.currency === 'USD' ? '1' : this.#rateOn(cash.valueDate, asAt)
    // Whole rates only: a toy multiplies by adding.
    const base =
      rate === undefined ? null : Array.from({ length: Number(rate) }, () => cash.amount).reduce(addText, '0')
    const pending = base === null ? 1 : 0
    return [
      { ...line, account: 1000, cashAccount: 'cash', local: cash.amount, base, pending },
      {
        ...line,
        account: 3000,
        local: negateText(cash.amount),
        base: base === null ? null : negateText(base),
        pending,
      },
    ]
  }

  #blank(entry: string, cause: string, date: string, currency: string): Line {
    return {
      entry,
      cause,
      rule: 'toy',
      portfolio: this.#portfolio,
      sleeve: 'main',
      custodyAccount: null,
      cashAccount: null,
      account: 1000,
      instrument: null,
      lot: null,
      acquiredOn: null,
      state: null,
      units: '0',
      currency,
      local: '0',
      base: '0',
      pending: 0,
      marketValue: null,
      effectiveDate: date,
      phase: 4,
      instant: null,
      settleDate: null,
      accountingDate: date,
      flags: [],
    }
  }
}

function takenBack(line: Line): Line {
  return {
    ...line,
    units: negateText(line.units),
    local: negateText(line.local),
    base: line.base === null ? null : negateText(line.base),
    pending: line.pending === 0 ? 0 : -line.pending,
  }
}
