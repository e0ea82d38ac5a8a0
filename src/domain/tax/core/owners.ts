// Owners as tax views need them: which portfolio was whose from when on, how each is taxed, and who is affiliated with whom.
import type { OwnerEvent } from '../../owner/events.ts'
import type { TaxStatus } from './tax-event.ts'

interface Link {
  readonly owner: string
  readonly portfolio: string
  readonly from: string
  /** Of this portfolio, where it differs from the owner's. */
  readonly taxStatus: TaxStatus | null
}

/** Whose a portfolio is on a day; null before its first link. */
export interface Holder {
  readonly owner: string
  readonly taxStatus: TaxStatus
}

/** An affiliate, from a day on. */
export interface Affiliate {
  readonly owner: string
  readonly relation: 'spouse' | 'controlled' | 'other'
  readonly from: string
}

export class Owners {
  readonly #statuses = new Map<string, TaxStatus>()
  /** By portfolio, from the first link to the last. */
  readonly #links = new Map<string, Link[]>()
  readonly #affiliates = new Map<string, Affiliate[]>()

  /** Learns one event, in log order. */
  learn({ type, data }: OwnerEvent): void {
    switch (type) {
      case 'OwnerRegistered':
        this.#statuses.set(data.owner, data.taxStatus)
        return
      case 'OwnerAmended':
        if (data.taxStatus !== undefined) this.#statuses.set(data.owner, data.taxStatus)
        return
      case 'PortfolioLinked': {
        const { owner, portfolio, from, taxStatus = null } = data
        // A later word about the same day replaces the earlier one.
        const others = (this.#links.get(portfolio) ?? []).filter((link) => link.from !== from)
        const links = [...others, { owner, portfolio, from, taxStatus }]
        this.#links.set(
          portfolio,
          links.sort((a, b) => (a.from < b.from ? -1 : 1)),
        )
        return
      }
      case 'AffiliateLinked': {
        const { owner, affiliate, relation, from } = data
        const others = (this.#affiliates.get(owner) ?? []).filter((known) => known.owner !== affiliate)
        this.#affiliates.set(owner, [...others, { owner: affiliate, relation, from }])
        return
      }
    }
  }

  knows(owner: string): boolean {
    return this.#statuses.has(owner)
  }

  /** Everything that was ever linked to an owner, in order of id. */
  portfoliosOf(owner: string): string[] {
    const found = [...this.#links].filter(([, links]) => links.some((link) => link.owner === owner))
    return found.map(([portfolio]) => portfolio).sort()
  }

  /** Those whom an owner named as affiliates, and those who named the owner: the earlier link counts. */
  affiliatesOf(owner: string): Affiliate[] {
    const found = new Map<string, Affiliate>()
    const add = (affiliate: Affiliate): void => {
      const known = found.get(affiliate.owner)
      if (known === undefined || affiliate.from < known.from) found.set(affiliate.owner, affiliate)
    }
    for (const affiliate of this.#affiliates.get(owner) ?? []) add(affiliate)
    for (const [other, named] of this.#affiliates)
      for (const { owner: of, relation, from } of named) if (of === owner) add({ owner: other, relation, from })
    return [...found.values()].sort((a, b) => (a.owner < b.owner ? -1 : 1))
  }

  /** Whose a portfolio is on a date. */
  holderOf(portfolio: string, date: string): Holder | null {
    const link = this.#links.get(portfolio)?.findLast(({ from }) => from <= date)
    if (link === undefined) return null
    return { owner: link.owner, taxStatus: link.taxStatus ?? this.#statuses.get(link.owner) ?? 'taxable' }
  }

  /** Whether a portfolio has one holder all the time: then it need not be asked date by date. */
  onlyHolderOf(portfolio: string): { readonly holder: Holder; readonly from: string } | null {
    const links = this.#links.get(portfolio) ?? []
    const [first] = links
    if (first === undefined || links.length > 1) return null
    const holder = this.holderOf(portfolio, first.from)
    return holder === null ? null : { holder, from: first.from }
  }
}
