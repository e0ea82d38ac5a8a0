// The oracle: the whole book from scratch at one (effectiveAt, asAt), as slowly and plainly as it can be said.
import { accrue } from './accruals.ts'
import { goEx, pay, phaseOf, sequenceOf } from './actions.ts'
import { AGAINST, bookCash, settleFx, tradeFx, transferCash } from './cash.ts'
import { dateIn, sortable } from './days.ts'
import { confirmDays, moveBack, type Plan, planOf, settleOnTime, settlePart } from './fails.ts'
import { settle, trade } from './fills.ts'
import { compare, type Fold, policyAt, waits } from './fold.ts'
import { type Balance, balancesOf, counts, type Entry, type When } from './journal.ts'
import { type KnownFill, type Knowledge, knownAt, must } from './knowledge.ts'
import { poolLots } from './lots.ts'
import { postByHand } from './manual.ts'
import { giveAway, moveWithin, open, takeIn } from './openings.ts'
import { poolEntries } from './pools.ts'
import { receive } from './receivables.ts'
import { addDays } from './days.ts'
import type { OracleUnit, PlainFact, Policy } from './shapes.ts'

export interface OracleOptions {
  readonly portfolio: string
  /** A date (after its last phase) or an instant; all there is when not given. */
  readonly effectiveAt?: string
  readonly asAt: bigint
  readonly functional?: string
  readonly lens?: Partial<Policy>
  /** Days on which the series' calendar is closed besides weekends. */
  readonly holidays?: ReadonlySet<string>
}

/** One thing to book at one place in time. BOOK.md section 6: date, phase, sequence, instant, rank, root position, leg. */
interface Step extends When {
  readonly sequence: number
  readonly rank: number
  readonly root: bigint
  readonly leg: number
  run(when: When): void
}

/** The balances by key; those that are zero are not there. */
export function oracleBook(units: readonly OracleUnit[], options: OracleOptions): Map<string, Balance> {
  const { effectiveAt } = options
  const entries = oracleEntries(units, options)
  if (effectiveAt === undefined) return balancesOf(entries.flatMap((entry) => entry.lines))
  const instant = effectiveAt.includes('T') ? effectiveAt : null
  const zone = must(knownAt(units, options.asAt).opened).policy.zone
  const at = { date: instant === null ? effectiveAt : dateIn(zone, instant), instant }
  return balancesOf(entries.filter((entry) => counts(entry, at)).flatMap((entry) => entry.lines))
}

/** Every entry known at asAt, those of the future included. */
export function oracleEntries(units: readonly OracleUnit[], options: OracleOptions): Entry[] {
  const known = knownAt(units, options.asAt)
  if (known.opened === null) return []
  const fold: Fold = {
    known,
    opened: known.opened,
    functional: options.functional ?? known.opened.baseCurrency,
    holidays: options.holidays ?? new Set(),
    lens: options.lens ?? {},
    entries: [],
    claims: [],
    lots: [],
    born: 0,
  }
  for (const step of stepsOf(fold, options.portfolio).sort(inOrder)) step.run(step)
  accrue(fold)
  return [...fold.entries, ...poolEntries(fold)]
}

function inOrder(a: Step, b: Step): number {
  const instants =
    a.instant === null || b.instant === null
      ? Number(a.instant === null) - Number(b.instant === null)
      : compare(sortable(a.instant), sortable(b.instant))
  return (
    compare(a.date, b.date) ||
    a.phase - b.phase ||
    a.sequence - b.sequence ||
    instants ||
    a.rank - b.rank ||
    compare(a.root, b.root) ||
    a.leg - b.leg
  )
}

const NO_ORDER = { instant: null, sequence: 0, rank: 0, leg: 0 }
/** In phase 3 what is derived goes before what is recorded. */
const DERIVED = 0
const RECORDED = 1

function stepsOf(fold: Fold, portfolio: string): Step[] {
  const { known } = fold
  return [
    ...fillSteps(fold, known),
    ...[...known.facts.values()]
      .filter(({ gone }) => !gone)
      .flatMap(({ fact, is, root }) => factSteps(fold, fact, is, root)),
    ...actionSteps(fold, known),
    ...manualSteps(fold, known),
    ...transferSteps(fold, known, portfolio),
  ]
}

function fillSteps(fold: Fold, known: Knowledge): Step[] {
  return [...known.fills.values()]
    .filter(({ gone }) => !gone)
    .flatMap((each): Step[] => {
      const { fill, root } = each
      const instant = fill.executedAt ?? null
      const buying = fill.side === 'buy' || fill.side === 'buy-to-cover'
      const rank = fill.positionEffect === 'open' ? 1 : fill.positionEffect === 'close' ? 2 : buying ? 3 : 4
      const key = { sequence: 0, instant, rank: instant === null ? rank : 0, root }
      const traded: Step = { ...key, date: fill.tradeDate, phase: 4, leg: 1, run: (when) => trade(fold, each, when) }
      const plan = planOf(fold, each)
      const run = (when: When) => (plan === null ? settle(fold, each, when) : settleOnTime(fold, each, plan, when))
      const settled: Step =
        fill.settlement.date <= fill.tradeDate
          ? { ...traded, leg: 3, run }
          : { ...NO_ORDER, date: fill.settlement.date, phase: 3, sequence: DERIVED, root, run }
      return [traded, settled, ...(plan === null ? [] : saidSteps(fold, each, plan))]
    })
}

