// The regimes of one fixed order of relief: which country, which order, over what.
import { plainRegime } from './plain-regime.ts'

/** First in first out within a custody account (s.20(4) sentence 7 EStG); what was bought before 2009 is free (s.52(28) sentence 11 EStG). */
export const germany = plainRegime({
  code: 'DE',
  currency: 'EUR',
  method: 'fifo',
  scope: 'account',
  freeBefore: '2009-01-01',
})

/** Weighted average price of all securities of a kind that the taxpayer holds (CGI art. 150-0 D, 3). */
export const france = plainRegime({ code: 'FR', currency: 'EUR', method: 'average', scope: 'owner' })

/** Average method over all securities of a kind (IL 48 kap. 7 s.). */
export const sweden = plainRegime({ code: 'SE', currency: 'SEK', method: 'average', scope: 'owner' })

/** Moving average within a custody account (s.27a(4) no.3 EStG Austria). */
export const austria = plainRegime({ code: 'AT', currency: 'EUR', method: 'average', scope: 'account' })
