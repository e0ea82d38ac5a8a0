// What a margin account must hold: initial requirement (Regulation T, 12 CFR 220.12; FINRA rule 4210(b)), maintenance
// (FINRA rule 4210(c)), the house's own rates where they are higher, and what follows: excess, buying power, the call.
import { type Decimal, decimal, divide, round, ZERO } from '../kernel/decimal.ts'

/** One position at its market value; amounts are exact decimals, those without a currency in the account's base currency. */
export interface MarginPosition {
  readonly instrument: string
  readonly side: 'long' | 'short'
  /** Above zero, for shorts too. */
  readonly units: Decimal
  /** Market value, above zero for shorts too; null when no price or rate is known or it is too old. */
  readonly value: Decimal | null
  /** One US dollar in base currency, for the floors per share; null when the rate is unknown. */
  readonly dollar: Decimal | null
  /** Whether the rules for equities are its rules; others have a requirement only where the house names one. */
  readonly equity: boolean
}

/** Rates as fractions; those the house does not name are the rules' own. */
export interface MarginRates {
  readonly initialLong?: Decimal | undefined
  readonly initialShort?: Decimal | undefined
  readonly maintenanceLong?: Decimal | undefined
  readonly maintenanceShort?: Decimal | undefined
}

export interface HouseTerms extends MarginRates {
  /** In base currency. */
  readonly minimumEquity?: Decimal | undefined
  readonly instruments: ReadonlyMap<string, MarginRates>
}

export interface MarginAccount {
  /** Cash of the account, proceeds of short sales included; below zero it is owed. Null when part of it has no known rate. */
  readonly cash: Decimal | null
  readonly positions: readonly MarginPosition[]
  /** Decimal places of the base currency. */
  readonly places: number
  /** One US dollar in base currency, for the least equity of $2,000; null when unknown. */
  readonly dollar: Decimal | null
}

export interface PositionMargin {
  readonly instrument: string
  readonly side: 'long' | 'short'
  readonly value: Decimal | null
  /** Of equity: a short sale's proceeds are in the account already, so 150 % of its value are 50 % of equity. Null: unknown. */
  readonly initial: Decimal | null
  readonly maintenance: Decimal | null
}

export interface Margin {
  readonly positions: readonly PositionMargin[]
  readonly cash: Decimal | null
  readonly longValue: Decimal | null
  readonly shortValue: Decimal | null
  /** cash + long - short. */
  readonly equity: Decimal | null
  /** The greatest of the initial rates, maintenance, and the least equity (4210(b)): what a new position must leave. */
  readonly initialRequirement: Decimal | null
  /** The least equity that applies: $2,000, but not more than long positions cost, and none where nothing is owed. */
  readonly minimumEquity: Decimal | null
  /** equity - initial requirement; below zero the account is restricted. */
  readonly initialExcess: Decimal | null
  readonly restricted: boolean | null
  /** Long securities that the excess carries at the initial rate; zero when there is none. Cut to the minor unit. */
  readonly buyingPower: Decimal | null
  readonly maintenanceRequirement: Decimal | null
  readonly maintenanceExcess: Decimal | null
  /** What is missing to maintenance; zero when nothing is. */
  readonly call: Decimal | null
}

/** Regulation T, 12 CFR 220.12(a) and (c): 50 % of a long margin equity; 150 % of a short one. */
const INITIAL_LONG = decimal('0.5')
const INITIAL_SHORT = decimal('1.5')
/** FINRA rule 4210(c)(1): 25 % of a long. */
const MAINTENANCE_LONG = decimal('0.25')
/** 4210(c)(3): at $5.00 a share or above, $5.00 a share or 30 %, whichever is greater. */
const MAINTENANCE_SHORT = decimal('0.3')
const SHORT_FLOOR = decimal('5')
/** 4210(c)(2): below $5.00 a share, $2.50 a share or 100 %, whichever is greater. */
const CHEAP_BELOW = decimal('5')
const CHEAP_SHORT = decimal('1')
const CHEAP_FLOOR = decimal('2.5')
/** 4210(b)(4), in dollars. */
const MINIMUM_EQUITY = decimal('2000')
const ONE = decimal('1')

/**
 * The margin of one account at one moment. A requirement that depends on a value nobody knows is unknown (null), never zero, and so is
 * everything that adds it up. Requirements are rounded half to even to the minor unit, position by position.
 */
