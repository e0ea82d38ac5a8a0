// Reads what a caller sent: a value of the command's schema, or one refusal that names the field, what is wrong and what to do.
import type { z } from 'zod'
import type { JsonObject } from '../domain/kernel/canonical-json.ts'
import { type Refusal, refuse } from '../domain/kernel/refusal.ts'

/** How many further problems a refusal lists beside the first. */
const LISTED_MAX = 20

/**
 * The value as the schema's output.
 * @throws Refused `unknown-field`, `missing-field`, `number-not-text` (an amount sent as a JSON number), `wrong-type`, `invalid-field`; the
 * first problem is the refusal, `details.problems` lists them all as {field, code, message}.
 */
export function readInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const read = schema.safeParse(input)
  if (read.success) return read.data
  return refuse(refusalOf(read.error, input))
}

/** What zod found wrong with `input`, as one refusal. */
export function refusalOf(error: z.ZodError, input: unknown): Refusal {
  const problems = error.issues.flatMap((issue) => problemsOf(issue, input))
  const [first = { code: 'invalid-field', message: 'it cannot be read' }] = problems
  if (problems.length < 2) return first
  const listed: JsonObject[] = problems
    .slice(0, LISTED_MAX)
    .map(({ field = '', code, message }) => ({ field, code, message }))
  return { ...first, details: { problems: listed } }
}

function problemsOf(issue: z.core.$ZodIssue, input: unknown): Refusal[] {
  const field = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      code: 'unknown-field',
      message: `there is no field ${key} here`,
      field: field === '' ? key : `${field}.${key}`,
      remedy: 'leave it out, or check its spelling',
    }))
  }
  if (issue.code === 'invalid_union') {
    // The branch that got furthest is the one that was meant.
    const branches = issue.errors.filter((branch) => branch.length > 0)
    const best = branches.sort((a, b) => rank(b) - rank(a) || a.length - b.length)[0]
    if (best !== undefined)
      return best.flatMap((inner) =>
        problemsOf({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue, input),
      )
  }
  const value = valueAt(input, issue.path)
  if (value === undefined)
    return [{ code: 'missing-field', message: `${field || 'the body'} is required`, field, remedy: remedyOf(issue) }]
  if (issue.code === 'invalid_type') {
    if (typeof value === 'number' && issue.expected === 'string') {
      return [
        {
          code: 'number-not-text',
          message: `${field} is a JSON number, which cannot hold every amount exactly`,
          field,
          remedy: `send it as text: "${value}"`,
        },
      ]
    }
    return [
      {
        code: 'wrong-type',
        message: `${field || 'the body'} must be of type ${issue.expected}`,
        field,
        remedy: remedyOf(issue),
      },
    ]
  }
  return [
    { code: 'invalid-field', message: `${field || 'the body'}: ${issue.message}`, field, remedy: remedyOf(issue) },
  ]
}

/** How deep into the input a branch of a union got before it failed. */
function rank(branch: readonly z.core.$ZodIssue[]): number {
  return Math.max(...branch.map(({ path, code }) => path.length * 2 + (code === 'invalid_type' ? 0 : 1)))
}

function remedyOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `use one of ${issue.values.map(String).join(', ')}`
    case 'too_big':
      return `send at most ${issue.maximum}`
    case 'too_small':
      return `send at least ${issue.minimum}`
    case 'invalid_format':
      return issue.message
    default:
      return "see the command's schema in the API reference"
  }
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value: unknown = input
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Reflect.get(value, key)
  }
  return value
}
