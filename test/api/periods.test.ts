// A month closed and reopened, entries by hand, what came late: through the API, from commands to reports.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { equity, type Json, portfolioOf, startLedger, type TestLedger } from '../support/ledger.ts'

let ledger: TestLedger
/** Two people with tokens of their own. */
let ann: Readonly<Record<string, string>>
let bob: Readonly<Record<string, string>>

const P = '/v1/portfolios/P1'

const terms = (tradeDate: string, rest: Json): Json => ({ tradeDate, instrument: 'ACME', currency: 'USD', ...rest })
const fill = (execId: string, tradeDate: string, rest: Json): Json => ({
  source: 'BROKER',
  execId,
  ...terms(tradeDate, rest),
})

beforeAll(async () => {
  ledger = await startLedger()
  ann = { authorization: `Bearer ${ledger.tokenFor(['operator'])}` }
  bob = { authorization: `Bearer ${ledger.tokenFor(['operator'])}` }
  await ledger.record('/v1/instruments', equity('ACME', 'USD'))
  await ledger.record('/v1/portfolios', portfolioOf('P1', 'USD'))
  await ledger.record(`${P}/cash/contributions`, {
    ref: 'C1',
    amount: '5000',
    currency: 'USD',
    valueDate: '2025-03-03',
  })
  await ledger.record(
    `${P}/fills`,
    fill('B1', '2025-03-03', { side: 'buy', quantity: '100', price: '25.5', consideration: '2550' }),
  )
  await ledger.record(
    `${P}/fills`,
    fill('S1', '2025-03-14', { side: 'sell', quantity: '40', price: '27', consideration: '1080' }),
  )
})
afterAll(() => ledger?.close())

const refused = async (url: string, body: Json, headers = ann) => {
  const reply = await ledger.request('POST', url, body, headers)
  return [reply.status, reply.body.code, reply.body.field]
}
const checks = async (body: Json) => {
  const reply = await ledger.request('POST', `${P}/periods/checklist`, body)
  const items = reply.body.items as Json[]
  return Object.fromEntries(
    items.map(({ check, outcome, members }) => [check, outcome === 'passed' ? 'passed' : [outcome, members]]),
  )
}

