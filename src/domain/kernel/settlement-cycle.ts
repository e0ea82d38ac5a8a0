// When a trade settles: cycles as dated data by market and instrument type, counted on the depository's and the currencies' calendars.
import { z } from 'zod'
import { addBusinessDays, onOrAfter } from './calendar.ts'
import { CALENDARS, type Calendars, jointCalendar } from './calendars.ts'
import shipped from './data/settlement-cycles.json' with { type: 'json' }
import { isPlainDate, type PlainDate } from './date.ts'
import { refuse } from './refusal.ts'

const date = z.string().refine(isPlainDate, 'must be a date that exists')
const currencyCode = z.string().regex(/^[A-Z][A-Z0-9]{2,9}$/)

/** Cycles as a file holds them. */
export const settlementCyclesFile = z.strictObject({
  markets: z.array(
    z.strictObject({
      id: z.string().min(1),
      /** The depository's settlement calendar; null where delivery happens at once, on any day. */
      calendar: z.string().min(1).nullable(),
      /** ISO 10383 markets whose trades settle there. */
      venues: z.array(z.string().regex(/^[A-Z0-9]{4}$/)),
      source: z.string().min(1),
    }),
  ),
  cycles: z.array(
    z.strictObject({
      market: z.string().min(1),
      /** Instrument types the cycle is for. */
      types: z.array(z.string().min(1)).min(1),
      /** First and last trade date, both included; null where open-ended. */
      from: date,
      to: date.nullable(),
      /** Business days from trade to settlement. */
      days: z.number().int().min(0).max(30),
      source: z.string().min(1),
    }),
  ),
  fxSpot: z.strictObject({
    days: z.number().int().min(0).max(10),
    /** Pairs that settle on the next business day, in either order. */
    oneDay: z.array(z.tuple([currencyCode, currencyCode])),
    source: z.string().min(1),
  }),
})
export type SettlementCycles = z.output<typeof settlementCyclesFile>

/**
 * Reads settlement cycles from parsed JSON.
 * @throws Refused `bad-settlement-cycles`, naming the first field that is wrong.
 */
export function loadSettlementCycles(json: unknown): SettlementCycles {
  const read = settlementCyclesFile.safeParse(json)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const field = issue?.path.join('.') ?? ''
  return refuse({
    code: 'bad-settlement-cycles',
    message: `the settlement cycles cannot be used: ${field}: ${issue?.message}`,
    field,
    remedy: 'correct the file',
  })
}

/** What comes with the ledger: US, CA, UK, EU, CH, JP, HK, AU and CRYPTO. */
export const SETTLEMENT_CYCLES: SettlementCycles = loadSettlementCycles(shipped)

/** The market in which a venue's trades settle (`XETR` in `EU`), or null when no file says. */
export function marketOfVenue(mic: string, cycles: SettlementCycles = SETTLEMENT_CYCLES): string | null {
  return cycles.markets.find((market) => market.venues.includes(mic))?.id ?? null
}

/**
 * Business days from trade to settlement for an instrument type in a market, on a trade date.
 * @throws Refused `unknown-settlement-cycle`: no cycle is guessed.
 */
export function settlementCycle(
  market: string,
  type: string,
  tradeDate: PlainDate,
  cycles: SettlementCycles = SETTLEMENT_CYCLES,
): number {
  const cycle = cycles.cycles.find(
    (one) =>
      one.market === market &&
      one.types.includes(type) &&
      one.from <= tradeDate &&
      (one.to === null || tradeDate <= one.to),
  )
  return (
    cycle?.days ??
    refuse({
      code: 'unknown-settlement-cycle',
      message: `no settlement cycle is known for ${type} traded in ${market} on ${tradeDate}`,
      remedy: 'state the settlement date of the trade, or load a file with the cycle',
      details: { market, type, tradeDate },
    })
  )
}

/** What decides a settlement date; the tables default to what comes with the ledger. */
export interface SettlementQuestion {
  readonly tradeDate: PlainDate
  /** A market of the cycles, such as `US`. */
  readonly market: string
  /** The instrument's type, such as `equity`. */
  readonly type: string
  /** The currencies that move at settlement. */
  readonly currencies: readonly string[]
  readonly cycles?: SettlementCycles
  readonly calendars?: Calendars
}

/**
 * The settlement date of a trade: the cycle's number of business days after the trade date, counted on the union of the
 * depository's calendar and those of the currencies (BOOK.md section 7).
 * @throws Refused `unknown-market`, `unknown-settlement-cycle`, `unknown-calendar` (a currency without one), `outside-calendar`.
 */
export function settlementDate(question: SettlementQuestion): PlainDate {
  const { tradeDate, market, type, currencies, cycles = SETTLEMENT_CYCLES, calendars = CALENDARS } = question
  const place = cycles.markets.find(({ id }) => id === market)
  if (place === undefined) {
    return refuse({
      code: 'unknown-market',
      message: `${JSON.stringify(market)} is not a market with settlement cycles`,
      remedy: `use one of ${cycles.markets.map(({ id }) => id).join(', ')}, or load a file with the market`,
      details: { market },
    })
  }
  const days = settlementCycle(market, type, tradeDate, cycles)
  if (place.calendar === null && days === 0) return tradeDate
  const ids = [...(place.calendar === null ? [] : [place.calendar]), ...new Set(currencies)]
  return addBusinessDays(jointCalendar(ids, calendars), tradeDate, days)
}

/**
 * The value date of an FX spot trade: two business days (one for the pairs listed) on the calendars of the two currencies, where a
 * US holiday on the way counts as a business day and only the value date itself must be one for the dollar too.
 * @throws Refused `same-currency`, `unknown-calendar`, `outside-calendar`.
 */
export function fxSpotDate(
  tradeDate: PlainDate,
  bought: string,
  sold: string,
  { fxSpot }: SettlementCycles = SETTLEMENT_CYCLES,
  calendars: Calendars = CALENDARS,
): PlainDate {
  if (bought === sold) {
    return refuse({
      code: 'same-currency',
      message: `${bought} against ${sold} is no exchange`,
      remedy: 'name two currencies',
    })
  }
  const oneDay = fxSpot.oneDay.some(([a, b]) => (a === bought && b === sold) || (a === sold && b === bought))
  // Cross trades settle through the dollar too, so its calendar always counts on the value date.
  const others = [bought, sold].filter((code) => code !== 'USD')
  const spot = addBusinessDays(jointCalendar(others, calendars), tradeDate, oneDay ? 1 : fxSpot.days)
  return onOrAfter(jointCalendar([...others, 'USD'], calendars), spot)
}
