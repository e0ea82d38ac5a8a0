// Worked examples of the codes that pay, or book, income and capital. A is 10 units at 10 (cost 100), B 5 at 20 (cost 100).
import type { Caev } from '../../../src/domain/instrument/action-codes.ts'
import { cash, type Scenario, units } from './scenario.ts'

const held = [
  ['A', 10, '10'],
  ['B', 5, '20'],
] as const
const unchanged = ['XYZ A 10 at 100', 'XYZ B 5 at 100']

export const INCOME: Partial<Record<Caev, readonly Scenario[]>> = {
  DVCA: [
    {
      of: 'a dividend of 2.00 with 25 % withheld and 15 % by treaty',
      held,
      terms: {
        caev: 'DVCA',
        legs: [cash(1, 'dividend', '2', { withholding: { statutory: '0.25', treaty: '0.15' } })],
      },
      // 15 x 2 = 30; 30 x 25 % = 7.50 withheld, of which 30 x 15 % = 4.50 final, 3.00 can be had back; 22.50 paid
      posts: ['1000 USD +22.5/+22.5', '1320 USD +3/+3', '4000 USD -30/-30', '5200 USD +4.5/+4.5'],
      lots: unchanged,
    },
    {
      of: 'a dividend of which a part is a return of capital',
      held,
      terms: { caev: 'DVCA', legs: [cash(1, 'dividend', '1'), cash(2, 'capital', '0.5')] },
      // 15 income; 10 x 0.50 = 5 off A, 5 x 0.50 = 2.50 off B
      posts: ['1000 USD +22.5/+22.5', '1100 A USD -5/-5', '1100 B USD -2.5/-2.5', '4000 USD -15/-15'],
      lots: ['XYZ A 10 at 95', 'XYZ B 5 at 97.5'],
    },
    {
      of: 'a dividend on units sold short, which are owed it',
      held: [['S', -10, '10']],
      terms: { caev: 'DVCA', legs: [cash(1, 'dividend', '2')] },
      // payment in lieu: 10 x 2, out of margin
      posts: ['1010 USD -20/-20', '5300 USD +20/+20'],
      lots: ['XYZ S -10 at -100'],
    },
  ],
  INTR: [
    {
      of: 'interest of 0.40 a unit',
      held,
      terms: { caev: 'INTR', legs: [cash(1, 'interest', '0.4')] },
      // 15 x 0.40 = 6
      posts: ['1000 USD +6/+6', '4010 USD -6/-6'],
      lots: unchanged,
    },
  ],
  CAPG: [
    {
      of: 'a fund passing on a capital gain of 0.30 a unit',
      held,
      terms: { caev: 'CAPG', legs: [cash(1, 'other', '0.3')] },
      // 15 x 0.30 = 4.50, other income of the holder
      posts: ['1000 USD +4.5/+4.5', '4020 USD -4.5/-4.5'],
      lots: unchanged,
    },
  ],
  CAPD: [
    {
      of: 'a return of capital of 12 a unit, more than A cost',
      held,
      terms: { caev: 'CAPD', legs: [cash(1, 'capital', '12')] },
      // A: 120 on a cost of 100: cost to zero, 20 are a gain. B: 60 off 100
      posts: ['1000 USD +180/+180', '1100 A USD -100/-100', '1100 B USD -60/-60', '4100 USD -20/-20'],
      lots: ['XYZ A 10 at 0', 'XYZ B 5 at 40'],
    },
    {
      of: 'a return of capital on a short sale, paid to the lender',
      held: [['S', -10, '10']],
      terms: { caev: 'CAPD', legs: [cash(1, 'capital', '3')] },
      // 10 x 3 = 30 out of margin, off the proceeds of 100
      posts: ['1010 USD -30/-30', '2100 S USD +30/+30'],
      lots: ['XYZ S -10 at -70'],
    },
  ],
  SHPR: [
    {
      of: 'a share premium dividend of 1.50',
      held,
      terms: { caev: 'SHPR', legs: [cash(1, 'capital', '1.5')] },
      // A 15 off 100, B 7.50 off 100
      posts: ['1000 USD +22.5/+22.5', '1100 A USD -15/-15', '1100 B USD -7.5/-7.5'],
      lots: ['XYZ A 10 at 85', 'XYZ B 5 at 92.5'],
    },
  ],
  DRCA: [
    {
      of: 'cash for securities the holder may not have, 0.25 a unit',
      held,
      terms: { caev: 'DRCA', legs: [cash(1, 'other', '0.25')] },
      // 15 x 0.25 = 3.75
      posts: ['1000 USD +3.75/+3.75', '4020 USD -3.75/-3.75'],
      lots: unchanged,
    },
  ],
  ACCU: [
    {
      of: 'an accumulating fund: 0.80 a unit is income and cost, and nothing is paid',
      held,
      terms: { caev: 'ACCU', legs: [cash(1, 'dividend', '0.8', { notional: true })] },
      // 15 x 0.80 = 12: 8 on A, 4 on B
      posts: ['1100 A USD +8/+8', '1100 B USD +4/+4', '4000 USD -12/-12'],
      lots: ['XYZ A 10 at 108', 'XYZ B 5 at 104'],
    },
  ],
  TNDP: [
    {
      of: 'tax of 0.12 a unit on what was not distributed',
      held,
      terms: { caev: 'TNDP', legs: [cash(1, 'tax', '0.12')] },
      // 15 x 0.12 = 1.80
      posts: ['1000 USD -1.8/-1.8', '5200 USD +1.8/+1.8'],
      lots: unchanged,
    },
  ],
  DVOP: [
    {
      of: 'a dividend of 1.00 or 1 new unit for 20 at 19.50: 10 units take stock, the rest cash',
      held,
      terms: {
        caev: 'DVOP',
        legs: [],
        options: [
          { option: 1, caop: 'CASH', default: true, legs: [cash(1, 'dividend', '1')] },
          {
            option: 2,
            caop: 'SECU',
            legs: [
              units(2, 'XYZ', '1', '20', { income: 'dividend', worth: '19.5', holdingPeriod: 'restart', inLieu: '20' }),
            ],
          },
        ],
      },
      elected: [[2, '10']],
      // 10 of 15 over A and B by units: 7 and 3 (6.67 and 3.33). 10 / 20 = half a unit: none whole, 0.50 x 20 = 10 in lieu, income.
      // In lieu by units of 7 and 3: 7 and 3. The other 3 + 2 units take 5 in cash. Income 10 + 5.
      posts: ['1000 USD +15/+15', '4000 USD -15/-15'],
      lots: unchanged,
    },
  ],
  DRIP: [
    {
      of: 'a dividend of 2.00 reinvested at 5.00: 2 / 5 new units for one, income first and then a purchase',
      held,
      terms: {
        caev: 'DRIP',
        legs: [],
        options: [
          {
            option: 1,
            caop: 'SECU',
            default: true,
            legs: [cash(1, 'dividend', '2'), units(2, 'XYZ', '2', '5', { at: '5', holdingPeriod: 'restart' })],
          },
          { option: 2, caop: 'CASH', legs: [cash(3, 'dividend', '2')] },
        ],
      },
      // 15 x 2 = 30 income; 15 x 2/5 = 6 units bought for 6 x 5 = 30: 4 and 2; no cash is left
      posts: ['1100 A/a/2 +4u USD +20/+20', '1100 B/a/2 +2u USD +10/+10', '4000 USD -30/-30', '8000 -6u'],
      lots: ['XYZ A 10 at 100', 'XYZ A/a/2 4 at 20', 'XYZ B 5 at 100', 'XYZ B/a/2 2 at 10'],
    },
  ],
  DVSC: [
    {
      of: 'a scrip dividend: 1 new unit worth 11 for 5, taken as income',
      held,
      terms: {
        caev: 'DVSC',
        legs: [],
        options: [
          {
            option: 1,
            caop: 'SECU',
            default: true,
            legs: [units(1, 'XYZ', '1', '5', { income: 'dividend', worth: '11', holdingPeriod: 'restart' })],
          },
          { option: 2, caop: 'CASH', legs: [cash(2, 'dividend', '2')] },
        ],
      },
      // 15 / 5 = 3 units worth 33: 2 and 1
      posts: ['1100 A/a/1 +2u USD +22/+22', '1100 B/a/1 +1u USD +11/+11', '4000 USD -33/-33', '8000 -3u'],
      lots: ['XYZ A 10 at 100', 'XYZ A/a/1 2 at 22', 'XYZ B 5 at 100', 'XYZ B/a/1 1 at 11'],
    },
  ],
  CLSA: [
    {
      of: 'a class action that pays 0.70 a unit',
      held,
      terms: { caev: 'CLSA', legs: [cash(1, 'other', '0.7')] },
      // 15 x 0.70 = 10.50
      posts: ['1000 USD +10.5/+10.5', '4020 USD -10.5/-10.5'],
      lots: unchanged,
    },
  ],
  CONS: [
    {
      of: 'a consent for which 0.05 a unit is paid: only who consents has it',
      held,
      terms: {
        caev: 'CONS',
        legs: [],
        options: [
          { option: 1, caop: 'CONY', legs: [cash(1, 'other', '0.05')] },
          { option: 2, caop: 'CONN', default: true, legs: [] },
        ],
      },
      elected: [[1, '15']],
      // 15 x 0.05 = 0.75
      posts: ['1000 USD +0.75/+0.75', '4020 USD -0.75/-0.75'],
      lots: unchanged,
    },
  ],
  TREC: [
    {
      of: 'a reclaim of 0.10 a unit of withholding that was taken for final',
      held,
      terms: { caev: 'TREC', legs: [cash(1, 'reclaim', '0.1')] },
      // 15 x 0.10 = 1.50, owed by the tax office until its receipt
      posts: ['1320 USD +1.5/+1.5', '5200 USD -1.5/-1.5'],
      lots: unchanged,
    },
  ],
}
