// Tax views: the books of an owner (and its affiliates) folded in the regime's currency, and what the regime makes of their lots.
import type { Book } from '../domain/book/book.ts'
import { Reference } from '../domain/book/reference.ts'
import { decimal } from '../domain/kernel/decimal.ts'
import { refuse } from '../domain/kernel/refusal.ts'
import type { OwnerEvent } from '../domain/owner/events.ts'
import type { LotMethod } from '../domain/portfolio/policy.ts'
import { type Affiliate, type Holder, Owners } from '../domain/tax/core/owners.ts'
import type { Regime, TaxInstrument, TaxView } from '../domain/tax/core/regime.ts'
import { taxActionsOf } from '../domain/tax/core/tax-actions.ts'
import { type TaxSource, taxEventsOf } from '../domain/tax/core/tax-events.ts'
import { conventionsOf, regimeOf } from '../domain/tax/regimes.ts'
import type { Log } from '../eventstore/log.ts'
import type { BookAs } from './live-books.ts'
import { ownerStream, prefixOf } from './streams.ts'

/** Where books come from. */
export interface PastBooks {
  readonly reference: Reference
  /** Null when the book cannot be read. */
  bookAt(portfolio: string, at: bigint, as?: BookAs): Promise<Book | null>
}

/** No books at hand: every view is refused. */
export const noBooks: PastBooks = { reference: new Reference(), bookAt: async () => null }

export interface TaxQuestion {
  /** One owner with all portfolios and affiliates, or one portfolio alone as that of a taxable owner. */
  readonly of: { readonly owner: string } | { readonly portfolio: string }
  readonly regime: string
  /** What was known at this position. */
  readonly at: bigint
  readonly effectiveAt: string
  readonly horizon: string
  /** Lines, income and totals of this tax year only. */
  readonly year?: string | undefined
  /** Lots relieved by another method than the portfolios' own. */
  readonly lotMethod?: LotMethod | undefined
  readonly conventions: Readonly<Record<string, string>>
}

export interface TaxAnswer extends TaxView {
  readonly regime: string
  readonly currency: string
  readonly conventions: Readonly<Record<string, string>>
  readonly portfolios: readonly string[]
}

interface KnownOwnerEvent {
  readonly position: bigint
  readonly event: OwnerEvent
}

export class TaxViews {
  readonly #log: Log
  readonly #books: PastBooks
  readonly #known: KnownOwnerEvent[] = []
  /** Position through which owners were read. */
  #through = -1n
  #reading: Promise<void> = Promise.resolve()

  constructor(log: Log, books: PastBooks) {
    this.#log = log
    this.#books = books
  }

  /** Every portfolio that a view of an owner reads. @throws Refused `unknown-owner`. */
  async portfoliosOf(owner: string, at: bigint): Promise<string[]> {
    const owners = await this.#ownersAt(at)
    return portfoliosOf(owners, knownOwner(owners, owner))
  }

  /** @throws Refused `unknown-regime`, `unknown-convention`, `unknown-owner`, `unknown-portfolio`, `horizon-before-effective-date`, `book-unavailable`. */
  async view(question: TaxQuestion): Promise<TaxAnswer> {
    const { of, at, effectiveAt, horizon, year } = question
    const regime = regimeOf(question.regime)
    const conventions = conventionsOf(regime, question.conventions)
    if (horizon < effectiveAt)
      refuse({
        code: 'horizon-before-effective-date',
        message: `what is known through ${horizon} cannot be reported through ${effectiveAt}`,
        field: 'horizon',
        remedy: 'give a horizon on or after effectiveAt',
      })
    const { owner, portfolios, holderOn, affiliates } =
      'owner' in of ? await this.#ofOwner(of.owner, at) : alone(of.portfolio)
    const sources: TaxSource[] = []
    for (const portfolio of portfolios)
      sources.push({
        portfolio,
        changes: await this.#changes(portfolio, regime, question),
        holderOn: holderOn(portfolio),
      })
    const instruments = new Map<string, TaxInstrument>()
    const view = regime.view(taxEventsOf(sources, horizon), {
      owner,
      affiliates,
      effectiveAt,
      horizon,
      conventions,
      instrument: (id) => {
        const known = instruments.get(id) ?? this.#instrument(id, at)
        instruments.set(id, known)
        return known
      },
    })
    return { regime: regime.code, currency: regime.currency, conventions, portfolios, ...ofYear(view, year) }
  }

