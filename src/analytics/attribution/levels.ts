// Geometric attribution down a hierarchy: allocation at each level, selection at the leaves.
import { atLeast, NotDefined, quotient } from '../not-defined.ts'
import { weighted } from './brinson.ts'

/** One leaf and the groups it is in, from the top: `['Equities', 'US', 'Software']`. A leaf may be a group of its own for fewer levels. */
export interface LeveledAsset {
  readonly path: readonly string[]
  readonly weightPortfolio: number
  readonly weightBenchmark: number
  readonly returnPortfolio: number
  readonly returnBenchmark: number
}

/**
 * - `anchored`: a group's benchmark weight is scaled to the portfolio's weight of the group above it, so that a level is judged within its parent
 *   (Morningstar 2008). `free`: weights as they are (Bacon 2008, 9.4).
 */
export type Anchoring = 'anchored' | 'free'

/** A group's weights and returns; null where there is no weight to return on. */
export interface GroupFigures {
  readonly weightPortfolio: number
  readonly weightBenchmark: number
  readonly returnPortfolio: number | null
  readonly returnBenchmark: number | null
}

export interface LevelEffects {
  /** By level from the top, keyed by path. */
  readonly groups: readonly Readonly<Record<string, GroupFigures>>[]
  /** By level from the top: each group's allocation, keyed by its path joined with `/`. */
  readonly allocation: readonly Readonly<Record<string, number>>[]
  /** (1 + notional return of the level)/(1 + that of the level above) - 1. */
  readonly allocationTotals: readonly number[]
  /** By level from the top: what selection at the leaves adds in each group. */
  readonly selection: readonly Readonly<Record<string, number>>[]
  readonly selectionTotal: number
  readonly excess: number
}

interface Group {
  readonly path: string
  readonly parent: string | null
  wp: number
  wb: number
  /** Benchmark weight times return. */
  earned: number
  /** The same of the portfolio. */
  made: number
}

/** Depth of a leaf that has fewer levels than others: it is a group of its own on the rest. */
function keyOf(path: readonly string[], level: number): string {
  return path.slice(0, Math.min(level, path.length)).join('/')
}

/** @throws NotDefined without assets, or where a benchmark group has no weight and so no return while the portfolio holds it. */
export function attributionByLevel(assets: readonly LeveledAsset[], anchoring: Anchoring): LevelEffects {
  atLeast(assets.length, 1, 'assets')
  const depth = Math.max(...assets.map(({ path }) => path.length))
  const levels = Array.from({ length: depth }, (_, i) => groupsAt(assets, i + 1))
  const portfolio = weighted(
    assets.map((one) => one.weightPortfolio),
    assets.map((one) => one.returnPortfolio),
  )
  const benchmark = weighted(
    assets.map((one) => one.weightBenchmark),
    assets.map((one) => one.returnBenchmark),
  )
  const lost = 'a benchmark that did not lose everything'
  const above = { notional: benchmark, groups: new Map([['', whole(assets, benchmark)]]) }
  const allocation: Record<string, number>[] = []
  const allocationTotals: number[] = []
  for (const [i, groups] of levels.entries()) {
    // On the last level a leaf has its own benchmark return, whatever the benchmark's weight in it.
    const leaf = i === depth - 1
    const returnOf = leaf ? leafReturns(assets) : undefined
    const rates = new Map([...groups].map(([path, group]) => [path, returnOf?.get(path) ?? rateOf(group)]))
    const notional = [...groups].reduce((sum, [path, { wp }]) => sum + wp * (rates.get(path) ?? 0), 0)
    const effects: Record<string, number> = {}
    for (const [path, group] of groups) {
      const parent = above.groups.get(group.parent ?? '')
      const target =
        anchoring === 'free' || parent === undefined || parent.wb === 0 || i === 0
          ? group.wb
          : (group.wb * parent.wp) / parent.wb
      const reference = parent === undefined ? 0 : rateOf(parent)
      effects[path] = quotient((group.wp - target) * ((rates.get(path) ?? 0) - reference), 1 + above.notional, lost)
    }
    allocation.push(effects)
    allocationTotals.push(quotient(1 + notional, 1 + above.notional, lost) - 1)
    above.notional = notional
    above.groups = groups
  }
  const added = assets.map((one) =>
    quotient(one.weightPortfolio * (one.returnPortfolio - one.returnBenchmark), 1 + above.notional, lost),
  )
  return {
    groups: levels.map(figuresOf),
    allocation,
    allocationTotals,
    selection: levels.map((_, i) => summedBy(assets, added, i + 1)),
    selectionTotal: quotient(1 + portfolio, 1 + above.notional, lost) - 1,
    excess: quotient(1 + portfolio, 1 + benchmark, lost) - 1,
  }
}

function groupsAt(assets: readonly LeveledAsset[], level: number): Map<string, Group> {
  const groups = new Map<string, Group>()
  for (const { path, weightPortfolio, weightBenchmark, returnPortfolio, returnBenchmark } of assets) {
    const key = keyOf(path, level)
    const group = groups.get(key) ?? { path: key, parent: keyOf(path, level - 1), wp: 0, wb: 0, earned: 0, made: 0 }
    group.wp += weightPortfolio
    group.wb += weightBenchmark
    group.earned += weightBenchmark * returnBenchmark
    group.made += weightPortfolio * returnPortfolio
    groups.set(key, group)
  }
  return groups
}

function whole(assets: readonly LeveledAsset[], benchmark: number): Group {
  const sum = (of: (one: LeveledAsset) => number) => assets.reduce((total, one) => total + of(one), 0)
  const wb = sum((one) => one.weightBenchmark)
  return { path: '', parent: null, wp: sum((one) => one.weightPortfolio), wb, earned: benchmark, made: 0 }
}

function figuresOf(groups: ReadonlyMap<string, Group>): Record<string, GroupFigures> {
  return Object.fromEntries(
    [...groups].map(([path, { wp, wb, earned, made }]) => [
      path,
      {
        weightPortfolio: wp,
        weightBenchmark: wb,
        returnPortfolio: wp === 0 ? null : made / wp,
        returnBenchmark: wb === 0 ? null : earned / wb,
      },
    ]),
  )
}

function leafReturns(assets: readonly LeveledAsset[]): Map<string, number> {
  const returns = new Map<string, number>()
  for (const { path, returnBenchmark } of assets) {
    const key = path.join('/')
    if (returns.has(key)) throw new NotDefined('mismatched-series', `one asset at ${key}`)
    returns.set(key, returnBenchmark)
  }
  return returns
}

function rateOf({ wb, earned, wp, path }: Group): number {
  if (wb !== 0) return earned / wb
  if (wp === 0) return 0
  throw new NotDefined('undefined', `a benchmark weight in ${path}, which the portfolio holds`)
}

function summedBy(assets: readonly LeveledAsset[], values: readonly number[], level: number): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const [i, { path }] of assets.entries()) {
    const key = keyOf(path, level)
    sums[key] = (sums[key] ?? 0) + (values[i] ?? 0)
  }
  return sums
}
