-- name: insert_run
-- A run that waits for a worker.
INSERT INTO report_runs (account, livemode, id, report_type, parameters, status, created_ms, due_ms)
VALUES ($1, $2, $3, $4, $5::jsonb, 'pending', $6, $7);

-- name: count_pending
-- How many runs of an account wait, counted up to a number (3).
SELECT count(*)
FROM (
    SELECT due_ms
    FROM report_runs
    WHERE account = $1 AND livemode = $2 AND due_ms IS NOT NULL
    ORDER BY account, livemode, due_ms
    LIMIT $3
) AS r;

-- name: fetch_runs
-- Runs by id.
SELECT f.*
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT {run_columns}
    FROM report_runs
    WHERE account = $1 AND livemode = $2 AND id BETWEEN n.id AND n.id
    ORDER BY account, livemode, id
) AS f;

-- name: page_runs
-- One page along the primary key; one of the two branches runs. The bounds are exclusive ids.
(
    SELECT {run_columns}
    FROM report_runs
    WHERE $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
    ORDER BY account DESC, livemode DESC, id DESC
    LIMIT $6
)
UNION ALL
(
    SELECT {run_columns}
    FROM report_runs
    WHERE NOT $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
    ORDER BY account, livemode, id
    LIMIT $6
);

-- name: read_signed
-- The manifest of a run, and its signature; none while it has none.
SELECT manifest, signature
FROM report_runs
WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
ORDER BY account, livemode, id;

-- name: read_part
-- One part of a file.
SELECT content
FROM report_parts
WHERE account = $1 AND livemode = $2 AND run = $3 AND file = $4 AND number = $5;

-- name: claim_run
-- Take the run that has waited longest, until a time (2), by which it is done or taken over. Another worker's is left.
UPDATE report_runs
SET due_ms = $2, attempt = attempt + 1
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM report_runs
    WHERE due_ms <= $1
    ORDER BY due_ms, id
    LIMIT 1
    FOR UPDATE SKIP LOCKED
))
RETURNING account, livemode, attempt, {run_columns};

-- name: keep_run
-- Keep a run (of an attempt, 4) until another time, or give it back for then; nothing if somebody else has taken it over.
UPDATE report_runs
SET due_ms = $5
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM report_runs
    WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3 AND attempt = $4 AND due_ms IS NOT NULL
    ORDER BY account, livemode, id
    FOR UPDATE
))
RETURNING id;

-- name: end_run
-- End a run (of an attempt, 4): it has succeeded or failed. Nothing if somebody else has taken it over.
UPDATE report_runs
SET status = $5, due_ms = NULL, ended_ms = $6, error = $7, made = $8::jsonb, manifest = $9, signature = $10
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM report_runs
    WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3 AND attempt = $4 AND due_ms IS NOT NULL
    ORDER BY account, livemode, id
    FOR UPDATE
))
RETURNING {run_columns};

-- name: find_run_before
-- The last run before one (3) of the same type (4) and parameters (5) that has succeeded, among the last hundred.
SELECT id, made
FROM (
    SELECT id, status, parameters, made
    FROM report_runs
    WHERE account = $1 AND livemode = $2 AND (report_type, id) < ($4, $3) AND (report_type, id) > ($4, '')
    ORDER BY account DESC, livemode DESC, report_type DESC, id DESC
    LIMIT 100
) AS r
WHERE status = 'succeeded' AND parameters = $5::jsonb
LIMIT 1;

-- name: delete_parts
-- Remove what an attempt before has written of a run.
DELETE FROM report_parts
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM report_parts
    WHERE account = $1 AND livemode = $2 AND run = $3 AND file > ''
    ORDER BY account, livemode, run, file, number
));

-- name: insert_part
-- One part of a file.
INSERT INTO report_parts (account, livemode, run, file, number, content)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: find_oldest_transaction
-- When the oldest transaction of the service began that is open, Unix milliseconds; our own is none. It looks at the
-- connections of the service's role alone, of which others' are not shown in full.
SELECT floor(extract(epoch FROM min(xact_start)) * 1000)::bigint
FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid();

