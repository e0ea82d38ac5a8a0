// SQL invariants of the read models, as functions that the triggers of every generation call.

export const guardFunctions = `
CREATE FUNCTION quipu.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'read models are derived from the log: % on %.% is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'QP101', HINT = 'Record a correction through the API, or rebuild the read models.';
END $$;
COMMENT ON FUNCTION quipu.refuse_change() IS 'Trigger: refuses to change or remove rows of a read model.';

-- One pass over what one statement added. Grouped by sleeve too: every entry balances in each sleeve by itself.
CREATE FUNCTION quipu.refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  bad record;
BEGIN
  SELECT a.portfolio, a.known_from, a.entry, a.sleeve, a.currency, a.instrument,
         grouping(a.sleeve, a.currency, a.instrument) AS level,
         sum(a.base) AS base, sum(a.local) AS local, sum(a.units) AS units, count(*) AS lines, count(a.base) AS known,
         sum(a.base) FILTER (WHERE a.account = 9000) AS conversion
  INTO bad
  FROM added a
  GROUP BY a.portfolio, a.known_from, a.entry, GROUPING SETS ((), (a.sleeve), (a.sleeve, a.currency), (a.sleeve, a.instrument))
  HAVING (grouping(a.sleeve, a.currency, a.instrument) = 7 AND count(a.base) NOT IN (0, count(*)))
      OR (grouping(a.sleeve, a.currency, a.instrument) = 3
          AND (sum(a.base) <> 0 OR sum(a.base) FILTER (WHERE a.account = 9000) <> 0))
      OR (grouping(a.sleeve, a.currency, a.instrument) = 1 AND sum(a.local) <> 0)
      OR (grouping(a.sleeve, a.currency, a.instrument) = 2 AND a.instrument IS NOT NULL AND sum(a.units) <> 0)
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'entry % of portfolio % known from % does not balance: %', bad.entry, bad.portfolio, bad.known_from,
      CASE bad.level
        WHEN 7 THEN format('%s of %s base amounts are known; it must be all or none', bad.known, bad.lines)
        WHEN 3 THEN format('base sums to %s, of it FX conversion to %s, in sleeve %s', bad.base, coalesce(bad.conversion, 0), bad.sleeve)
        WHEN 1 THEN format('%s sums to %s in sleeve %s', bad.currency, bad.local, bad.sleeve)
        ELSE format('units of %s sum to %s in sleeve %s', bad.instrument, bad.units, bad.sleeve)
      END
      USING ERRCODE = 'QP102', HINT = 'This is a defect of the book: the lane stops at this unit; report it with the entry named here.';
  END IF;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION quipu.refuse_unbalanced() IS 'Trigger: refuses journal entries that do not sum to zero in base, per currency and in units, or whose base amounts are partly known.';
`
