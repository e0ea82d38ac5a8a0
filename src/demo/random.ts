// A small seeded generator: the same seed gives the same demo on every machine. Not for anything that must be secret.

export interface Random {
  /** At least 0, below 1. */
  next(): number
  /** A whole number from low to high, both included. */
  whole(low: number, high: number): number
  chance(probability: number): boolean
  pick<T>(from: readonly T[]): T
  /** About normal, mean 0 and deviation 1 (a sum of uniforms: no `Math.exp`, whose last digit may differ by machine). */
  normal(): number
}

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state, good enough for a story. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const whole = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1))
  return {
    next,
    whole,
    chance: (probability) => next() < probability,
    pick: (from) => {
      const one = from[whole(0, from.length - 1)]
      if (one === undefined) throw new Error('nothing to pick from')
      return one
    },
    normal: () => {
      let sum = 0
      for (let i = 0; i < 12; i++) sum += next()
      return sum - 6
    },
  }
}
