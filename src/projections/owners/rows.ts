// Owners, what is theirs and who is affiliated with them, as rows.
import type { RecordedEvent } from '../../eventstore/codec.ts'
import type { RecordedUnit } from '../../eventstore/log.ts'
import { KnownRows, keyText } from '../rows/known-rows.ts'
import { StateHash } from '../rows/state-hash.ts'
import { drainAll, type Model, type Stored, type Writes } from '../runtime/model.ts'
import { affiliates, ownerLinks, owners } from './table.ts'

export class OwnersModel implements Model<RecordedUnit> {
  readonly #hash: StateHash
  readonly #owners: KnownRows
  readonly #links: KnownRows
  readonly #affiliates: KnownRows

  constructor(stateHash: string) {
    this.#hash = new StateHash(stateHash)
    this.#owners = new KnownRows(owners, this.#hash)
    this.#links = new KnownRows(ownerLinks, this.#hash)
    this.#affiliates = new KnownRows(affiliates, this.#hash)
  }

  get stateHash(): string {
    return this.#hash.value
  }

  async prepare(batch: readonly RecordedUnit[], stored: Stored): Promise<void> {
    const events = batch.flatMap((unit) => unit.events)
    const named = new Set(
      events.flatMap(({ data }) => ('owner' in data && data.owner !== undefined ? [data.owner] : [])),
    )
    const keys = [...named].map((owner) => [owner])
    if (keys.length === 0) return
    this.#owners.load(await stored.open(owners, ['owner'], keys))
    this.#affiliates.load(await stored.open(affiliates, ['owner'], keys))
    const linked = events.flatMap((event) =>
      event.type === 'PortfolioLinked' ? [[event.data.portfolio, event.data.from]] : [],
    )
    if (linked.length > 0) this.#links.load(await stored.open(ownerLinks, ownerLinks.key, linked))
  }

  apply(unit: RecordedUnit): void {
    for (const event of unit.events) this.#event(event, unit.position)
  }

  #event(event: RecordedEvent, at: bigint): void {
    switch (event.type) {
      case 'OwnerRegistered': {
        const { owner, kind, country, taxStatus } = event.data
        this.#owners.put({ owner, kind, country, tax_status: taxStatus }, at)
        return
      }
      case 'OwnerAmended': {
        const before = this.#owners.get(keyText([event.data.owner]))
        if (before !== undefined && event.data.taxStatus !== undefined)
          this.#owners.put({ ...before, tax_status: event.data.taxStatus }, at)
        return
      }
      case 'PortfolioLinked':
        this.#links.put({ portfolio: event.data.portfolio, valid_from: event.data.from, owner: event.data.owner }, at)
        return
      case 'AffiliateLinked': {
        const { owner, affiliate, relation, from } = event.data
        this.#affiliates.put({ owner, affiliate, relation, valid_from: from }, at)
      }
    }
  }

  drain(keepOpen: boolean): Writes[] {
    return drainAll([this.#owners, this.#links, this.#affiliates], keepOpen)
  }
}
