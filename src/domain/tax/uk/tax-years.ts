// UK tax years, 6 April to 5 April, and what of a year's gains is exempt.
import { type PlainDate, yearOf } from '../../kernel/date.ts'
import { type Decimal, decimal } from '../../kernel/decimal.ts'

/** `2024/25` for 2024-04-06 to 2025-04-05. */
export function ukTaxYear(date: string): string {
  const year = yearOf(date as PlainDate)
  const first = date.slice(5) >= '04-06' ? year : year - 1
  return `${first}/${String((first + 1) % 100).padStart(2, '0')}`
}

/** Annual exempt amount of individuals, pounds (TCGA 1992 s.1K, earlier s.3 with the yearly orders). */
const EXEMPT: Readonly<Record<string, string>> = {
  '2008/09': '9600',
  '2009/10': '10100',
  '2010/11': '10100',
  '2011/12': '10600',
  '2012/13': '10600',
  '2013/14': '10900',
  '2014/15': '11000',
  '2015/16': '11100',
  '2016/17': '11100',
  '2017/18': '11300',
  '2018/19': '11700',
  '2019/20': '12000',
  '2020/21': '12300',
  '2021/22': '12300',
  '2022/23': '12300',
  '2023/24': '6000',
  '2024/25': '3000',
  '2025/26': '3000',
  '2026/27': '3000',
}

/** Null for a year that is not in the table: nothing is assumed of it. */
export function exemptAmount(taxYear: string): Decimal | null {
  const amount = EXEMPT[taxYear]
  return amount === undefined ? null : decimal(amount)
}

/** The dividend nil rate, pounds (ITA 2007 s.13A): by the first year it applied in. */
const ALLOWANCES: readonly (readonly [from: string, amount: string])[] = [
  ['2024/25', '500'],
  ['2023/24', '1000'],
  ['2018/19', '2000'],
  ['2016/17', '5000'],
]

export function dividendAllowance(taxYear: string): Decimal {
  return decimal(ALLOWANCES.find(([from]) => from <= taxYear)?.[1] ?? '0')
}
