// Worked examples of the codes under which units go: mergers, offers, redemptions. A is 10 units at 10 (cost 100), B 5 at 20 (cost 100).
import type { Caev } from '../../../src/domain/instrument/action-codes.ts'
import { cash, gone, type Scenario, units } from './scenario.ts'

const held = [
  ['A', 10, '10'],
  ['B', 5, '20'],
] as const
const bond = [['A', 1000, '0.98']] as const

export const EXCHANGES: Partial<Record<Caev, readonly Scenario[]>> = {
  MRGR: [
    {
      of: 'a merger for stock, 2 for 5: cost and dates carry over',
      held,
      terms: { caev: 'MRGR', legs: [units(1, 'NEW', '2', '5', { replaces: true })] },
      // 15 x 2/5 = 6: 4 and 2
      posts: [
        '1100 A -10u USD -100/-100',
        '1100 A/a/1 +4u USD +100/+100',
        '1100 B -5u USD -100/-100',
        '1100 B/a/1 +2u USD +100/+100',
        '8000 +9u',
      ],
      lots: ['NEW A/a/1 4 at 100', 'NEW B/a/1 2 at 100'],
    },
    {
      of: 'a merger for 15 in cash: A gains, B loses',
      held,
      terms: { caev: 'MRGR', legs: [cash(1, 'sale', '15')] },
      // A 150 - 100 = 50; B 75 - 100 = -25
      posts: [
        '1000 USD +225/+225',
        '1100 A -10u USD -100/-100',
        '1100 B -5u USD -100/-100',
        '4100 USD -25/-25',
        '8000 +15u',
      ],
      lots: [],
    },
    {
      of: 'a merger for 1 share worth 12 and 5 in cash: lot by lot, what was realised up to the boot, and no loss',
      held,
      terms: {
        caev: 'MRGR',
        legs: [cash(1, 'boot', '5'), units(2, 'NEW', '1', '1', { replaces: true, worth: '12' })],
      },
      // A: 120 + 50 - 100 = 70 realised, 50 boot: 50 recognised; cost 100 - 50 + 50 = 100.
      // B: 60 + 25 - 100 = -15: nothing recognised; cost 100 - 25 = 75.
      posts: [
        '1000 USD +75/+75',
        '1100 A -10u USD -100/-100',
        '1100 A/a/2 +10u USD +100/+100',
        '1100 B -5u USD -100/-100',
        '1100 B/a/2 +5u USD +75/+75',
        '4100 USD -50/-50',
      ],
      lots: ['NEW A/a/2 10 at 100', 'NEW B/a/2 5 at 75'],
    },
    {
      of: 'the example of 26 CFR 1.356-1: stock worth 100, 25 in cash and 50 in other property for what cost 85',
      held: [['A', 1, '85']],
      terms: {
        caev: 'MRGR',
        legs: [cash(1, 'boot', '75'), units(2, 'NEW', '1', '1', { replaces: true, worth: '100' })],
      },
      // 100 + 75 - 85 = 90 realised, 75 recognised; cost 85 - 75 + 75 = 85
      posts: ['1000 USD +75/+75', '1100 A -1u USD -85/-85', '1100 A/a/2 +1u USD +85/+85', '4100 USD -75/-75'],
      lots: ['NEW A/a/2 1 at 85'],
    },
    {
      of: 'a merger that is taxed in full: stock worth 12 and 5 in cash, whole gain and loss, and a new date',
      held,
      terms: {
        caev: 'MRGR',
        legs: [
          cash(1, 'boot', '5'),
          units(2, 'NEW', '1', '1', { replaces: true, worth: '12', taxable: true, holdingPeriod: 'restart' }),
        ],
      },
      // A: 170 - 100 = 70. B: 85 - 100 = -15. New lots at their value.
      posts: [
        '1000 USD +75/+75',
        '1100 A -10u USD -100/-100',
        '1100 A/a/2 +10u USD +120/+120',
        '1100 B -5u USD -100/-100',
        '1100 B/a/2 +5u USD +60/+60',
        '4100 USD -55/-55',
      ],
      lots: ['NEW A/a/2 10 at 120', 'NEW B/a/2 5 at 60'],
    },
    {
      of: 'a merger of what is held short: new units are owed, and so is the cash',
      held: [['S', -10, '10']],
      terms: {
        caev: 'MRGR',
        legs: [cash(1, 'boot', '2'), units(2, 'NEW', '1', '2', { replaces: true, worth: '16' })],
      },
      // worth 5 x 16 + 20 = 100 against 100 received: nothing recognised, 20 off the proceeds
      posts: ['1010 USD -20/-20', '2100 S +10u USD +100/+100', '2100 S/a/2 -5u USD -80/-80', '8000 -5u'],
      lots: ['NEW S/a/2 -5 at -80'],
    },
  ],
  EXOF: [
    {
      of: 'an exchange offer of 3 for 5, taken for 10 of 15 units',
      held,
      terms: {
        caev: 'EXOF',
        legs: [],
        options: [
          { option: 1, caop: 'SECU', legs: [units(1, 'NEW', '3', '5', { replaces: true })] },
          { option: 2, caop: 'NOAC', default: true, legs: [] },
        ],
      },
      elected: [[1, '10']],
      // 7 of A (70 of 100) and 3 of B (60 of 100); 10 x 3/5 = 6: 4 and 2
      posts: [
        '1100 A -7u USD -70/-70',
        '1100 A/a/1 +4u USD +70/+70',
        '1100 B -3u USD -60/-60',
        '1100 B/a/1 +2u USD +60/+60',
        '8000 +4u',
      ],
      lots: ['NEW A/a/1 4 at 70', 'NEW B/a/1 2 at 60', 'XYZ A 3 at 30', 'XYZ B 2 at 40'],
    },
  ],
  CONV: [
    {
      of: 'a convertible turned into 20 shares per 1,000, with 4 of accrued interest in cash',
      held: bond,
      terms: {
        caev: 'CONV',
        legs: [],
        options: [
          {
            option: 1,
            caop: 'SECU',
            legs: [cash(1, 'interest', '0.004'), units(2, 'NEW', '20', '1000', { replaces: true })],
          },
          { option: 2, caop: 'NOAC', default: true, legs: [] },
        ],
      },
      elected: [[1, '1000']],
      posts: [
        '1000 USD +4/+4',
        '1100 A -1000u USD -980/-980',
        '1100 A/a/2 +20u USD +980/+980',
        '4010 USD -4/-4',
        '8000 +980u',
      ],
      lots: ['NEW A/a/2 20 at 980'],
    },
  ],
  PARI: [
    {
      of: 'new shares that become the old ones, one for one',
      held: [['A', 10, '10']],
      terms: { caev: 'PARI', legs: [units(1, 'NEW', '1', '1', { replaces: true })] },
      posts: ['1100 A -10u USD -100/-100', '1100 A/a/1 +10u USD +100/+100'],
      lots: ['NEW A/a/1 10 at 100'],
    },
  ],
  ATTI: [
    {
      of: 'a share and its warrant joined to a unit: the share carries it',
      held: [['A', 10, '10']],
      terms: { caev: 'ATTI', legs: [units(1, 'NEW', '1', '1', { replaces: true })] },
      posts: ['1100 A -10u USD -100/-100', '1100 A/a/1 +10u USD +100/+100'],
      lots: ['NEW A/a/1 10 at 100'],
    },
  ],
  CHAN: [
    {
      of: 'a change of name that is another instrument to us: lots keep their ids',
      held,
      terms: { caev: 'CHAN', legs: [units(1, 'NEW', '1', '1', { replaces: true, keepsLots: true })] },
      // units and cost move from XYZ to NEW, which nets to nothing by lot
      posts: [],
      lots: ['NEW A 10 at 100', 'NEW B 5 at 100'],
    },
    {
      of: 'a change of name alone',
      held,
      terms: { caev: 'CHAN', legs: [] },
      posts: [],
      lots: ['XYZ A 10 at 100', 'XYZ B 5 at 100'],
    },
  ],
  PLAC: [
    {
      of: 'a change of the place of incorporation: lots keep their ids',
      held: [['A', 10, '10']],
      terms: { caev: 'PLAC', legs: [units(1, 'NEW', '1', '1', { replaces: true, keepsLots: true })] },
      posts: [],
      lots: ['NEW A 10 at 100'],
    },
  ],
  TEND: [
    {
      of: 'a tender at 15, 10 units offered and 60 % accepted',
      held,
      terms: {
        caev: 'TEND',
        legs: [],
        options: [
          { option: 1, caop: 'CASH', proration: '0.6', legs: [cash(1, 'sale', '15')] },
          { option: 2, caop: 'NOAC', default: true, legs: [] },
        ],
      },
      elected: [[1, '10']],
      // 6 of 10; 7 and 3 offered, 4 of A (40) and 2 of B (40) accepted for 90: 60 and 30: gains of 20 and -10
      posts: ['1000 USD +90/+90', '1100 A -4u USD -40/-40', '1100 B -2u USD -40/-40', '4100 USD -10/-10', '8000 +6u'],
      lots: ['XYZ A 6 at 60', 'XYZ B 3 at 60'],
    },
    {
      of: 'a tender in which an odd lot is accepted in full',
      held,
      terms: {
        caev: 'TEND',
        legs: [],
        options: [{ option: 1, caop: 'CASH', proration: '0.1', oddLotBelow: '100', legs: [cash(1, 'sale', '15')] }],
      },
      elected: [[1, '15']],
      // 225 for 200
      posts: [
        '1000 USD +225/+225',
        '1100 A -10u USD -100/-100',
        '1100 B -5u USD -100/-100',
        '4100 USD -25/-25',
        '8000 +15u',
      ],
      lots: [],
    },
  ],
  BIDS: [
    {
      of: 'a repurchase by the issuer at 12, for all of A and B',
      held,
      terms: {
        caev: 'BIDS',
        legs: [],
        options: [{ option: 1, caop: 'CASH', legs: [cash(1, 'sale', '12')] }],
      },
      elected: [[1, '15']],
      // 180 - 200 = -20
      posts: [
        '1000 USD +180/+180',
        '1100 A -10u USD -100/-100',
        '1100 B -5u USD -100/-100',
        '4100 USD +20/+20',
        '8000 +15u',
      ],
      lots: [],
    },
  ],
  DTCH: [
    {
      of: 'a Dutch auction that cleared at 11: 5 units offered, all taken',
      held: [['A', 10, '10']],
      terms: { caev: 'DTCH', legs: [], options: [{ option: 1, caop: 'CASH', legs: [cash(1, 'sale', '11')] }] },
      elected: [[1, '5']],
      // 55 - 50
      posts: ['1000 USD +55/+55', '1100 A -5u USD -50/-50', '4100 USD -5/-5', '8000 +5u'],
      lots: ['XYZ A 5 at 50'],
    },
  ],
  ODLT: [
    {
      of: 'an odd lot sold to the issuer at 9',
      held: [['A', 10, '10']],
      terms: { caev: 'ODLT', legs: [], options: [{ option: 1, caop: 'SLLE', legs: [cash(1, 'sale', '9')] }] },
      elected: [[1, '10']],
      // 90 - 100
      posts: ['1000 USD +90/+90', '1100 A -10u USD -100/-100', '4100 USD +10/+10', '8000 +10u'],
      lots: [],
    },
  ],
  REMK: [
    {
      of: 'a remarketing at par of a note that cost 98',
      held: bond,
      terms: { caev: 'REMK', legs: [], options: [{ option: 1, caop: 'CASH', legs: [cash(1, 'sale', '1')] }] },
      elected: [[1, '1000']],
      posts: ['1000 USD +1000/+1000', '1100 A -1000u USD -980/-980', '4100 USD -20/-20', '8000 +1000u'],
      lots: [],
    },
  ],
  NOOF: [
    {
      of: 'an offer of a third party: 2 of its shares for 5, accepted for all',
      held,
      terms: {
        caev: 'NOOF',
        legs: [],
        options: [
          { option: 1, caop: 'SECU', legs: [units(1, 'NEW', '2', '5', { replaces: true })] },
          { option: 2, caop: 'NOAC', default: true, legs: [] },
        ],
      },
      elected: [[1, '15']],
      posts: [
        '1100 A -10u USD -100/-100',
        '1100 A/a/1 +4u USD +100/+100',
        '1100 B -5u USD -100/-100',
        '1100 B/a/1 +2u USD +100/+100',
        '8000 +9u',
      ],
      lots: ['NEW A/a/1 4 at 100', 'NEW B/a/1 2 at 100'],
    },
  ],
  REDM: [
    {
      of: 'a maturity at par of 1,000 nominal bought at 98',
      held: bond,
      terms: { caev: 'REDM', legs: [cash(1, 'sale', '1')] },
      posts: ['1000 USD +1000/+1000', '1100 A -1000u USD -980/-980', '4100 USD -20/-20', '8000 +1000u'],
      lots: [],
    },
  ],
  MCAL: [
    {
      of: 'a call at 101 with 12 of accrued interest, which is income and not proceeds',
      held: bond,
      terms: { caev: 'MCAL', legs: [cash(1, 'interest', '0.012'), cash(2, 'sale', '1.01')] },
      // 1,010 - 980
      posts: [
        '1000 USD +1022/+1022',
        '1100 A -1000u USD -980/-980',
        '4010 USD -12/-12',
        '4100 USD -30/-30',
        '8000 +1000u',
      ],
      lots: [],
    },
  ],
  PCAL: [
    {
      of: 'a partial redemption of 20 % of the nominal at par',
      held: bond,
      terms: {
        caev: 'PCAL',
        legs: [cash(1, 'sale', '1', { surrenders: { numerator: '20', denominator: '100' } })],
      },
      // 200 nominal, 196 of cost
      posts: ['1000 USD +200/+200', '1100 A -200u USD -196/-196', '4100 USD -4/-4', '8000 +200u'],
      lots: ['XYZ A 800 at 784'],
    },
  ],
  PRED: [
    {
      of: 'a pool factor that falls from 0.8 to 0.6: the face stays, a quarter of the cost is repaid',
      held: bond,
      terms: { caev: 'PRED', legs: [cash(1, 'principal', '0.2', { costShare: '0.25' })] },
      // 1,000 x (0.8 - 0.6) = 200; 980 x 0.25 = 245: a loss of 45
      posts: ['1000 USD +200/+200', '1100 A USD -245/-245', '4100 USD +45/+45'],
      lots: ['XYZ A 1000 at 735'],
    },
  ],
  DRAW: [
    {
      of: 'a drawing in which 300 of 1,000 nominal were drawn, at par',
      held: bond,
      terms: {
        caev: 'DRAW',
        legs: [cash(1, 'sale', '1', { surrenders: { numerator: '3', denominator: '10' } })],
      },
      // 980 x 30 % = 294
      posts: ['1000 USD +300/+300', '1100 A -300u USD -294/-294', '4100 USD -6/-6', '8000 +300u'],
      lots: ['XYZ A 700 at 686'],
    },
  ],
  BPUT: [
    {
      of: 'a put at 99 of 400 nominal',
      held: bond,
      terms: {
        caev: 'BPUT',
        legs: [],
        options: [
          { option: 1, caop: 'CASH', legs: [cash(1, 'sale', '0.99')] },
          { option: 2, caop: 'NOAC', default: true, legs: [] },
        ],
      },
      elected: [[1, '400']],
      // 396 - 392
      posts: ['1000 USD +396/+396', '1100 A -400u USD -392/-392', '4100 USD -4/-4', '8000 +400u'],
      lots: ['XYZ A 600 at 588'],
    },
  ],
  LIQU: [
    {
      of: 'a first instalment of a liquidation, 12 a unit: cost first, then a gain',
      held,
      terms: { caev: 'LIQU', legs: [cash(1, 'capital', '12')] },
      posts: ['1000 USD +180/+180', '1100 A USD -100/-100', '1100 B USD -60/-60', '4100 USD -20/-20'],
      lots: ['XYZ A 10 at 0', 'XYZ B 5 at 40'],
    },
    {
      of: 'the last instalment, 1 a unit: the units go, and what is left of the cost is a loss',
      held,
      terms: { caev: 'LIQU', legs: [cash(1, 'sale', '1')] },
      posts: [
        '1000 USD +15/+15',
        '1100 A -10u USD -100/-100',
        '1100 B -5u USD -100/-100',
        '4100 USD +185/+185',
        '8000 +15u',
      ],
      lots: [],
    },
  ],
  WRTH: [
    {
      of: 'what is worthless: units go, cost is a loss',
      held,
      terms: { caev: 'WRTH', legs: [gone(1)] },
      posts: ['1100 A -10u USD -100/-100', '1100 B -5u USD -100/-100', '4100 USD +200/+200', '8000 +15u'],
      lots: [],
    },
  ],
}
