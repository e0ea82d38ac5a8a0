// The cash ladder in SQL: what every cash account holds on each day to come, and from which kind of movement.

const SIGNATURE = `(
  portfolios text[], effective_at text DEFAULT NULL, as_at text DEFAULT NULL, view text DEFAULT 'trade',
  basis text DEFAULT 'economic', currency text DEFAULT 'base', sleeve text DEFAULT NULL)`

const COLUMNS: Readonly<Record<string, string>> = {
  portfolio: 'Portfolio id.',
  cash_account: 'Cash account; empty for what is owed by the portfolio as a whole.',
  currency: 'Currency of the amounts.',
  rung: 'The value date as text, or undated for what is owed without a date.',
  value_date: 'The day the cash moves; null on the rung undated.',
  opening: 'Cash before the movements of the rung.',
  settled: 'Moved on or before the date the ladder stands on.',
  unsettled:
    'What trades and FX done on or before that date bring and take on this value date; undated: what of them waits for its receipt.',
  projected:
    'Everything else that is known to come: dividends, coupons, fees, interest, dated contributions, trades of later days; undated: income and accruals without a date.',
  closing: 'opening + settled + unsettled + projected: the cash of the day as it is known now.',
  base_currency: "Currency of the portfolio's book.",
  position: 'The log position the answer holds at.',
}

/** One row per cash account, currency and value date from the ladder's date on; amounts in the currency itself, so no rate is missing. */
export const cashLadder = `
CREATE TYPE quipu.cash_ladder_row AS (
  portfolio text, cash_account text, currency text, rung text, value_date date, opening numeric, settled numeric,
  unsettled numeric, projected numeric, closing numeric, base_currency text, position bigint);
COMMENT ON TYPE quipu.cash_ladder_row IS 'One rung of a cash ladder: the movements of one cash account and currency on one value date.';
${Object.entries(COLUMNS)
  .map(([column, text]) => `COMMENT ON COLUMN quipu.cash_ladder_row.${column} IS '${text.replaceAll("'", "''")}';`)
  .join('\n')}
