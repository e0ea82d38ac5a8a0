// The life of a portfolio: opened once, given places, its periods sealed and reopened, closed for good.
import { describe, expect, it } from 'vitest'
import type { PortfolioCommand } from '../../../src/domain/portfolio/commands.ts'
import type { PortfolioEvent } from '../../../src/domain/portfolio/events.ts'
import { portfolio } from '../../../src/domain/portfolio/portfolio.ts'
import { given, knowledge, opened, record, run } from './story.ts'

type Opened = Extract<PortfolioEvent, { type: 'PortfolioOpened' }>['data']
const terms = opened.data as Opened

const open = (changes: Partial<Opened> = {}): PortfolioCommand => ({
  type: 'OpenPortfolio',
  terms: { ...terms, ...changes },
  knowledge,
})
const first = (command: PortfolioCommand) => portfolio.decide(command, portfolio.initial)

describe('opening', () => {
  it('records the portfolio with its policies and places', () => {
    expect(first(open())).toStrictEqual({ accepted: true, events: [opened], warnings: [] })
  })

  it('on the same terms again records nothing, on others it is refused', () => {
    given().when(open()).records()
    given()
      .when(open({ baseCurrency: 'EUR' }))
      .refused({ code: 'portfolio-exists', field: 'portfolio' })
  })

  it.each([
    [{ baseCurrency: 'QQQ' }, 'unknown-currency', 'baseCurrency'],
    [{ policy: { ...terms.policy, calendar: 'XMOON' } }, 'unknown-calendar', 'policy.calendar'],
    [
      { policy: { ...terms.policy, fx: { ...terms.policy.fx, calendar: 'XMOON' } } },
      'unknown-calendar',
      'policy.fx.calendar',
    ],
    [{ policy: { ...terms.policy, zone: 'Mars/Olympus' } }, 'unknown-time-zone', 'policy.zone'],
    [{ sleeves: ['main', 'main'] }, 'duplicate-place', 'sleeves'],
    [{ defaults: { ...terms.defaults, sleeve: 'X' } }, 'unknown-default', 'defaults.sleeve'],
    [{ defaults: { ...terms.defaults, marginAccount: 'X' } }, 'unknown-default', 'defaults.marginAccount'],
  ])('with %o is refused', (changes, code, field) => {
    expect(first(open(changes))).toMatchObject({ accepted: false, refusal: { code, field } })
  })
})

describe('places', () => {
  const add = (places: object): PortfolioCommand => ({
    type: 'AddPlaces',
    places: { sleeves: [], custodyAccounts: [], cashAccounts: [], ...places },
  })

  it('are added where they are new', () => {
    given()
      .when(add({ sleeves: ['main', 'value'], cashAccounts: [{ id: 'main', kind: 'cash' }] }))
      .records({ type: 'PlacesAdded', data: { sleeves: ['value'], custodyAccounts: [], cashAccounts: [] } })
    given()
      .when(add({ sleeves: ['main'] }))
      .records()
  })

  it('cannot change the kind of an account', () => {
    given()
      .when(add({ cashAccounts: [{ id: 'main', kind: 'margin' }] }))
      .refused({ code: 'cash-account-exists', field: 'cashAccounts.0' })
  })
})

describe('closing', () => {
  const close = (holdings: 'none' | 'some' | 'unknown' = 'none', closedOn = '2025-12-31'): PortfolioCommand => ({
    type: 'ClosePortfolio',
    closedOn,
    holdings,
  })

  it('is for good, and the same again changes nothing', () => {
    given()
      .when(close())
      .records({ type: 'PortfolioClosed', data: { closedOn: '2025-12-31' } })
    given(close()).when(close()).records()
    given(close()).when(close('none', '2026-01-31')).refused({ code: 'portfolio-closed' })
  })

  it('is refused while something is held, parked or unknown', () => {
    given().when(close('some')).refused({ code: 'holdings-remain' })
    given().when(close('unknown')).refused({ code: 'holdings-unknown' })
    given(record({ instrument: 'NEW' }))
      .when(close())
      .refused({ code: 'parked-items', details: { facts: ['fill:BROKER:2025-03-10:X1'] } })
    given().when(close('none', '2025-01-01')).refused({ code: 'before-portfolio-opened' })
  })

  it('still takes what happened before it, with a warning, and refuses what came after', () => {
    given(close()).when(record()).warned('portfolio-closed')
    given(close())
      .when(record({ tradeDate: '2026-01-02' }))
      .refused({ code: 'portfolio-closed', field: 'tradeDate' })
  })
})

