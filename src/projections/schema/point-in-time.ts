// How SQL resolves a question's two times, and the sums every point-in-time function stands on.

/**
 * Errors people meet: QP001 not yet projected, QP002 unsupported currency, QP003 unknown portfolio, QP004 an argument that cannot be read.
 */
export const pointInTime = `
CREATE FUNCTION quipu.projected_to(portfolio text) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT coalesce(
    (SELECT min(w.position) - 1 FROM quipu.work w
      WHERE w.projection = 'book' AND w.portfolio = l.portfolio AND w.position > l.position),
    greatest(l.position, (SELECT u.position FROM quipu.lane u WHERE u.projection = 'units')))
  FROM quipu.lane l WHERE l.projection = 'book' AND l.portfolio = projected_to.portfolio);
END $$;
COMMENT ON FUNCTION quipu.projected_to(text) IS
  'The newest log position at which this portfolio''s read models answer: every unit up to it that concerns the portfolio is applied. Null for an unknown portfolio.';

CREATE FUNCTION quipu.shared_to(projection text) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT coalesce(
    (SELECT min(w.position) - 1 FROM quipu.work w
      WHERE w.projection = l.projection AND w.portfolio = '' AND w.position > l.position),
    greatest(l.position, (SELECT u.position FROM quipu.lane u WHERE u.projection = 'units')))
  FROM quipu.lane l WHERE l.projection = shared_to.projection AND l.portfolio = '');
END $$;
COMMENT ON FUNCTION quipu.shared_to(text) IS
  'The newest log position at which a shared projection (instruments, prices, rates, owners, units) answers.';

CREATE FUNCTION quipu.position_at(at timestamptz) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT coalesce((SELECT u.position FROM quipu.units u WHERE u.known_at <= at ORDER BY u.known_at DESC, u.position DESC LIMIT 1), 0));
END $$;
COMMENT ON FUNCTION quipu.position_at(timestamptz) IS
  'The last log position recorded by an instant; 0 before the first.';

CREATE FUNCTION quipu.instant_of(value text, argument text) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
  -- Without a zone the answer would depend on the session's.
  IF value !~ '^\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,6})?)?(Z|[+-]\\d\\d(:?\\d\\d)?)$' THEN
    RAISE EXCEPTION '% cannot be read as %', quote_literal(value), argument
      USING ERRCODE = 'QP004', HINT = 'Write a date as 2025-03-14, an instant as 2025-03-14T15:00:00Z, a position as digits.';
  END IF;
  RETURN value::timestamptz;
END $$;
COMMENT ON FUNCTION quipu.instant_of(text, text) IS 'Reads an instant that names its zone; QP004 otherwise.';

CREATE TYPE quipu.point AS (portfolio text, base_currency text, position bigint, on_date date, at_instant timestamptz);
COMMENT ON TYPE quipu.point IS 'A question''s two times, resolved for one portfolio.';

CREATE FUNCTION quipu.resolve(portfolios text[], effective_at text, as_at text, currency text DEFAULT 'base')
RETURNS SETOF quipu.point LANGUAGE plpgsql STABLE AS $$
DECLARE
  wanted text;
  answer quipu.point;
  projected bigint;
  at_position bigint;
  zone text;
BEGIN
  IF as_at ~ '^\\d{1,19}$' THEN
    at_position := as_at::bigint;
  ELSIF as_at IS NOT NULL THEN
    at_position := quipu.position_at(quipu.instant_of(as_at, 'as_at'));
  END IF;
  FOR wanted IN
    SELECT DISTINCT u.p FROM unnest(portfolios) AS u(p) WHERE portfolios IS NOT NULL
    UNION SELECT l.portfolio FROM quipu.lane l WHERE portfolios IS NULL AND l.projection = 'book'
    ORDER BY 1
  LOOP
    projected := quipu.projected_to(wanted);
    answer.base_currency := (SELECT p.base_currency FROM quipu.portfolios p WHERE p.portfolio = wanted AND p.known_to IS NULL);
    IF answer.base_currency IS NULL THEN
      -- A transfer may name a portfolio before it is opened: such a lane is no portfolio yet.
      CONTINUE WHEN portfolios IS NULL;
      RAISE EXCEPTION 'portfolio % is unknown', quote_nullable(wanted)
        USING ERRCODE = 'QP003', HINT = 'SELECT portfolio FROM quipu.portfolios lists them.';
    END IF;
    IF currency NOT IN ('base', answer.base_currency) THEN
      RAISE EXCEPTION 'the book of % is kept in %, not in %', wanted, answer.base_currency, quote_nullable(currency)
        USING ERRCODE = 'QP002',
          HINT = 'Ask for currency ''base''. Cost and gains in another currency are re-folded, never translated: ask the API for that book.';
    END IF;
    answer.portfolio := wanted;
    answer.position := coalesce(at_position, projected);
    IF answer.position > projected THEN
      RAISE EXCEPTION 'portfolio % is projected to position %, not yet to %', wanted, projected, answer.position
        USING ERRCODE = 'QP001', HINT = 'Ask again in a moment; quipu.lane shows whether the lane is running.';
    END IF;
    answer.at_instant := NULL;
    IF effective_at IS NULL THEN
      answer.on_date := 'infinity';
    ELSIF effective_at ~ '^\\d{4}-\\d\\d-\\d\\d$' THEN
      answer.on_date := effective_at::date;
    ELSE
      answer.at_instant := quipu.instant_of(effective_at, 'effective_at');
      SELECT o.zone INTO zone FROM quipu.policies o
        WHERE o.portfolio = wanted AND o.zone IS NOT NULL AND int8range(o.known_from, o.known_to) @> answer.position
          AND o.effective_from <= (answer.at_instant AT TIME ZONE 'UTC')::date
        ORDER BY o.effective_from DESC, o.root_position DESC LIMIT 1;
      answer.on_date := (answer.at_instant AT TIME ZONE coalesce(zone, 'UTC'))::date;
    END IF;
    RETURN NEXT answer;
  END LOOP;
END $$;
COMMENT ON FUNCTION quipu.resolve(text[], text, text, text) IS
  'Resolves a question''s two times per portfolio: as_at (a position, an instant, null: all that is projected) to a log position, effective_at (a date, an instant, null: without end) to a date and an instant. Raises QP001 to QP004.';

CREATE TYPE quipu.balance_row AS (
  portfolio text, base_currency text, position bigint, account int, sleeve text, custody_account text, cash_account text,
  instrument text, state text, currency text, units numeric, local numeric, base_known numeric, pending bigint);
COMMENT ON TYPE quipu.balance_row IS 'One balance at a point in both times.';

CREATE FUNCTION quipu.balances_at(
  portfolios text[], effective_at text, as_at text, basis text, currency text, accounts int[])
RETURNS SETOF quipu.balance_row LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF basis NOT IN ('economic', 'accounting') THEN
    RAISE EXCEPTION '% is no basis', quote_nullable(basis) USING ERRCODE = 'QP004', HINT = 'Use economic or accounting.';
  END IF;
  IF basis = 'economic' AND (effective_at IS NULL OR length(effective_at) = 10) THEN
    RETURN QUERY
    SELECT p.portfolio, p.base_currency, p.position, v.account, v.sleeve, v.custody_account, v.cash_account,
           v.instrument, v.state, v.currency, v.units, v.local, v.base_known, v.pending::bigint
    FROM quipu.resolve(portfolios, effective_at, as_at, balances_at.currency) p
    CROSS JOIN LATERAL (
      SELECT * FROM quipu.balance_versions b
      WHERE b.portfolio = p.portfolio AND daterange(b.effective_from, b.effective_to) @> p.on_date
        AND int8range(b.known_from, b.known_to) @> p.position
        AND (accounts IS NULL OR b.account = ANY (accounts))) v;
  ELSE
    RETURN QUERY
    SELECT p.portfolio, p.base_currency, p.position, j.account, j.sleeve, j.custody_account, j.cash_account,
           j.instrument, j.state, j.currency, sum(j.units), sum(j.local), coalesce(sum(j.base), 0), sum(j.pending)
    FROM quipu.resolve(portfolios, effective_at, as_at, balances_at.currency) p
    JOIN quipu.journal j ON j.portfolio = p.portfolio AND j.known_from <= p.position
      AND (accounts IS NULL OR j.account = ANY (accounts))
      AND quipu.holds(CASE basis WHEN 'economic' THEN j.effective_date ELSE j.accounting_date END,
                      j.effective_date, j.phase, j.instant, p.on_date, p.at_instant)
    GROUP BY p.portfolio, p.base_currency, p.position, j.account, j.sleeve, j.custody_account, j.cash_account,
             j.instrument, j.state, j.currency
    HAVING sum(j.units) <> 0 OR sum(j.local) <> 0 OR coalesce(sum(j.base), 0) <> 0 OR sum(j.pending) <> 0;
  END IF;
END $$;
COMMENT ON FUNCTION quipu.balances_at(text[], text, text, text, text, int[]) IS
  'Every balance at a point in both times: by dates on the economic basis from balance_versions, else summed from the journal.';

CREATE FUNCTION quipu.holds(day date, effective date, phase int, moment timestamptz, on_date date, at_instant timestamptz)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT day < on_date OR (day = on_date
    AND (at_instant IS NULL OR effective < on_date OR phase <= 3 OR (phase = 4 AND coalesce(moment <= at_instant, false))))
$$;
COMMENT ON FUNCTION quipu.holds(date, date, int, timestamptz, date, timestamptz) IS
  'Whether a posting of that day counts: by a date, everything up to its end; by an instant, earlier days, phases 0 to 3 and the trades with a moment up to it.';
`