CREATE FUNCTION quipu.cash_ladder_at${SIGNATURE} RETURNS SETOF quipu.cash_ladder_row LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF cash_ladder_at.basis <> 'economic' THEN
    RAISE EXCEPTION 'cash moves on value dates, not on accounting dates' USING ERRCODE = 'QP004', HINT = 'Use basis economic.';
  END IF;
  RETURN QUERY
  WITH p AS MATERIALIZED (
    SELECT r.portfolio, r.base_currency, r.position,
           CASE WHEN r.on_date < 'infinity' THEN r.on_date
             ELSE coalesce((SELECT (u.known_at AT TIME ZONE 'UTC')::date FROM quipu.units u WHERE u.position <= r.position
                            ORDER BY u.position DESC LIMIT 1), '1970-01-01') END AS standing
    FROM quipu.resolve(cash_ladder_at.portfolios, cash_ladder_at.effective_at, cash_ladder_at.as_at, cash_ladder_at.currency) r
  ), balance AS (
    SELECT p.portfolio, coalesce(b.cash_account, '') AS cash_account, b.currency, sum(b.local) AS amount
    FROM p CROSS JOIN LATERAL quipu.balances_at(
      ARRAY[p.portfolio], (p.standing - 1)::text, p.position::text, 'economic', 'base', ARRAY[1000, 1010]) b
    WHERE cash_ladder_at.sleeve IS NULL OR b.sleeve = cash_ladder_at.sleeve
    GROUP BY 1, 2, 3
  ), moved AS (
    SELECT p.portfolio, coalesce(j.cash_account, '') AS cash_account, j.currency, j.effective_date AS value_date, j.entry, j.rule,
           p.standing, p.position, sum(j.local) AS amount
    FROM p JOIN quipu.journal j ON j.portfolio = p.portfolio AND j.known_from <= p.position
      AND j.account IN (1000, 1010) AND j.effective_date >= p.standing
    WHERE cash_ladder_at.sleeve IS NULL OR j.sleeve = cash_ladder_at.sleeve
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    HAVING sum(j.local) <> 0
  ), classed AS (
    SELECT m.portfolio, m.cash_account, m.currency, m.value_date, m.amount,
           CASE WHEN m.value_date <= m.standing THEN 'settled'
             WHEN m.rule = 'settle' AND (
               SELECT max(t.effective_date) FROM (
                 SELECT j.effective_date FROM quipu.journal j
                 WHERE j.portfolio = m.portfolio AND j.known_from <= m.position
                   AND j.entry IN (regexp_replace(m.entry, '/(settle|fail)(/[0-9]+)?$', '/trade'),
                                   regexp_replace(m.entry, '/(settle|fail)(/[0-9]+)?$', '/trade/2'))
                   AND j.account IN (1200, 1210, 2200, 2210)
                 GROUP BY j.effective_date, j.currency HAVING sum(j.local) <> 0) t) <= m.standing THEN 'unsettled'
             ELSE 'projected' END AS class
    FROM moved m
  ), owed AS (
    SELECT p.portfolio, coalesce(b.cash_account, '') AS cash_account, b.currency,
           coalesce(sum(b.local) FILTER (WHERE b.account IN (1200, 1210, 2200, 2210)), 0) AS unsettled,
           coalesce(sum(b.local) FILTER (WHERE b.account NOT IN (1200, 1210, 2200, 2210)), 0) AS projected
    FROM p CROSS JOIN LATERAL quipu.balances_at(
      ARRAY[p.portfolio], NULL, p.position::text, 'economic', 'base',
      ARRAY[1200, 1210, 2200, 2210, 1300, 1310, 1320, 1330, 1340, 2300, 2400]) b
    WHERE cash_ladder_at.sleeve IS NULL OR b.sleeve = cash_ladder_at.sleeve
    GROUP BY 1, 2, 3
    HAVING coalesce(sum(b.local) FILTER (WHERE b.account IN (1200, 1210, 2200, 2210)), 0) <> 0
        OR coalesce(sum(b.local) FILTER (WHERE b.account NOT IN (1200, 1210, 2200, 2210)), 0) <> 0
  ), rungs AS (
    SELECT c.portfolio, c.cash_account, c.currency, c.value_date,
           coalesce(sum(c.amount) FILTER (WHERE c.class = 'settled'), 0) AS settled,
           coalesce(sum(c.amount) FILTER (WHERE c.class = 'unsettled'), 0) AS unsettled,
           coalesce(sum(c.amount) FILTER (WHERE c.class = 'projected'), 0) AS projected
    FROM classed c GROUP BY 1, 2, 3, 4
    UNION ALL
    -- The day the ladder stands on is always a rung, moved or not.
    SELECT k.portfolio, k.cash_account, k.currency, p.standing, 0, 0, 0
    FROM (SELECT b.portfolio, b.cash_account, b.currency FROM balance b WHERE b.amount <> 0
          UNION SELECT c.portfolio, c.cash_account, c.currency FROM classed c
          UNION SELECT o.portfolio, o.cash_account, o.currency FROM owed o) k
    JOIN p ON p.portfolio = k.portfolio
    UNION ALL
    SELECT o.portfolio, o.cash_account, o.currency, NULL, 0, o.unsettled, o.projected FROM owed o
  ), summed AS (
    SELECT r.portfolio, r.cash_account, r.currency, r.value_date, sum(r.settled) AS settled, sum(r.unsettled) AS unsettled,
           sum(r.projected) AS projected
    FROM rungs r GROUP BY 1, 2, 3, 4
  ), stacked AS (
    SELECT s.*, coalesce(b.amount, 0) + sum(s.settled + s.unsettled + s.projected) OVER (
        PARTITION BY s.portfolio, s.cash_account, s.currency ORDER BY s.value_date NULLS LAST) AS closing
    FROM summed s LEFT JOIN balance b
      ON b.portfolio = s.portfolio AND b.cash_account = s.cash_account AND b.currency = s.currency
  )
  SELECT s.portfolio, s.cash_account, s.currency, coalesce(s.value_date::text, 'undated'), s.value_date,
         s.closing - s.settled - s.unsettled - s.projected, s.settled, s.unsettled, s.projected, s.closing, p.base_currency, p.position
  FROM stacked s JOIN p ON p.portfolio = s.portfolio
  ORDER BY s.portfolio, s.cash_account, s.currency, s.value_date NULLS LAST;
END $$;
COMMENT ON FUNCTION quipu.cash_ladder_at(text[], text, text, text, text, text, text) IS 'The cash ladder: per cash account, currency and value date what has settled, what trades will bring and take, what else is known to come, and the cash of the day. effective_at is the day it stands on (null: the day the position was recorded); later days are the rungs. The other arguments are those of cash_at; view changes nothing. Raises QP001 not yet projected, QP002 unsupported currency, QP003 unknown portfolio, QP004 unreadable argument.';
`
