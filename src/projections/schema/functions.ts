// The point-in-time functions people call from psql and BI tools: one signature for all of them.

const SIGNATURE = `(
  portfolios text[], effective_at text DEFAULT NULL, as_at text DEFAULT NULL, view text DEFAULT 'trade',
  basis text DEFAULT 'economic', currency text DEFAULT 'base', sleeve text DEFAULT NULL)`
const ARGUMENTS = '(text[], text, text, text, text, text, text)'
const DOCUMENTED = `portfolios: ids, or null for all. effective_at: a date (after its last phase), an instant with its zone (phases 0-3 and the trades with a moment up to it), or null (everything recorded, future dates included). as_at: a log position, an instant, or null (all that is projected). view: trade or settlement. basis: economic or accounting. currency: base. sleeve: one strategy, or null for all. Raises QP001 not yet projected, QP002 unsupported currency, QP003 unknown portfolio, QP004 unreadable argument.`

const checkView = (name: string) => `
  IF ${name}.view NOT IN ('trade', 'settlement') THEN
    RAISE EXCEPTION '% is no view', quote_nullable(${name}.view) USING ERRCODE = 'QP004', HINT = 'Use trade or settlement.';
  END IF;`

const comments = (type: string, columns: Readonly<Record<string, string>>) =>
  Object.entries(columns)
    .map(([column, text]) => `COMMENT ON COLUMN quipu.${type}.${column} IS '${text.replaceAll("'", "''")}';`)
    .join('\n')

const COMMON = {
  portfolio: 'Portfolio id.',
  sleeve: 'Strategy within the portfolio.',
  base_currency: "Currency of the portfolio's book.",
  pending: 'True while part of the base amount waits for a rate.',
  position: 'The log position the answer holds at.',
}

const positions = `
CREATE TYPE quipu.position_row AS (
  portfolio text, sleeve text, custody_account text, instrument text, side text, units numeric, settled_units numeric,
  currency text, cost numeric, base_cost numeric, base_currency text, pending boolean, position bigint);
COMMENT ON TYPE quipu.position_row IS 'A position: one row per place, instrument, side and currency of cost.';
${comments('position_row', {
  ...COMMON,
  custody_account: 'Custody account.',
  instrument: 'Instrument id.',
  side: 'long or short.',
  units: 'Units held in the view asked for; negative for shorts.',
  settled_units: 'Of them settled.',
  currency: 'Currency of cost.',
  cost: 'Cost in currency (shorts: minus the proceeds).',
  base_cost: 'Cost in base currency; null while pending.',
})}
CREATE FUNCTION quipu.positions_at${SIGNATURE} RETURNS SETOF quipu.position_row LANGUAGE plpgsql STABLE AS $$
BEGIN${checkView('positions_at')}
  RETURN QUERY
  SELECT b.portfolio, b.sleeve, b.custody_account, b.instrument, CASE b.account WHEN 1100 THEN 'long' ELSE 'short' END,
         sum(b.units), coalesce(sum(b.units) FILTER (WHERE b.state = 'settled'), 0), b.currency, sum(b.local),
         CASE WHEN sum(b.pending) = 0 THEN sum(b.base_known) END, b.base_currency, sum(b.pending) <> 0, b.position
  FROM quipu.balances_at(positions_at.portfolios, positions_at.effective_at, positions_at.as_at, positions_at.basis,
                         positions_at.currency, ARRAY[1100, 2100]) b
  WHERE (positions_at.view = 'trade' OR b.state = 'settled')
    AND (positions_at.sleeve IS NULL OR b.sleeve = positions_at.sleeve)
  GROUP BY b.portfolio, b.sleeve, b.custody_account, b.instrument, b.account, b.currency, b.base_currency, b.position
  HAVING sum(b.units) <> 0 OR sum(b.local) <> 0 OR (sum(b.base_known) <> 0 AND sum(b.pending) = 0)
  ORDER BY b.portfolio, b.instrument, b.account, b.sleeve, b.custody_account, b.currency;
END $$;
COMMENT ON FUNCTION quipu.positions_at${ARGUMENTS} IS 'Positions at a point in both times. ${DOCUMENTED}';
`

