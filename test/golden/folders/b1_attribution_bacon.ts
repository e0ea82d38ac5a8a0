// Bacon's worked attribution examples, and Morningstar's multi-level one.
import type { Door, GoldenCase, GoldenFolder } from '../golden-case.ts'
import { isPrinted } from '../measured.ts'

type Numbers = readonly number[]
type BySegment = Readonly<Record<string, number>>

interface SegmentCase {
  readonly id: string
  readonly input: 'single_period' | 'multi_period'
  readonly options: {
    readonly brinson_fachler: boolean
    readonly interaction: string
    readonly geometric: boolean
    readonly linking?: string
    readonly per_period_effects_shown_after_linking?: boolean
  }
  readonly expected: Readonly<Record<string, Readonly<Record<string, BySegment>>>>
  readonly tolerance_abs: number
}

interface Inputs {
  readonly weights_portfolio: unknown
  readonly weights_benchmark: unknown
  readonly returns_portfolio: unknown
  readonly returns_benchmark: unknown
}

interface OtherCase {
  readonly id: string
  readonly inputs: Readonly<Record<string, Numbers>> & {
    readonly sectors?: readonly string[]
    readonly assets?: readonly string[]
  }
  readonly expected: Readonly<Record<string, unknown>>
  readonly tolerance_abs: number
}

type Effects = Readonly<Record<'allocation' | 'selection' | 'interaction', Numbers>>

const EFFECTS = { Allocation: 'allocation', Selection: 'selection', Interaction: 'interaction' } as const

/** Our names of the source's linkings. */
const linkingOf = ({ geometric, linking }: SegmentCase['options']) =>
  geometric ? 'geometric' : linking === 'davies.laker' ? 'davies-laker' : (linking ?? 'carino')

const total = (values: Numbers) => values.reduce((a, b) => a + b, 0)

async function asked(door: Door, url: string, body: object): Promise<Readonly<Record<string, unknown>>> {
  const { result } = await door.ask('POST', url, body)
  return result as Readonly<Record<string, unknown>>
}

function periodsOf(inputs: Inputs, many: boolean): object[] {
  const at = (values: unknown, t: number) => (many ? (values as readonly Numbers[])[t] : values)
  const count = many ? (inputs.weights_portfolio as readonly Numbers[]).length : 1
  return Array.from({ length: count }, (_, t) => ({
    weightsPortfolio: at(inputs.weights_portfolio, t),
    weightsBenchmark: at(inputs.weights_benchmark, t),
    returnsPortfolio: at(inputs.returns_portfolio, t),
    returnsBenchmark: at(inputs.returns_benchmark, t),
  }))
}

/** Davies and Laker compound notional funds with interaction apart, whatever the model. */
async function segments(door: Door, one: SegmentCase, sectors: readonly string[], inputs: Inputs): Promise<void> {
  const { options, expected, tolerance_abs: tolerance } = one
  const got = await asked(door, '/v1/analytics/attribution', {
    periods: periodsOf(inputs, one.input === 'multi_period'),
    model: options.brinson_fachler ? 'bf' : 'bhb',
    interaction: options.interaction.replace(' ', '-'),
    form: options.geometric ? 'geometric' : 'arithmetic',
    linking: linkingOf(options),
  })
  const shown = (options.per_period_effects_shown_after_linking ? got.adjusted : got.periods) as readonly Effects[]
  for (const [effect, periods] of Object.entries(expected)) {
    if (effect === 'Excess returns') {
      isPrinted('excess', got.excess, Object.values(periods.Total ?? {})[0], tolerance)
      continue
    }
    const name = EFFECTS[effect as keyof typeof EFFECTS]
    for (const [i, [period, printed]] of Object.entries(periods).entries()) {
      const whole = period === 'Total'
      const values = whole ? (got.total as Effects)[name] : (shown[i]?.[name] ?? [])
      for (const [segment, figure] of Object.entries(printed)) {
        const found =
          segment !== 'Total'
            ? values[sectors.indexOf(segment)]
            : whole
              ? (got.effects as Record<string, number>)[name]
              : total(values)
        isPrinted(`${effect} ${period} ${segment}`, found, figure, tolerance)
      }
    }
  }
}

