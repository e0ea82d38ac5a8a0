// The log's tables and its one way in, as frozen migrations of the schema `quipu_log`.
import { LOCK_SPACE, type Migration } from './migrate.ts'

export const LOG_SCHEMA = 'quipu_log'
/** The NOTIFY channel that says that something was appended. */
export const WAKE_CHANNEL = 'quipu_log'
const LOCK_APPEND = 1

const eventTable = `
CREATE TABLE quipu_log.event (
  position bigint PRIMARY KEY CHECK (position > 0),
  stream text COLLATE "C" NOT NULL CHECK (stream <> ''),
  revision bigint NOT NULL CHECK (revision >= 0),
  id uuid NOT NULL,
  type text NOT NULL,
  data json NOT NULL,
  metadata json NOT NULL,
  UNIQUE (stream, revision)
);
COMMENT ON TABLE quipu_log.event IS 'The log: every recorded event, in order. Append-only; written by quipu_log.append alone.';
COMMENT ON COLUMN quipu_log.event.position IS 'Place in the whole log: gap-free, in the order of commits.';
COMMENT ON COLUMN quipu_log.event.revision IS 'Place in its stream: 0, 1, 2 ... without gaps.';
COMMENT ON COLUMN quipu_log.event.id IS 'UUIDv5 of stream, command id and index: a retried append has the same ids.';
COMMENT ON COLUMN quipu_log.event.data IS 'Canonical JSON (RFC 8785); kept as json, not jsonb, so that the bytes stay.';
COMMENT ON COLUMN quipu_log.event.metadata IS 'The envelope: who, when, which command, which unit, hash of the data.';

CREATE FUNCTION quipu_log.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the log is append-only: % on %.% is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'QP100', HINT = 'Record a correction as a new event.';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON quipu_log.event
  FOR EACH STATEMENT EXECUTE FUNCTION quipu_log.refuse_change();
-- ALWAYS: also when session_replication_role is replica, which is how bulk tools switch triggers off.
ALTER TABLE quipu_log.event ENABLE ALWAYS TRIGGER append_only;
REVOKE ALL ON quipu_log.event FROM PUBLIC;
REVOKE UPDATE, DELETE, TRUNCATE ON quipu_log.event FROM CURRENT_USER;
`

/** Stores those events of the call, named `e` in the condition, whose appends were given a first position. */
const insertWhere = (condition: string) => `
  INSERT INTO quipu_log.event (position, stream, revision, id, type, data, metadata)
    SELECT first_positions[e.a] + e.i, streams[append_stream[e.a]], append_expected[e.a] + 1 + e.i, e.id, e.type,
           convert_from(substr(payload, e.start, e.data), 'UTF8')::json,
           convert_from(substr(payload, e.start + e.data, e."both" - e.data), 'UTF8')::json
      FROM unnest(event_append, event_index, event_id, event_type, event_data_bytes, event_bytes, event_start)
        AS e (a, i, id, type, data, "both", start)
     WHERE ${condition};`

const notify = `PERFORM pg_notify('${WAKE_CHANNEL}', (next_position - 1)::text);`

