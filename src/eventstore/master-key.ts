// The master key that wraps the keys of persons: from the environment, or a private file in the data folder.
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { refuse } from '../domain/kernel/refusal.ts'
import { writePrivately } from '../platform/private-file.ts'

const KEY_BYTES = 32
const FILE = 'master.key'

export interface MasterKeySource {
  /** QUIPU_MASTER_KEY: 32 bytes in hex. Wins over the file. */
  readonly fromEnvironment?: string | undefined
  /** Folder of the file `master.key` (mode 0600), which is made when missing. */
  readonly dataDir?: string | undefined
}

/**
 * The 32 bytes of the master key. Whoever loses it loses every personal field of the log: it belongs in the backup, apart
 * from the database's.
 * @throws Refused `bad-master-key`, `master-key-not-private`, `no-master-key`.
 */
export function masterKey({ fromEnvironment, dataDir }: MasterKeySource): Buffer {
  if (fromEnvironment !== undefined && fromEnvironment !== '') return parsed(fromEnvironment, 'QUIPU_MASTER_KEY')
  if (dataDir === undefined)
    return refuse({
      code: 'no-master-key',
      message: 'there is no master key for personal data, and no data folder to keep one in',
      field: 'QUIPU_MASTER_KEY',
      remedy: 'set QUIPU_MASTER_KEY to 32 random bytes in hex (openssl rand -hex 32) and keep a copy of it',
    })
  const path = join(dataDir, FILE)
  if (!existsSync(path)) writePrivately(path, `${randomBytes(KEY_BYTES).toString('hex')}\n`)
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
    return refuse({
      code: 'master-key-not-private',
      message: `others than its owner may read ${path}`,
      remedy: `chmod 600 ${JSON.stringify(path)}`,
    })
  return parsed(readFileSync(path, 'utf8'), path)
}

function parsed(text: string, field: string): Buffer {
  const hex = text.trim()
  // The key itself is never shown, not even a wrong one.
  return hex.length === KEY_BYTES * 2 && /^[0-9a-fA-F]*$/.test(hex)
    ? Buffer.from(hex, 'hex')
    : refuse({
        code: 'bad-master-key',
        message: 'the master key is not 32 bytes in hexadecimal',
        field,
        remedy: 'restore the key that was used before; a new installation can make one with: openssl rand -hex 32',
      })
}
