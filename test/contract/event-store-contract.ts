// The contract of the event store port: one suite that every adapter passes, and everything above may rely on.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appends } from './appends.ts'
import type { Bench } from './bench.ts'
import { model } from './model.ts'
import { reads } from './reads.ts'
import { subscriptions } from './subscriptions.ts'

/** Runs the contract on the log that `make` sets up; `make` is called once. */
export function eventStoreContract(name: string, make: () => Promise<Bench>): void {
  describe(`the event store contract on ${name}`, () => {
    let bench: Bench | undefined
    const made = (): Bench => {
      if (bench === undefined) throw new Error('the log under test could not be set up')
      return bench
    }
    beforeAll(async () => {
      bench = await make()
    })
    afterAll(async () => {
      await bench?.close()
    })

    test('an empty log has no last position', async ({ skip }) => {
      if (!made().empty) skip('this log is not empty')
      expect(await made().store.lastPosition()).toBeUndefined()
    })
    appends(made)
    reads(made)
    subscriptions(made)
    model(made)
  })
}
