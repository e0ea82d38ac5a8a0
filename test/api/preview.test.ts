// A command tried out says what the book says once it is recorded, and records nothing itself.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { equity, type Json, portfolioOf, startLedger, type TestLedger } from '../support/ledger.ts'

let ledger: TestLedger
let other: Readonly<Record<string, string>>

const P = '/v1/portfolios/P1'
const INSTRUMENTS = ['ACME', 'BETA'] as const
const DAYS = ['2025-03-03', '2025-03-05', '2025-03-07', '2025-03-11', '2025-03-14'] as const

beforeAll(async () => {
  ledger = await startLedger()
  other = { authorization: `Bearer ${ledger.tokenFor(['operator'])}` }
  await ledger.record('/v1/instruments', equity('ACME', 'USD'))
  await ledger.record('/v1/instruments', equity('BETA', 'EUR'))
  for (const portfolio of ['P1', 'P2', 'EMPTY']) await ledger.record('/v1/portfolios', portfolioOf(portfolio, 'USD'))
  for (const date of [...DAYS, '2025-03-04', '2025-03-06', '2025-03-10', '2025-03-12', '2025-03-17'])
    await ledger.record('/v1/rates', {
      source: 'TEST-FX',
      fixing: 'noon',
      date,
      rows: [{ base: 'EUR', quote: 'USD', rate: `1.1${date.slice(-1)}` }],
    })
})
afterAll(() => ledger?.close())

const terms = (rest: Json = {}): Json => ({
  tradeDate: '2025-03-03',
  instrument: 'ACME',
  side: 'buy',
  quantity: '100',
  price: '25.5',
  currency: 'USD',
  consideration: '2550',
  ...rest,
})
const fill = (execId: string, rest: Json = {}): Json => ({ source: 'BROKER', execId, ...terms(rest) })

interface Tried {
  readonly records: readonly Json[]
  readonly portfolios: readonly {
    readonly portfolio: string
    readonly lots: readonly Figure[]
    readonly balances: readonly Figure[]
    readonly gains: readonly { readonly disposal: string; readonly before: Json | null; readonly after: Json | null }[]
    readonly closedPeriods: readonly { readonly seal: string; readonly figures: readonly Figure[] }[]
    readonly breaksOpened: readonly Json[]
    readonly breaksClosed: readonly Json[]
  }[]
  readonly unseen: number
}
type Figure = Json & { readonly before: Json | null; readonly after: Json | null; readonly because: readonly string[] }