const lots = `
CREATE TYPE quipu.lot_row AS (
  portfolio text, sleeve text, custody_account text, instrument text, side text, lot text, acquired_on date, opened_by text,
  units numeric, settled_units numeric, currency text, cost numeric, base_cost numeric, base_currency text, pending boolean,
  position bigint);
COMMENT ON TYPE quipu.lot_row IS 'A lot in one place.';
${comments('lot_row', {
  ...COMMON,
  custody_account: 'Custody account.',
  instrument: 'Instrument id.',
  side: 'long or short.',
  lot: 'Lot id, stable through corporate actions.',
  acquired_on: 'Date from which the holding period counts.',
  opened_by: 'The fact, action or transfer that opened it.',
  units: 'Units in the view asked for; negative for shorts.',
  settled_units: 'Of them settled.',
  currency: 'Currency of cost.',
  cost: 'Cost in currency (shorts: minus the proceeds).',
  base_cost: 'Cost in base currency; null while pending.',
})}
CREATE FUNCTION quipu.lots_at${SIGNATURE} RETURNS SETOF quipu.lot_row LANGUAGE plpgsql STABLE AS $$
BEGIN${checkView('lots_at')}
  IF lots_at.basis NOT IN ('economic', 'accounting') THEN
    RAISE EXCEPTION '% is no basis', quote_nullable(lots_at.basis) USING ERRCODE = 'QP004', HINT = 'Use economic or accounting.';
  END IF;
  RETURN QUERY
  WITH p AS MATERIALIZED (
    SELECT * FROM quipu.resolve(lots_at.portfolios, lots_at.effective_at, lots_at.as_at, lots_at.currency)
  ), line AS (
    SELECT p.portfolio, v.sleeve, v.custody_account, v.instrument, v.account, v.lot, v.acquired_on, v.state, v.currency, v.units,
           v.cost AS local, v.base_known, v.pending::bigint AS pending
    FROM p CROSS JOIN LATERAL (
      SELECT * FROM quipu.lot_versions l
      WHERE l.portfolio = p.portfolio AND daterange(l.effective_from, l.effective_to) @> p.on_date
        AND int8range(l.known_from, l.known_to) @> p.position) v
    WHERE lots_at.basis = 'economic' AND p.at_instant IS NULL
    UNION ALL
    SELECT p.portfolio, j.sleeve, j.custody_account, j.instrument, j.account, j.lot, j.acquired_on, j.state, j.currency, sum(j.units),
           sum(j.local), coalesce(sum(j.base), 0), sum(j.pending)
    FROM p JOIN quipu.journal j ON j.portfolio = p.portfolio AND j.known_from <= p.position AND j.account IN (1100, 2100)
      AND quipu.holds(CASE lots_at.basis WHEN 'economic' THEN j.effective_date ELSE j.accounting_date END,
                      j.effective_date, j.phase, j.instant, p.on_date, p.at_instant)
    WHERE NOT (lots_at.basis = 'economic' AND p.at_instant IS NULL)
    GROUP BY p.portfolio, j.sleeve, j.custody_account, j.instrument, j.account, j.lot, j.acquired_on, j.state, j.currency
  )
  SELECT s.portfolio, s.sleeve, s.custody_account, s.instrument, s.side, s.lot, s.acquired_on, split_part(s.lot, '/', 1), s.units, s.settled,
         s.currency, s.local, CASE WHEN s.pending = 0 THEN s.base_known END, p.base_currency, s.pending <> 0, p.position
  FROM (
    SELECT l.portfolio, l.sleeve, l.custody_account, l.instrument, CASE l.account WHEN 1100 THEN 'long' ELSE 'short' END AS side,
           l.lot, l.acquired_on, l.currency, sum(l.units) AS units, coalesce(sum(l.units) FILTER (WHERE l.state = 'settled'), 0) AS settled,
           sum(l.local) AS local, sum(l.base_known) AS base_known, sum(l.pending) AS pending
    FROM line l
    WHERE (lots_at.view = 'trade' OR l.state = 'settled') AND (lots_at.sleeve IS NULL OR l.sleeve = lots_at.sleeve)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    -- Nothing held at no cost is no lot, even while a settlement of it waits for its rate.
    HAVING sum(l.units) <> 0 OR sum(l.local) <> 0 OR (sum(l.base_known) <> 0 AND sum(l.pending) = 0)
  ) s
  JOIN p ON p.portfolio = s.portfolio
  ORDER BY s.portfolio, s.instrument, s.side, s.acquired_on, s.lot, s.sleeve, s.custody_account, s.currency;
END $$;
COMMENT ON FUNCTION quipu.lots_at${ARGUMENTS} IS 'Lots at a point in both times. ${DOCUMENTED}';
`