function isBySector(what: string, found: Numbers, printed: unknown, sectors: readonly string[], tolerance: number) {
  for (const [sector, figure] of Object.entries(printed as BySegment))
    isPrinted(
      `${what} ${sector}`,
      sector === 'Total' ? total(found) : found[sectors.indexOf(sector)],
      figure,
      tolerance,
    )
}

async function ankrimHensel(door: Door, { inputs, expected, tolerance_abs }: OtherCase): Promise<void> {
  const got = await asked(door, '/v1/analytics/attribution/currencies', {
    method: 'ankrim-hensel',
    weightsPortfolio: inputs.weights_portfolio,
    weightsBenchmark: inputs.weights_benchmark,
    returnsPortfolio: inputs.returns_portfolio_base,
    returnsBenchmark: inputs.returns_benchmark_base,
    spotStart: inputs.spot_start,
    spotEnd: inputs.spot_end,
    forward: inputs.forward_rate_end,
    forwardWeightsPortfolio: inputs.forward_weights_portfolio,
    forwardWeightsBenchmark: inputs.forward_weights_benchmark,
  })
  const names = { ...EFFECTS, 'Currency management': 'management', 'Forward Premium': 'forwardPremium' }
  for (const [effect, name] of Object.entries(names))
    isBySector(effect, got[name] as Numbers, expected[effect], inputs.sectors ?? [], tolerance_abs)
}

async function geometricCurrency(door: Door, { inputs, expected, tolerance_abs }: OtherCase): Promise<void> {
  const dealt = (forward: Numbers | undefined) =>
    (forward ?? []).map((price, i) => (inputs.spot_end?.[i] ?? 0) / price - 1)
  const got = await asked(door, '/v1/analytics/attribution/currencies', {
    method: 'geometric',
    weightsPortfolio: inputs.weights_portfolio,
    weightsBenchmark: inputs.weights_benchmark,
    returnsPortfolio: inputs.returns_portfolio_local,
    returnsBenchmark: inputs.returns_benchmark_local,
    baseReturnsPortfolio: inputs.returns_portfolio_base,
    baseReturnsBenchmark: inputs.returns_benchmark_base,
    hedgedReturnsBenchmark: inputs.returns_benchmark_hedged,
    ...(inputs.forward_weights_portfolio === undefined
      ? {}
      : {
          forwards: {
            weightsPortfolio: inputs.forward_weights_portfolio,
            weightsBenchmark: inputs.forward_weights_benchmark,
            returnsPortfolio: dealt(inputs.forward_portfolio_end),
            returnsBenchmark: dealt(inputs.forward_benchmark_end),
          },
        }),
  })
  isBySector('Selection', got.selection as Numbers, expected.Selection, inputs.sectors ?? [], tolerance_abs)
  isBySector('Allocation', got.allocation as Numbers, expected.Allocation, inputs.sectors ?? [], tolerance_abs)
  const management = expected['Currency management'] as Readonly<Record<string, number>>
  isPrinted('hedging', got.hedging, management.Hedging, tolerance_abs)
  isPrinted('currency', got.currency, management['Currency attribution'], tolerance_abs)
  isPrinted('excess', got.excess, (expected['Excess returns'] as BySegment).Geometric, tolerance_abs)
}

/** Paths of the assets, and how the source writes one: `Equities-US-Financial`, `Bonds-Govt-NA`. */
function pathsOf({ inputs, id }: OtherCase): string[][] {
  const names = ['level1', 'level2', 'level3'] as const
  if (id !== 'morningstar-1')
    return (inputs.assets ?? []).map((_, i) =>
      names.flatMap((name) => (inputs[name] as unknown as readonly (string | null)[])[i] ?? []),
    )
  const [regions, sectors] = [inputs.region, inputs.sector] as unknown as readonly (readonly string[])[]
  return (inputs.assets ?? []).map((asset, i) => [regions?.[i] ?? '', sectors?.[i] ?? '', asset])
}

const SIDES = ['portfolio', 'benchmark'] as const

