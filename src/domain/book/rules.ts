// The rules that make posting lines, by name and by the small integer a line stores.

const NAMES = [
  'trade',
  'relief:fifo',
  'relief:lifo',
  'relief:hifo',
  'relief:lowest-cost',
  'relief:average',
  'relief:specific',
  'settle',
  'cash',
  'fx',
  'pool',
  'receipt',
  'dividend',
  'income',
  'exchange',
  'detach',
  'cash-in-lieu',
  'transfer',
  'opening',
  'method',
  'mark',
  'expiry',
  'accrual',
  'coupon',
  'maturity',
  'exercise',
  'fee',
  'manual',
  'sale',
  'capital',
  'boot',
  'removal',
  'call',
  'subscription',
  'taxable-exchange',
  'interest',
  'fail',
] as const
export type RuleName = (typeof NAMES)[number]

export function rule(name: RuleName): number {
  return NAMES.indexOf(name)
}

export function ruleName(rule: number): RuleName {
  const name = NAMES[rule]
  if (name === undefined) throw new RangeError(`no rule has the number ${rule}`)
  return name
}
