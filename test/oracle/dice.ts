// Choices out of a list of random numbers: a history shrinks by dropping moves and lowering numbers.

export class Dice {
  readonly #numbers: readonly number[]
  #next = 0
  /** Whether amounts may be so small that their parts round to nothing. */
  readonly pennies: boolean

  constructor(numbers: readonly number[], pennies = false) {
    this.#numbers = numbers
    this.pennies = pennies
  }

  /** The next number; nought when the list is used up. */
  roll(): number {
    const number = this.#numbers[this.#next] ?? 0
    this.#next += 1
    return number
  }

  /** 0 .. below-1 */
  below(limit: number): number {
    return this.roll() % limit
  }

  /** True in about `percent` of 100; false for low numbers, so that a shrunk history is a plain one. */
  chance(percent: number): boolean {
    return this.roll() % 100 >= 100 - percent
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!
  }

  /** Picks by weight; the first is the plainest. */
  weighted<T>(table: readonly (readonly [number, T])[]): T {
    const all = table.reduce((total, [weight]) => total + weight, 0)
    let left = this.below(all)
    for (const [weight, value] of table) {
      if (left < weight) return value
      left -= weight
    }
    throw new Error('weights do not add up')
  }
}
