#!/usr/bin/env node
// The quipu command.
import { Command, CommanderError } from 'commander'
import { EXIT } from './cli-error.ts'
import { auditCommands } from './commands/audit.ts'
import { corporateActionCommands } from './commands/corporate-actions.ts'
import { importCommand } from './commands/import.ts'
import { periodCommands } from './commands/periods.ts'
import { previewCommand } from './commands/preview.ts'
import { marginCommand } from './commands/margin.ts'
import { readCommands } from './commands/reads.ts'
import { serverCommands } from './commands/servers.ts'
import { taxCommand } from './commands/tax.ts'

const program = new Command('quipu')
  .description('An event-sourced portfolio ledger: every number replayed, explained and proved.')
  .showHelpAfterError()
  .configureOutput({ outputError: (text, write) => write(text) })

serverCommands(program)
importCommand(program)
corporateActionCommands(program)
readCommands(program)
taxCommand(program)
auditCommands(program)
periodCommands(program)
previewCommand(program)
marginCommand(program)

// A reader that has seen enough (`| head`) ends a command; it is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(EXIT.done)
})

for (const command of [program, ...program.commands]) command.exitOverride()
try {
  await program.parseAsync()
} catch (error) {
  // Commander has said what was wrong; help and version are no failures.
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage
}
