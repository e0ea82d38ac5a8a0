// The golden folders that have a module: one line each.
import type { GoldenFolder } from './golden-case.ts'
import { folder as d0 } from './folders/d0_taxlots_lusid.ts'
import { folder as h1 } from './folders/h1_calendars_daycount_quantlib.ts'

export const FOLDERS: readonly GoldenFolder[] = [d0, h1]
