// What a line of bulk activity may say, and the command it stands for. One JSON object a line, `type` first of all.
import { z } from 'zod'
import { idText } from '../domain/kernel/schemas.ts'
import type { PortfolioCommand } from '../domain/portfolio/commands.ts'
import { refuse } from '../domain/kernel/refusal.ts'
import { cancelFact, FACT_KINDS, type FactCommand, type FactKind, factCommands } from './commands/facts.ts'
import { bustFill, correctFill, recordFill } from './commands/fills.ts'
import { endOrder, placeOrder, replaceOrder } from './commands/orders.ts'
import { readInput } from './input.ts'
import type { ReferenceDirectory } from './reference-directory.ts'
import { factCommand } from './services/facts.ts'
import { correctionCommand, fillCommand } from './services/fills.ts'

/** Every line says what it is; the portfolio may come from the request. */
const head = { portfolio: idText.optional() }

function line<T extends string, S extends z.ZodRawShape>(type: T, shape: S) {
  return z.strictObject({ type: z.literal(type), ...head, ...shape })
}

const lines = {
  fill: line('fill', recordFill.shape),
  'correct-fill': line('correct-fill', correctFill.shape),
  'bust-fill': line('bust-fill', bustFill.shape),
  order: line('order', placeOrder.shape),
  'replace-order': line('replace-order', replaceOrder.shape),
  'end-order': line('end-order', endOrder.shape),
  'cancel-fact': line('cancel-fact', cancelFact.shape),
} as const

/** What a line may be: the names of its `type`. */
export const LINE_TYPES: readonly string[] = [...Object.keys(lines), ...FACT_KINDS]

export interface ReadLine {
  readonly portfolio: string
  readonly command: PortfolioCommand
}

/**
 * The command of one line's JSON.
 * @throws Refused `unknown-line-type`, `missing-field` (no portfolio), and what readInput refuses.
 */
export function readLine(json: unknown, knowledge: ReferenceDirectory, portfolio: string | undefined): ReadLine {
  const type = typeof json === 'object' && json !== null && 'type' in json ? json.type : undefined
  const named = typeof type === 'string' ? type : ''
  if (isLineType(named)) return { ...rest(json, portfolio), command: commandOf(named, json, knowledge) }
  if (isFactKind(named)) return { ...rest(json, portfolio), command: factOfLine(named, json, knowledge) }
  return refuse({
    code: 'unknown-line-type',
    message: typeof type === 'string' ? `there are no lines of type ${type}` : 'the line does not say what it is',
    field: 'type',
    remedy: `use one of ${LINE_TYPES.join(', ')}`,
  })
}

function rest(json: unknown, portfolio: string | undefined): { readonly portfolio: string } {
  const named = typeof json === 'object' && json !== null && 'portfolio' in json ? json.portfolio : undefined
  if (typeof named === 'string') {
    if (portfolio !== undefined && named !== portfolio)
      refuse({
        code: 'other-portfolio',
        message: `the line is for ${named}, the request for ${portfolio}`,
        field: 'portfolio',
        remedy: 'send it to the other portfolio',
      })
    return { portfolio: named }
  }
  return {
    portfolio:
      portfolio ??
      refuse({
        code: 'missing-field',
        message: 'the line names no portfolio',
        field: 'portfolio',
        remedy: 'name it in the line or in the request',
      }),
  }
}

function commandOf(type: keyof typeof lines, json: unknown, knowledge: ReferenceDirectory): PortfolioCommand {
  switch (type) {
    case 'fill':
      return fillCommand(body(readInput(lines.fill, json)), knowledge)
    case 'correct-fill':
      return correctionCommand(body(readInput(lines[type], json)), knowledge)
    case 'bust-fill':
      return { ...body(readInput(lines[type], json)), type: 'BustFill' }
    case 'order':
      return { type: 'PlaceOrder', order: body(readInput(lines.order, json)), knowledge }
    case 'replace-order': {
      const { replaces, ...order } = body(readInput(lines[type], json))
      return { type: 'ReplaceOrder', replaces, order, knowledge }
    }
    case 'end-order':
      return { ...body(readInput(lines[type], json)), type: 'EndOrder' }
    case 'cancel-fact':
      return { ...body(readInput(lines[type], json)), type: 'CancelFact' }
  }
}

function factOfLine(kind: FactKind, json: unknown, knowledge: ReferenceDirectory): PortfolioCommand {
  const { type: _, portfolio: __, ...content } = Object(json)
  // The kind picks the schema, so body and kind belong together.
  return factCommand({ kind, body: readInput(factCommands[kind], content) } as FactCommand, knowledge)
}

/** The line without its head: what the command's own schema describes. */
function body<T extends { readonly type: string; readonly portfolio?: string | undefined }>(
  read: T,
): Omit<T, 'type' | 'portfolio'> {
  const { type: _, portfolio: __, ...content } = read
  return content
}

function isLineType(type: string): type is keyof typeof lines {
  return Object.hasOwn(lines, type)
}

function isFactKind(type: string): type is FactKind {
  return Object.hasOwn(factCommands, type)
}