/** `Level returns` and `Level weights` of one side, by path. */
function isGroup(
  what: string,
  got: Readonly<Record<string, unknown>>,
  side: (typeof SIDES)[number],
  printed: BySegment,
  tolerance: number,
): void {
  const groups = Object.assign({}, ...(got.groups as readonly object[])) as Record<string, Record<string, number>>
  const field = `${what === 'Level returns' ? 'return' : 'weight'}${side === 'portfolio' ? 'Portfolio' : 'Benchmark'}`
  for (const [path, figure] of Object.entries(printed))
    isPrinted(`${what} ${side} ${path}`, groups[path.replaceAll('-', '/')]?.[field], figure, tolerance)
}

async function levels(door: Door, one: OtherCase): Promise<void> {
  const { inputs, expected, tolerance_abs: tolerance } = one
  const at = (values: Numbers | undefined, i: number) => values?.[i] ?? 0
  const got = await asked(door, '/v1/analytics/attribution/levels', {
    anchoring: one.id === 'morningstar-1' ? 'anchored' : 'free',
    assets: pathsOf(one).map((path, i) => ({
      path,
      weightPortfolio: at(inputs.weights_portfolio, i),
      weightBenchmark: at(inputs.weights_benchmark, i),
      returnPortfolio: at(inputs.returns_portfolio, i),
      returnBenchmark: at(inputs.returns_benchmark, i),
    })),
  })
  const groups = (name: 'allocation' | 'selection', level: number) =>
    (got[name] as readonly BySegment[])[level - 1] ?? {}
  for (const [what, printed] of Object.entries(expected)) {
    const [, name, level] = /^(Allocation|Selection) at each level\$Level (\d)$/.exec(what) ?? []
    if (name !== undefined) {
      const found = groups(name === 'Allocation' ? 'allocation' : 'selection', Number(level))
      for (const [path, figure] of Object.entries(printed as BySegment))
        isPrinted(`${what} ${path}`, found[path.replace(/-NA$/, '').replaceAll('-', '/')], figure, tolerance)
    } else if (what === 'Multi-level attribution') {
      for (const [effect, figure] of Object.entries(printed as BySegment)) {
        const [, at] = /^Level (\d) Allocation$/.exec(effect) ?? []
        const found = at === undefined ? got.selectionTotal : (got.allocationTotals as Numbers)[Number(at) - 1]
        isPrinted(effect, found, figure, tolerance)
      }
    } else if (what === 'Excess returns') isPrinted(what, got.excess, (printed as BySegment).Geometric, tolerance)
    else
      for (const side of SIDES) isGroup(what, got, side, (printed as Record<string, BySegment>)[side] ?? {}, tolerance)
  }
}

const OTHERS: Readonly<Record<string, (door: Door, one: OtherCase) => Promise<void>>> = {
  'bacon-ah-1': ankrimHensel,
  'bacon-gmc-1': geometricCurrency,
  'bacon-gmc-2': geometricCurrency,
  'bacon-ml-1': levels,
  'morningstar-1': levels,
}

/** Numbers in a printed object. */
function figures(printed: unknown): number {
  if (printed === null || typeof printed !== 'object') return 1
  return Object.values(printed).reduce((sum: number, one) => sum + figures(one), 0)
}

export const folder: GoldenFolder = {
  folder: 'b1_attribution_bacon',
  cases(files) {
    const brinson = files.json<{
      sectors: readonly string[]
      inputs: Record<SegmentCase['input'], Inputs>
      cases: readonly SegmentCase[]
    }>('brinson_bacon.json')
    const others = files.json<{ cases: readonly OtherCase[] }>('multicurrency_multilevel.json').cases
    return [
      ...brinson.cases.map(
        (one): GoldenCase => ({
          name: one.id,
          figures: figures(one.expected),
          async run(door) {
            await segments(door, one, brinson.sectors, brinson.inputs[one.input])
            return undefined
          },
        }),
      ),
      ...others.map(
        (one): GoldenCase => ({
          name: one.id,
          figures: figures(one.expected),
          async run(door) {
            const run = OTHERS[one.id]
            if (run === undefined) throw new Error(`no request for ${one.id}`)
            await run(door, one)
            return undefined
          },
        }),
      ),
    ]
  },
}
