// The corporate actions of the demo's year: what is announced when, including one too late, one amended and one cancelled.
import { nextBusinessDay, onOrAfter } from '../domain/kernel/calendar.ts'
import { calendar } from '../domain/kernel/calendars.ts'
import { addDays, type PlainDate, plainDate } from '../domain/kernel/date.ts'
import { type Listing, LISTINGS, listing, SPUN_OFF } from './listings.ts'
import { ticks } from './markets.ts'

export interface PlannedAction {
  readonly instrument: string
  readonly terms: Readonly<Record<string, unknown>> & { readonly action: string }
  readonly announcedOn: PlainDate
  readonly exDate: PlainDate
  readonly payDate: PlainDate
  /** How the desks' own units change on the ex-date. */
  readonly ratio?: { readonly numerator: number; readonly denominator: number; readonly child: string | null }
  readonly amendedOn?: PlainDate
  readonly amendedTerms?: Readonly<Record<string, unknown>>
  readonly cancelledOn?: PlainDate
}

const on = (one: Listing, text: string): PlainDate => onOrAfter(calendar(one.market.calendar), plainDate(text))

function dividend(one: Listing, year: number, month: number, nth: number): PlannedAction {
  const two = String(month).padStart(2, '0')
  const exDate = on(one, `${year}-${two}-${String(6 + (nth % 14)).padStart(2, '0')}`)
  const payDate = onOrAfter(calendar(one.market.calendar), addDays(exDate, 17))
  const action = `DIV-${year}Q${Math.ceil(month / 3)}`
  const leg = (amount: number) => ({
    kind: 'cash',
    leg: 1,
    income: 'dividend',
    currency: one.market.currency,
    perUnit: ticks(amount, one.market.pricePlaces),
    ...(one.market.withholding === null ? {} : { withholding: one.market.withholding }),
  })
  const terms = {
    action,
    caev: 'DVCA',
    exDate,
    recordDate: nextBusinessDay(calendar(one.market.calendar), exDate),
    payDate,
  }
  const planned = {
    instrument: one.instrument,
    terms: { ...terms, legs: [leg(one.dividend)] },
    announcedOn: addDays(exDate, -12),
    exDate,
    payDate,
  }
  // One board changes its mind three weeks after paying; another before the ex-date.
  if (one.instrument === 'EMBERHLT' && month === 6)
    return { ...planned, amendedOn: addDays(payDate, 21), amendedTerms: { ...terms, legs: [leg(one.dividend + 3)] } }
  if (one.instrument === 'UFERBANK' && month === 12) return { ...planned, cancelledOn: addDays(exDate, -3) }
  return planned
}

function exchange(
  instrument: string,
  action: string,
  caev: string,
  ex: string,
  numerator: number,
  denominator: number,
  announced: string,
  inLieu?: number,
): PlannedAction {
  const one = listing(instrument)
  const exDate = on(one, ex)
  const payDate = onOrAfter(calendar(one.market.calendar), addDays(exDate, 4))
  const fractions =
    inLieu === undefined
      ? { fractions: 'down' }
      : {
          fractions: 'cash-in-lieu',
          cashInLieu: { price: ticks(inLieu, one.market.pricePlaces), currency: one.market.currency },
        }
  return {
    instrument,
    announcedOn: plainDate(announced),
    exDate,
    payDate,
    ratio: { numerator, denominator, child: null },
    terms: {
      action,
      caev,
      exDate,
      payDate,
      legs: [
        {
          kind: 'security',
          leg: 1,
          instrument,
          ratio: { numerator: String(numerator), denominator: String(denominator) },
          replaces: true,
          holdingPeriod: 'keep',
          ...fractions,
        },
      ],
    },
  }
}