  async #changes(portfolio: string, regime: Regime, { at, lotMethod }: TaxQuestion): Promise<TaxSource['changes']> {
    const lens = lotMethod === undefined ? {} : { lens: { lotMethod } }
    const book = await this.#books.bookAt(portfolio, at, { functional: regime.currency, ...lens })
    if (book === null)
      return refuse({
        code: 'book-unavailable',
        message: `the book of ${portfolio} cannot be read just now`,
        remedy: 'ask again in a moment; /v1/breaks shows whether it is quarantined',
      })
    if (book.currency === null)
      return refuse({
        code: 'unknown-portfolio',
        message: `there is no portfolio ${portfolio}`,
        field: 'portfolio',
        remedy: 'open it first',
      })
    return book.journal.lotChanges
  }

  async #ofOwner(owner: string, at: bigint): Promise<Scope> {
    const owners = await this.#ownersAt(at)
    const portfolios = portfoliosOf(owners, knownOwner(owners, owner))
    return {
      owner,
      portfolios,
      affiliates: owners.affiliatesOf(owner),
      holderOn: (portfolio) => holderOn(owners, portfolio),
    }
  }

  async #ownersAt(at: bigint): Promise<Owners> {
    this.#reading = this.#reading.then(
      () => this.#read(at),
      () => this.#read(at),
    )
    await this.#reading
    const owners = new Owners()
    for (const { position, event } of this.#known) if (position <= at) owners.learn(event)
    return owners
  }

  async #read(until: bigint): Promise<void> {
    if (until <= this.#through) return
    const after = this.#through < 0n ? {} : { after: this.#through }
    const filter = { streamPrefixes: [prefixOf(ownerStream)] }
    for await (const unit of this.#log.readAll({ ...after, until, filter })) {
      for (const event of unit.events) if (isOfOwner(event)) this.#known.push({ position: unit.position, event })
      this.#through = unit.position
    }
    this.#through = until
  }

  #instrument(id: string, at: bigint): TaxInstrument {
    const { reference } = this.#books
    const actions = taxActionsOf(reference.actionsOn(id, at))
    const terms = reference.instrument(id, at)
    const option = terms?.option
    const underlying =
      terms === null || option === undefined
        ? null
        : { instrument: option.underlying, multiplier: decimal(terms.multiplier), call: option.right === 'call' }
    return { type: terms?.type ?? null, underlying, actions }
  }
}

interface Scope {
  readonly owner: string
  readonly portfolios: readonly string[]
  readonly affiliates: readonly Affiliate[]
  holderOn(portfolio: string): (date: string) => Holder | null
}

function isOfOwner(event: { readonly type: string }): event is OwnerEvent {
  return (
    event.type === 'OwnerRegistered' ||
    event.type === 'OwnerAmended' ||
    event.type === 'PortfolioLinked' ||
    event.type === 'AffiliateLinked'
  )
}

function knownOwner(owners: Owners, owner: string): string {
  if (!owners.knows(owner))
    refuse({
      code: 'unknown-owner',
      message: `there is no owner ${owner}`,
      field: 'owner',
      remedy: 'register it first',
    })
  return owner
}

/** The owner's portfolios, then those of affiliates, each once. */
function portfoliosOf(owners: Owners, owner: string): string[] {
  const all = [owner, ...owners.affiliatesOf(owner).map((affiliate) => affiliate.owner)]
  return [...new Set(all.flatMap((one) => owners.portfoliosOf(one)))]
}

function holderOn(owners: Owners, portfolio: string): (date: string) => Holder | null {
  const only = owners.onlyHolderOf(portfolio)
  if (only !== null) return (date) => (date < only.from ? null : only.holder)
  return (date) => owners.holderOf(portfolio, date)
}

/** A portfolio by itself: whoever owns it counts as a taxable owner of this portfolio only. */
function alone(portfolio: string): Scope {
  const holder: Holder = { owner: portfolio, taxStatus: 'taxable' }
  return { owner: portfolio, portfolios: [portfolio], affiliates: [], holderOn: () => () => holder }
}

function ofYear(view: TaxView, year: string | undefined): TaxView {
  if (year === undefined) return view
  const its = <T extends { readonly taxYear: string }>(rows: readonly T[]) =>
    rows.filter(({ taxYear }) => taxYear === year)
  return { ...view, lines: its(view.lines), income: its(view.income), totals: its(view.totals) }
}
