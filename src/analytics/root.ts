// Roots of a function of one variable between two bounds.

/**
 * Where f is zero between `low` and `high`, at which it has unlike signs; undefined when it has not. Secant steps that stay
 * inside, bisection where they do not help: it ends when the bracket is as narrow as doubles are (the Illinois method).
 */
export function rootBetween(f: (x: number) => number, low: number, high: number): number | undefined {
  let [a, b] = [low, high]
  let [fa, fb] = [f(a), f(b)]
  if (fa === 0) return a
  if (fb === 0) return b
  if (!(fa * fb < 0)) return undefined
  let side = 0
  for (let i = 0; i < 300; i++) {
    const middle = (a + b) / 2
    const secant = (a * fb - b * fa) / (fb - fa)
    const x = i % 4 !== 3 && secant > Math.min(a, b) && secant < Math.max(a, b) ? secant : middle
    const fx = f(x)
    if (fx === 0 || Math.abs(b - a) <= 4e-16 * Math.max(1e-12, Math.abs(x))) return x
    if (fx * fb < 0) {
      a = b
      fa = fb
      side = 0
    } else {
      // The end that stays is weighed down, so that it too moves.
      if (side === 1) fa /= 2
      side = 1
    }
    b = x
    fb = fx
  }
  return b
}
