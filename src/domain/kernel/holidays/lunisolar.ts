// The lunisolar calendar of East Asia from the sun and the moon themselves: months begin at new moons, leap months have no principal term.
import { dayNumber, fromDayNumber, type PlainDate } from '../date.ts'
import { dateOf } from './rule.ts'

const rad = (degrees: number) => (degrees * Math.PI) / 180
const sin = (degrees: number) => Math.sin(rad(degrees))

/** Julian day of 1970-01-01T00:00Z. */
const UNIX_EPOCH_JD = 2440587.5
const MEAN_MONTH = 29.530588861

/** Terrestrial time less universal time, in days, near a year (F. Espenak and J. Meeus, Five Millennium Canon; for 2005 to 2050). */
function deltaT(year: number): number {
  const t = year - 2000
  return (62.92 + 0.32217 * t + 0.005589 * t * t) / 86400
}

/** Amplitude (days) and multiples of M, M' and F of each periodic term of a new moon, and the power of E (Meeus, chapter 49). */
const MOON_TERMS: readonly (readonly [number, number, number, number])[] = [
  [-0.4072, 0, 1, 0],
  [0.17241, 1, 0, 0],
  [0.01608, 0, 2, 0],
  [0.01039, 0, 0, 2],
  [0.00739, -1, 1, 0],
  [-0.00514, 1, 1, 0],
  [0.00208, 2, 0, 0],
  [-0.00111, 0, 1, -2],
  [-0.00057, 0, 1, 2],
  [0.00056, 1, 2, 0],
  [-0.00042, 0, 3, 0],
  [0.00042, 1, 0, 2],
  [0.00038, 1, 0, -2],
  [-0.00024, -1, 2, 0],
  [-0.00007, 2, 1, 0],
  [0.00004, 0, 2, -2],
  [0.00004, 3, 0, 0],
  [0.00003, 1, 1, -2],
  [0.00003, 0, 2, 2],
  [-0.00003, 1, 1, 2],
  [0.00003, -1, 1, 2],
  [-0.00002, -1, 1, -2],
  [-0.00002, 1, 3, 0],
  [0.00002, 0, 4, 0],
]

/** The planets' part: angle at k = 0, its change with k, amplitude (days). */
const PLANET_TERMS: readonly (readonly [number, number, number])[] = [
  [299.77, 0.107408, 0.000325],
  [251.88, 0.016321, 0.000165],
  [251.83, 26.651886, 0.000164],
  [349.42, 36.412478, 0.000126],
  [84.66, 18.206239, 0.00011],
  [141.74, 53.303771, 0.000062],
  [207.14, 2.453732, 0.00006],
  [154.84, 7.30686, 0.000056],
  [34.52, 27.261239, 0.000047],
  [207.19, 0.121824, 0.000042],
  [291.34, 1.844379, 0.00004],
  [161.72, 24.198154, 0.000037],
  [239.56, 25.513099, 0.000035],
  [331.55, 3.592518, 0.000023],
]

/** Julian day (universal time) of the k-th new moon after that of 2000-01-06; good to some ten seconds (Meeus, chapter 49). */
function newMoon(k: number): number {
  const t = k / 1236.85
  const mean = 2451550.09766 + MEAN_MONTH * k + (0.00015437 + (-0.00000015 + 0.00000000073 * t) * t) * t * t
  const e = 1 - (0.002516 + 0.0000074 * t) * t
  const sun = 2.5534 + 29.1053567 * k - (0.0000014 + 0.00000011 * t) * t * t
  const moon = 201.5643 + 385.81693528 * k + (0.0107582 + (0.00001238 - 0.000000058 * t) * t) * t * t
  const latitude = 160.7108 + 390.67050284 * k - (0.0016118 + (0.00000227 - 0.000000011 * t) * t) * t * t
  const node = 124.7746 - 1.56375588 * k + (0.0020672 + 0.00000215 * t) * t * t
  let correction = -0.00017 * sin(node)
  for (const [amplitude, m, mm, f] of MOON_TERMS)
    correction += amplitude * e ** Math.abs(m) * sin(m * sun + mm * moon + f * latitude)
  for (const [angle, change, amplitude] of PLANET_TERMS) correction += amplitude * sin(angle + change * k)
  return mean + correction - deltaT(2000 + k / 12.3685)
}

/** The sun's apparent longitude in degrees, 0 to 360, at a Julian day (universal time); good to 0.01 degrees (Meeus, chapter 25). */
function solarLongitude(jd: number): number {
  const t = (jd + deltaT(2000 + (jd - 2451545) / 365.25) - 2451545) / 36525
  const anomaly = 357.52911 + (35999.05029 - 0.0001537 * t) * t
  const centre =
    (1.914602 - (0.004817 + 0.000014 * t) * t) * sin(anomaly) +
    (0.019993 - 0.000101 * t) * sin(2 * anomaly) +
    0.000289 * sin(3 * anomaly)
  const longitude =
    280.46646 + (36000.76983 + 0.0003032 * t) * t + centre - 0.00569 - 0.00478 * sin(125.04 - 1934.136 * t)
  return ((longitude % 360) + 360) % 360
}

interface Month {
  /** Day number of its first day. */
  readonly start: number
  readonly number: number
  readonly leap: boolean
}

/** The months from the one that holds the winter solstice before a Gregorian year, numbered 11, up to the next such month. */
function monthsOf(year: number, zoneHours: number): readonly Month[] {
  const zone = zoneHours / 24
  const dayOfMoon = (k: number) => Math.floor(newMoon(k) - UNIX_EPOCH_JD + zone)
  // The principal term (a twelfth of the sun's way, 0 at the March equinox) in force at the start of a day.
  const termAt = (day: number) => Math.floor(solarLongitude(day + UNIX_EPOCH_JD - zone) / 30)
  const eleventh = (of: number) => {
    // The first day after which the sun has passed 270 degrees, from 18 December on.
    let solstice = dayNumber(dateOf(of, 12, 18))
    while (termAt(solstice + 1) !== 9) solstice++
    let k = Math.round((of + 1 - 2000) * 12.3685)
    while (dayOfMoon(k) > solstice) k--
    while (dayOfMoon(k + 1) <= solstice) k++
    return k
  }
  const first = eleventh(year - 1)
  const last = eleventh(year)
  const months: Month[] = []
  let number = 11
  let leapDue = last - first === 13
  for (let k = first; k <= last; k++) {
    const start = dayOfMoon(k)
    const leap = leapDue && k > first && termAt(start) === termAt(dayOfMoon(k + 1))
    if (leap) leapDue = false
    else if (k > first) number = (number % 12) + 1
    months.push({ start, number, leap })
  }
  return months
}

/**
 * The date of a day of a lunar month, never of a leap month, in a Gregorian year, with days as in the zone (Korea 9, China 8).
 * Right for 1990 to 2050; new moons within a minute of midnight are beyond this theory.
 */
export function lunarDate(year: number, month: number, day: number, zoneHours: number): PlainDate {
  const found = monthsOf(year, zoneHours).filter((one) => one.number === month && !one.leap)
  // The eleventh month stands at both ends; of the twelfth there is one.
  const start = (month === 11 ? found.at(-1) : found[0])?.start ?? Number.NaN
  return fromDayNumber(start + day - 1)
}
