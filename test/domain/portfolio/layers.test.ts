// A portfolio's state in two layers: whatever rows are in memory, and however often it is saved and revived, it decides the same.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Decision } from '../../../src/domain/kernel/decider.ts'
import { NotLoaded, type RowName, type StoredRow, Tables } from '../../../src/domain/kernel/rows.ts'
import type { PortfolioCommand } from '../../../src/domain/portfolio/commands.ts'
import type { PortfolioEvent } from '../../../src/domain/portfolio/events.ts'
import { portfolio } from '../../../src/domain/portfolio/portfolio.ts'
import type { PortfolioState } from '../../../src/domain/portfolio/state.ts'
import { anyCommand } from './any-command.ts'
import { bust, correct, opened, record } from './story.ts'

const { layers } = portfolio

/** A state with a store beside it, as a lane keeps them. */
class TwoLayers {
  #tables = new Tables()
  #state: PortfolioState
  #stored = new Map<string, StoredRow>()
  #head = ''
  loads = 0

  constructor() {
    this.#state = portfolio.evolve(layers.empty(this.#tables), opened)
    this.#tables.track()
    this.save()
  }

  save(): void {
    for (const row of this.#tables.take()) {
      const name = `${row.table} ${row.key}`
      if (row.value === null) this.#stored.delete(name)
      else this.#stored.set(name, JSON.parse(JSON.stringify(row)))
    }
    this.#tables.saved()
    this.#head = JSON.stringify(layers.headOf(this.#state))
  }

  shed(): void {
    this.#tables.shed()
  }

  /** Saves, and begins with the head alone. */
  revive(): void {
    this.save()
    this.#tables = new Tables()
    this.#state = layers.revived(JSON.parse(this.#head), this.#tables)
    this.#tables.open()
  }

  /** Decides, and folds what was decided; `undone` first does so once for nothing. */
  decide(command: PortfolioCommand, undone: boolean): Decision<PortfolioEvent> {
    for (let times = undone ? 0 : 1; ; ) {
      this.#tables.begin()
      try {
        const decision = portfolio.decide(command, this.#state)
        const next = decision.accepted ? decision.events.reduce(portfolio.evolve, this.#state) : this.#state
        if (times++ > 0) {
          this.#state = next
          this.#tables.commit()
          return decision
        }
        this.#tables.rollback()
      } catch (error) {
        if (!(error instanceof NotLoaded)) throw error
        this.#tables.rollback()
        this.#load(error.rows)
      }
    }
  }

  #load(names: readonly RowName[]): void {
    this.loads++
    const all = [...this.#stored.values()]
    const found = names.flatMap((name) =>
      all.filter(
        ({ table, key }) => table === name.table && ('key' in name ? key === name.key : key.startsWith(name.under)),
      ),
    )
    this.#tables.put(names, found)
  }

  /** Head and rows, as they would be stored. */
  get all() {
    this.save()
    return { head: JSON.parse(this.#head), rows: new Map([...this.#stored].sort()) }
  }
}

const step = fc.record({
  command: anyCommand,
  before: fc.constantFrom('nothing', 'nothing', 'save', 'shed', 'save and shed', 'revive'),
  undone: fc.boolean(),
})

describe('a state that is not all in memory', () => {
  it('decides and folds as one that is, and is saved the same', () => {
    let loads = 0
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }), (steps) => {
        const whole = new TwoLayers()
        const partial = new TwoLayers()
        for (const { command, before, undone } of steps) {
          if (before.startsWith('save')) partial.save()
          if (before.endsWith('shed')) partial.shed()
          if (before === 'revive') partial.revive()
          expect(partial.decide(command, undone)).toStrictEqual(whole.decide(command, false))
        }
        expect(partial.all).toStrictEqual(whole.all)
        expect(whole.loads).toBe(0)
        loads += partial.loads
      }),
      { numRuns: Number(process.env.QUIPU_PROPERTY_RUNS ?? 200) },
    )
    expect(loads).toBeGreaterThan(0)
  })
})

