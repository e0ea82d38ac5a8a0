// Who the demo is about: three owners and seven portfolios, each with its own policies, strategies and taste.

export interface DemoOwner {
  readonly owner: string
  readonly kind: 'person' | 'company' | 'fund'
  readonly country: string
  readonly taxStatus: 'taxable' | 'retirement' | 'corporate' | 'exempt'
  readonly name: string
}

export const OWNERS: readonly DemoOwner[] = [
  { owner: 'own-tamia', kind: 'person', country: 'US', taxStatus: 'taxable', name: 'Tamia Sample' },
  {
    owner: 'own-larkfield',
    kind: 'company',
    country: 'GB',
    taxStatus: 'corporate',
    name: 'Larkfield Holdings (sample)',
  },
  { owner: 'own-condor', kind: 'fund', country: 'DE', taxStatus: 'exempt', name: 'Condor Umbrella (sample)' },
]

export interface DemoPortfolio {
  readonly portfolio: string
  readonly owner: string
  readonly base: 'USD' | 'EUR' | 'GBP'
  readonly calendar: string
  readonly zone: string
  readonly lotMethod: 'fifo' | 'lifo' | 'hifo' | 'lowest-cost' | 'average' | 'specific'
  readonly keeping: 'long-only' | 'netting' | 'long-short'
  readonly reliefScope: 'sleeve-account' | 'account' | 'portfolio'
  /** Strategies: each a sleeve. */
  readonly sleeves: readonly string[]
  readonly markets: readonly string[]
  /** First contribution in whole units of base. */
  readonly capital: number
  /** How often it trades, against the others. */
  readonly pace: number
  /** Typical value of one fill in whole units of base. */
  readonly ticket: number
  readonly taxRegime: string
}

const one = (
  portfolio: string,
  owner: string,
  base: DemoPortfolio['base'],
  rest: Omit<DemoPortfolio, 'portfolio' | 'owner' | 'base' | 'calendar' | 'zone'>,
): DemoPortfolio => ({
  portfolio,
  owner,
  base,
  calendar: base === 'USD' ? 'XNYS' : base === 'GBP' ? 'XLON' : 'XETR',
  zone: base === 'USD' ? 'America/New_York' : base === 'GBP' ? 'Europe/London' : 'Europe/Berlin',
  ...rest,
})

export const PORTFOLIOS: readonly DemoPortfolio[] = [
  one('ANDES-GROWTH', 'own-tamia', 'USD', {
    lotMethod: 'hifo',
    keeping: 'long-only',
    reliefScope: 'sleeve-account',
    sleeves: ['growth', 'income'],
    markets: ['US', 'EU', 'JP'],
    capital: 6_000_000,
    pace: 5,
    ticket: 22_000,
    taxRegime: 'US',
  }),
  one('ANDES-SPECIFIC', 'own-tamia', 'USD', {
    lotMethod: 'specific',
    keeping: 'long-only',
    reliefScope: 'sleeve-account',
    sleeves: ['main'],
    markets: ['US'],
    capital: 2_500_000,
    pace: 2,
    ticket: 18_000,
    taxRegime: 'US',
  }),
  one('LARK-GLOBAL', 'own-larkfield', 'GBP', {
    lotMethod: 'average',
    keeping: 'long-only',
    reliefScope: 'sleeve-account',
    sleeves: ['core', 'satellite'],
    markets: ['UK', 'US', 'EU', 'CH'],
    capital: 5_000_000,
    pace: 4,
    ticket: 20_000,
    taxRegime: 'UK',
  }),
  one('LARK-HEDGE', 'own-larkfield', 'USD', {
    lotMethod: 'fifo',
    keeping: 'long-short',
    reliefScope: 'account',
    sleeves: ['long', 'short'],
    markets: ['US'],
    capital: 4_000_000,
    pace: 4,
    ticket: 25_000,
    taxRegime: 'UK',
  }),
  one('CONDOR-WORLD', 'own-condor', 'EUR', {
    lotMethod: 'fifo',
    keeping: 'netting',
    reliefScope: 'portfolio',
    sleeves: ['europe', 'america', 'asia'],
    markets: ['EU', 'US', 'JP', 'CH', 'UK'],
    capital: 9_000_000,
    pace: 6,
    ticket: 24_000,
    taxRegime: 'DE',
  }),
  one('CONDOR-LIFO', 'own-condor', 'EUR', {
    lotMethod: 'lifo',
    keeping: 'long-only',
    reliefScope: 'sleeve-account',
    sleeves: ['main'],
    markets: ['EU', 'CH'],
    capital: 3_000_000,
    pace: 2,
    ticket: 15_000,
    taxRegime: 'DE',
  }),
  one('CONDOR-VALUE', 'own-condor', 'EUR', {
    lotMethod: 'lowest-cost',
    keeping: 'long-only',
    reliefScope: 'account',
    sleeves: ['value', 'yield'],
    markets: ['EU', 'UK', 'US'],
    capital: 4_000_000,
    pace: 3,
    ticket: 18_000,
    taxRegime: 'DE',
  }),
]
