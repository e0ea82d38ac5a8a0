// Instruments, their names, classes and corporate actions as rows.
import { canonicalJson } from '../../domain/kernel/canonical-json.ts'
import { canonicalDecimal } from '../../domain/kernel/decimal.ts'
import { defined } from '../../domain/kernel/defined.ts'
import type { ActionTerms, InstrumentTerms } from '../../domain/instrument/events.ts'
import type { RecordedEvent } from '../../eventstore/codec.ts'
import type { RecordedUnit } from '../../eventstore/log.ts'
import { KnownRows, keyText } from '../rows/known-rows.ts'
import { StateHash } from '../rows/state-hash.ts'
import { drainAll, type Model, type Stored, type Writes } from '../runtime/model.ts'
import type { AnyRow } from '../schema/table.ts'
import { actions, classifications, identifiers, instruments } from './table.ts'

type Identifier = InstrumentTerms['identifiers'][number]
type Classification = InstrumentTerms['classifications'][number]

/** A class that always held is dated so, because a key cannot be null. */
const ALWAYS = '0001-01-01'

export class InstrumentsModel implements Model<RecordedUnit> {
  readonly #hash: StateHash
  readonly #instruments: KnownRows
  readonly #identifiers: KnownRows
  readonly #classifications: KnownRows
  readonly #actions: KnownRows

  constructor(stateHash: string) {
    this.#hash = new StateHash(stateHash)
    this.#instruments = new KnownRows(instruments, this.#hash)
    this.#identifiers = new KnownRows(identifiers, this.#hash)
    this.#classifications = new KnownRows(classifications, this.#hash)
    this.#actions = new KnownRows(actions, this.#hash)
  }

  get stateHash(): string {
    return this.#hash.value
  }

  async prepare(batch: readonly RecordedUnit[], stored: Stored): Promise<void> {
    const named = new Set(
      batch.flatMap(({ events }) => events).flatMap(({ data }) => ('instrument' in data ? [data.instrument] : [])),
    )
    const keys = [...named].map((instrument) => [instrument])
    for (const rows of this.#tables()) rows.load(await stored.open(rows.table, ['instrument'], keys))
  }

  apply(unit: RecordedUnit): void {
    for (const event of unit.events) this.#event(event, unit.position)
  }

  #event(event: RecordedEvent, at: bigint): void {
    switch (event.type) {
      case 'InstrumentRegistered': {
        const { identifiers: names, classifications: classes, ...terms } = event.data
        this.#instruments.put(instrumentRow(terms), at)
        for (const name of names) this.#identifiers.put(identifierRow(terms.instrument, name), at)
        for (const one of classes) this.#classifications.put(classificationRow(terms.instrument, one), at)
        return
      }
      case 'InstrumentAmended': {
        const { instrument, changes } = event.data
        const before = this.#instruments.get(keyText([instrument]))
        if (before !== undefined) this.#instruments.put({ ...before, ...changed(changes) }, at)
        return
      }
      case 'IdentifierAssigned':
        this.#identifiers.put(identifierRow(event.data.instrument, event.data.identifier), at)
        return
      case 'IdentifierWithdrawn':
        this.#identifiers.remove(keyText([event.data.instrument, identifierKey(event.data.identifier)]), at)
        return
      case 'InstrumentClassified':
        this.#classifications.put(classificationRow(event.data.instrument, event.data.classification), at)
        return
      case 'CorporateActionAnnounced':
        this.#actions.put(actionRow(event.data.instrument, event.data.terms, 'announced'), at)
        return
      case 'CorporateActionAmended':
        this.#actions.put(actionRow(event.data.instrument, event.data.terms, 'amended'), at)
        return
      case 'CorporateActionCancelled': {
        const before = this.#actions.get(keyText([event.data.instrument, event.data.action]))
        if (before !== undefined) this.#actions.put({ ...before, status: 'cancelled' }, at)
      }
    }
  }

  drain(keepOpen: boolean): Writes[] {
    return drainAll(this.#tables(), keepOpen)
  }

  #tables(): KnownRows[] {
    return [this.#instruments, this.#identifiers, this.#classifications, this.#actions]
  }
}

type Terms = Omit<InstrumentTerms, 'identifiers' | 'classifications'>

function instrumentRow(terms: Terms): AnyRow {
  return { issuer: null, country: null, life: null, ...changed(terms), instrument: terms.instrument }
}

/** Only what is named. */
function changed(terms: { readonly [K in keyof Terms]?: Terms[K] | undefined }): AnyRow {
  const row: Record<string, string | null> = {}
  if (terms.name !== undefined) row.name = terms.name
  if (terms.type !== undefined) row.type = terms.type
  if (terms.currency !== undefined) row.currency = terms.currency
  if (terms.multiplier !== undefined) row.multiplier = canonicalDecimal(terms.multiplier)
  if (terms.quantityPlaces !== undefined) row.quantity_places = String(terms.quantityPlaces)
  if (terms.market !== undefined) row.market = terms.market
  if (terms.tradingCalendar !== undefined) row.trading_calendar = terms.tradingCalendar
  if (terms.issuer !== undefined) row.issuer = terms.issuer
  if (terms.country !== undefined) row.country = terms.country
  const { bond, option, future, deposit } = terms
  const life = defined({ bond, option, future, deposit })
  if (Object.keys(life).length > 0) row.life = canonicalJson(life)
  return row
}

function identifierKey({ scheme, market, value, from }: Identifier): string {
  return [scheme, market ?? '', value, from ?? ''].join('|')
}

function identifierRow(instrument: string, name: Identifier): AnyRow {
  return {
    instrument,
    identifier: identifierKey(name),
    scheme: name.scheme,
    value: name.value,
    market: name.market ?? null,
    valid_from: name.from ?? null,
  }
}

function classificationRow(instrument: string, { taxonomy, code, from }: Classification): AnyRow {
  return { instrument, taxonomy, valid_from: from ?? ALWAYS, code }
}

function actionRow(instrument: string, terms: ActionTerms, status: string): AnyRow {
  return {
    instrument,
    action: terms.action,
    status,
    caev: terms.caev,
    ex_date: terms.exDate,
    record_date: terms.recordDate ?? null,
    pay_date: terms.payDate ?? null,
    sequence: terms.sequence === undefined ? null : String(terms.sequence),
    terms: canonicalJson(terms),
  }
}
