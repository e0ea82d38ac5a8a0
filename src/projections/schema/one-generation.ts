// Keeps a swap of generations out of a SQL function's answer.

/**
 * A function reads with the snapshot of the statement that called it, but the views it names stand for what they stand for now: a
 * statement, or a long transaction, older than a swap would read new tables with old eyes. It is refused instead (QP001).
 */
export const oneGeneration = `
DO $do$ BEGIN
  EXECUTE format('CREATE OR REPLACE VIEW quipu.seen AS SELECT %s::int AS generation', coalesce((SELECT generation FROM quipu.pointer), 0));
END $do$;
COMMENT ON VIEW quipu.seen IS 'The generation that the views of this schema read, as the catalog has it: compare with quipu.pointer.';
COMMENT ON COLUMN quipu.seen.generation IS 'Its number.';

CREATE FUNCTION quipu.one_generation() RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF (SELECT p.generation FROM quipu.pointer p) IS DISTINCT FROM (SELECT s.generation FROM quipu.seen s) THEN
    RAISE EXCEPTION 'the read models moved to a new generation after this transaction began'
      USING ERRCODE = 'QP001', HINT = 'Ask again in a new transaction.';
  END IF;
END $$;
COMMENT ON FUNCTION quipu.one_generation() IS 'Raises QP001 when the snapshot in use is older than the last swap of generations.';

CREATE OR REPLACE FUNCTION quipu.projected_to(portfolio text) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
  PERFORM quipu.one_generation();
  RETURN (SELECT coalesce(
    (SELECT min(w.position) - 1 FROM quipu.work w
      WHERE w.projection = 'book' AND w.portfolio = l.portfolio AND w.position > l.position),
    greatest(l.position, (SELECT u.position FROM quipu.lane u WHERE u.projection = 'units')))
  FROM quipu.lane l WHERE l.projection = 'book' AND l.portfolio = projected_to.portfolio);
END $$;

CREATE OR REPLACE FUNCTION quipu.shared_to(projection text) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
  PERFORM quipu.one_generation();
  RETURN (SELECT coalesce(
    (SELECT min(w.position) - 1 FROM quipu.work w
      WHERE w.projection = l.projection AND w.portfolio = '' AND w.position > l.position),
    greatest(l.position, (SELECT u.position FROM quipu.lane u WHERE u.projection = 'units')))
  FROM quipu.lane l WHERE l.projection = shared_to.projection AND l.portfolio = '');
END $$;
`
