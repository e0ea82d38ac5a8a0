// The stable schema `quipu`: the pointer to the current generation, the guards and the functions, as frozen migrations.
import type { Migration } from '../../eventstore/postgres/migrate.ts'
import { cashLadder } from './cash-ladder.ts'
import { pointInTimeFunctions } from './functions.ts'
import { guardFunctions } from './guards.ts'
import { oneGeneration } from './one-generation.ts'
import { pointInTime } from './point-in-time.ts'

const foundation = `
COMMENT ON SCHEMA quipu IS 'Read models of the ledger: views of the current generation and point-in-time functions. Everything here is derived from the log and can be rebuilt.';
-- For the point-in-time indexes; without it reads are right and slower.
DO $do$ BEGIN
  CREATE EXTENSION IF NOT EXISTS btree_gist;
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR unique_violation THEN
  RAISE NOTICE 'btree_gist is not available: point-in-time reads will be slower';
END $do$;

CREATE TABLE quipu.generation (
  generation int PRIMARY KEY CHECK (generation > 0),
  shape text NOT NULL,
  book_version text NOT NULL,
  status text NOT NULL CHECK (status IN ('building', 'live', 'retired'))
);
COMMENT ON TABLE quipu.generation IS 'The generations of read models: each is a schema quipu_g{n}, filled from the log by itself.';
COMMENT ON COLUMN quipu.generation.generation IS 'Number; a rebuild makes the next.';
COMMENT ON COLUMN quipu.generation.shape IS 'What its tables look like.';
COMMENT ON COLUMN quipu.generation.book_version IS 'The version of the book that computed it.';
COMMENT ON COLUMN quipu.generation.status IS 'building: being filled; live: what the views read; retired: kept for comparison until dropped.';

CREATE TABLE quipu.pointer (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  generation int NOT NULL REFERENCES quipu.generation
);
COMMENT ON TABLE quipu.pointer IS 'One row: the generation that the views of this schema read.';
COMMENT ON COLUMN quipu.pointer.one IS 'Always true: there is one row.';
COMMENT ON COLUMN quipu.pointer.generation IS 'The current generation; never moves backwards.';
CREATE FUNCTION quipu.refuse_backwards() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR NEW.generation < OLD.generation THEN
    RAISE EXCEPTION 'readers never move backwards' USING ERRCODE = 'QP101', HINT = 'Rebuild into a new generation.';
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION quipu.refuse_backwards() IS 'Trigger: the pointer only moves to a newer generation.';
CREATE TRIGGER forwards BEFORE UPDATE OR DELETE ON quipu.pointer FOR EACH ROW EXECUTE FUNCTION quipu.refuse_backwards();

CREATE TABLE quipu.account (account int PRIMARY KEY, name text NOT NULL);
COMMENT ON TABLE quipu.account IS 'The chart of accounts.';
COMMENT ON COLUMN quipu.account.account IS 'Code, as in journal.account.';
COMMENT ON COLUMN quipu.account.name IS 'What it holds.';
`

/** Frozen from the first release on: a change is a new step. */
export const STABLE_MIGRATIONS: readonly Migration[] = [
  { name: 'foundation', sql: foundation },
  { name: 'guards', sql: guardFunctions },
  { name: 'point in time', sql: pointInTime },
  { name: 'functions', sql: pointInTimeFunctions },
  { name: 'one generation a read', sql: oneGeneration },
  { name: 'cash ladder', sql: cashLadder },
]
