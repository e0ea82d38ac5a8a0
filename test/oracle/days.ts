// Days as ISO text, and the one calendar of the histories: Monday to Friday, less a given list of holidays.

export type Holidays = ReadonlySet<string>

export function addDays(date: string, days: number): string {
  const [year, month, day] = date.split('-').map(Number)
  return new Date(Date.UTC(year!, month! - 1, day! + days)).toISOString().slice(0, 10)
}

/** The later of two days. */
export const laterOf = (a: string, b: string): string => [a, b].sort()[1]!

export function isOpen(date: string, holidays: Holidays): boolean {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay()
  return weekday !== 0 && weekday !== 6 && !holidays.has(date)
}

/** The day itself when open, else the last open day before it. */
export function lastOpenDay(date: string, holidays: Holidays): string {
  return isOpen(date, holidays) ? date : lastOpenDay(addDays(date, -1), holidays)
}

/** The calendar date of an instant in an IANA zone. */
export function dateIn(zone: string, instant: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    new Date(instant),
  )
}

/** Instants of one length, so that text order is time order. */
export function sortable(instant: string): string {
  const [seconds, fraction = ''] = instant.replace('Z', '').split('.')
  return `${seconds}.${fraction.padEnd(6, '0')}`
}