describe('a month', () => {
  it('does not close over what its checklist names', async () => {
    await ledger.record(`${P}/cash/receipts`, { ref: 'R1', amount: '12', currency: 'USD', valueDate: '2025-03-20' })
    expect(await checks({ through: '2025-03-31' })).toStrictEqual({
      suspense: ['failed', ['main USD -12']],
      breaks: 'passed',
      'pending-rates': 'passed',
      'parked-messages': 'passed',
      prices: ['failed', ['ACME: no price']],
      'overdrawn-cash': 'passed',
      'trial-balance': 'passed',
      'manual-entries': 'passed',
      'tie-out': ['not-asked', []],
    })
    const reply = await ledger.request('POST', `${P}/periods/close`, { through: '2025-03-31' }, ann)
    expect([reply.status, reply.body.code]).toStrictEqual([422, 'checklist-not-passed'])
    expect(reply.body.details).toStrictEqual({
      failed: [
        { check: 'suspense', open: 1, members: ['main USD -12'] },
        { check: 'prices', open: 1, members: ['ACME: no price'] },
      ],
    })
  })

  it('takes an entry by hand only balanced, on accounts that people post to, and from two of them', async () => {
    const entry = (lines: Json[], rest: Json = {}): Json => ({
      ref: 'M1',
      date: '2025-03-31',
      reason: 'the bank says it is a fee it gave back',
      lines,
      ...rest,
    })
    const lines = [
      { account: 1900, currency: 'USD', amount: '12' },
      { account: 5000, currency: 'USD', amount: '-12' },
    ]
    const url = `${P}/manual-entries`
    expect(await refused(url, entry([lines[0]!, { ...lines[1], amount: '-11.99' }]))).toStrictEqual([
      422,
      'unbalanced-entry',
      'lines',
    ])
    expect(await refused(url, entry([lines[0]!, { ...lines[1], account: 1100 }]))).toStrictEqual([
      422,
      'account-not-by-hand',
      'lines.1.account',
    ])
    expect(await refused(url, entry(lines, { reverseOn: '2025-03-31' }))).toStrictEqual([
      422,
      'reverses-before-entry',
      'reverseOn',
    ])
    await ledger.record(url, entry(lines), ann)
    // It waits: nothing is posted, and the period does not close over it.
    expect((await checks({ through: '2025-03-31' }))['manual-entries']).toStrictEqual(['failed', ['entry:M1']])
    expect(await refused(`${url}/approve`, { ref: 'M1' }, ann)).toStrictEqual([422, 'same-person', undefined])
    await ledger.record(`${url}/approve`, { ref: 'M1' }, bob)
    expect(await refused(`${url}/withdraw`, { ref: 'M1', reason: 'no' }, ann)).toStrictEqual([
      422,
      'entry-posted',
      'ref',
    ])
    expect(await ledger.rows(`${P}/journal?entry=entry:M1/manual`)).toMatchObject([
      { account: 1900, cashAccount: 'main', local: '12', base: '12', effectiveDate: '2025-03-31', rule: 'manual' },
      { account: 5000, cashAccount: null, local: '-12', base: '-12' },
    ])
    expect(await ledger.rows(`${P}/activity?kind=entry`)).toMatchObject([{ fact: 'entry:M1', status: 'recorded' }])
  })

  it('posts the opposite of an accrual by itself on the day it names', async () => {
    const lines = [
      { account: 5000, currency: 'USD', amount: '100' },
      { account: 2400, currency: 'USD', amount: '-100' },
    ]
    const entry = { ref: 'M2', date: '2025-03-31', reverseOn: '2025-04-01', reason: 'audit fee of March', lines }
    await ledger.record(`${P}/manual-entries`, entry, ann)
    await ledger.record(`${P}/manual-entries/approve`, { ref: 'M2' }, bob)
    const accrued = async (day: string) =>
      (await ledger.rows(`${P}/trial-balance?effectiveAt=${day}`)).flatMap(({ account, local }) =>
        account === 2400 ? [local] : [],
      )
    expect(await accrued('2025-03-31')).toStrictEqual(['-100'])
    expect(await accrued('2025-04-01')).toStrictEqual([])
  })

  it('ties out with what the custodian and the bank say, whole for the accounts they name', async () => {
    // 100 bought, 40 sold; 5000 - 2550 + 1080 + 12 = 3542, all of it settled by the end of March.
    const statement = (units: string, balance: string) => ({
      positions: [{ instrument: 'ACME', units }],
      cash: [{ currency: 'USD', balance }],
    })
    const tied = async (given: Json) => (await checks({ through: '2025-03-31', statement: given }))['tie-out']
    expect(await tied(statement('60', '3542'))).toBe('passed')
    expect(await tied(statement('61', '3540'))).toStrictEqual([
      'failed',
      ['main ACME: ours 60, theirs 61', 'main USD: ours 3542, theirs 3540'],
    ])
  })

  it('closes with the checklist it passed, and what was waived', async () => {
    const close = { through: '2025-03-31', waive: [{ check: 'prices', reason: 'ACME is valued by hand' }] }
    const closed = await ledger.record(`${P}/periods/close`, close, ann)
    expect(closed.fact).toBe('seal:2025-03-31')
    const [seal] = await ledger.rows(`${P}/activity?kind=seal`)
    const { checklist } = seal!.terms as { checklist: { items: Json[] } }
    expect(checklist.items.map(({ check, outcome }) => `${check} ${outcome}`)).toStrictEqual([
      'suspense passed',
      'breaks passed',
      'pending-rates passed',
      'parked-messages passed',
      'prices waived',
      'overdrawn-cash passed',
      'trial-balance passed',
      'manual-entries passed',
      'tie-out not-asked',
    ])
    expect(checklist.items[4]).toStrictEqual({
      check: 'prices',
      outcome: 'waived',
      open: 1,
      members: ['ACME: no price'],
      reason: 'ACME is valued by hand',
    })
    // Asked again it is the same seal; earlier days are sealed already.
    expect((await ledger.record(`${P}/periods/close`, close, ann)).replayed).toBe(true)
    expect(await refused(`${P}/periods/close`, { through: '2025-03-30' })).toStrictEqual([
      422,
      'period-already-sealed',
      'through',
    ])
  })

  it('itemises by disposal what came late, and says which figures it restated', async () => {
    const correction = {
      source: 'BROKER',
      execId: 'B1-C',
      execRefId: 'B1',
      tradeDate: '2025-04-07',
      reason: 'price was 25.10',
      fill: terms('2025-03-03', { side: 'buy', quantity: '100', price: '25.1', consideration: '2510' }),
    }
    const { position } = await ledger.record(`${P}/fills/correct`, correction, ann)
    const adjusted = await ledger.rows(`${P}/periods/adjustments?account=4100`)
    // 40 of 100 cost 1004 instead of 1020: the gain is 16 more, carried on the day after the seal.
    expect(adjusted).toMatchObject([
      {
        entry: 'fill:BROKER:2025-03-14:S1/trade',
        disposal: 'fill:BROKER:2025-03-14:S1/trade/fill:BROKER:2025-03-03:B1',
        knownFrom: position,
        effectiveDate: '2025-03-14',
        accountingDate: '2025-04-01',
        local: '-16',
        base: '-16',
      },
    ])
    const restated = await ledger.rows(`${P}/periods/restatement?through=2025-03-31&account=4100`)
    expect(restated).toMatchObject([
      {
        account: 4100,
        instrument: 'ACME',
        beforeLocal: '-60',
        afterLocal: '-76',
        changeLocal: '-16',
        changedAt: position,
        stream: 'portfolio-P1',
        entries: ['fill:BROKER:2025-03-14:S1/trade'],
      },
    ])
    // As it was reported, nothing moved.
    expect(await ledger.rows(`${P}/periods/restatement?through=2025-03-31&basis=accounting`)).toStrictEqual([])
    expect(await ledger.rows(`${P}/periods/restatement?through=2025-03-31&since=${position}`)).toStrictEqual([])
    const never = await ledger.request('GET', `${P}/periods/restatement?through=2025-02-28`)
    expect([never.status, never.body.code]).toStrictEqual([422, 'not-sealed'])
  })

  it('rolls every security forward to its positions, on either basis', async () => {
    const [economic] = await ledger.rows(`${P}/roll-forward?from=2025-03-10&to=2025-03-31`)
    // Bought before: 100 for 2510. Sold in the period: 40 for their cost of 1004.
    expect(economic).toMatchObject({
      instrument: 'ACME',
      openUnits: '100',
      openCost: '2510',
      buysUnits: '0',
      sellsUnits: '-40',
      sellsCost: '-1004',
      sellsBase: '-1004',
      otherUnits: '0',
      otherCost: '0',
      closeUnits: '60',
      closeCost: '1506',
    })
    const [reported] = await ledger.rows(`${P}/roll-forward?from=2025-03-01&to=2025-03-31&basis=accounting`)
    // March as it was reported: 100 for 2550, 40 of them sold for 1020.
    expect(reported).toMatchObject({ buysCost: '2550', sellsCost: '-1020', closeCost: '1530' })
    const [april] = await ledger.rows(`${P}/roll-forward?from=2025-04-01&to=2025-04-30&basis=accounting`)
    // The correction in April: 40 less for what was bought, of which 16 had been sold.
    expect(april).toMatchObject({ openCost: '1530', buysCost: '-40', sellsCost: '16', closeCost: '1506' })
    for (const [basis, day] of [
      ['economic', '2025-03-31'],
      ['accounting', '2025-03-31'],
      ['accounting', '2025-04-30'],
    ]) {
      const [rolled] = await ledger.rows(`${P}/roll-forward?from=2025-03-01&to=${day}&basis=${basis}`)
      const [held] = await ledger.rows(`${P}/positions?effectiveAt=${day}&basis=${basis}`)
      expect([rolled?.closeUnits, rolled?.closeCost, rolled?.closeBase]).toStrictEqual([
        held?.units,
        held?.cost,
        held?.baseCost,
      ])
    }
  })

  it('is reopened by somebody else than who asks', async () => {
    const url = `${P}/periods/reopen`
    expect(await refused(url, { ref: '2025-03-31' }, bob)).toStrictEqual([422, 'approval-needed', 'ref'])
    await ledger.record(`${url}/request`, { ref: '2025-03-31', reason: 'the auditor wants the fee in March' }, ann)
    expect(await refused(url, { ref: '2025-03-31' }, ann)).toStrictEqual([422, 'same-person', 'ref'])
    await ledger.record(url, { ref: '2025-03-31' }, bob)
    expect(await ledger.rows(`${P}/activity?kind=seal`)).toMatchObject([
      { status: 'reopened', reason: 'the auditor wants the fee in March' },
    ])
  })
})