export function marginOf(account: MarginAccount, house: HouseTerms | null): Margin {
  const { cash, places } = account
  const positions = account.positions.map((position) => positionMargin(position, house, places))
  const of = (side: 'long' | 'short') => account.positions.filter((position) => position.side === side)
  const longValue = total(of('long').map(({ value }) => value))
  const shortValue = total(of('short').map(({ value }) => value))
  const equity = less(total([cash, longValue]), shortValue)
  const maintenanceRequirement = total(positions.map(({ maintenance }) => maintenance))
  const minimumEquity = leastEquity(account, house, longValue)
  const initialRequirement = greatest([
    total(positions.map(({ initial }) => initial)),
    maintenanceRequirement,
    minimumEquity,
  ])
  const initialExcess = less(equity, initialRequirement)
  const maintenanceExcess = less(equity, maintenanceRequirement)
  return {
    positions,
    cash,
    longValue,
    shortValue,
    equity,
    initialRequirement,
    minimumEquity,
    initialExcess,
    restricted: initialExcess === null ? null : initialExcess.lessThan(ZERO),
    buyingPower: initialExcess === null ? null : carries(initialExcess, rateFor('initialLong', null, house), places),
    maintenanceRequirement,
    maintenanceExcess,
    call: maintenanceExcess === null ? null : maintenanceExcess.lessThan(ZERO) ? maintenanceExcess.negated() : ZERO,
  }
}

function positionMargin(position: MarginPosition, house: HouseTerms | null, places: number): PositionMargin {
  const { instrument, side, value } = position
  const of = (amount: Decimal | null) => (amount === null ? null : round(amount, places, 'half-even'))
  if (value === null) return { instrument, side, value, initial: null, maintenance: null }
  const named = house?.instruments.get(instrument)
  // No rule of ours says what a bond or an option needs: unknown, unless the house says so itself.
  const known = (rate: keyof MarginRates) => position.equity || named?.[rate] !== undefined
  if (side === 'long') {
    const initial = known('initialLong') ? value.times(rateFor('initialLong', instrument, house)) : null
    const maintenance = known('maintenanceLong') ? value.times(rateFor('maintenanceLong', instrument, house)) : null
    return { instrument, side, value, initial: of(initial), maintenance: of(maintenance) }
  }
  const initial = known('initialShort') ? value.times(rateFor('initialShort', instrument, house).minus(ONE)) : null
  const maintenance = known('maintenanceShort') ? shortMaintenance(position, value, house) : null
  return { instrument, side, value, initial: of(initial), maintenance: of(maintenance) }
}

/** 4210(c)(2) and (3), by the price per share in dollars. */
function shortMaintenance(
  { instrument, units, dollar, equity }: MarginPosition,
  value: Decimal,
  house: HouseTerms | null,
): Decimal | null {
  const own = value.times(rateFor('maintenanceShort', instrument, house))
  if (!equity) return own
  if (dollar === null) return null
  const perShare = (floor: Decimal) => floor.times(dollar).times(units)
  const cheap = value.lessThan(perShare(CHEAP_BELOW))
  const byRule = cheap
    ? larger(value.times(CHEAP_SHORT), perShare(CHEAP_FLOOR))
    : larger(value.times(MAINTENANCE_SHORT), perShare(SHORT_FLOOR))
  return larger(own, byRule)
}

/** The rule's own rate, or the house's where that is higher: for the instrument, else for all. */
function rateFor(rate: keyof MarginRates, instrument: string | null, house: HouseTerms | null): Decimal {
  const rule = {
    initialLong: INITIAL_LONG,
    initialShort: INITIAL_SHORT,
    maintenanceLong: MAINTENANCE_LONG,
    maintenanceShort: MAINTENANCE_SHORT,
  }[rate]
  const stated = (instrument === null ? undefined : house?.instruments.get(instrument)?.[rate]) ?? house?.[rate]
  return stated === undefined ? rule : larger(rule, stated)
}

/** 4210(b)(4): nobody need deposit more than the cost of what is bought, and what is not owed needs no equity. */
function leastEquity(
  { cash, positions, dollar }: MarginAccount,
  house: HouseTerms | null,
  longValue: Decimal | null,
): Decimal | null {
  const shorts = positions.some(({ side }) => side === 'short')
  if (!shorts && cash !== null && !cash.lessThan(ZERO)) return ZERO
  if (dollar === null) return null
  const stated = house?.minimumEquity
  const rule = MINIMUM_EQUITY.times(dollar)
  const least = stated === undefined ? rule : larger(rule, stated)
  if (shorts) return least
  return cash === null || longValue === null ? null : smaller(least, longValue)
}

function carries(excess: Decimal, rate: Decimal, places: number): Decimal {
  return excess.lessThan(ZERO) ? ZERO : divide(excess, rate, places, 'down')
}

function total(amounts: readonly (Decimal | null)[]): Decimal | null {
  return amounts.reduce<Decimal | null>((sum, each) => (sum === null || each === null ? null : sum.plus(each)), ZERO)
}

function less(a: Decimal | null, b: Decimal | null): Decimal | null {
  return a === null || b === null ? null : a.minus(b)
}

function greatest(amounts: readonly (Decimal | null)[]): Decimal | null {
  return amounts.reduce((most, each) => (most === null || each === null ? null : larger(most, each)))
}

function larger(a: Decimal, b: Decimal): Decimal {
  return a.greaterThan(b) ? a : b
}

function smaller(a: Decimal, b: Decimal): Decimal {
  return a.lessThan(b) ? a : b
}
