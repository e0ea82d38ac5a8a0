// What a caller sends about fills: the fill itself, its correction (FIX 150=G) and bust (150=H), and what to do with parked ones.
import { z } from 'zod'
import { dateText, factIdText, idText, shortText } from '../../domain/kernel/schemas.ts'
import { execIdText } from '../../domain/portfolio/facts.ts'
import { fillGiven } from '../../domain/portfolio/given.ts'

export const recordFill = fillGiven
export type RecordFill = z.output<typeof recordFill>

const message = {
  source: idText,
  channel: idText.optional(),
  /** The message's own ExecID. */
  execId: execIdText,
  /** FIX 19: the fill, or any correction of it. */
  execRefId: execIdText,
  /** The message's own trade date: with source and ExecID its key, and the day up to which the reference is looked for. */
  tradeDate: dateText,
  reason: shortText.optional(),
}

/** `fill` holds the whole new terms; source and ExecID are those of the fill corrected. */
export const correctFill = z.strictObject({
  ...message,
  fill: fillGiven.omit({ source: true, execId: true, channel: true }),
})
export type CorrectFill = z.output<typeof correctFill>

export const bustFill = z.strictObject(message)
export type BustFill = z.output<typeof bustFill>

/** `instrument`: which one a parked fill means; `root`: which fill a parked correction or bust means. Absent: looked up again. */
export const releaseParked = z.strictObject({
  fact: factIdText,
  instrument: idText.optional(),
  root: factIdText.optional(),
})
export type ReleaseParked = z.output<typeof releaseParked>

export const dismissParked = z.strictObject({ fact: factIdText, reason: shortText })
export type DismissParked = z.output<typeof dismissParked>