function spinOff(): PlannedAction {
  const one = listing('JUNIPERM')
  const exDate = on(one, '2025-10-06')
  const payDate = onOrAfter(calendar(one.market.calendar), addDays(exDate, 4))
  const leg = {
    kind: 'security',
    leg: 1,
    instrument: SPUN_OFF,
    ratio: { numerator: '1', denominator: '4' },
    replaces: false,
    basisShare: '0.2',
    holdingPeriod: 'tack',
    fractions: 'cash-in-lieu',
    cashInLieu: { price: '24.8', currency: 'USD' },
  }
  return {
    instrument: one.instrument,
    announcedOn: plainDate('2025-09-15'),
    exDate,
    payDate,
    ratio: { numerator: 1, denominator: 4, child: SPUN_OFF },
    terms: { action: 'SPIN-2025', caev: 'SOFF', exDate, payDate, legs: [leg] },
  }
}

/** A distribution out of capital: costs go down, nothing is income. */
function returnOfCapital(): PlannedAction {
  const one = listing('HOLLOWAY')
  const exDate = on(one, '2025-11-03')
  const payDate = onOrAfter(calendar(one.market.calendar), addDays(exDate, 10))
  const perUnit = ticks(150, one.market.pricePlaces)
  const leg = { kind: 'cash', leg: 1, income: 'capital', currency: one.market.currency, perUnit }
  return {
    instrument: one.instrument,
    announcedOn: plainDate('2025-10-13'),
    exDate,
    payDate,
    terms: { action: 'CAPITAL-2025', caev: 'CAPD', exDate, payDate, legs: [leg] },
  }
}

/** New shares for who subscribes by the deadline; no desk does, and its rights lapse. */
function rightsIssue(): PlannedAction {
  const one = listing('PENROSEM')
  const { currency, pricePlaces } = one.market
  const exDate = on(one, '2025-12-01')
  const payDate = onOrAfter(calendar(one.market.calendar), addDays(exDate, 14))
  const subscribe = {
    kind: 'security',
    leg: 1,
    instrument: one.instrument,
    ratio: { numerator: '1', denominator: '5' },
    replaces: false,
    subscription: { price: ticks(800, pricePlaces), currency },
    holdingPeriod: 'restart',
    fractions: 'down',
  }
  const options = [
    { option: 1, caop: 'EXER', legs: [subscribe] },
    { option: 2, caop: 'LAPS', default: true, legs: [] },
  ]
  const deadlines = { responseDeadline: addDays(exDate, -4), marketDeadline: addDays(exDate, -3) }
  return {
    instrument: one.instrument,
    announcedOn: plainDate('2025-11-10'),
    exDate,
    payDate,
    terms: { action: 'RIGHTS-2025', caev: 'RHTS', exDate, payDate, ...deadlines, legs: [], options },
  }
}

/** All actions of the year, by announcement. */
export function plannedActions(from: PlainDate, to: PlainDate): readonly PlannedAction[] {
  const dividends = LISTINGS.filter((one) => one.dividend > 0).flatMap((one, nth) =>
    [
      [2025, 3],
      [2025, 6],
      [2025, 9],
      [2025, 12],
      [2026, 3],
    ].map(([year = 0, month = 0]) => dividend(one, year, month, nth)),
  )
  const others = [
    exchange('HOLLOWAY', 'SPLIT-2025', 'SPLF', '2025-06-16', 2, 1, '2025-05-28'),
    exchange('PENROSEM', 'CONSOLIDATION-2025', 'SPLR', '2025-09-08', 1, 10, '2025-08-20', 960),
    // Announced a week after its ex-date: every holder's lots re-flow.
    exchange('KESTRELR', 'SPLIT-LATE-2025', 'SPLF', '2025-11-10', 3, 2, '2025-11-17', 4900),
    spinOff(),
    returnOfCapital(),
    rightsIssue(),
  ]
  return [...dividends, ...others]
    .filter((planned) => planned.exDate >= from && planned.exDate <= to)
    .sort((a, b) => (a.announcedOn < b.announcedOn ? -1 : a.announcedOn > b.announcedOn ? 1 : 0))
}
