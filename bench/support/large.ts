// One portfolio with a long history, loaded through the API: what the benchmarks of late facts and past dates ask.
import { fill, furnish, type House, load, type Market, openHouse, weekdays } from './house.ts'

export const LARGE_FILLS = 100_000

/** Fills over ten years; `late`: every fiftieth for an earlier day. Everything is visible when it answers. */
export async function largePortfolio(
  symbols: number,
  fills: number,
  late = false,
): Promise<{ house: House; market: Market }> {
  const house = await openHouse()
  const market = {
    symbols,
    currencies: symbols === 1 ? ['USD'] : ['EUR', 'GBP', 'JPY'],
    days: weekdays('2015-01-05', 2500),
  }
  await furnish(house, market, ['P'])
  const lines = Array.from({ length: fills }, (_, i) => fill(market, i, fills, 'P', late))
  await house.visible(await load(house, lines))
  return { house, market }
}
