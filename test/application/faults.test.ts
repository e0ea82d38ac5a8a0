// When the store fails: nothing acknowledged is lost, nothing is guessed, and what failed can be sent again.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { type Application, createApplication } from '../../src/application/application.ts'
import { AppendOutcomeUnknown, StoreUnavailable } from '../../src/eventstore/errors.ts'
import type { EventStore } from '../../src/eventstore/event-store.ts'
import { Log } from '../../src/eventstore/log.ts'
import { openPersonKeys } from '../../src/eventstore/postgres/person-keys.ts'
import { openPostgresStore } from '../../src/eventstore/postgres/postgres-store.ts'
import { fillOf, type Ledger, OMS, openWithPortfolio, portfolioGiven } from './ledger.ts'

/** What becomes of the next appends of portfolio streams, one after the other; the real store does the rest. */
type Fault = 'unavailable' | 'written-but-unknown' | 'unknown'
const faults: Fault[] = []
/** Done just before the next append of those streams reaches the store. */
let first: (() => Promise<unknown>) | undefined

/** The real store with a line that breaks where the test says so. */
function breaking(store: EventStore): EventStore {
  return {
    ...store,
    readStream: (...args) => store.readStream(...args),
    readAll: (...args) => store.readAll(...args),
    subscribeAll: (...args) => store.subscribeAll(...args),
    lastPosition: () => store.lastPosition(),
    close: () => store.close(),
    async append(stream, expected, events) {
      const fault = stream.startsWith('portfolio-F') ? faults.shift() : undefined
      const before = stream.startsWith('portfolio-F') ? first : undefined
      if (before !== undefined) first = undefined
      await before?.()
      if (fault === 'unavailable') throw new StoreUnavailable('the line is down')
      if (fault === 'unknown') throw new AppendOutcomeUnknown('nobody can say')
      const appended = await store.append(stream, expected, events)
      if (fault === 'written-but-unknown') throw new AppendOutcomeUnknown('the answer was lost')
      return appended
    },
  }
}

let ledger: Ledger
let app: Application
let log: Log
const stop = new AbortController()
beforeAll(async () => {
  ledger = await openWithPortfolio()
  const store = breaking(await openPostgresStore({ pool: ledger.database.pool }))
  log = new Log({ store, personKeys: await openPersonKeys(ledger.database.pool, randomBytes(32)) })
  app = createApplication({ log })
  await app.start(stop.signal, (error) => {
    throw error
  })
})
afterAll(async () => {
  stop.abort()
  await log.close()
  await ledger.close()
})

const outcome = (command: Promise<unknown>) =>
  command.then(
    () => 'recorded',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  )

async function recordedFills(portfolio: string): Promise<string[]> {
  const units = await ledger.units(`portfolio-${portfolio}`)
  return units.flatMap(({ events }) =>
    events.flatMap((event) => (event.type === 'FillExecuted' ? [event.data.fill.execId] : [])),
  )
}

describe('an append that was not written', () => {
  it('fails its own command only: those sent after it are decided again and recorded, in order', async () => {
    await app.portfolios.open(portfolioGiven('F1'), OMS)
    faults.push('unavailable')
    const sent = ['A1', 'A2', 'A3'].map((id) => outcome(app.fills.record('F1', fillOf(id), OMS)))
    expect(await Promise.all(sent)).toStrictEqual(['store-unavailable', 'recorded', 'recorded'])
    expect(await recordedFills('F1')).toStrictEqual(['A2', 'A3'])
    expect(await outcome(app.fills.record('F1', fillOf('A1'), OMS))).toBe('recorded')
    expect(await recordedFills('F1')).toStrictEqual(['A2', 'A3', 'A1'])
  })

  it('takes with it what rested on it: a copy of the failed command is recorded in its stead', async () => {
    await app.portfolios.open(portfolioGiven('F2'), OMS)
    faults.push('unavailable')
    const sent = [fillOf('B1'), fillOf('B1'), fillOf('B1', { price: '99', consideration: '990' })].map((fill) =>
      outcome(app.fills.record('F2', fill, OMS).catch((error) => Promise.reject(error.refusal ?? error))),
    )
    expect((await Promise.all(sent))[0]).toBe('store-unavailable')
    expect(await recordedFills('F2')).toStrictEqual(['B1'])
    const stored = await ledger.units('portfolio-F2')
    expect(stored.at(-1)?.events[0]?.data).toMatchObject({ fill: { price: '100' } })
  })
})

describe('an append whose outcome nobody knows', () => {
  it('is answered as unknown, and sent again finds what was written', async () => {
    await app.portfolios.open(portfolioGiven('F3'), OMS)
    faults.push('written-but-unknown')
    expect(await outcome(app.fills.record('F3', fillOf('C1'), OMS))).toBe('append-outcome-unknown')
    expect(await app.fills.record('F3', fillOf('C1'), OMS)).toMatchObject({ alreadyThere: true })
    expect(await recordedFills('F3')).toStrictEqual(['C1'])
  })

  it('is answered as unknown, and sent again is written when it was not', async () => {
    await app.portfolios.open(portfolioGiven('F4'), OMS)
    faults.push('unknown')
    expect(await outcome(app.fills.record('F4', fillOf('D1'), OMS))).toBe('append-outcome-unknown')
    expect(await app.fills.record('F4', fillOf('D1'), OMS)).toMatchObject({ alreadyThere: false })
    expect(await recordedFills('F4')).toStrictEqual(['D1'])
  })

  it('does not lose or repeat what was sent along with it', async () => {
    await app.portfolios.open(portfolioGiven('F5'), OMS)
    faults.push('written-but-unknown')
    const sent = ['E1', 'E2', 'E3'].map((id) => outcome(app.fills.record('F5', fillOf(id), OMS)))
    expect(await Promise.all(sent)).toStrictEqual(['append-outcome-unknown', 'recorded', 'recorded'])
    expect(await recordedFills('F5')).toStrictEqual(['E1', 'E2', 'E3'])
  })
})

