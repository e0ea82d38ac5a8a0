// Legal owners: registered once, amended, linked.
import { describe, it } from 'vitest'
import { type OwnerCommand, owner } from '../../../src/domain/owner/owner.ts'
import { story } from '../instrument/story.ts'

const terms = {
  owner: 'O1',
  kind: 'person' as const,
  country: 'US',
  taxStatus: 'taxable' as const,
  name: 'Ada Example',
}
const register = (changes: object = {}): OwnerCommand => ({ type: 'RegisterOwner', terms: { ...terms, ...changes } })
const amend = (changes: object): OwnerCommand => ({ type: 'AmendOwner', changes: { owner: 'O1', ...changes } })
const link = (knowsPortfolio = true): OwnerCommand => ({
  type: 'LinkPortfolio',
  link: { owner: 'O1', portfolio: 'P1', from: '2025-01-02' },
  knowsPortfolio,
})
const affiliate = (id: string, knowsAffiliate = true): OwnerCommand => ({
  type: 'LinkAffiliate',
  link: { owner: 'O1', affiliate: id, relation: 'spouse', from: '2025-01-02' },
  knowsAffiliate,
})
const having = story(owner)

describe('an owner', () => {
  it('is registered once; other terms or another name under its id are refused', () => {
    having().when(register()).records({ type: 'OwnerRegistered', data: terms })
    having(register()).when(register()).records()
    having(register())
      .when(register({ country: 'GB' }))
      .refused({ code: 'idempotency-conflict' })
    having(register())
      .when(register({ name: 'Bea Example' }))
      .refused({ code: 'idempotency-conflict' })
  })

  it('whose person was erased is still recognised by everything but the name', () => {
    const erased: OwnerCommand = { type: 'RegisterOwner', terms: { ...terms, name: { erased: true } } }
    having(erased).when(register()).records()
  })

  it('is amended in what changes', () => {
    having(register())
      .when(amend({ taxStatus: 'retirement' }))
      .records({ type: 'OwnerAmended', data: { owner: 'O1', taxStatus: 'retirement' } })
    having(register())
      .when(amend({ name: 'Ada Example' }))
      .records()
    having()
      .when(amend({ name: 'x' }))
      .refused({ code: 'unknown-owner' })
  })

  it('is linked to portfolios and affiliates that are there, each once', () => {
    having(register())
      .when(link())
      .records({ type: 'PortfolioLinked', data: { owner: 'O1', portfolio: 'P1', from: '2025-01-02' } })
    having(register(), link()).when(link()).records()
    having(register()).when(link(false)).refused({ code: 'unknown-portfolio', field: 'portfolio' })
    having(register()).when(affiliate('O2')).warned()
    having(register()).when(affiliate('O2', false)).refused({ code: 'unknown-owner', field: 'affiliate' })
    having(register()).when(affiliate('O1')).refused({ code: 'own-affiliate' })
  })
})