/** After what is due on a day, what failed by then, then what was confirmed; both before what was received. */
function saidSteps(fold: Fold, each: KnownFill, plan: Plan): Step[] {
  const { root, fill } = each
  const at = { ...NO_ORDER, phase: 3, root }
  const failed = plan.failsOn
  const fails: Step[] =
    failed === null ? [] : [{ ...at, date: failed, sequence: 0.25, run: (when) => moveBack(fold, each, plan, when) }]
  const confirms = confirmDays(plan).map((date): Step => {
    const run = (when: When) => settlePart(fold, each, plan, when)
    // On the trade date it follows its trade.
    if (date > fill.tradeDate) return { ...at, date, sequence: 0.5, run }
    const buying = fill.side === 'buy' || fill.side === 'buy-to-cover'
    const rank = fill.positionEffect === 'open' ? 1 : fill.positionEffect === 'close' ? 2 : buying ? 3 : 4
    const instant = fill.executedAt ?? null
    return { date, phase: 4, sequence: 0, instant, rank: instant === null ? rank : 0, root, leg: 4, run }
  })
  return [...fails, ...confirms]
}

function factSteps(fold: Fold, fact: string, is: PlainFact, root: bigint): Step[] {
  const at = (date: string, phase: number, run: (when: When) => void, sequence = RECORDED): Step[] => [
    { ...NO_ORDER, date, phase, sequence, root, run },
  ]
  switch (is.type) {
    case 'PolicyChanged': {
      const becomesAverage =
        policyAt(fold, is.effectiveOn).lotMethod === 'average' &&
        policyAt(fold, addDays(is.effectiveOn, -1)).lotMethod !== 'average'
      return becomesAverage ? at(is.effectiveOn, 0, () => poolLots(fold, is.effectiveOn), 0) : []
    }
    case 'OpeningBalanceDeclared':
      return at(is.opening.date, 0, (when) => open(fold, fact, is.opening, when))
    case 'CashReceived':
      return at(is.cash.valueDate, 3, (when) => receive(fold, fact, is, when))
    case 'CashTransferred':
      return at(is.cash.valueDate, 5, (when) => transferCash(fold, fact, is, when))
    case 'LotsIdentified':
    case 'ElectionMade':
    case 'CashInterestSet':
    case 'BorrowRateSet':
    case 'BorrowPriceTaken':
    case 'SettlementFailed':
    case 'SettlementConfirmed':
      return []
    case 'FxTraded': {
      const { fx } = is
      const traded: Step = {
        ...NO_ORDER,
        instant: fx.executedAt ?? null,
        date: fx.tradeDate,
        phase: 4,
        root,
        run: (when) => tradeFx(fold, fact, fx, when),
      }
      const run = (when: When) => settleFx(fold, fact, when)
      const later = fx.valueDate > fx.tradeDate
      return [traded, ...(later ? at(fx.valueDate, 3, run, DERIVED) : [{ ...traded, leg: 3, run }])]
    }
    default: {
      const phase = AGAINST[is.type].direction === 1 ? 3 : 5
      return at(is.cash.valueDate, phase, (when) => bookCash(fold, fact, is.type, is.cash, when))
    }
  }
}

function manualSteps(fold: Fold, known: Knowledge): Step[] {
  return [...known.manual].flatMap(([fact, { entry, root }]) => {
    const at = (date: string, reversing: boolean): Step => ({
      ...NO_ORDER,
      date,
      phase: 8,
      root,
      run: (when) => postByHand(fold, fact, entry, when, reversing),
    })
    return [at(entry.date, false), ...(entry.reverseOn === undefined ? [] : [at(entry.reverseOn, true)])]
  })
}

function actionSteps(fold: Fold, known: Knowledge): Step[] {
  return [...known.actions.values()]
    .filter(({ gone }) => !gone)
    .flatMap((action): Step[] => {
      const { terms, root } = action
      const { exDate, payDate } = terms
      const sequence = sequenceOf(terms)
      const phase = phaseOf(terms)
      const ex = { ...NO_ORDER, date: exDate, phase, sequence, root, run: (when: When) => goEx(fold, action, when) }
      if (payDate === undefined) return [ex]
      const held = (cashAccount: string) => waits(fold, cashAccount, payDate)
      const run = (when: When) => pay(fold, action, when, held)
      // What arises in the evening of its pay date is paid then.
      if (payDate === exDate && phase > 3) return [ex, { ...ex, leg: 1, run }]
      return [ex, { ...NO_ORDER, date: payDate, phase: 3, sequence: DERIVED, root, run }]
    })
}

/** At the close: out before in, except that a lot which came in that day must be in before it goes out. */
function transferSteps(fold: Fold, known: Knowledge, portfolio: string): Step[] {
  const live = [...known.transfers.values()].filter(({ gone }) => !gone)
  return live.flatMap((transfer): Step[] => {
    const { terms, root, arriving } = transfer
    const at = { ...NO_ORDER, date: terms.date, phase: terms.atOpen ? 0 : 9, root }
    const passesThrough = live.some(
      (other) =>
        other !== transfer &&
        other.terms.date === terms.date &&
        other.terms.from?.portfolio === portfolio &&
        other.terms.lots.some((lot) => arriving.some((arrived) => arrived.lot === lot.lot)),
    )
    if (terms.from?.portfolio === portfolio && terms.to?.portfolio === portfolio)
      return [{ ...at, sequence: 3, run: (when) => moveWithin(fold, transfer, when) }]
    const steps: Step[] = []
    if (terms.from?.portfolio === portfolio)
      steps.push({ ...at, sequence: 3, run: (when) => giveAway(fold, transfer, when) })
    if (terms.to?.portfolio === portfolio)
      steps.push({ ...at, sequence: passesThrough ? 2 : 4, run: (when) => takeIn(fold, transfer, when) })
    return steps
  })
}
