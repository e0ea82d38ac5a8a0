// The lens: positions, lots and gains under another lot method or in another base currency, beside the recorded ones.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { LENS_KEYS, type LensRead, throughLens } from '../../application/lens.ts'
import { refuse } from '../../domain/kernel/refusal.ts'
import { lotMethod } from '../../domain/portfolio/policy.ts'
import { pageLimit, pageOf, readCursor } from '../../projections/read/page.ts'
import { ROLES_FOR } from '../access.ts'
import type { ApiDependencies } from '../context.ts'
import { read } from '../read-route.ts'

const ABOUT: Readonly<Record<LensRead, string>> = {
  positions: 'Positions under another lot method or base currency, side by side with the recorded ones',
  lots: 'Open lots under another lot method or base currency, side by side with the recorded ones',
  gains: 'Gains by what was sold, under another lot method or base currency, side by side with the recorded ones',
}

export function lensRoutes(api: FastifyInstance, deps: ApiDependencies): void {
  for (const what of Object.keys(ABOUT) as LensRead[])
    read(api, deps, 'portfolios', {
      url: `/v1/portfolios/:portfolio/lens/${what}`,
      tag: 'lens',
      summary: ABOUT[what],
      description:
        'The same facts folded again by the same book, at any effectiveAt and asAt; nothing is recorded. `recorded...`, `lens...`, `difference...` (lens less recorded) for each measure; base amounts in two currencies have no difference.',
      access: ROLES_FOR.read,
      query: {
        lens: lotMethod
          .optional()
          .meta({ description: 'the lot method to look through; choices of lots count for `specific` only' }),
        currency: z.string().max(10).optional().meta({ description: 'the currency to count cost and gains in' }),
        instrument: z.string().max(64).optional(),
      },
      async read({ lens, currency, instrument }, page, scope) {
        const key = LENS_KEYS[what]
        const cursor = readCursor(page.cursor, key.length)
        const point = await deps.readModels.pointOf(cursor === undefined ? scope : { ...scope, asAt: cursor.at })
        const { portfolio, baseCurrency, onDate, atInstant, at } = point
        const { view = 'trade', basis = 'economic', sleeve } = scope
        const rows = await throughLens(
          deps.app.books,
          { portfolio, baseCurrency, position: BigInt(at.position), onDate, atInstant, view, basis, sleeve },
          { lotMethod: lens === undefined ? undefined : methodOf(lens), currency },
          what,
        )
        const wanted = rows.filter(
          (row) =>
            (instrument === undefined || row.instrument === instrument) &&
            (cursor === undefined || key.map((name) => row[name]).join(' ') > cursor.key.join(' ')),
        )
        return { ...pageOf(wanted, pageLimit(page), key, at.position), at }
      },
    })
}

/** The query's schema has seen to it. */
function methodOf(text: string) {
  const read = lotMethod.safeParse(text)
  return read.success
    ? read.data
    : refuse({ code: 'invalid-field', message: `${text} is no lot method`, field: 'lens' })
}
