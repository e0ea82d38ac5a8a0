// US wash sales a second time, as naively as can be: every purchase of the history is there from the start, every loss looks at all of
// them. Its own arithmetic on whole cents and units, nothing of src; FIFO within a portfolio, one instrument.

export interface Trade {
  /** Day number; trades of one day come by portfolio, purchases first, as told. */
  readonly day: number
  readonly portfolio: number
  readonly side: 'buy' | 'sell'
  readonly units: bigint
  /** Cost or proceeds in cents. */
  readonly cents: bigint
}

export interface Line {
  readonly trade: number
  readonly lot: number
  readonly units: bigint
  readonly proceeds: bigint
  /** With what was carried into it. */
  readonly cost: bigint
  readonly disallowed: bigint
  readonly holding: number
}

export interface Held {
  readonly lot: number
  readonly units: bigint
  readonly cost: bigint
  readonly holding: number
}

interface Piece {
  readonly lot: number
  readonly day: number
  units: bigint
  carried: bigint
  holding: number
  used: boolean
}

/** round-half-even(amount x part / whole) for positive wholes. */
export function partOf(amount: bigint, part: bigint, whole: bigint): bigint {
  const product = amount * part
  const floor = product / whole - (product < 0n && product % whole !== 0n ? 1n : 0n)
  const twice = 2n * (product - floor * whole)
  return twice > whole || (twice === whole && floor % 2n !== 0n) ? floor + 1n : floor
}

/** Parts of an amount by units, each rounded on the running total. */
function shared(amount: bigint, units: readonly bigint[]): bigint[] {
  const all = units.reduce((sum, each) => sum + each, 0n)
  let reached = 0n
  let given = 0n
  return units.map((each) => {
    reached += each
    const upTo = partOf(amount, reached, all)
    const part = upTo - given
    given = upTo
    return part
  })
}

/** `retirement`: portfolios whose gains do not count and whose purchases disallow for good. Trades are in order. */
export function washed(
  trades: readonly Trade[],
  retirement: readonly boolean[],
): { readonly lines: Line[]; readonly held: Held[] } {
  const lines: Line[] = []
  let pieces: Piece[] = trades.flatMap(({ side, day, units }, lot) =>
    side === 'buy' ? [{ lot, day, units, carried: 0n, holding: day, used: false }] : [],
  )
  /** Units and cost relieved from each lot. */
  const relieved = trades.map(() => ({ units: 0n, cost: 0n }))
  const portfolioOf = (piece: Piece) => trades[piece.lot]?.portfolio ?? -1

  for (const [k, sale] of trades.entries()) {
    if (sale.side === 'buy') continue
    const sold: Piece[] = []
    let left = sale.units
    const mine = pieces
      .filter((piece) => piece.lot < k && portfolioOf(piece) === sale.portfolio)
      .sort((a, b) => a.lot - b.lot || a.holding - b.holding || Number(b.used) - Number(a.used))
    for (const piece of mine) {
      if (left === 0n) break
      const units = least(piece.units, left)
      left -= units
      sold.push(cutOff(piece, units))
    }
    pieces = pieces.filter(({ units }) => units > 0n)
    const lots = [...new Set(sold.map(({ lot }) => lot))]
    const ofLot = lots.map((lot) => sold.filter((piece) => piece.lot === lot))
    const proceedsOf = shared(sale.cents, ofLot.map(unitsOf))
    for (const [i, parts] of ofLot.entries()) {
      const lot = lots[i] ?? 0
      const before = relieved[lot] ?? { units: 0n, cost: 0n }
      const bought = trades[lot] ?? sale
      before.units += unitsOf(parts)
      const upTo = partOf(bought.cents, before.units, bought.units)
      const costs = shared(
        upTo - before.cost,
        parts.map(({ units }) => units),
      )
      before.cost = upTo
      const proceeds = shared(
        proceedsOf[i] ?? 0n,
        parts.map(({ units }) => units),
      )
      for (const [j, part] of parts.entries()) {
        if (retirement[sale.portfolio] === true) continue
        lose(part, proceeds[j] ?? 0n, costs[j] ?? 0n, k)
      }
    }
  }

  /** Matches what one piece lost with every purchase there is. */
  function lose(part: Piece, proceeds: bigint, cost: bigint, k: number): void {
    const day = trades[k]?.day ?? 0
    const line = (units: bigint, got: bigint, paid: bigint, disallowed: bigint) =>
      lines.push({ trade: k, lot: part.lot, units, proceeds: got, cost: paid, disallowed, holding: part.holding })
    if (proceeds >= cost + part.carried) {
      line(part.units, proceeds, cost + part.carried, 0n)
      return
    }
    const candidates = pieces
      .filter((piece) => !piece.used && piece.lot !== part.lot)
      .filter((piece) => piece.day >= part.day && Math.abs(piece.day - day) <= 30)
      .sort((a, b) => a.day - b.day || a.lot - b.lot)
    const takes: { readonly piece: Piece; readonly units: bigint }[] = []
    let left = part.units
    for (const piece of candidates) {
      if (left === 0n) break
      const units = least(piece.units, left)
      takes.push({ piece, units })
      left -= units
    }
    const units = [...takes.map((take) => take.units), ...(left > 0n ? [left] : [])]
    const [got, paid, carried] = [shared(proceeds, units), shared(cost, units), shared(part.carried, units)]
    for (const [i, take] of takes.entries()) {
      const whole = (paid[i] ?? 0n) + (carried[i] ?? 0n)
      const loss = whole - (got[i] ?? 0n) > 0n ? whole - (got[i] ?? 0n) : 0n
      line(take.units, got[i] ?? 0n, whole, loss)
      const replacement = cutOff(take.piece, take.units)
      replacement.used = true
      if (retirement[portfolioOf(replacement)] !== true) {
        replacement.carried += loss
        replacement.holding = replacement.day - (day - part.holding)
      }
      pieces.push(replacement)
    }
    pieces = pieces.filter((piece) => piece.units > 0n)
    if (left > 0n) line(left, got.at(-1) ?? 0n, (paid.at(-1) ?? 0n) + (carried.at(-1) ?? 0n), 0n)
  }

  const held = trades.flatMap((bought, lot) => {
    const own = pieces
      .filter((piece) => piece.lot === lot)
      .sort((a, b) => a.holding - b.holding || Number(b.used) - Number(a.used))
    if (own.length === 0) return []
    const costs = shared(
      bought.cents - (relieved[lot]?.cost ?? 0n),
      own.map(({ units }) => units),
    )
    return own.map(({ units, carried, holding }, i) => ({ lot, units, cost: (costs[i] ?? 0n) + carried, holding }))
  })
  return { lines, held }
}

/** Parts a piece; what is cut off takes its share of what the piece carries. */
function cutOff(piece: Piece, units: bigint): Piece {
  const carried = partOf(piece.carried, units, piece.units)
  piece.carried -= carried
  piece.units -= units
  return { ...piece, units, carried }
}

function unitsOf(parts: readonly Piece[]): bigint {
  return parts.reduce((sum, { units }) => sum + units, 0n)
}

function least(a: bigint, b: bigint): bigint {
  if (a < b) return a
  return b
}
