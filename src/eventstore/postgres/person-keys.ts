// The keys of persons in PostgreSQL: one row a person, wrapped by the master key, gone when the person is erased.
import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { type PersonKey, PersonErased, PersonKeyMissing, type PersonKeys, unwrapKey, wrapKey } from '../personal.ts'
import { migrate, type Migration } from './migrate.ts'

const personKeyTable = `
CREATE TABLE quipu_keys.person_key (
  person text COLLATE "C" PRIMARY KEY,
  wrapped bytea,
  made_at timestamptz NOT NULL DEFAULT now(),
  erased_at timestamptz,
  CHECK ((wrapped IS NULL) = (erased_at IS NOT NULL))
);
REVOKE ALL ON quipu_keys.person_key FROM PUBLIC;
COMMENT ON TABLE quipu_keys.person_key IS 'The key that seals the personal fields of one person in the log. Not rebuildable: back it up apart from the log, and let backups expire so that an erasure holds.';
COMMENT ON COLUMN quipu_keys.person_key.wrapped IS 'Nonce, key and tag under the master key (AES-256-GCM); NULL once the person was erased.';
`

const MIGRATIONS: readonly Migration[] = [{ name: 'keys of persons', sql: personKeyTable }]
const KEY_BYTES = 32

/**
 * Opens the key store and brings its schema up to date. The pool stays the caller's.
 * Nothing is cached: an erasure holds at once in every process.
 */
export async function openPersonKeys(pool: pg.Pool, masterKey: Buffer): Promise<PersonKeys> {
  await migrate(pool, 'quipu_keys', MIGRATIONS)

  /** The row as it is: the wrapped key, null when erased, undefined when there is none. */
  async function wrappedKey(person: string): Promise<Buffer | null | undefined> {
    const { rows } = await pool.query<{ wrapped: Buffer | null }>(
      'SELECT wrapped FROM quipu_keys.person_key WHERE person = $1',
      [person],
    )
    return rows[0]?.wrapped
  }

  return {
    async keyToSeal(person): Promise<PersonKey> {
      let wrapped = await wrappedKey(person)
      if (wrapped === undefined) {
        // Whoever comes first makes it; read again what is there then.
        await pool.query('INSERT INTO quipu_keys.person_key (person, wrapped) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
          person,
          wrapKey(masterKey, person, randomBytes(KEY_BYTES)),
        ])
        wrapped = await wrappedKey(person)
      }
      if (wrapped === undefined || wrapped === null) throw new PersonErased(person)
      return unwrapKey(masterKey, person, wrapped)
    },

    async keyToOpen(person) {
      const wrapped = await wrappedKey(person)
      if (wrapped === undefined) throw new PersonKeyMissing(person)
      return wrapped === null ? 'erased' : unwrapKey(masterKey, person, wrapped)
    },

    async erase(person) {
      // The row stays, so that the person cannot be given a new key by a late command.
      const { rowCount } = await pool.query(
        `INSERT INTO quipu_keys.person_key AS held (person, wrapped, erased_at) VALUES ($1, NULL, now())
         ON CONFLICT (person) DO UPDATE SET wrapped = NULL, erased_at = now() WHERE held.wrapped IS NOT NULL`,
        [person],
      )
      return rowCount === 1
    },
  }
}
