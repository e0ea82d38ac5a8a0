// Whether a process named by its pid still lives, and whether it is the same one as before: pids are reused.
import { readFileSync } from 'node:fs'

/** True when the process exists and is not a zombie waiting to be collected. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  return statFields(pid)?.state !== 'Z'
}

/**
 * A text that is different for two processes that had the same pid: boot id and start time in clock ticks.
 * Undefined where there is no /proc (macOS) or no such process.
 */
export function incarnation(pid: number): string | undefined {
  const stat = statFields(pid)
  if (stat === undefined) return undefined
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${stat.startedAt}`
  } catch {
    return undefined
  }
}

function statFields(pid: number): { state: string; startedAt: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command name (field 2) is in parentheses and may hold blanks and parentheses: fields are counted after it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const [state, startedAt] = [fields[0], fields[19]]
    return state === undefined || startedAt === undefined ? undefined : { state, startedAt }
  } catch {
    return undefined
  }
}
