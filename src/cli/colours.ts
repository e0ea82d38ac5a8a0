// Colours for a person at a terminal, and for nobody else: what goes to a file, a pipe or a CI's log stays plain text.
import picocolors from 'picocolors'

/**
 * Whether output may carry colour: `NO_COLOR` forbids it and `FORCE_COLOR` asks for it, each when set to anything but the
 * empty text; otherwise a terminal that is not `dumb` gets it. The package's own guess also says yes wherever `CI` is
 * set, and then a link in a log ends in an escape sequence.
 */
function wanted(env: NodeJS.ProcessEnv, terminal: boolean): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0'
  return terminal && env.TERM !== 'dumb'
}

export const colours = picocolors.createColors(wanted(process.env, process.stdout.isTTY === true))
