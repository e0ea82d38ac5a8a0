// UK identification the slow way: for every sale, look at every purchase.
import { carried, cents, centsText, nothing, paidTo, share, smaller, text, type Told } from './tax-arithmetic.ts'

interface Lump {
  readonly day: number
  units: bigint
  amount: bigint
  total: bigint
}
interface Part {
  readonly rule: string
  readonly units: bigint
  readonly proceeds: bigint
  readonly cost: bigint
  readonly bought: number | null
}

/** Lines as `day instrument rule units: proceeds cost gain` and what each pool holds at the end. */
export function ukOracle(told: readonly Told[]): { readonly lines: string[]; readonly pools: string[] } {
  const lines: { readonly day: number; readonly text: string }[] = []
  const pools: string[] = []
  for (const instrument of [...new Set(told.map((one) => one.instrument))].sort()) {
    const mine = told.filter((one) => one.instrument === instrument)
    const splits = mine.filter((one) => one.kind === 'split')
    const bought = lumps(mine, 'buy')
    const sold = lumps(mine, 'sell')
    const parts = new Map<Lump, Part[]>(sold.map((lump) => [lump, []]))
    const meet = (sale: Lump, purchase: Lump, rule: string): void => {
      const offered = carried(purchase.units, splits, purchase.day, sale.day)
      if (offered === 0n || sale.units === 0n) return
      const units = smaller(offered, sale.units)
      const used = units === offered ? purchase.units : carried(units, splits, sale.day, purchase.day)
      parts
        .get(sale)
        ?.push({ rule, units, proceeds: take(sale, units), cost: take(purchase, used), bought: purchase.day })
    }
    for (const sale of sold)
      for (const purchase of bought) if (purchase.day === sale.day) meet(sale, purchase, 'same-day')
    for (const sale of sold)
      for (const purchase of bought)
        if (purchase.day > sale.day && purchase.day <= sale.day + 30) meet(sale, purchase, 'thirty-day')
    const pool = { units: 0n, cost: 0n }
    let held = 0n
    const last = Math.max(...mine.map(({ day }) => day))
    for (let day = 0; day <= last; day++) {
      for (const one of mine) {
        if (one.day !== day) continue
        if (one.kind === 'split') {
          const after = share(held, one.receive, one.per)
          pool.units = after + share(pool.units - held, one.receive, one.per)
          if (nothing(pool.units)) pool.units = 0n
          held = after
        } else if (one.kind === 'capital') {
          const raised = pool.cost + paidTo(told, one, () => true)
          pool.cost = raised < 0n ? 0n : raised
          const gain = centsText(cents(-raised))
          if (raised < 0n) lines.push({ day, text: `${day} ${instrument} capital-distribution 0: ${gain} 0 ${gain}` })
        }
      }
      for (const purchase of bought) {
        if (purchase.day !== day) continue
        for (const sale of sold) if (sale.day < day) meet(sale, purchase, 'later-acquisition')
        pool.units += purchase.units
        pool.cost += purchase.amount
        purchase.units = 0n
      }
      for (const sale of sold) {
        if (sale.day !== day || sale.units === 0n || pool.units === 0n) continue
        const all = pool.units < sale.units || nothing(pool.units - sale.units)
        const units = nothing(sale.units - pool.units) ? sale.units : all ? pool.units : sale.units
        const cost = all ? pool.cost : share(pool.cost, units, pool.units)
        pool.units = all ? 0n : pool.units - units
        pool.cost -= cost
        parts.get(sale)?.push({ rule: 'section-104', units, proceeds: take(sale, units), cost, bought: null })
      }
      for (const one of mine)
        if (one.day === day && (one.kind === 'buy' || one.kind === 'sell'))
          held += one.kind === 'buy' ? one.units : -one.units
    }
    for (const sale of sold)
      for (const line of written(sale, parts.get(sale) ?? [], instrument)) lines.push({ day: sale.day, text: line })
    if (pool.units !== 0n) pools.push(`${instrument} ${text(pool.units)} at ${centsText(cents(pool.cost))}`)
  }
  // Instruments were gone through in order: what shares a day keeps it.
  return { lines: lines.sort((a, b) => a.day - b.day).map((line) => line.text), pools }
}

function lumps(told: readonly Told[], kind: 'buy' | 'sell'): Lump[] {
  const found: Lump[] = []
  for (const one of told) {
    if (one.kind !== kind) continue
    const known = found.find(({ day }) => day === one.day)
    const money = one.cents * 10n ** 22n
    if (known === undefined) found.push({ day: one.day, units: one.units, amount: money, total: one.units })
    else {
      known.units += one.units
      known.total += one.units
      known.amount += money
    }
  }
  return found.sort((a, b) => a.day - b.day)
}

function take(lump: Lump, units: bigint): bigint {
  const all = nothing(lump.units - units)
  const amount = all ? lump.amount : share(lump.amount, units, lump.units)
  lump.amount -= amount
  lump.units = all ? 0n : lump.units - units
  return amount
}

/** Parts add up to the rounded whole. */
function written(sale: Lump, parts: readonly Part[], instrument: string): string[] {
  let proceeds = 0n
  let cost = 0n
  const found = parts.map((part) => {
    const [beforeProceeds, beforeCost] = [cents(proceeds), cents(cost)]
    proceeds += part.proceeds
    cost += part.cost
    const [gotten, paid] = [cents(proceeds) - beforeProceeds, cents(cost) - beforeCost]
    const money = `${centsText(gotten)} ${centsText(paid)} ${centsText(gotten - paid)}`
    return `${sale.day} ${instrument} ${part.rule} ${text(part.units)}: ${money}${part.bought === null ? '' : ` bought ${part.bought}`}`
  })
  if (sale.units !== 0n) found.push(`${sale.day} ${instrument} unmatched ${text(sale.units)}: ? ? ?`)
  return found
}
