// Margin by published examples, and at, just under and just over each threshold.
import { describe, expect, it } from 'vitest'
import { decimal, decimalText, type Decimal } from '../../../src/domain/kernel/decimal.ts'
import { type HouseTerms, type Margin, marginOf, type MarginPosition } from '../../../src/domain/margin/margin.ts'

const ONE = decimal('1')
const position = (
  side: 'long' | 'short',
  units: string,
  price: string | null,
  rest: Partial<MarginPosition> = {},
): MarginPosition => ({
  instrument: 'XYZ',
  side,
  units: decimal(units),
  value: price === null ? null : decimal(units).times(decimal(price)),
  dollar: ONE,
  equity: true,
  ...rest,
})
const house = (terms: Partial<HouseTerms>): HouseTerms => ({ instruments: new Map(), ...terms })
const account = (cash: string | null, positions: readonly MarginPosition[], terms: HouseTerms | null = null): Margin =>
  marginOf({ cash: cash === null ? null : decimal(cash), positions, places: 2, dollar: ONE }, terms)
const text = (amount: Decimal | null) => (amount === null ? null : decimalText(amount))
const said = (margin: Margin, ...names: (keyof Margin)[]) =>
  names.map((name) => {
    const value = margin[name]
    return typeof value === 'boolean' || value === null ? value : text(value as Decimal)
  })

describe('a long account', () => {
  // SEC, Investor Publications, "Margin: Borrowing Money to Pay for Stocks": 16,000 of stock, 8,000 borrowed.
  it('needs half of its value at first, and has just that in the example of the SEC', () => {
    expect(
      said(
        account('-8000', [position('long', '1000', '16')]),
        'equity',
        'initialRequirement',
        'initialExcess',
        'restricted',
        'buyingPower',
      ),
    ).toStrictEqual(['8000', '8000', '0', false, '0'])
  })

  it('needs 25 % to be maintained: at 12,000 its 4,000 cover 3,000; a house rate of 40 % asks 4,800 and calls 800', () => {
    const fallen = [position('long', '1000', '12')]
    expect(
      said(account('-8000', fallen), 'equity', 'maintenanceRequirement', 'maintenanceExcess', 'call', 'restricted'),
    ).toStrictEqual(['4000', '3000', '1000', '0', true])
    const strict = house({ maintenanceLong: decimal('0.4') })
    expect(said(account('-8000', fallen, strict), 'maintenanceRequirement', 'call')).toStrictEqual(['4800', '800'])
  })

  // Investopedia, "Margin Trading: The Dreaded Margin Call": 200 shares bought at 50 with 5,000 borrowed, 30 % kept.
  it('is called for 100 at 35 in the example of Investopedia, and for nothing at 35.72', () => {
    const thirty = house({ maintenanceLong: decimal('0.3') })
    // 7,000 x 30 % = 2,100 against 2,000; the call begins below 5,000 / 0.7 = 7,142.857..., 35.714... a share.
    expect(said(account('-5000', [position('long', '200', '35')], thirty), 'call')).toStrictEqual(['100'])
    expect(said(account('-5000', [position('long', '200', '35.72')], thirty), 'call')).toStrictEqual(['0'])
    // 7,142 x 30 % = 2,142.60 against 2,142.00.
    expect(said(account('-5000', [position('long', '200', '35.71')], thirty), 'call')).toStrictEqual(['0.6'])
  })

  it('buys what its excess carries: twice the excess at 50 %, cut to the minor unit', () => {
    expect(said(account('1000.01', []), 'initialExcess', 'buyingPower')).toStrictEqual(['1000.01', '2000.02'])
    // 1,000 / 0.6 = 1,666.666...
    expect(said(account('1000', [], house({ initialLong: decimal('0.6') })), 'buyingPower')).toStrictEqual(['1666.66'])
  })

  it('is called exactly when equity is a cent below 25 %', () => {
    // 10,000 long: 2,500 are needed.
    for (const [owed, call] of [
      ['-7500', '0'],
      ['-7499.99', '0'],
      ['-7500.01', '0.01'],
    ] as const)
      expect(said(account(owed, [position('long', '100', '100')]), 'call')).toStrictEqual([call])
  })

  it('needs at least 2,000 once it owes anything, but never more than its securities cost, and nothing when paid in full', () => {
    // 50 % of 3,000 are 1,500: the least equity is more.
    expect(
      said(account('-1000', [position('long', '100', '30')]), 'initialRequirement', 'minimumEquity'),
    ).toStrictEqual(['2000', '2000'])
    expect(said(account('-0.01', [position('long', '100', '15')]), 'minimumEquity', 'restricted')).toStrictEqual([
      '1500',
      true,
    ])
    expect(said(account('0', [position('long', '100', '15')]), 'initialRequirement', 'restricted')).toStrictEqual([
      '750',
      false,
    ])
    // A fall below 2,000 calls for nothing by itself (FINRA, Interpretations of rule 4210(b), /022).
    expect(said(account('-1000', [position('long', '100', '25')]), 'equity', 'call')).toStrictEqual(['1500', '0'])
  })
})