describe('what is saved', () => {
  it('looks so: when this changes, so must the name of the shape', () => {
    const two = new TwoLayers()
    const commands = [
      record({ order: 'O1' }),
      correct({}, { order: 'O1' }),
      record({ execId: 'X2', instrument: 'NEW' }),
      bust({ execId: 'H9', execRefId: 'X9' }),
    ]
    for (const command of commands) two.decide(command, false)
    const { head, rows } = two.all
    const { opened: _, openedFingerprint, ...rest } = head
    expect(layers.shape).toBe('portfolio 5')
    expect(openedFingerprint).toBeTypeOf('number')
    expect(rest).toMatchInlineSnapshot(`
      {
        "calendar": "XNYS",
        "cashAccounts": [
          [
            "main",
            "cash/",
          ],
          [
            "margin",
            "margin/",
          ],
        ],
        "closedOn": null,
        "custodyAccounts": [
          "main",
        ],
        "feeSchedules": [],
        "references": 1,
        "reopenings": [],
        "revision": 4,
        "seals": [],
        "sleeves": [
          "main",
          "growth",
        ],
      }
    `)
    expect([...rows.values()].map(({ table, key, value }) => [table, key, value])).toMatchInlineSnapshot(`
      [
        [
          "filled",
          "O1",
          "12",
        ],
        [
          "message",
          "BROKER:G1:2025-03-10",
          {
            "date": "2025-03-10",
            "fingerprint": 3294658004926863,
            "kind": "correct",
            "order": null,
            "quantity": "0",
            "revision": 2,
            "root": "fill:BROKER:2025-03-10:X1",
            "status": "applied",
          },
        ],
        [
          "message",
          "BROKER:H9:2025-03-10",
          {
            "date": "2025-03-10",
            "fingerprint": 250742953095645,
            "kind": "bust",
            "order": null,
            "quantity": "0",
            "revision": 4,
            "root": null,
            "status": "parked",
          },
        ],
        [
          "message",
          "BROKER:X1:2025-03-10",
          {
            "date": "2025-03-10",
            "fingerprint": 8285598081440912,
            "kind": "fill",
            "order": "O1",
            "quantity": "12",
            "revision": 1,
            "root": "fill:BROKER:2025-03-10:X1",
            "status": "applied",
          },
        ],
        [
          "message",
          "BROKER:X2:2025-03-10",
          {
            "date": "2025-03-10",
            "fingerprint": 1781845496549117,
            "kind": "fill",
            "order": null,
            "quantity": "0",
            "revision": 3,
            "root": "fill:BROKER:2025-03-10:X2",
            "status": "parked",
          },
        ],
        [
          "parked",
          "fill:BROKER:2025-03-10:H9",
          {
            "item": {
              "because": "unknown-reference",
              "execId": "H9",
              "execRefId": "X9",
              "fact": "fill:BROKER:2025-03-10:H9",
              "kind": "bust",
              "source": "BROKER",
              "tradeDate": "2025-03-10",
            },
            "kind": "reference",
            "revision": 4,
          },
        ],
        [
          "parked",
          "fill:BROKER:2025-03-10:X2",
          {
            "item": {
              "because": "unknown-instrument",
              "fact": "fill:BROKER:2025-03-10:X2",
              "fill": {
                "cashAccount": "main",
                "consideration": "1000",
                "costs": [],
                "currency": "USD",
                "custodyAccount": "main",
                "execId": "X2",
                "named": {
                  "scheme": "id",
                  "value": "NEW",
                },
                "price": "100",
                "quantity": "10",
                "settlement": {
                  "currency": "USD",
                },
                "side": "buy",
                "sleeve": "main",
                "source": "BROKER",
                "tradeDate": "2025-03-10",
              },
            },
            "kind": "fill",
            "revision": 3,
          },
        ],
        [
          "waiting",
          "BROKER:X9:",
          [
            "fill:BROKER:2025-03-10:H9",
          ],
        ],
      ]
    `)
  })
})
