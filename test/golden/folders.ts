// The golden folders that have a module: one line each.
import type { GoldenFolder } from './golden-case.ts'
import { folder as a1 } from './folders/a1_performance_bacon_PA.ts'
import { folder as a3 } from './folders/a3_performance_empyrical.ts'
import { folder as a6 } from './folders/a6_performance_socktrader.ts'
import { folder as b1 } from './folders/b1_attribution_bacon.ts'
import { folder as c1 } from './folders/c1_moneyweighted_pyxirr.ts'
import { folder as d0 } from './folders/d0_taxlots_lusid.ts'
import { folder as g3 } from './folders/g3_risk_measures_skfolio_textbook.ts'
import { folder as d1 } from './folders/d1_taxlots_uk_cgt_tool.ts'
import { folder as d3 } from './folders/d3_taxlots_uk_kapji.ts'
import { folder as d5 } from './folders/d5_washsale_bbreslauer.ts'
import { folder as d9 } from './folders/d9_taxlots_canada_acb.ts'
import { folder as e2 } from './folders/e2_corpactions_price_adjustment.ts'
import { folder as g1 } from './folders/g1_pricing_quantlib.ts'
import { folder as e1 } from './folders/e1_corpactions_official_examples.ts'
import { folder as h1 } from './folders/h1_calendars_daycount_quantlib.ts'

export const FOLDERS: readonly GoldenFolder[] = [
  a1, //
  a3,
  a6,
  b1,
  c1,
  d0,
  g3,
  d1,
  d3,
  d5,
  d9,
  e2,
  g1,
  e1,
  h1,
]
