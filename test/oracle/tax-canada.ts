// Canadian cost bases the slow way: every loss looks through the whole story again.
import {
  carried,
  cents,
  centsText,
  nothing,
  paidTo,
  share,
  smaller,
  type Split,
  text,
  type Told,
  type Trade,
} from './tax-arithmetic.ts'

interface Pool {
  units: bigint
  cost: bigint
  readonly short: { readonly day: number; units: bigint; proceeds: bigint }[]
}

/** Lines of one holder, and pools of every holder, registered ones (name ends in `(registered)`) without cost. */
export function canadaOracle(
  told: readonly Told[],
  holder: string,
): { readonly lines: string[]; readonly pools: string[] } {
  const lines: { readonly day: number; readonly text: string }[] = []
  const ended: string[] = []
  for (const instrument of [...new Set(told.map((one) => one.instrument))].sort()) {
    const mine = told.filter((one) => one.instrument === instrument)
    const splits = mine.filter((one) => one.kind === 'split')
    const trades = mine.filter((one) => isTrade(one))
    const pools = new Map<string, Pool>()
    for (const one of trades) if (!pools.has(one.holder)) pools.set(one.holder, { units: 0n, cost: 0n, short: [] })
    const write = (trade: Trade, rule: string, units: bigint, proceeds: bigint, cost: bigint, denied: bigint): void => {
      if (trade.holder !== holder) return
      const gain = cents(proceeds) - cents(cost) + cents(denied)
      const rules = cents(denied) === 0n ? rule : `${rule}+superficial-loss`
      const money = `${centsText(cents(proceeds))} ${centsText(cents(cost))} ${centsText(gain)}`
      const told = cents(denied) === 0n ? '' : ` denied ${centsText(cents(denied))}`
      lines.push({ day: trade.day, text: `${trade.day} ${instrument} ${rules} ${text(units)}: ${money}${told}` })
    }
    const last = Math.max(...mine.map(({ day }) => day))
    for (let day = 0; day <= last; day++) {
      for (const one of mine) {
        if (one.day !== day) continue
        if (one.kind === 'split')
          for (const pool of pools.values()) pool.units = share(pool.units, one.receive, one.per)
        if (one.kind === 'capital')
          for (const [of, pool] of pools) {
            const raised = pool.cost + paidTo(told, one, (name) => name === of)
            pool.cost = raised < 0n ? 0n : raised
            const gain = centsText(cents(-raised))
            if (raised < 0n && of === holder)
              lines.push({ day, text: `${day} ${instrument} negative-cost-base 0: ${gain} 0 ${gain}` })
          }
      }
      for (const trade of trades.filter((one) => one.day === day)) {
        const pool = pools.get(trade.holder)
        if (pool === undefined) continue
        let units = trade.units
        let money = trade.cents * 10n ** 22n
        if (trade.kind === 'buy') {
          while (units > 0n && pool.short.length > 0) {
            const sold = pool.short[0]
            if (sold === undefined) break
            const asSold = carried(units, splits, day, sold.day)
            const met = smaller(asSold, sold.units)
            const used = met === asSold ? units : carried(met, splits, sold.day, day)
            const allSold = nothing(sold.units - met)
            const proceeds = allSold ? sold.proceeds : share(sold.proceeds, met, sold.units)
            sold.proceeds -= proceeds
            sold.units = allSold ? 0n : sold.units - met
            const allBought = nothing(units - used)
            const cost = allBought ? money : share(money, used, units)
            money -= cost
            units = allBought ? 0n : units - used
            write(trade, 'short-sale', used, proceeds, cost, 0n)
            if (sold.units === 0n) pool.short.shift()
          }
          pool.units += units
          pool.cost += units === 0n ? 0n : money
          continue
        }
        const taken = smaller(pool.units, units)
        if (taken > 0n) {
          const all = nothing(pool.units - taken)
          const cost = all ? pool.cost : share(pool.cost, taken, pool.units)
          pool.cost -= cost
          pool.units = all ? 0n : pool.units - taken
          const proceeds = nothing(units - taken) ? money : share(money, taken, units)
          money -= proceeds
          units = nothing(units - taken) ? 0n : units - taken
          const registered = trade.holder.endsWith('(registered)')
          let denied = 0n
          if (!registered && proceeds < cost) {
            const found = replaced(trades, splits, day, taken)
            if (found !== null) {
              denied = share(cost - proceeds, found.counted, taken)
              let left = denied
              let rest = found.buyers.reduce((sum, [, held]) => sum + held, 0n)
              for (const [buyer, held] of found.buyers) {
                const part = share(left, held, rest)
                left -= part
                rest -= held
                const of = pools.get(buyer)
                if (of !== undefined && !buyer.endsWith('(registered)')) of.cost += part
              }
            }
          }
          if (!registered) write(trade, 'adjusted-cost-base', taken, proceeds, cost, denied)
        }
        if (units > 0n) pool.short.push({ day, units, proceeds: money })
      }
    }
    const mineEnded = pools.get(holder)
    for (const { day, units } of mineEnded?.short ?? [])
      lines.push({ day, text: `${day} ${instrument} unmatched ${text(units)}: ? ? ?` })
    if (mineEnded !== undefined && mineEnded.units !== 0n)
      ended.push(`${instrument} ${text(mineEnded.units)} at ${centsText(cents(mineEnded.cost))}`)
  }
  return {
    lines: lines
      .sort((a, b) => a.day - b.day)
      .map((line) => line.text)
      .sort(),
    pools: ended,
  }
}

function isTrade(one: Told): one is Trade {
  return one.kind === 'buy' || one.kind === 'sell'
}

function replaced(trades: readonly Trade[], splits: readonly Split[], day: number, sold: bigint) {
  let bought = 0n
  let heldByAll = 0n
  const buyers: [string, bigint][] = []
  for (const holder of [...new Set(trades.map((one) => one.holder))].sort()) {
    let acquired = 0n
    let held = 0n
    for (const { holder: of, day: on, kind, units } of trades) {
      if (of !== holder) continue
      const unsplit = carried(units, splits, on, -1)
      if (kind === 'buy' && on >= day - 30 && on <= day + 30) acquired += unsplit
      if (on <= day + 30) held += kind === 'buy' ? unsplit : -unsplit
    }
    const [came, left] = [carried(acquired, splits, -1, day), carried(held, splits, -1, day)]
    if (acquired > 0n) bought += came
    if (held > 0n) heldByAll += left
    if (acquired > 0n && held > 0n) buyers.push([holder, left])
  }
  if (buyers.length === 0) return null
  const least = [sold, bought, heldByAll].reduce((a, b) => (b < a ? b : a))
  return { counted: nothing(sold - least) ? sold : least, buyers }
}