describe('a store that is down', () => {
  it('fails a bulk line as such, and the same lines sent again are all there once', async () => {
    await app.portfolios.open(portfolioGiven('F6'), OMS)
    const line = (execId: string) => {
      const { instrument, ...rest } = fillOf(execId)
      return JSON.stringify({ type: 'fill', ...rest, instrument: instrument.value })
    }
    async function* lines() {
      yield line('G1')
      yield line('G2')
    }
    const verdicts = async () => {
      const all: string[] = []
      for await (const v of app.bulk.activity(lines(), { context: OMS, portfolio: 'F6' }))
        all.push('code' in v ? v.code : v.verdict)
      return all
    }
    faults.push('unavailable')
    expect(await verdicts()).toStrictEqual(['store-unavailable', 'store-unavailable'])
    expect(await verdicts()).toStrictEqual(['accepted', 'accepted'])
    expect(await verdicts()).toStrictEqual(['already', 'already'])
    expect(await recordedFills('F6')).toStrictEqual(['G1', 'G2'])
  })
})

describe('two commands sent together while another process writes', () => {
  it('are both decided on what it wrote: its event does not pass for the first one’s at the revision the second expects', async () => {
    await app.portfolios.open(portfolioGiven('F7'), OMS)
    await app.fills.record('F7', fillOf('A0'), OMS)
    // Just before the first is appended, the other process records the very fill that is sent second.
    first = () => ledger.app.fills.record('F7', fillOf('A2'), OMS)
    const [one, two] = await Promise.all([
      app.fills.record('F7', fillOf('A1'), OMS),
      app.fills.record('F7', fillOf('A2'), OMS),
    ])
    expect([one.alreadyThere, two.alreadyThere]).toStrictEqual([false, true])
    expect(await recordedFills('F7')).toStrictEqual(['A0', 'A2', 'A1'])
  })

  it('so are the lines of a bulk', async () => {
    await app.portfolios.open(portfolioGiven('F8'), OMS)
    await app.fills.record('F8', fillOf('B0'), OMS)
    first = () => ledger.app.fills.record('F8', fillOf('B2'), OMS)
    async function* lines() {
      for (const execId of ['B1', 'B2', 'B3']) {
        const { instrument, ...rest } = fillOf(execId)
        yield JSON.stringify({ type: 'fill', ...rest, instrument: instrument.value })
      }
    }
    const verdicts: string[] = []
    for await (const { verdict } of app.bulk.activity(lines(), { context: OMS, portfolio: 'F8' }))
      verdicts.push(verdict)
    expect(verdicts).toStrictEqual(['accepted', 'already', 'accepted'])
    expect(await recordedFills('F8')).toStrictEqual(['B0', 'B2', 'B1', 'B3'])
  })
})

describe('whatever fails, and however many write', () => {
  it('what was acknowledged is there once, in every order of faults, and sending all again completes it', async () => {
    let run = 0
    const step = fc.record({
      /** Which of two processes sends it; only the first has a line that breaks. */
      process: fc.integer({ min: 0, max: 1 }),
      /** Few fills, so that the same one is sent again and again. */
      fill: fc.integer({ min: 0, max: 12 }),
      fault: fc.option(fc.constantFrom<Fault>('unavailable', 'written-but-unknown', 'unknown'), { freq: 3 }),
      /** Whether to wait for the answer before the next is sent. */
      wait: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const portfolio = `F-${run++}`
        faults.length = 0
        await ledger.app.portfolios.open(portfolioGiven(portfolio), OMS)
        const acknowledged = new Set<string>()
        const sent: Promise<unknown>[] = []
        for (const { process: by, fill, fault, wait } of steps) {
          if (fault !== null) faults.push(fault)
          const sender = by === 0 ? app : ledger.app
          const answer = outcome(sender.fills.record(portfolio, fillOf(`X${fill}`), OMS)).then((what) => {
            if (what === 'recorded') acknowledged.add(`X${fill}`)
            else expect(what).toMatch(/^(store-unavailable|append-outcome-unknown)$/)
          })
          sent.push(answer)
          if (wait) await answer
        }
        await Promise.all(sent)
        const recorded = await recordedFills(portfolio)
        expect(new Set(recorded).size).toBe(recorded.length)
        for (const execId of acknowledged) expect(recorded).toContain(execId)

        faults.length = 0
        const all = [...new Set(steps.map(({ fill }) => `X${fill}`))]
        await Promise.all(all.map((execId) => app.fills.record(portfolio, fillOf(execId), OMS)))
        expect([...(await recordedFills(portfolio))].sort()).toStrictEqual(all.sort())
      }),
      { numRuns: Number(process.env.QUIPU_PROPERTY_RUNS ?? 40) },
    )
  })
})
