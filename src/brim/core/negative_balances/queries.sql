-- name: newest_entries
-- An account's journal entries before an id, the newest first, with all their lines.
WITH posted AS MATERIALIZED (
    SELECT
        account, livemode, id, source_type, source, step, debit_account, credit_account, amount, currency, created,
        line_count
    FROM journal_entries
    WHERE account = $1 AND livemode = $2 AND id < $3
    ORDER BY account DESC, livemode DESC, id DESC
    LIMIT $4
)
SELECT id, source_type, source, step, created, debit_account, credit_account, amount, currency, 1::smallint AS line
FROM posted
UNION ALL
SELECT
    p.id, p.source_type, p.source, p.step, p.created, l.debit_account, l.credit_account, l.amount, l.currency, l.line
FROM posted AS p
CROSS JOIN LATERAL (
    SELECT debit_account, credit_account, amount, currency, line
    FROM journal_entry_lines
    WHERE account = p.account AND livemode = p.livemode AND entry = p.id AND p.line_count > 1
    ORDER BY line
) AS l
ORDER BY id DESC, line;

-- name: page_negative_balances
-- The negative balances of a platform and its connected accounts, from either end; one of the two branches runs. The
-- bounds are exclusive. All negative balances are scanned. Filters: the account (9) and the currency (10).
(
    SELECT n.account, n.currency, b.available
    FROM negative_balances AS n
    {seen account of n}
    {balance of n}
    WHERE
        NOT $7::boolean AND n.livemode = $2
        AND (n.account, n.currency) > ($3, $4) AND (n.account, n.currency) < ($5, $6)
        AND ($9::text IS NULL OR n.account = $9) AND ($10::text IS NULL OR n.currency = $10)
    ORDER BY n.account, n.livemode, n.currency
    LIMIT $8
)
UNION ALL
(
    SELECT n.account, n.currency, b.available
    FROM negative_balances AS n
    {seen account of n}
    {balance of n}
    WHERE
        $7::boolean AND n.livemode = $2
        AND (n.account, n.currency) > ($3, $4) AND (n.account, n.currency) < ($5, $6)
        AND ($9::text IS NULL OR n.account = $9) AND ($10::text IS NULL OR n.currency = $10)
    ORDER BY n.account DESC, n.livemode DESC, n.currency DESC
    LIMIT $8
);

-- name: find_negative_balance
-- A negative balance of a platform or one of its connected accounts, including deleted ones.
SELECT n.account, n.currency, b.available
FROM negative_balances AS n
{seen account of n}
{balance of n}
WHERE n.account = $3 AND n.livemode = $2 AND n.currency = $4;

-- name: note_since
-- Record since when a balance is below zero.
UPDATE negative_balances SET since_ms = $4 WHERE account = $1 AND livemode = $2 AND currency = $3;

-- name: find_balance
-- An account's available balance in a currency.
SELECT available FROM balances WHERE account = $1 AND livemode = $2 AND currency = $3;

-- name: pending_amount
-- The sum of an account's newest pending top-ups in a currency, among a limited number.
SELECT coalesce(sum(amount) FILTER (WHERE currency = $3), 0)::bigint
FROM (
    SELECT amount, currency
    FROM topups
    WHERE account = $1 AND livemode = $2 AND (status, id) > ('pending', '') AND (status, id) < ('pending', '~')
    ORDER BY status DESC, id DESC
    LIMIT $4
) AS pending;

-- name: total_negative_balances
-- How many balances are below zero in each mode and currency, by how much, and since when the first is; a limited
-- number is counted.
SELECT
    n.livemode, n.currency, count(*) AS balances, coalesce(-sum(b.available), 0)::bigint AS amount,
    min(n.since_ms) AS since_ms
FROM (
    SELECT account, livemode, currency, since_ms FROM negative_balances ORDER BY account, livemode, currency LIMIT $1
) AS n
{balance of n}
GROUP BY n.livemode, n.currency;

-- name: find_reserve
-- An account's reserve in a currency.
SELECT account, livemode, currency, target, held, hold, set_by, set_ms
FROM balance_reserves
WHERE account = $1 AND livemode = $2 AND currency = $3;

-- name: lock_reserve
-- The same, held until the transaction ends.
SELECT account, livemode, currency, target, held, hold, set_by, set_ms
FROM balance_reserves
WHERE account = $1 AND livemode = $2 AND currency = $3
FOR UPDATE;

-- name: write_reserve
-- Insert or replace a reserve.
INSERT INTO balance_reserves (account, livemode, currency, target, held, hold, set_by, set_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT ON CONSTRAINT balance_reserves_pk DO UPDATE SET
    target = excluded.target, held = excluded.held, hold = excluded.hold, set_by = excluded.set_by,
    set_ms = excluded.set_ms;

-- name: delete_reserve
-- Delete a reserve.
DELETE FROM balance_reserves WHERE account = $1 AND livemode = $2 AND currency = $3;

-- name: page_reserves
-- The reserves of a platform and its connected accounts, from either end; one of the two branches runs. The bounds are
-- exclusive. All reserves are scanned.
(
    SELECT r.account, r.livemode, r.currency, r.target, r.held, r.hold, r.set_by, r.set_ms
    FROM balance_reserves AS r
    {seen account of r}
    WHERE
        NOT $7::boolean AND r.livemode = $2
        AND (r.account, r.currency) > ($3, $4) AND (r.account, r.currency) < ($5, $6)
    ORDER BY r.account, r.livemode, r.currency
    LIMIT $8
)
UNION ALL
(
    SELECT r.account, r.livemode, r.currency, r.target, r.held, r.hold, r.set_by, r.set_ms
    FROM balance_reserves AS r
    {seen account of r}
    WHERE
        $7::boolean AND r.livemode = $2
        AND (r.account, r.currency) > ($3, $4) AND (r.account, r.currency) < ($5, $6)
    ORDER BY r.account DESC, r.livemode DESC, r.currency DESC
    LIMIT $8
);

-- name: reserves_to_fill
-- Reserves below their target while money is available, a few at a time.
SELECT r.account, r.livemode, r.currency
FROM balance_reserves AS r
CROSS JOIN LATERAL (
    SELECT
    FROM balances
    WHERE account = r.account AND livemode = r.livemode AND currency = r.currency AND available > 0
    OFFSET 0
) AS b
WHERE r.held < r.target
ORDER BY r.account, r.livemode, r.currency
LIMIT $1;

-- name: reserves_to_draw_on
-- Reserves that hold something while the balance is below zero.
SELECT n.account, n.livemode, n.currency
FROM negative_balances AS n
CROSS JOIN LATERAL (
    SELECT
    FROM balance_reserves
    WHERE account = n.account AND livemode = n.livemode AND currency = n.currency AND held > 0
    OFFSET 0
) AS r
ORDER BY n.account, n.livemode, n.currency
LIMIT $1;