const cash = `
CREATE TYPE quipu.cash_row AS (
  portfolio text, sleeve text, cash_account text, currency text, amount numeric, settled numeric, receivable numeric,
  payable numeric, base_amount numeric, base_currency text, pending boolean, overdrawn boolean, position bigint);
COMMENT ON TYPE quipu.cash_row IS 'Cash of one cash account, sleeve and currency.';
${comments('cash_row', {
  ...COMMON,
  cash_account: 'Cash account.',
  currency: 'Currency of amount, settled, receivable and payable.',
  amount: 'In the settlement view what is settled; in the trade view also what trades will bring and take.',
  settled: 'Settled cash (accounts 1000 and 1010).',
  receivable: 'To come from sales and FX bought (1200, 1210).',
  payable: 'To go for purchases and FX sold (2200, 2210); not above zero.',
  base_amount: 'Cost of amount in base currency; null while pending.',
  overdrawn: 'True when settled is below zero.',
})}
CREATE FUNCTION quipu.cash_at${SIGNATURE} RETURNS SETOF quipu.cash_row LANGUAGE plpgsql STABLE AS $$
BEGIN${checkView('cash_at')}
  RETURN QUERY
  SELECT b.portfolio, b.sleeve, b.cash_account, b.currency,
         coalesce(sum(b.local) FILTER (WHERE cash_at.view = 'trade' OR b.account IN (1000, 1010)), 0),
         coalesce(sum(b.local) FILTER (WHERE b.account IN (1000, 1010)), 0),
         coalesce(sum(b.local) FILTER (WHERE b.account IN (1200, 1210)), 0),
         coalesce(sum(b.local) FILTER (WHERE b.account IN (2200, 2210)), 0),
         CASE WHEN coalesce(sum(b.pending) FILTER (WHERE cash_at.view = 'trade' OR b.account IN (1000, 1010)), 0) = 0
           THEN coalesce(sum(b.base_known) FILTER (WHERE cash_at.view = 'trade' OR b.account IN (1000, 1010)), 0) END,
         b.base_currency,
         coalesce(sum(b.pending) FILTER (WHERE cash_at.view = 'trade' OR b.account IN (1000, 1010)), 0) <> 0,
         coalesce(sum(b.local) FILTER (WHERE b.account IN (1000, 1010)), 0) < 0, b.position
  FROM quipu.balances_at(cash_at.portfolios, cash_at.effective_at, cash_at.as_at, cash_at.basis, cash_at.currency,
                         ARRAY[1000, 1010, 1200, 1210, 2200, 2210]) b
  WHERE cash_at.sleeve IS NULL OR b.sleeve = cash_at.sleeve
  GROUP BY b.portfolio, b.sleeve, b.cash_account, b.currency, b.base_currency, b.position
  ORDER BY b.portfolio, b.cash_account, b.currency, b.sleeve;
END $$;
COMMENT ON FUNCTION quipu.cash_at${ARGUMENTS} IS 'Cash at a point in both times. ${DOCUMENTED}';
`

const trialBalance = `
CREATE TYPE quipu.trial_balance_row AS (
  portfolio text, sleeve text, account int, name text, currency text, local numeric, base numeric, base_currency text,
  pending boolean, position bigint);
COMMENT ON TYPE quipu.trial_balance_row IS 'The balance of one account, sleeve and currency, debit +, credit -.';
${comments('trial_balance_row', {
  ...COMMON,
  account: 'Account of the chart.',
  name: 'Its name.',
  currency: 'Currency of local.',
  local: 'Balance in currency; all accounts of a currency sum to zero, 9000 included.',
  base: 'Balance in base currency; all sum to zero. Null while pending.',
})}
CREATE FUNCTION quipu.trial_balance_at${SIGNATURE} RETURNS SETOF quipu.trial_balance_row LANGUAGE plpgsql STABLE AS $$
BEGIN${checkView('trial_balance_at')}
  IF trial_balance_at.view = 'settlement' THEN
    RAISE EXCEPTION 'a trial balance of settled amounts only would not balance' USING ERRCODE = 'QP004', HINT = 'Use view trade.';
  END IF;
  RETURN QUERY
  SELECT b.portfolio, b.sleeve, b.account, a.name, b.currency, sum(b.local),
         CASE WHEN sum(b.pending) = 0 THEN sum(b.base_known) END, b.base_currency, sum(b.pending) <> 0, b.position
  FROM quipu.balances_at(trial_balance_at.portfolios, trial_balance_at.effective_at, trial_balance_at.as_at,
                         trial_balance_at.basis, trial_balance_at.currency, NULL) b
  LEFT JOIN quipu.account a ON a.account = b.account
  WHERE b.account <> 8000 AND (trial_balance_at.sleeve IS NULL OR b.sleeve = trial_balance_at.sleeve)
  GROUP BY b.portfolio, b.sleeve, b.account, a.name, b.currency, b.base_currency, b.position
  HAVING sum(b.local) <> 0 OR sum(b.base_known) <> 0 OR sum(b.pending) <> 0
  ORDER BY b.portfolio, b.account, b.currency, b.sleeve;
END $$;
COMMENT ON FUNCTION quipu.trial_balance_at${ARGUMENTS} IS 'The trial balance at a point in both times; its base and each of its currencies sum to zero. ${DOCUMENTED.replace('view: trade or settlement', 'view: trade')}';
`

export const pointInTimeFunctions = [positions, lots, cash, trialBalance].join('\n')