// One call takes the lock once for many appends. Positions are the highest plus one, handed out and committed under that
// lock, so whoever sees position n committed sees all before it: a reader that pages by position can miss nothing.
// The lock is a transaction's, released after its commit is visible; each statement here takes its snapshot after the lock.
const appendFunction = `
CREATE FUNCTION quipu_log.append(
  streams text[],            -- the distinct streams of this call
  append_stream int[],       -- per append: its place in streams, from 1
  append_expected bigint[],  -- per append: the revision expected last, -1 for no stream
  append_events int[],       -- per append: how many events it has; they follow each other in the event arrays
  event_append int[],        -- per event: its append, from 1
  event_index int[],         -- per event: its place in the append, from 0
  event_id uuid[],
  event_type text[],
  event_data_bytes int[],    -- per event: the length of its data in UTF-8
  event_bytes int[],         -- per event: the length of data and metadata together
  event_start int[],         -- per event: where its data begins in payload, from 1; its metadata follows
  payload bytea              -- data and metadata of all events, one after the other: nothing to escape, nothing to unescape
) RETURNS TABLE (outcome text, last_revision bigint, last_position bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  appends int := cardinality(append_stream);
  heads bigint[];
  next_position bigint;
  first_event int := 1;
  stored_before int := 0;
  first_positions bigint[];
  outcomes text[];
  revisions bigint[];
  positions bigint[];
  head bigint;
  expected bigint;
  events int;
  name text;
  found_events int;
  found_position bigint;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'quipu_log.append needs the isolation level read committed' USING ERRCODE = 'QP101';
  END IF;
  IF current_setting('synchronous_commit') = 'off' THEN
    PERFORM set_config('synchronous_commit', 'on', true);
  END IF;
  PERFORM pg_advisory_xact_lock(${LOCK_SPACE}, ${LOCK_APPEND});
  SELECT coalesce(max(e.position), 0) + 1 INTO next_position FROM quipu_log.event e;

  -- A caller who is alone, and right, is the common case: it needs neither arrays of heads nor the loop.
  IF appends = 1 THEN
    SELECT coalesce(max(e.revision), -1) INTO head FROM quipu_log.event e WHERE e.stream = streams[1];
    IF head = append_expected[1] THEN
      first_positions[1] := next_position;
      next_position := next_position + append_events[1];
      ${insertWhere('true')}
      ${notify}
      outcome := 'appended';
      last_revision := head + append_events[1];
      last_position := next_position - 1;
      RETURN NEXT;
      RETURN;
    END IF;
  END IF;

  SELECT array_agg(coalesce(h.revision, -1) ORDER BY s.place) INTO heads
    FROM unnest(streams) WITH ORDINALITY AS s (name, place)
    LEFT JOIN LATERAL (
      SELECT e.revision FROM quipu_log.event e WHERE e.stream = s.name ORDER BY e.revision DESC LIMIT 1
    ) h ON true;

  FOR this IN 1 .. appends LOOP
    expected := append_expected[this];
    events := append_events[this];
    head := heads[append_stream[this]];
    first_positions[this] := 0;
    IF head = expected THEN
      first_positions[this] := next_position;
      next_position := next_position + events;
      heads[append_stream[this]] := head + events;
      outcomes[this] := 'appended';
      revisions[this] := head + events;
      positions[this] := next_position - 1;
    ELSE
      outcomes[this] := 'refused';
      revisions[this] := head;
      positions[this] := 0;
      IF head >= expected + events AND events > 0 THEN
        -- Perhaps a retry. What it repeats may have been accepted earlier in this very call: store that first.
        IF stored_before < this - 1 THEN
          ${insertWhere('e.a > stored_before AND e.a < this AND first_positions[e.a] > 0')}
          stored_before := this - 1;
        END IF;
        name := streams[append_stream[this]];
        SELECT count(*), max(h.position) INTO found_events, found_position
          FROM unnest(event_id[first_event : first_event + events - 1]) WITH ORDINALITY AS t (id, place)
         CROSS JOIN LATERAL (
           SELECT e.position, e.id FROM quipu_log.event e
            WHERE e.stream = name AND e.revision = expected + t.place LIMIT 1
         ) h
         WHERE h.id = t.id;
        IF found_events = events THEN
          outcomes[this] := 'already-there';
          revisions[this] := expected + events;
          positions[this] := found_position;
        END IF;
      END IF;
    END IF;
    first_event := first_event + events;
  END LOOP;

  ${insertWhere('e.a > stored_before AND first_positions[e.a] > 0')}
  IF 'appended' = ANY (outcomes) THEN
    ${notify}
  END IF;
  RETURN QUERY SELECT * FROM unnest(outcomes, revisions, positions);
END $$;
REVOKE ALL ON FUNCTION quipu_log.append FROM PUBLIC;
GRANT EXECUTE ON FUNCTION quipu_log.append TO CURRENT_USER;
`

/** Every step of the schema, oldest first. Released steps are frozen. */
export const LOG_MIGRATIONS: readonly Migration[] = [
  { name: 'the append-only event table', sql: eventTable },
  { name: 'the one way in', sql: appendFunction },
]
