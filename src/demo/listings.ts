// The instruments of the demo: fictional issuers whose codes have valid check digits, listed in five markets.

export interface Market {
  readonly id: string
  readonly calendar: string
  readonly currency: string
  readonly mic: string
  readonly country: string
  /** Places of a price: yen trade in whole numbers. */
  readonly pricePlaces: number
  /** Trading hours in UTC, the demo's own. */
  readonly opens: number
  readonly closes: number
  readonly withholding: { readonly statutory: string; readonly treaty: string } | null
}

const market = (
  id: string,
  calendar: string,
  currency: string,
  country: string,
  hours: readonly [number, number],
  withholding: Market['withholding'],
): Market => ({
  id,
  calendar,
  currency,
  mic: calendar,
  country,
  pricePlaces: currency === 'JPY' ? 0 : 2,
  opens: hours[0],
  closes: hours[1],
  withholding,
})

export const MARKETS = {
  US: market('US', 'XNYS', 'USD', 'US', [15, 19], { statutory: '0.3', treaty: '0.15' }),
  UK: market('UK', 'XLON', 'GBP', 'GB', [8, 15], null),
  EU: market('EU', 'XETR', 'EUR', 'DE', [8, 15], { statutory: '0.26375', treaty: '0.15' }),
  JP: market('JP', 'XTKS', 'JPY', 'JP', [0, 5], { statutory: '0.15315', treaty: '0.15' }),
  CH: market('CH', 'XSWX', 'CHF', 'CH', [8, 15], { statutory: '0.35', treaty: '0.15' }),
} as const

export interface Listing {
  readonly instrument: string
  readonly name: string
  readonly type: 'equity' | 'etf' | 'adr'
  readonly market: Market
  readonly isin: string
  readonly sector: string
  /** First price in ticks of the market's price places. */
  readonly price: number
  /** Daily deviation, as a part of the price. */
  readonly volatility: number
  /** Dividend per unit in ticks, paid every quarter; 0 for none. */
  readonly dividend: number
  /** Registered only after its first fill was sent: that fill waits, parked. */
  readonly late?: boolean
}

/** The ISO 6166 check digit of twelve characters' first eleven (letters as 10 to 35, doubled from the right, digits summed). */
export function isinOf(country: string, serial: number): string {
  const body = `${country}Q${String(serial).padStart(8, '0')}`
  const digits = [...body].map((c) => (c <= '9' ? c : String(c.charCodeAt(0) - 55))).join('')
  let sum = 0
  for (let i = digits.length - 1, double = true; i >= 0; i--, double = !double) {
    const digit = Number(digits[i]) * (double ? 2 : 1)
    sum += digit > 9 ? digit - 9 : digit
  }
  return `${body}${(10 - (sum % 10)) % 10}`
}

type Row = readonly [string, string, keyof typeof MARKETS, string, number, number, number]

