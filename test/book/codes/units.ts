// Worked examples of the codes that give units, restate them, or detach others. A is 10 units at 10 (cost 100), B 5 at 20 (cost 100).
import type { Caev } from '../../../src/domain/instrument/action-codes.ts'
import { cash, gone, type Scenario, units } from './scenario.ts'

const held = [
  ['A', 10, '10'],
  ['B', 5, '20'],
] as const

export const UNITS: Partial<Record<Caev, readonly Scenario[]>> = {
  SPLF: [
    {
      of: 'a split 3 for 1',
      held,
      terms: { caev: 'SPLF', legs: [units(1, 'XYZ', '3', '1', { replaces: true })] },
      // every lot three times the units, the same cost
      posts: [
        '1100 A -10u USD -100/-100',
        '1100 A/a/1 +30u USD +100/+100',
        '1100 B -5u USD -100/-100',
        '1100 B/a/1 +15u USD +100/+100',
        '8000 -30u',
      ],
      lots: ['XYZ A/a/1 30 at 100', 'XYZ B/a/1 15 at 100'],
    },
  ],
  SPLR: [
    {
      of: 'a reverse split 1 for 4, the fraction bought up at 45',
      held,
      terms: {
        caev: 'SPLR',
        legs: [
          units(1, 'XYZ', '1', '4', {
            replaces: true,
            fractions: 'buy-up',
            cashInLieu: { price: '45', currency: 'USD' },
          }),
        ],
      },
      // 15 / 4 = 3.75: 4 units, 0.25 bought for 0.25 x 45 = 11.25. 4 over 10 and 5: 3 and 1; 11.25 over 3 and 1: 8.44 and 2.81
      posts: [
        '1000 USD -11.25/-11.25',
        '1100 A -10u USD -100/-100',
        '1100 A/a/1 +3u USD +108.44/+108.44',
        '1100 B -5u USD -100/-100',
        '1100 B/a/1 +1u USD +102.81/+102.81',
        '8000 +11u',
      ],
      lots: ['XYZ A/a/1 3 at 108.44', 'XYZ B/a/1 1 at 102.81'],
    },
    {
      of: 'a reverse split 1 for 4 rounded half up',
      held: [['A', 10, '10']],
      terms: { caev: 'SPLR', legs: [units(1, 'XYZ', '1', '4', { replaces: true, fractions: 'half-up' })] },
      // 10 / 4 = 2.5: 3
      posts: ['1100 A -10u USD -100/-100', '1100 A/a/1 +3u USD +100/+100', '8000 +7u'],
      lots: ['XYZ A/a/1 3 at 100'],
    },
  ],
  DVSE: [
    {
      of: 'a taxable stock dividend of 1 for 5, each worth 12',
      held,
      terms: {
        caev: 'DVSE',
        legs: [units(1, 'XYZ', '1', '5', { income: 'dividend', worth: '12', holdingPeriod: 'restart' })],
      },
      // 3 units x 12 = 36 income and cost: 2 and 1
      posts: ['1100 A/a/1 +2u USD +24/+24', '1100 B/a/1 +1u USD +12/+12', '4000 USD -36/-36', '8000 -3u'],
      lots: ['XYZ A 10 at 100', 'XYZ A/a/1 2 at 24', 'XYZ B 5 at 100', 'XYZ B/a/1 1 at 12'],
    },
    {
      of: 'preferred on common, which takes a quarter of the cost (J. K. Lasser 2013, ch. 30.3: 10 for 100, 9 and 30)',
      held: [['A', 100, '10']],
      terms: { caev: 'DVSE', legs: [units(1, 'NEW', '1', '10', { basisShare: '0.25' })] },
      // 10 x 30 of 100 x 9 + 10 x 30 is 25 %: 250 of 1,000
      posts: ['1100 A USD -250/-250', '1100 A/a/1 +10u USD +250/+250', '8000 -10u'],
      lots: ['NEW A/a/1 10 at 250', 'XYZ A 100 at 750'],
    },
  ],
  BONU: [
    {
      of: 'a bonus of 1 for 5 that shares the cost by number',
      held,
      terms: { caev: 'BONU', legs: [units(1, 'XYZ', '6', '5', { replaces: true })] },
      // 15 x 6/5 = 18: 12 and 6
      posts: [
        '1100 A -10u USD -100/-100',
        '1100 A/a/1 +12u USD +100/+100',
        '1100 B -5u USD -100/-100',
        '1100 B/a/1 +6u USD +100/+100',
        '8000 -3u',
      ],
      lots: ['XYZ A/a/1 12 at 100', 'XYZ B/a/1 6 at 100'],
    },
  ],
  CAPI: [
    {
      of: 'interest of 2 % added to the principal at par: new nominal, income and cost alike',
      held: [['A', 1000, '1']],
      terms: {
        caev: 'CAPI',
        legs: [units(1, 'XYZ', '2', '100', { income: 'interest', worth: '1', holdingPeriod: 'restart' })],
      },
      // 1,000 x 2 % = 20 nominal worth 20
      posts: ['1100 A/a/1 +20u USD +20/+20', '4010 USD -20/-20', '8000 -20u'],
      lots: ['XYZ A 1000 at 1000', 'XYZ A/a/1 20 at 20'],
    },
  ],
  PINK: [
    {
      of: 'a coupon of 3 % paid in securities worth 0.95',
      held: [['A', 1000, '1']],
      terms: {
        caev: 'PINK',
        legs: [units(1, 'XYZ', '3', '100', { income: 'interest', worth: '0.95', holdingPeriod: 'restart' })],
      },
      // 30 nominal x 0.95 = 28.50
      posts: ['1100 A/a/1 +30u USD +28.5/+28.5', '4010 USD -28.5/-28.5', '8000 -30u'],
      lots: ['XYZ A 1000 at 1000', 'XYZ A/a/1 30 at 28.5'],
    },
  ],
  INCR: [
    {
      of: 'a nominal raised from 1.00 to 1.50, counted in nominal',
      held,
      terms: { caev: 'INCR', legs: [units(1, 'XYZ', '3', '2', { replaces: true, fractions: 'half-up' })] },
      // 15 x 1.5 = 22.5: 23; over 10 and 5: 15 and 8 (15.33 and 7.67)
      posts: [
        '1100 A -10u USD -100/-100',
        '1100 A/a/1 +15u USD +100/+100',
        '1100 B -5u USD -100/-100',
        '1100 B/a/1 +8u USD +100/+100',
        '8000 -8u',
      ],
      lots: ['XYZ A/a/1 15 at 100', 'XYZ B/a/1 8 at 100'],
    },
  ],
  DECR: [
    {
      of: 'a nominal lowered by a repayment of 2.00 a unit',
      held,
      terms: { caev: 'DECR', legs: [cash(1, 'capital', '2')] },
      // 20 off A, 10 off B
      posts: ['1000 USD +30/+30', '1100 A USD -20/-20', '1100 B USD -10/-10'],
      lots: ['XYZ A 10 at 80', 'XYZ B 5 at 90'],
    },
  ],
  REDO: [
    {
      of: 'a redenomination at 1.95583 old for 1 new, rounded to the nearest',
      held: [['A', 1000, '1']],
      terms: { caev: 'REDO', legs: [units(1, 'XYZ', '1', '1.95583', { replaces: true, fractions: 'half-up' })] },
      // 1,000 / 1.95583 = 511.29
      posts: ['1100 A -1000u USD -1000/-1000', '1100 A/a/1 +511u USD +1000/+1000', '8000 +489u'],
      lots: ['XYZ A/a/1 511 at 1000'],
    },
  ],
  SOFF: [
    {
      of: 'a spin-off of 1 for 5 that takes a quarter of the cost',
      held,
      terms: { caev: 'SOFF', legs: [units(1, 'NEW', '1', '5', { basisShare: '0.25' })] },
      posts: [
        '1100 A USD -25/-25',
        '1100 A/a/1 +2u USD +25/+25',
        '1100 B USD -25/-25',
        '1100 B/a/1 +1u USD +25/+25',
        '8000 -3u',
      ],
      lots: ['NEW A/a/1 2 at 25', 'NEW B/a/1 1 at 25', 'XYZ A 10 at 75', 'XYZ B 5 at 75'],
    },
    {
      of: 'a spin-off that does not qualify: its value of 4 a unit is a dividend, the parent keeps its cost',
      held,
      terms: {
        caev: 'SOFF',
        legs: [units(1, 'NEW', '1', '5', { income: 'dividend', worth: '4', holdingPeriod: 'restart' })],
      },
      // 3 x 4 = 12: 8 and 4
      posts: ['1100 A/a/1 +2u USD +8/+8', '1100 B/a/1 +1u USD +4/+4', '4000 USD -12/-12', '8000 -3u'],
      lots: ['NEW A/a/1 2 at 8', 'NEW B/a/1 1 at 4', 'XYZ A 10 at 100', 'XYZ B 5 at 100'],
    },
    {
      of: 'a spin-off of 1 for 8 with a fraction paid out (a broker of 110 units that cost 4,400; 38 and 13.75)',
      held: [['A', 110, '40']],
      terms: {
        caev: 'SOFF',
        legs: [units(1, 'NEW', '1', '8', { basisShare: '0.0617284', inLieu: '20' })],
      },
      // 4,400 x 0.0617284 = 271.60; 110 / 8 = 13.75: 13 units; the fraction's cost is 271.60 x 0.75 / 13.75 = 14.81,
      // paid 0.75 x 20 = 15.00: a gain of 0.19
      posts: [
        '1000 USD +15/+15',
        '1100 A USD -271.6/-271.6',
        '1100 A/a/1 +13u USD +256.79/+256.79',
        '4100 USD -0.19/-0.19',
        '8000 -13u',
      ],
      lots: ['NEW A/a/1 13 at 256.79', 'XYZ A 110 at 4128.4'],
    },
  ],
  RHDI: [
    {
      of: 'rights of 1 for 1 that take a share of the cost (26 CFR 1.307-1: 19 of 110 + 19)',
      held: [['A', 100, '100']],
      terms: { caev: 'RHDI', legs: [units(1, 'RTS', '1', '1', { basisShare: '0.147286821705426357' })] },
      // 10,000 x 1,900 / 12,900 = 1,472.87
      posts: ['1100 A USD -1472.87/-1472.87', '1100 A/a/1 +100u USD +1472.87/+1472.87', '8000 -100u'],
      lots: ['RTS A/a/1 100 at 1472.87', 'XYZ A 100 at 8527.13'],
    },
  ],
  DETI: [
    {
      of: 'a unit that comes apart into a share, which takes 70 % of the cost, and a warrant',
      held,
      terms: {
        caev: 'DETI',
        legs: [units(1, 'RTS', '1', '1', { basisShare: '0.3' }), units(2, 'NEW', '1', '1', { replaces: true })],
      },
      posts: [
        '1100 A -10u USD -100/-100',
        '1100 A/a/1 +10u USD +30/+30',
        '1100 A/a/2 +10u USD +70/+70',
        '1100 B -5u USD -100/-100',
        '1100 B/a/1 +5u USD +30/+30',
        '1100 B/a/2 +5u USD +70/+70',
        '8000 -15u',
      ],
      lots: ['NEW A/a/2 10 at 70', 'NEW B/a/2 5 at 70', 'RTS A/a/1 10 at 30', 'RTS B/a/1 5 at 30'],
    },
  ],
  PDEF: [
    {
      of: 'a bond of which 60 % is pre-funded and becomes another, the rest a third',
      held: [['A', 100, '1']],
      terms: {
        caev: 'PDEF',
        legs: [units(1, 'TWO', '60', '100', { basisShare: '0.6' }), units(2, 'NEW', '40', '100', { replaces: true })],
      },
      posts: ['1100 A -100u USD -100/-100', '1100 A/a/1 +60u USD +60/+60', '1100 A/a/2 +40u USD +40/+40'],
      lots: ['NEW A/a/2 40 at 40', 'TWO A/a/1 60 at 60'],
    },
  ],
  RHTS: [
    {
      of: 'a rights issue of 1 for 5 at 8: 10 units subscribe, the rest lets it go',
      held,
      terms: {
        caev: 'RHTS',
        legs: [],
        options: [
          { option: 1, caop: 'EXER', legs: [units(1, 'XYZ', '1', '5', { at: '8', holdingPeriod: 'restart' })] },
          { option: 2, caop: 'LAPS', default: true, legs: [] },
        ],
      },
      elected: [[1, '10']],
      // 10 / 5 = 2 units for 16: 10 over 10 and 5 are 7 and 3, 2 over 7 and 3 are 1 and 1
      posts: ['1000 USD -16/-16', '1100 A/a/1 +1u USD +8/+8', '1100 B/a/1 +1u USD +8/+8', '8000 -2u'],
      lots: ['XYZ A 10 at 100', 'XYZ A/a/1 1 at 8', 'XYZ B 5 at 100', 'XYZ B/a/1 1 at 8'],
    },
  ],
  EXRI: [
    {
      of: 'rights, 5 for 1 share at 8: 10 exercised, 3 sold at 0.50, 2 lapse',
      held,
      terms: {
        caev: 'EXRI',
        legs: [],
        options: [
          {
            option: 1,
            caop: 'EXER',
            legs: [units(1, 'NEW', '1', '5', { replaces: true, at: '8', holdingPeriod: 'restart' })],
          },
          { option: 2, caop: 'SLLE', legs: [cash(2, 'sale', '0.5')] },
          { option: 3, caop: 'LAPS', default: true, legs: [gone(3)] },
        ],
      },
      elected: [
        [1, '10'],
        [2, '3'],
      ],
      // 10 over 10 and 5: 7 of A (cost 70) and 3 of B (cost 60); 2 shares for 16: 1 each: 78 and 68.
      // 3 over the 3 and 2 left: 2 of A (cost 20) and 1 of B (cost 20) for 1.50: 1.00 and 0.50: a loss of 38.50.
      // 1 of A (cost 10) and 1 of B (cost 20) lapse: a loss of 30.
      posts: [
        '1000 USD -14.5/-14.5',
        '1100 A -10u USD -100/-100',
        '1100 A/a/1 +1u USD +78/+78',
        '1100 B -5u USD -100/-100',
        '1100 B/a/1 +1u USD +68/+68',
        '4100 USD +68.5/+68.5',
        '8000 +13u',
      ],
      lots: ['NEW A/a/1 1 at 78', 'NEW B/a/1 1 at 68'],
    },
  ],
  EXWA: [
    {
      of: 'warrants exercised 1 for 1 at 25: the premium joins the strike',
      held: [['A', 10, '10']],
      terms: {
        caev: 'EXWA',
        legs: [],
        options: [
          {
            option: 1,
            caop: 'EXER',
            legs: [units(1, 'NEW', '1', '1', { replaces: true, at: '25', holdingPeriod: 'restart' })],
          },
          { option: 2, caop: 'NOAC', default: true, legs: [] },
        ],
      },
      elected: [[1, '10']],
      // 100 + 10 x 25
      posts: ['1000 USD -250/-250', '1100 A -10u USD -100/-100', '1100 A/a/1 +10u USD +350/+350'],
      lots: ['NEW A/a/1 10 at 350'],
    },
  ],
  PRIO: [
    {
      of: 'a priority issue: 1 share of another company for 3 at 6, for who asks',
      held,
      terms: {
        caev: 'PRIO',
        legs: [],
        options: [
          { option: 1, caop: 'EXER', legs: [units(1, 'NEW', '1', '3', { at: '6', holdingPeriod: 'restart' })] },
          { option: 2, caop: 'NOAC', default: true, legs: [] },
        ],
      },
      elected: [[1, '15']],
      // 5 shares for 30: 3 and 2
      posts: ['1000 USD -30/-30', '1100 A/a/1 +3u USD +18/+18', '1100 B/a/1 +2u USD +12/+12', '8000 -5u'],
      lots: ['NEW A/a/1 3 at 18', 'NEW B/a/1 2 at 12', 'XYZ A 10 at 100', 'XYZ B 5 at 100'],
    },
  ],
  COOP: [
    {
      of: 'a company option taken up: 1 new share for 1 at 9',
      held: [['A', 10, '10']],
      terms: {
        caev: 'COOP',
        legs: [],
        options: [
          { option: 1, caop: 'EXER', legs: [units(1, 'NEW', '1', '1', { at: '9', holdingPeriod: 'restart' })] },
          { option: 2, caop: 'LAPS', default: true, legs: [] },
        ],
      },
      elected: [[1, '4']],
      posts: ['1000 USD -36/-36', '1100 A/a/1 +4u USD +36/+36', '8000 -4u'],
      lots: ['NEW A/a/1 4 at 36', 'XYZ A 10 at 100'],
    },
  ],
  PPMT: [
    {
      of: 'an instalment of 3 called on partly paid shares',
      held,
      terms: { caev: 'PPMT', legs: [cash(1, 'call', '3')] },
      // 30 on A, 15 on B
      posts: ['1000 USD -45/-45', '1100 A USD +30/+30', '1100 B USD +15/+15'],
      lots: ['XYZ A 10 at 130', 'XYZ B 5 at 115'],
    },
  ],
}