-- name: sum_transactions
-- What the next balance transactions (up to 5) after an id (3) come to, by currency, type and whether they are before an
-- id (4), with the last one's id. Where there are none, nothing.
SELECT
    currency, type, id < $4 AS is_before, count(*) AS number, sum(amount)::bigint AS gross, sum(fee)::bigint AS fee,
    sum(net)::bigint AS net, max(id) AS last_id
FROM (
    SELECT id, currency, type, amount, fee, net
    FROM balance_transactions
    WHERE account = $1 AND livemode = $2 AND id > $3 AND id < '~'
    ORDER BY id
    LIMIT $5
) AS t
GROUP BY currency, type, id < $4;

-- name: page_transactions
-- The next balance transactions (up to 5) after an id (3) and before one (4).
SELECT id, created, available_on, currency, amount, fee, net, type, source
FROM balance_transactions
WHERE account = $1 AND livemode = $2 AND id > $3 AND id < $4
ORDER BY id
LIMIT $5;

-- name: page_heads
-- Where the chains of some accounts end, by account.
SELECT h.account, h.position, h.hash
FROM unnest($1::text[]) AS n (account)
CROSS JOIN LATERAL (
    SELECT account, position, hash
    FROM chain_heads
    WHERE account = n.account AND livemode = $2
    OFFSET 0
) AS h;

-- name: page_topups
-- The next top-ups (up to 5) after an id (3) and before one (4), with what of each, and of its refunds, is posted between
-- the balance and the bank: what their entries leave on an account (6).
SELECT
    t.id, t.created, t.currency, t.amount, t.status, t.balance_transaction, t.rail,
    coalesce(c.clearing, 0)::bigint AS clearing, coalesce(r.refunds, '{}') AS refunds
FROM (
    SELECT id, created, currency, amount, status, balance_transaction, rail
    FROM topups
    WHERE account = $1 AND livemode = $2 AND id > $3 AND id < $4
    ORDER BY id
    LIMIT $5
) AS t
CROSS JOIN LATERAL (
    SELECT array_agg(id) AS refunds
    FROM (
        SELECT f.id
        FROM (SELECT coalesce(platform, account) AS platform FROM accounts WHERE account = $1 OFFSET 0) AS a
        CROSS JOIN LATERAL (
            SELECT id
            FROM refunds
            WHERE account = a.platform AND livemode = $2 AND topup BETWEEN t.id AND t.id
            ORDER BY account, livemode, topup, id
        ) AS f
    ) AS of_topup
) AS r
CROSS JOIN LATERAL (
    SELECT sum(CASE $6::text WHEN e.debit_account THEN e.amount WHEN e.credit_account THEN -e.amount ELSE 0 END) AS clearing
    FROM unnest(t.id || coalesce(r.refunds, '{}')) AS s (source)
    CROSS JOIN LATERAL (
        SELECT debit_account, credit_account, amount
        FROM journal_entries
        WHERE account = $1 AND livemode = $2 AND source BETWEEN s.source AND s.source
        ORDER BY source
    ) AS e
) AS c;

-- name: movements_of
-- What the bank's statements say of top-ups and refunds (3).
SELECT c.topup AS source, c.step, c.bank_account, c.amount, c.reference
FROM unnest($3::text[]) AS n (source)
CROSS JOIN LATERAL (
    SELECT topup, step, bank_account, amount, reference
    FROM bank_confirmations
    WHERE account = $1 AND livemode = $2 AND topup BETWEEN n.source AND n.source
    ORDER BY topup, step
) AS c;

-- name: traces_of
-- The traces of the entries by which top-ups (3) were debited, in the files of a platform.
SELECT e.topup, e.trace
FROM unnest($3::text[]) AS n (topup)
CROSS JOIN LATERAL (
    SELECT topup, trace
    FROM ach_entries
    WHERE account = $1 AND livemode = $2 AND topup BETWEEN n.topup AND n.topup AND trace IS NOT NULL
    ORDER BY topup, number
) AS e;

-- name: open_breaks_of
-- An open break of each of some references (3), the oldest.
SELECT n.reference, b.id
FROM unnest($3::text[]) AS n (reference)
CROSS JOIN LATERAL (
    SELECT id
    FROM breaks
    WHERE account = $1 AND livemode = $2 AND reference BETWEEN n.reference AND n.reference AND resolved_ms IS NULL
    ORDER BY account, livemode, reference, opened_ms
    LIMIT 1
) AS b;
