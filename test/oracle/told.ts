// A history in words: what a failing property prints, short enough to read.
import type { OracleKnownEvent, OracleUnit } from './shapes.ts'

/** One line an event; a unit of several is indented under its first. */
export const inWords = (units: readonly OracleUnit[]): string =>
  `\n${units.flatMap(({ events }) => events.map((event, at) => `${at === 0 ? '' : '  + '}${worded(event)}`)).join('\n')}\n`

function worded({ position, type, data }: OracleKnownEvent): string {
  if (type === 'InstrumentRegistered') return `${position} ${data.instrument} in ${data.currency}`
  if (type !== 'RatesRecorded') return `${position} ${type} ${JSON.stringify(data)}`
  return `${position} rates ${data.date} ${data.rows.map(({ base, quote, rate }) => `${base}/${quote} ${rate}`).join(', ')}`
}