async function tried(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Tried> {
  const before = await ledger.quipu.log.lastPosition()
  const reply = await ledger.request('POST', `${url}?dryRun=true`, body, headers)
  if (reply.status !== 200) throw new Error(`${url} was refused: ${reply.text}`)
  expect(await ledger.quipu.log.lastPosition()).toBe(before)
  return reply.body as never as Tried
}

/** What the reads say of one portfolio, by names that a preview can be put on top of. */
async function book(portfolio: string): Promise<Map<string, string>> {
  const of = `/v1/portfolios/${portfolio}`
  const said = new Map<string, string>()
  for (const row of await ledger.rows(`${of}/lots?limit=1000`))
    said.set(lotName(row), [row.units, row.cost, row.baseCost].join(' '))
  for (const row of await ledger.rows(`${of}/trial-balance?limit=1000`))
    said.set(`balance ${row.account} ${row.sleeve} ${row.currency}`, [row.local, row.base].join(' '))
  for (const row of await ledger.rows(`${of}/disposals?limit=1000`)) said.set(gainName(row), gainOf(row))
  for (const row of await ledger.rows(`${of}/breaks?limit=1000`))
    said.set(`break ${row.code} ${row.fact} ${row.message}`, 'open')
  return said
}

const lotName = (row: Json) =>
  `lot ${row.sleeve} ${row.custodyAccount} ${row.instrument} ${row.side} ${row.lot} ${row.currency}`
const gainName = (row: Json) => `gain ${row.disposal}`
const gainOf = (row: Json) => [row.units, row.proceeds, row.cost, row.gain, row.baseGain].join(' ')

/** The book as it was, with what the preview says of it put on top. */
function foretold(before: ReadonlyMap<string, string>, portfolio: string, { portfolios }: Tried): Map<string, string> {
  const after = new Map(before)
  const put = (name: string, value: string | null) => (value === null ? after.delete(name) : after.set(name, value))
  const one = portfolios.find((each) => each.portfolio === portfolio)
  for (const lot of one?.lots ?? []) {
    const said = (amounts: Json | null) => amounts && [amounts.units, amounts.local, amounts.base].join(' ')
    expect(before.get(lotName(lot)) ?? null).toBe(said(lot.before))
    put(lotName(lot), said(lot.after))
  }
  // The trial balance does not part by cash account and instrument: what changes is added up.
  const balances = new Map<string, { local: number; base: number }>()
  for (const { account, sleeve, currency, before: was, after: is } of one?.balances ?? []) {
    const name = `balance ${account} ${sleeve} ${currency}`
    const sum = balances.get(name) ?? { local: 0, base: 0 }
    balances.set(name, sum)
    // Cents of these small stories are exact as floats.
    sum.local += Math.round(Number(is?.local ?? 0) * 100) - Math.round(Number(was?.local ?? 0) * 100)
    sum.base += Math.round(Number(is?.base ?? 0) * 100) - Math.round(Number(was?.base ?? 0) * 100)
  }
  for (const [name, { local, base }] of balances) {
    const [wasLocal = '0', wasBase = '0'] = before.get(name)?.split(' ') ?? []
    const now = [Math.round(Number(wasLocal) * 100) + local, Math.round(Number(wasBase) * 100) + base]
    put(name, now.every((cents) => cents === 0) ? null : now.map((cents) => String(cents / 100)).join(' '))
  }
  for (const { disposal, after: now } of one?.gains ?? []) put(`gain ${disposal}`, now === null ? null : gainOf(now))
  for (const found of one?.breaksOpened ?? []) put(`break ${found.code} ${found.fact} ${found.message}`, 'open')
  for (const gone of one?.breaksClosed ?? []) put(`break ${gone.code} ${gone.fact} ${gone.message}`, null)
  return after
}

const sorted = (said: ReadonlyMap<string, string>) => Object.fromEntries([...said].sort())

/** Tries a command out, records it, and compares; answers what was foretold. */
async function proved(url: string, body: unknown, portfolios: readonly string[] = ['P1']): Promise<Tried> {
  const before = new Map<string, Map<string, string>>()
  for (const portfolio of portfolios) before.set(portfolio, await book(portfolio))
  const preview = await tried(url, body)
  await ledger.record(url, body)
  for (const portfolio of portfolios)
    expect(sorted(await book(portfolio)), `${url} ${JSON.stringify(body)}`).toStrictEqual(
      sorted(foretold(before.get(portfolio)!, portfolio, preview)),
    )
  return preview
}

describe('a command tried out', () => {
  it('shows each lot, gain and balance it would change, with the entries that change it', async () => {
    await ledger.record(`${P}/cash/contributions`, {
      ref: 'C1',
      amount: '90000',
      currency: 'USD',
      valueDate: '2025-03-03',
    })
    await proved(`${P}/fills`, fill('B1'))
    await proved(
      `${P}/fills`,
      fill('S1', { tradeDate: '2025-03-14', side: 'sell', quantity: '40', price: '27', consideration: '1080' }),
    )
    const correction = {
      source: 'BROKER',
      execId: 'B1-C',
      execRefId: 'B1',
      tradeDate: '2025-04-07',
      fill: terms({ price: '25.1', consideration: '2510' }),
    }
    const { records, portfolios } = await tried(`${P}/fills/correct`, correction)
    expect(records.map(({ stream, type }) => [stream, type])).toStrictEqual([['portfolio-P1', 'FillCorrected']])
    const [one] = portfolios
    const lot = 'fill:BROKER:2025-03-03:B1'
    // 60 left of 100: 1530 of 2550, 1506 of 2510.
    expect(one?.lots).toMatchObject([
      {
        lot,
        before: { units: '60', local: '1530', base: '1530' },
        after: { units: '60', local: '1506', base: '1506' },
        because: [
          `${lot}/trade`,
          `${lot}/settle`,
          'fill:BROKER:2025-03-14:S1/trade',
          'fill:BROKER:2025-03-14:S1/settle',
        ],
      },
    ])
    // Sold 40 for 1080: they cost 1020, and then 1004.
    expect(one?.gains).toMatchObject([{ before: { gain: '60', cost: '1020' }, after: { gain: '76', cost: '1004' } }])
    expect(one?.balances).toMatchObject([
      { account: 1000, cashAccount: 'main', before: { local: '88530' }, after: { local: '88570' } },
      { account: 1100, instrument: 'ACME', before: { local: '1530' }, after: { local: '1506' } },
      { account: 4100, instrument: 'ACME', before: { local: '-60' }, after: { local: '-76' } },
    ])
    expect(one?.closedPeriods).toStrictEqual([])
    await proved(`${P}/fills/correct`, correction)
  })

  it('shows the figures of closed periods it would restate', async () => {
    const { portfolios } = await proved(`${P}/periods/seal`, { through: '2025-03-10' })
    expect(portfolios).toMatchObject([{ sealed: [{ seal: 'seal:2025-03-10', through: '2025-03-10' }], lots: [] }])
    const late = await proved(
      `${P}/fills`,
      fill('B2', { tradeDate: '2025-03-05', quantity: '10', consideration: '255' }),
    )
    expect(late.portfolios[0]?.closedPeriods).toMatchObject([
      {
        seal: 'seal:2025-03-10',
        through: '2025-03-10',
        // Settled on the 6th: within the period.
        figures: [
          { account: 1000, before: { local: '87490' }, after: { local: '87235' } },
          { account: 1100, instrument: 'ACME', before: { local: '2510' }, after: { local: '2765' } },
        ],
      },
    ])
  })

  it('shows what an action would do to each holder within the reach of the token', async () => {
    await ledger.record('/v1/portfolios/P2/fills', fill('P2-1', { quantity: '30', consideration: '765' }))
    const action = {
      instrument: 'ACME',
      terms: {
        action: 'SPLIT-1',
        caev: 'SPLF',
        exDate: '2025-03-12',
        legs: [
          {
            kind: 'security',
            leg: 1,
            instrument: 'ACME',
            ratio: { numerator: '2', denominator: '1' },
            replaces: true,
            holdingPeriod: 'keep',
            fractions: 'keep',
          },
        ],
      },
    }
    const scoped = { authorization: `Bearer ${ledger.tokenFor(['operator'], ['P2'])}` }
    const some = await ledger.request('POST', '/v1/corporate-actions?dryRun=true', action, scoped)
    expect([
      (some.body as never as Tried).portfolios.map(({ portfolio }) => portfolio),
      some.body.unseen,
    ]).toStrictEqual([['P2'], 1])
    const all = await proved('/v1/corporate-actions', action, ['P1', 'P2'])
    expect(all.portfolios.map(({ portfolio }) => portfolio)).toStrictEqual(['P1', 'P2'])
    const moved = (all.portfolios[1]?.lots ?? []).map(({ lot, before, after }) => [lot, before?.units, after?.units])
    expect(moved).toStrictEqual([
      ['fill:BROKER:2025-03-03:P2-1', '30', undefined],
      ['fill:BROKER:2025-03-03:P2-1/SPLIT-1/1', undefined, '60'],
    ])
  })

  it('comes true of an action amended and cancelled, and of a transfer on both sides', async () => {
    const both = ['P1', 'P2']
    const legs = [{ kind: 'cash', leg: 1, income: 'dividend', currency: 'USD', perUnit: '0.5' }]
    const terms = { action: 'DIV-1', caev: 'DVCA', exDate: '2025-03-13', payDate: '2025-03-17', legs }
    const announced = await proved('/v1/corporate-actions', { instrument: 'ACME', terms }, both)
    expect(announced.portfolios.map(({ portfolio }) => portfolio)).toStrictEqual(both)
    const amended = { ...terms, legs: [{ ...legs[0], perUnit: '0.75' }] }
    await proved('/v1/corporate-actions/amend', { instrument: 'ACME', terms: amended, reason: 'as declared' }, both)
    await proved(
      '/v1/corporate-actions/cancel',
      { instrument: 'ACME', action: 'DIV-1', reason: 'never declared' },
      both,
    )
    const transfer = {
      transfer: 'T1',
      date: '2025-03-14',
      ownership: 'same',
      instrument: 'ACME',
      from: { portfolio: 'P2' },
      to: { portfolio: 'P1' },
      units: '20',
    }
    const moved = await proved('/v1/transfers', transfer, both)
    const lots = moved.portfolios.map(({ portfolio, lots: held }) => [
      portfolio,
      held.map(({ before, after }) => [before?.units ?? '0', after?.units ?? '0']),
    ])
    expect(lots).toStrictEqual([
      ['P1', [['0', '20']]],
      ['P2', [['60', '40']]],
    ])
  })

  it('decides lines on those before them, and takes no line for another', async () => {
    const lines = [
      { type: 'fill', ...fill('L1', { tradeDate: '2025-03-14', quantity: '5', consideration: '127.5' }) },
      { type: 'fill', ...fill('L1', { tradeDate: '2025-03-14', quantity: '5', consideration: '127.5' }) },
      {
        type: 'correct-fill',
        source: 'BROKER',
        execId: 'L1-C',
        execRefId: 'L1',
        tradeDate: '2025-03-14',
        fill: terms({ tradeDate: '2025-03-14', quantity: '6', consideration: '153' }),
      },
      { type: 'fill', ...fill('L2', { quantity: '-1' }) },
    ]
    const before = await book('P1')
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    const ndjson = { 'content-type': 'application/x-ndjson' }
    const reply = await ledger.request('POST', `${P}/activity?dryRun=true`, text, ndjson)
    expect((reply.body.verdicts as Json[]).map(({ verdict }) => verdict)).toStrictEqual([
      'accepted',
      'already',
      'accepted',
      'refused',
    ])
    expect(sorted(await book('P1'))).toStrictEqual(sorted(before))
    await ledger.lines(`${P}/activity`, lines)
    expect(sorted(await book('P1'))).toStrictEqual(sorted(foretold(before, 'P1', reply.body as never as Tried)))
  })

  it('is refused as the command would be, and where a route cannot be tried out', async () => {
    const reply = await ledger.request('POST', `${P}/fills?dryRun=true`, fill('X', { sleeve: 'none' }))
    expect([reply.status, reply.body.code]).toStrictEqual([422, 'unknown-sleeve'])
    const block = await ledger.request('POST', '/v1/blocks/allocate?dryRun=true', {})
    expect([block.status, block.body.code]).toStrictEqual([422, 'no-dry-run'])
    const entry = { ref: 'M', date: '2025-03-14', reason: 'accrued', lines: [] }
    expect((await ledger.request('POST', `${P}/manual-entries?dryRun=true`, entry)).status).toBe(400)
  })

  it('foretells a manual entry from its approval', async () => {
    const line = { account: 5000, currency: 'EUR', amount: '33.33' }
    const entry = {
      ref: 'M1',
      date: '2025-03-14',
      reason: 'accrued',
      lines: [line, { ...line, account: 2400, amount: '-33.33' }],
    }
    expect((await proved(`${P}/manual-entries`, entry)).portfolios).toStrictEqual([])
    const approve = await tried(`${P}/manual-entries/approve`, { ref: 'M1' }, other)
    // EUR 33.33 at 1.14.
    expect(approve.portfolios[0]?.balances).toMatchObject([
      { account: 2400, before: null, after: { local: '-33.33', base: '-38' } },
      { account: 5000, before: null, after: { local: '33.33', base: '38' } },
    ])
  })

  it('comes true whatever the command', async () => {
    const day = fc.constantFrom(...DAYS)
    const units = fc.integer({ min: 1, max: 60 })
    const command = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          is: fc.constant('fill' as const),
          day,
          units,
          instrument: fc.constantFrom(...INSTRUMENTS),
          side: fc.constantFrom('buy', 'sell'),
          price: fc.integer({ min: 10, max: 40 }),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          is: fc.constant('correct' as const),
          of: fc.nat(30),
          units,
          price: fc.integer({ min: 10, max: 40 }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ is: fc.constant('bust' as const), of: fc.nat(30) }) },
      {
        weight: 1,
        arbitrary: fc.record({
          is: fc.constant('policy' as const),
          day,
          lotMethod: fc.constantFrom('fifo', 'lifo', 'hifo', 'average'),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ is: fc.constant('cash' as const), day, units, currency: fc.constantFrom('USD', 'EUR') }),
      },
      { weight: 1, arbitrary: fc.record({ is: fc.constant('rate' as const), day, units }) },
    )
    const live: { execId: string; instrument: string; side: string; tradeDate: string }[] = []
    const [commands = []] = fc.sample(fc.array(command, { minLength: 25, maxLength: 25 }), {
      numRuns: 1,
      seed: 20250314,
    })
    for (const [i, one] of commands.entries()) {
      const amount = (price: number, many: number) => ({
        quantity: String(many),
        price: String(price),
        consideration: String(price * many),
      })
      if (one.is === 'fill') {
        const currency = one.instrument === 'ACME' ? 'USD' : 'EUR'
        const what = { execId: `R${i}`, instrument: one.instrument, side: one.side, tradeDate: one.day }
        await proved(`${P}/fills`, fill(what.execId, { ...what, currency, ...amount(one.price, one.units) }))
        live.push(what)
      } else if (one.is === 'cash')
        await proved(`${P}/cash/contributions`, {
          ref: `R${i}`,
          amount: String(one.units * 10),
          currency: one.currency,
          valueDate: one.day,
        })
      else if (one.is === 'policy')
        await proved(`${P}/policies`, { ref: `R${i}`, effectiveOn: one.day, changes: { lotMethod: one.lotMethod } })
      else if (one.is === 'rate')
        await proved('/v1/rates/correct', {
          source: 'TEST-FX',
          fixing: 'noon',
          date: one.day,
          cause: 'typed wrong',
          row: { base: 'EUR', quote: 'USD', rate: `1.${10 + one.units}` },
        })
      else {
        const at = live.length === 0 ? -1 : one.of % live.length
        const target = live[at]
        if (target === undefined) continue
        const message = { source: 'BROKER', execId: `R${i}`, execRefId: target.execId, tradeDate: '2025-04-07' }
        if (one.is === 'bust') {
          await proved(`${P}/fills/bust`, message)
          live.splice(at, 1)
        } else {
          const { execId: _, ...kept } = target
          const currency = target.instrument === 'ACME' ? 'USD' : 'EUR'
          await proved(`${P}/fills/correct`, {
            ...message,
            fill: { ...kept, currency, ...amount(one.price, one.units) },
          })
        }
      }
    }
  })

  it('leaves books whose securities roll forward to their positions', async () => {
    for (const portfolio of ['P1', 'P2'])
      for (const basis of ['economic', 'accounting']) {
        const of = `/v1/portfolios/${portfolio}`
        const rolled = await ledger.rows(`${of}/roll-forward?from=2025-03-05&to=2025-03-31&basis=${basis}`)
        const name = ({ instrument, side, sleeve, currency }: Json) => [instrument, side, sleeve, currency].join(' ')
        const closes = rolled
          .filter(({ closeUnits, closeCost }) => closeUnits !== '0' || closeCost !== '0')
          .map((row) => [name(row), row.closeUnits, row.closeCost, row.closeBase])
        const held = await ledger.rows(`${of}/positions?effectiveAt=2025-03-31&basis=${basis}`)
        expect(closes.sort()).toStrictEqual(held.map((row) => [name(row), row.units, row.cost, row.baseCost]).sort())
        expect(rolled.filter(({ otherUnits }) => otherUnits !== '0')).toStrictEqual([])
        const cents = (value: unknown) => Math.round(Number(value) * 100)
        for (const row of rolled) {
          const parts = ['open', 'buys', 'sells', 'actions', 'transfers', 'openings', 'other']
          const sum = parts.reduce((total, part) => total + cents(row[`${part}Cost`]), 0)
          expect([name(row), sum]).toStrictEqual([name(row), cents(row.closeCost)])
        }
      }
  })
})
