// Calendars and day counts as anybody may ask them: holidays, business days, shares of a year.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import {
  businessDayAnswer,
  businessDayFrom,
  businessDayQuery,
  businessDaysAnswer,
  businessDaysIn,
  businessDaysQuery,
  calendarsAnswer,
  dayCount,
  dayCountAnswer,
  dayCountQuery,
  holidaysAnswer,
  holidaysQuery,
  listCalendars,
  listHolidays,
} from '../../application/calendar-questions.ts'
import { calendar } from '../../domain/kernel/calendars.ts'
import { idText } from '../../domain/kernel/schemas.ts'
import { ROLES_FOR } from '../access.ts'
import { calculation } from '../calculation-route.ts'
import type { ApiDependencies } from '../context.ts'

const params = z.strictObject({ calendar: idText })

export function calendarRoutes(api: FastifyInstance, { app }: ApiDependencies): void {
  const table = app.directory.calendars
  const access = ROLES_FOR.read
  calculation(api, {
    url: '/v1/calendars',
    tag: 'calendars',
    summary: 'The calendars there are, and the dates each knows',
    access,
    query: z.strictObject({}),
    answer: calendarsAnswer,
    run: () => listCalendars(table),
  })
  calculation(api, {
    url: '/v1/calendars/:calendar/holidays',
    tag: 'calendars',
    summary: 'Weekdays on which it is closed, and why',
    access,
    params,
    query: z.strictObject(holidaysQuery),
    answer: holidaysAnswer,
    run: (query, { calendar: id }) => listHolidays(calendar(id, table), query),
  })
  calculation(api, {
    url: '/v1/calendars/:calendar/business-day',
    tag: 'calendars',
    summary: 'A date moved to a business day, a period on where one is given',
    access,
    params,
    query: z.strictObject(businessDayQuery),
    answer: businessDayAnswer,
    run: (query, { calendar: id }) => businessDayFrom(calendar(id, table), query),
  })
  calculation(api, {
    url: '/v1/calendars/:calendar/business-days',
    tag: 'calendars',
    summary: 'How many business days lie between two dates',
    access,
    params,
    query: z.strictObject(businessDaysQuery),
    answer: businessDaysAnswer,
    run: (query, { calendar: id }) => businessDaysIn(calendar(id, table), query),
  })
  calculation(api, {
    url: '/v1/day-count',
    tag: 'calendars',
    summary: 'Days and share of a year between two dates by a day-count convention',
    description: 'exact: `yearFraction` is numerator / denominator. docs/analytics/day-counts.md says each convention.',
    access,
    query: z.strictObject(dayCountQuery),
    answer: dayCountAnswer,
    run: (query) => dayCount(table, query),
  })
}
