// Random histories for fast-check: moves out of random numbers, told as the deciders would have accepted them.
import fc from 'fast-check'
import { Dice } from './dice.ts'
import {
  borrowPrices,
  borrowRate,
  bust,
  cancelFact,
  cash,
  changePolicy,
  correctFact,
  correctFill,
  elect,
  execute,
  fx,
  enterByHand,
  identify,
  interestTerms,
  type Move,
  opening,
  receipt,
  reopen,
  seal,
  settlement,
} from './moves.ts'
import type { OracleUnit } from './shapes.ts'
import { Teller } from './teller.ts'
import { inWords } from './told.ts'
import { everyDay, INSTRUMENTS, openedBy } from './world.ts'
import {
  amend,
  announce,
  cancelAction,
  changeTransfer,
  closeDay,
  firstRates,
  rate,
  refine,
  transfer,
  transferWithin,
} from './world-moves.ts'

export { HOLIDAYS, PORTFOLIO } from './world.ts'

/** How often each move comes; the first is what a shrunk history falls back to. */
const MOVES: Readonly<Record<string, readonly [number, Move]>> = {
  execute: [30, execute],
  correctFill: [8, correctFill],
  bust: [4, bust],
  cash: [9, cash],
  receipt: [5, receipt],
  fx: [5, fx],
  opening: [3, opening],
  changePolicy: [3, changePolicy],
  identify: [2, identify],
  elect: [8, elect],
  correctFact: [5, correctFact],
  cancelFact: [3, cancelFact],
  enterByHand: [3, enterByHand],
  seal: [2, seal],
  reopen: [1, reopen],
  refine: [1, refine],
  announce: [8, announce],
  amend: [3, amend],
  cancelAction: [2, cancelAction],
  rate: [8, rate],
  transfer: [5, transfer],
  transferWithin: [1, transferWithin],
  changeTransfer: [3, changeTransfer],
  interestTerms: [4, interestTerms],
  borrowRate: [3, borrowRate],
  borrowPrices: [2, borrowPrices],
  settlement: [8, settlement],
  closeDay: [5, closeDay],
}

const NUMBERS = 60
const numbers = fc.array(fc.nat(99_999), { minLength: NUMBERS, maxLength: NUMBERS })

export interface HistoryOptions {
  /** Amounts so small that parts of them round to nothing; then every rate is there and stays. */
  readonly pennies?: boolean
  readonly moves?: number
  readonly without?: readonly string[]
}

/** A history of one portfolio: units in log order, the first with everything that must be there first. */
export function histories({
  moves = 50,
  without = [],
  pennies = false,
}: HistoryOptions = {}): fc.Arbitrary<OracleUnit[]> {
  const table = Object.entries(MOVES)
    .filter(([name]) => !without.includes(name) && !(pennies && name === 'rate'))
    .map(([, weighted]) => weighted)
  const start = fc.record({
    opened: numbers,
    seed: fc.nat(99_999),
    missing: pennies ? fc.constant(0) : fc.constantFrom(0, 5, 30),
  })
  const told = fc.array(fc.record({ kind: fc.nat(9_999), numbers }), { minLength: 1, maxLength: moves, size: 'max' })
  return fc.tuple(start, told).map(([{ opened, seed, missing }, list]) => {
    const teller = new Teller()
    const dice = new Dice(opened)
    teller.append(dice, 'portfolio-P', { type: 'PortfolioOpened', data: openedBy(dice) })
    for (const instrument of INSTRUMENTS)
      teller.append(new Dice([]), `instrument-${instrument.instrument}`, {
        type: 'InstrumentRegistered',
        data: instrument,
      })
    firstRates(new Dice(scattered(seed, everyDay.length * 20)), teller, missing)
    for (const each of list) new Dice([each.kind]).weighted(table)(new Dice(each.numbers, pennies), teller)
    return Object.defineProperty(teller.units, fc.toStringMethod, { value: () => inWords(teller.units) })
  })
}

/** Many numbers out of one, the same ones every time (a linear congruence). */
function scattered(seed: number, many: number): number[] {
  let state = BigInt(seed)
  return Array.from({ length: many }, () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n
    return Number(state / 2n ** 40n)
  })
}