describe('a period', () => {
  const seal = (through: string, ref = through, suspense: 'zero' | 'open' | 'unknown' = 'zero'): PortfolioCommand => ({
    type: 'SealPeriod',
    ref,
    through,
    suspense,
  })
  const request = (ref: string, actor = 'ann'): PortfolioCommand => ({
    type: 'RequestReopening',
    ref,
    reason: 'audit',
    actor,
  })
  const reopen = (ref: string, actor = 'bob'): PortfolioCommand => ({ type: 'ReopenPeriod', ref, actor })

  it('is sealed through a date, later than any before', () => {
    given()
      .when(seal('2025-03-31'))
      .records({ type: 'PeriodSealed', data: { fact: 'seal:2025-03-31', through: '2025-03-31' } })
    given(seal('2025-03-31')).when(seal('2025-03-31')).records()
    given(seal('2025-03-31')).when(seal('2025-02-28')).refused({ code: 'period-already-sealed', field: 'through' })
  })

  it('is not sealed over money in suspense; where the book cannot say, that is said', () => {
    given()
      .when(seal('2025-03-31', 'Q1', 'open'))
      .refused({ code: 'suspense-not-zero', field: 'through' })
    given()
      .when(seal('2025-03-31', 'Q1', 'unknown'))
      .warned('suspense-unknown')
  })

  it('never refuses a fill: what comes late is an adjustment of the open period', () => {
    given(seal('2025-03-31')).when(record()).warned()
  })

  it('is reopened newest first, and sealed again under another reference', () => {
    const sealed = { fact: 'seal:2025-03-31', through: '2025-03-31', reason: 'audit' }
    const reopened = [seal('2025-03-31'), request('2025-03-31'), reopen('2025-03-31')]
    given(seal('2025-03-31'))
      .when(request('2025-03-31'))
      .records({ type: 'ReopeningRequested', data: { ...sealed, requestedBy: 'ann' } })
    given(seal('2025-03-31'), request('2025-03-31'))
      .when(reopen('2025-03-31'))
      .records({ type: 'PeriodReopened', data: { ...sealed, requestedBy: 'ann', approvedBy: 'bob' } })
    given(seal('2025-03-31'), seal('2025-06-30')).when(reopen('2025-03-31')).refused({ code: 'not-the-newest-seal' })
    given(seal('2025-03-31'), seal('2025-06-30')).when(request('2025-03-31')).refused({ code: 'not-the-newest-seal' })
    given(...reopened)
      .when(reopen('2025-03-31'))
      .records()
    given(...reopened)
      .when(seal('2025-03-31'))
      .refused({ code: 'idempotency-conflict' })
    expect(run([...reopened, seal('2025-03-31', 'again')]).events).toHaveLength(4)
    given().when(reopen('2025-03-31')).refused({ code: 'unknown-fact' })
  })

  it('is reopened by two people: one asks, another does', () => {
    given(seal('2025-03-31')).when(reopen('2025-03-31')).refused({ code: 'approval-needed', field: 'ref' })
    given(seal('2025-03-31'), request('2025-03-31'))
      .when(reopen('2025-03-31', 'ann'))
      .refused({ code: 'same-person', field: 'ref' })
    given(seal('2025-03-31'), request('2025-03-31')).when(request('2025-03-31')).records()
    given(seal('2025-03-31'), request('2025-03-31'))
      .when(request('2025-03-31', 'bob'))
      .refused({ code: 'reopening-requested' })
    // A request is used up: the next reopening needs one of its own.
    given(seal('2025-03-31'), request('2025-03-31'), reopen('2025-03-31'), seal('2025-03-31', 'again'))
      .when(reopen('again'))
      .refused({ code: 'approval-needed' })
  })
})