const EQUITIES: readonly Row[] = [
  ['ANDESRIV', 'Andes River Freight', 'US', 'Industrials', 8450, 0.014, 38],
  ['BRIARTEC', 'Briar Technologies', 'US', 'Technology', 21430, 0.021, 0],
  ['COBALTCL', 'Cobalt Cloud', 'US', 'Technology', 31275, 0.024, 0],
  ['DUNEFOOD', 'Dune Foods', 'US', 'Consumer staples', 6240, 0.009, 45],
  ['EMBERHLT', 'Ember Health', 'US', 'Health care', 14890, 0.013, 52],
  ['FJORDNRG', 'Fjord Energy', 'US', 'Energy', 9725, 0.018, 81],
  ['GRANITEB', 'Granite Bancorp', 'US', 'Financials', 5360, 0.015, 34],
  ['HOLLOWAY', 'Holloway Semiconductors', 'US', 'Technology', 48210, 0.027, 12],
  ['IVORYPAY', 'Ivory Payments', 'US', 'Financials', 26840, 0.017, 40],
  ['JUNIPERM', 'Juniper Media', 'US', 'Communication', 11020, 0.019, 0],
  ['KESTRELR', 'Kestrel Retail', 'US', 'Consumer discretionary', 7415, 0.018, 25],
  ['LARKSPUR', 'Larkspur Water', 'US', 'Utilities', 4890, 0.008, 41],
  ['MARLOWAE', 'Marlow Aerospace', 'UK', 'Industrials', 612, 0.016, 0],
  ['NORTHGAT', 'Northgate Homes', 'UK', 'Consumer discretionary', 238, 0.017, 3],
  ['OAKMERE', 'Oakmere Pharma', 'UK', 'Health care', 1874, 0.012, 18],
  ['PENROSEM', 'Penrose Mining', 'UK', 'Materials', 96, 0.028, 0],
  ['QUARRYUT', 'Quarry Utilities', 'UK', 'Utilities', 1032, 0.009, 14],
  ['RHEINAUT', 'Rhein Automotive', 'EU', 'Consumer discretionary', 8760, 0.018, 0],
  ['SAARCHEM', 'Saar Chemicals', 'EU', 'Materials', 4615, 0.015, 60],
  ['TAUNUSSW', 'Taunus Software', 'EU', 'Technology', 15240, 0.017, 30],
  ['UFERBANK', 'Uferbank', 'EU', 'Financials', 1386, 0.019, 20],
  ['VOGTELEC', 'Vogt Elektronik', 'EU', 'Industrials', 17890, 0.016, 55],
  ['WESERLOG', 'Weser Logistik', 'EU', 'Industrials', 3940, 0.013, 22],
  ['YAMATENO', 'Yamate Optical', 'JP', 'Technology', 6840, 0.018, 30],
  ['ZAIMARIN', 'Zai Marine', 'JP', 'Industrials', 2315, 0.016, 18],
  ['AOBAFOOD', 'Aoba Foods', 'JP', 'Consumer staples', 3980, 0.01, 24],
  ['BUNKYORO', 'Bunkyo Robotics', 'JP', 'Industrials', 11450, 0.022, 0],
  ['CALANDAP', 'Calanda Pharma', 'CH', 'Health care', 9215, 0.011, 70],
  ['DOMLESCH', 'Domleschg Insurance', 'CH', 'Financials', 31480, 0.012, 120],
  ['ENGADINI', 'Engadin Instruments', 'CH', 'Industrials', 18760, 0.016, 0],
]

const FUNDS: readonly Row[] = [
  ['QUSALLCP', 'Quipu Demo US All Cap ETF', 'US', 'Fund', 10840, 0.009, 30],
  ['QUSBONDX', 'Quipu Demo Treasury ETF', 'US', 'Fund', 9215, 0.003, 22],
  ['QWORLDEU', 'Quipu Demo World ETF', 'EU', 'Fund', 8420, 0.009, 0],
  ['QEMERGEU', 'Quipu Demo Emerging ETF', 'EU', 'Fund', 3165, 0.012, 0],
  ['QUKSHARE', 'Quipu Demo UK Share ETF', 'UK', 'Fund', 742, 0.008, 5],
  ['QJPNTOPX', 'Quipu Demo Japan ETF', 'JP', 'Fund', 2740, 0.01, 0],
]

const ADRS: readonly Row[] = [
  ['FENWEIAD', 'Fenwei Electric ADR', 'US', 'Industrials', 5230, 0.021, 15],
  ['GAOSHADR', 'Gaosha Internet ADR', 'US', 'Technology', 8915, 0.028, 0],
]

let serial = 10_000
const listed =
  (type: Listing['type']) =>
  (row: Row): Listing => {
    const [instrument, name, at, sector, price, volatility, dividend] = row
    const where = MARKETS[at]
    serial += 37
    return {
      instrument,
      name,
      type,
      market: where,
      isin: isinOf(where.country, serial),
      sector,
      price,
      volatility,
      dividend,
    }
  }

export const LISTINGS: readonly Listing[] = [
  ...EQUITIES.map(listed('equity')),
  ...FUNDS.map(listed('etf')),
  ...ADRS.map(listed('adr')),
  { ...listed('equity')(['NEWLARCH', 'New Larch Biotech', 'US', 'Health care', 2150, 0.032, 0]), late: true },
  { ...listed('equity')(['JUNIPERS', 'Juniper Studios', 'US', 'Communication', 2480, 0.022, 0]) },
]

/** What JUNIPERM spins off: nobody buys it before it exists. */
export const SPUN_OFF = 'JUNIPERS'

export function listing(instrument: string): Listing {
  const found = LISTINGS.find((one) => one.instrument === instrument)
  if (found === undefined) throw new Error(`the demo lists no ${instrument}`)
  return found
}