describe('a short account', () => {
  it('needs 150 % of the value at first, the proceeds among it', () => {
    // Sold for 10,000 with 5,000 deposited: 15,000 of credit against 10,000 short are 5,000 of equity, just enough.
    expect(
      said(account('15000', [position('short', '100', '100')]), 'equity', 'initialRequirement', 'initialExcess'),
    ).toStrictEqual(['5000', '5000', '0'])
  })

  // Examples A to D of a posting on si.frajer.net (msgid 14932764) quoting the NYSE and NASD rule, now FINRA 4210(c)(2) and (3).
  it.each([
    ['1000', '50', '15000'],
    ['10000', '5', '50000'],
    ['10000', '4.5', '45000'],
    ['50000', '1', '125000'],
  ])('maintains for %s shares at $%s: $%s', (units, price, requirement) => {
    expect(said(account('0', [position('short', units, price)]), 'maintenanceRequirement')).toStrictEqual([requirement])
  })

  it.each([
    // Under $5: the greater of 100 % and $2.50 a share; from $5 on the greater of 30 % and $5.
    ['2.49', '250'],
    ['2.5', '250'],
    ['2.51', '251'],
    ['4.99', '499'],
    ['5', '500'],
    ['5.01', '500'],
    // 30 % is more than $5 above $16.666...
    ['16.66', '500'],
    ['16.67', '500.1'],
  ])('needs for 100 shares at $%s: $%s', (price, requirement) => {
    expect(said(account('0', [position('short', '100', price)]), 'maintenanceRequirement')).toStrictEqual([requirement])
  })

  it('takes the higher of the house and the rule, by instrument first', () => {
    const terms = house({
      maintenanceShort: decimal('0.4'),
      instruments: new Map([['XYZ', { maintenanceShort: decimal('0.5') }]]),
    })
    expect(said(account('0', [position('short', '100', '100')], terms), 'maintenanceRequirement')).toStrictEqual([
      '5000',
    ])
    const other = position('short', '100', '100', { instrument: 'ABC' })
    expect(said(account('0', [other], terms), 'maintenanceRequirement')).toStrictEqual(['4000'])
    // A house below the rule counts for nothing.
    expect(
      said(account('0', [other], house({ maintenanceShort: decimal('0.1') })), 'maintenanceRequirement'),
    ).toStrictEqual(['3000'])
  })

  it('measures its floors in dollars, whatever the account is kept in', () => {
    // EUR 4.60 at 0.92 EUR a dollar is just $5.00: $5 a share = EUR 4.60, the whole value; EUR 4.59 is below and needs 100 %.
    const at = (price: string) => account('0', [position('short', '100', price, { dollar: decimal('0.92') })])
    expect(said(at('4.60'), 'maintenanceRequirement')).toStrictEqual(['460'])
    expect(said(at('4.59'), 'maintenanceRequirement')).toStrictEqual(['459'])
    expect(said(at('9.2'), 'maintenanceRequirement')).toStrictEqual(['460'])
  })
})

describe('what nobody knows', () => {
  it('is unknown in the requirement and in all that adds it up, never zero', () => {
    const margin = account('-8000', [
      position('long', '1000', '16'),
      position('long', '10', null, { instrument: 'OLD' }),
    ])
    expect(
      said(
        margin,
        'equity',
        'initialRequirement',
        'initialExcess',
        'buyingPower',
        'maintenanceRequirement',
        'call',
        'restricted',
      ),
    ).toStrictEqual([null, null, null, null, null, null, null])
    expect(margin.positions.map(({ instrument, maintenance }) => [instrument, text(maintenance)])).toStrictEqual([
      ['XYZ', '4000'],
      ['OLD', null],
    ])
  })

  it('includes what a rule of ours does not cover, unless the house names a rate for it', () => {
    const bond = position('long', '10000', '0.98', { instrument: 'BOND', equity: false })
    expect(said(account('-5000', [bond]), 'maintenanceRequirement')).toStrictEqual([null])
    const terms = house({
      instruments: new Map([['BOND', { initialLong: decimal('0.5'), maintenanceLong: decimal('0.25') }]]),
    })
    expect(said(account('-5000', [bond], terms), 'maintenanceRequirement', 'initialRequirement')).toStrictEqual([
      '2450',
      '4900',
    ])
  })
})
