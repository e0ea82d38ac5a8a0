#!/usr/bin/env node
// The quipu command.
import { Command } from 'commander'
import { auditCommands } from './commands/audit.ts'
import { importCommand } from './commands/import.ts'
import { readCommands } from './commands/reads.ts'
import { serverCommands } from './commands/servers.ts'

const program = new Command('quipu')
  .description('An event-sourced portfolio ledger: every number replayed, explained and proved.')
  .showHelpAfterError()
  .configureOutput({ outputError: (text, write) => write(text) })

serverCommands(program)
importCommand(program)
readCommands(program)
auditCommands(program)

await program.parseAsync()
