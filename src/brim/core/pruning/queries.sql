-- Each of these looks at the oldest rows from an age on, a few at a time, and removes those whose account is not under a
-- legal hold. What it answers says how far it looked, so that the next step goes on from there: held rows are passed over
-- once, however many there are, and never stand in the way of the others (see `service.Walk`). Rows that somebody else
-- has locked are left for a later round.

-- name: prune_idempotency_keys
-- Forget the oldest answers made before a time; what a request holds is left.
WITH looked AS MATERIALIZED (
    SELECT k.row_id, k.created_ms, {whether the account of k is held} AS is_held
    FROM (
        SELECT ctid AS row_id, account, created_ms
        FROM idempotency_keys
        WHERE created_ms >= $1 AND created_ms < $2
        ORDER BY created_ms
        LIMIT $3
    ) AS k
),
old AS MATERIALIZED (
    SELECT ctid AS row_id
    FROM idempotency_keys
    WHERE ctid = ANY (ARRAY(SELECT row_id FROM looked WHERE NOT is_held))
    FOR UPDATE SKIP LOCKED
),
gone AS (
    DELETE FROM idempotency_keys
    WHERE ctid = ANY (ARRAY(SELECT row_id FROM old))
)
SELECT
    (SELECT count(*) FROM looked) AS looked,
    (SELECT count(*) FROM old) AS gone,
    (SELECT max(created_ms) FROM looked) AS last_ms;

-- name: prune_events
-- Forget the oldest events numbered before a time, with their numbers, deliveries and attempts; what they were about is
-- added to what was forgotten.
WITH looked AS MATERIALIZED (
    SELECT n.row_id, n.numbered_ms, {whether the account of n is held} AS is_held
    FROM (
        SELECT ctid AS row_id, account, numbered_ms
        FROM event_numbers
        WHERE numbered_ms >= $1 AND numbered_ms < $2
        ORDER BY numbered_ms
        LIMIT $3
    ) AS n
),
old AS MATERIALIZED (
    SELECT ctid AS row_id, account, livemode, event
    FROM event_numbers
    WHERE ctid = ANY (ARRAY(SELECT row_id FROM looked WHERE NOT is_held))
    FOR UPDATE SKIP LOCKED
),
numbers AS (
    DELETE FROM event_numbers
    WHERE ctid = ANY (ARRAY(SELECT row_id FROM old))
),
deliveries AS (
    DELETE FROM webhook_deliveries
    WHERE ctid = ANY (ARRAY(
        SELECT d.row_id
        FROM old AS o
        CROSS JOIN LATERAL (
            SELECT ctid AS row_id
            FROM webhook_deliveries
            WHERE event_account = o.account AND livemode = o.livemode AND event = o.event
            OFFSET 0
        ) AS d
    ))
),
attempts AS (
    DELETE FROM webhook_attempts
    WHERE ctid = ANY (ARRAY(
        SELECT a.row_id
        FROM old AS o
        CROSS JOIN LATERAL (
            SELECT ctid AS row_id
            FROM webhook_attempts
            WHERE event_account = o.account AND livemode = o.livemode AND event = o.event
            OFFSET 0
        ) AS a
    ))
),
forgotten AS (
    DELETE FROM events
    WHERE ctid = ANY (ARRAY(
        SELECT e.row_id
        FROM old AS o
        CROSS JOIN LATERAL (
            SELECT ctid AS row_id
            FROM events
            WHERE account = o.account AND livemode = o.livemode AND id = o.event
            OFFSET 0
        ) AS e
    ))
    RETURNING account, livemode, type, object_id
),
tallied AS (
    INSERT INTO pruned_events AS p (account, livemode, type, events, checksum)
    SELECT
        account, livemode, type, count(*),
        sum(hashtextextended(account, hashtextextended(object_id, livemode::integer)))
    FROM forgotten
    WHERE type LIKE 'topup.%'
    GROUP BY account, livemode, type
    ORDER BY account, livemode, type
    ON CONFLICT ON CONSTRAINT pruned_events_pk DO UPDATE SET
        events = p.events + excluded.events, checksum = p.checksum + excluded.checksum
)
SELECT
    (SELECT count(*) FROM looked) AS looked,
    (SELECT count(*) FROM old) AS gone,
    (SELECT max(numbered_ms) FROM looked) AS last_ms;

-- name: prune_api_keys
-- Forget keys that ended before a time, the oldest first, and what operators' pages had of them.
WITH looked AS MATERIALIZED (
    SELECT k.row_id, k.expires_ms, {whether the account of k is held} AS is_held
    FROM (
        SELECT ctid AS row_id, account, expires_ms
        FROM api_keys
        WHERE expires_ms >= $1 AND expires_ms < $2
        ORDER BY expires_ms
        LIMIT $3
    ) AS k
),
old AS MATERIALIZED (
    SELECT ctid AS row_id, hash
    FROM api_keys
    WHERE ctid = ANY (ARRAY(SELECT row_id FROM looked WHERE NOT is_held))
    FOR UPDATE SKIP LOCKED
),
of_pages AS (
    DELETE FROM operator_keys
    WHERE ctid = ANY (ARRAY(
        SELECT p.row_id
        FROM old AS o
        CROSS JOIN LATERAL (SELECT ctid AS row_id FROM operator_keys WHERE hash = o.hash OFFSET 0) AS p
    ))
),
gone AS (
    DELETE FROM api_keys
    WHERE ctid = ANY (ARRAY(SELECT row_id FROM old))
)
SELECT
    (SELECT count(*) FROM looked) AS looked,
    (SELECT count(*) FROM old) AS gone,
    (SELECT max(expires_ms) FROM looked) AS last_ms;

-- name: prune_bank_tokens
-- Forget tokens of bank accounts made before a time, used or not; what was made of them has its own row.
WITH looked AS MATERIALIZED (
    SELECT t.row_id, t.created, {whether the account of t is held} AS is_held
    FROM (
        SELECT ctid AS row_id, account, created
        FROM bank_tokens
        WHERE created >= $1::bigint / 1000 AND created < $2::bigint / 1000
        ORDER BY created
        LIMIT $3
    ) AS t
),
old AS MATERIALIZED (
    SELECT ctid AS row_id
    FROM bank_tokens
    WHERE ctid = ANY (ARRAY(SELECT row_id FROM looked WHERE NOT is_held))
    FOR UPDATE SKIP LOCKED
),
gone AS (
    DELETE FROM bank_tokens
    WHERE ctid = ANY (ARRAY(SELECT row_id FROM old))
)
SELECT
    (SELECT count(*) FROM looked) AS looked,
    (SELECT count(*) FROM old) AS gone,
    (SELECT max(created) FROM looked) * 1000 AS last_ms;

-- name: prune_exposures
-- Forget what accounts asked for on days before one. Days are of other time zones; some more do no harm.
WITH looked AS MATERIALIZED (
    SELECT e.row_id, e.key, {whether the account of e is held} AS is_held
    FROM (
        SELECT ctid AS row_id, account, key
        FROM exposures
        WHERE kind = 'day' AND key >= $1 AND key < $2
        ORDER BY key
        LIMIT $3
    ) AS e
),
old AS MATERIALIZED (
    SELECT ctid AS row_id
    FROM exposures
    WHERE ctid = ANY (ARRAY(SELECT row_id FROM looked WHERE NOT is_held))
    FOR UPDATE SKIP LOCKED
),
gone AS (
    DELETE FROM exposures
    WHERE ctid = ANY (ARRAY(SELECT row_id FROM old))
)
SELECT
    (SELECT count(*) FROM looked) AS looked,
    (SELECT count(*) FROM old) AS gone,
    (SELECT max(key) FROM looked) AS last_day;

-- name: prune_return_counts
-- Forget days that no return rate counts any more.
WITH looked AS MATERIALIZED (
    SELECT c.row_id, c.day, {whether the account of c or one below it is held} AS is_held
    FROM (
        SELECT ctid AS row_id, account, day
        FROM return_counts
        WHERE day >= $1 AND day < $2
        ORDER BY day
        LIMIT $3
    ) AS c
),
old AS MATERIALIZED (
    SELECT ctid AS row_id
    FROM return_counts
    WHERE ctid = ANY (ARRAY(SELECT row_id FROM looked WHERE NOT is_held))
    FOR UPDATE SKIP LOCKED
),
gone AS (
    DELETE FROM return_counts
    WHERE ctid = ANY (ARRAY(SELECT row_id FROM old))
)
SELECT
    (SELECT count(*) FROM looked) AS looked,
    (SELECT count(*) FROM old) AS gone,
    (SELECT max(day) FROM looked) AS last_day;

-- name: prune_ach_file_bytes
-- Forget the bytes of files that were built before a time and are done with, and the account numbers of their entries. A
-- file that was never sent or never answered is somebody's business first.
WITH looked AS MATERIALIZED (
    SELECT f.row_id, f.built_ms, f.status, {whether the account of f or one below it is held} AS is_held
    FROM (
        SELECT ctid AS row_id, account, built_ms, status
        FROM ach_files
        WHERE sealed IS NOT NULL AND built_ms >= $1 AND built_ms < $2
        ORDER BY built_ms
        LIMIT $3
    ) AS f
),
old AS MATERIALIZED (
    SELECT ctid AS row_id, account, livemode, id
    FROM ach_files
    WHERE ctid = ANY (ARRAY(
        SELECT row_id FROM looked WHERE NOT is_held AND status IN ('acknowledged', 'settled', 'rejected', 'voided')
    ))
    FOR UPDATE SKIP LOCKED
),
numbers AS (
    UPDATE ach_entries
    SET sealed = NULL
    WHERE ctid = ANY (ARRAY(
        SELECT e.row_id
        FROM old AS o
        CROSS JOIN LATERAL (
            SELECT ctid AS row_id
            FROM ach_entries
            WHERE account = o.account AND livemode = o.livemode AND file = o.id
            ORDER BY account, livemode, file, trace
        ) AS e
    ))
),
refunded AS (
    UPDATE refunds
    SET sealed = NULL
    WHERE ctid = ANY (ARRAY(
        SELECT b.row_id
        FROM old AS o
        CROSS JOIN LATERAL (
            SELECT ctid AS row_id
            FROM refunds
            WHERE account = o.account AND livemode = o.livemode AND file BETWEEN o.id AND o.id
            ORDER BY file, id
        ) AS b
    ))
),
gone AS (
    UPDATE ach_files
    SET sealed = NULL
    WHERE ctid = ANY (ARRAY(SELECT row_id FROM old))
)
SELECT
    (SELECT count(*) FROM looked) AS looked,
    (SELECT count(*) FROM old) AS gone,
    (SELECT max(built_ms) FROM looked) AS last_ms;

-- name: prune_bank_file_bytes
-- Forget the bytes of files that came from banks before a time and were applied.
WITH looked AS MATERIALIZED (
    SELECT f.row_id, f.received_ms, f.status, {whether the account of f or one below it is held} AS is_held
    FROM (
        SELECT ctid AS row_id, account, received_ms, status
        FROM bank_files
        WHERE sealed IS NOT NULL AND received_ms >= $1 AND received_ms < $2
        ORDER BY received_ms
        LIMIT $3
    ) AS f
),
old AS MATERIALIZED (
    SELECT ctid AS row_id
    FROM bank_files
    WHERE ctid = ANY (ARRAY(SELECT row_id FROM looked WHERE NOT is_held AND status = 'applied'))
    FOR UPDATE SKIP LOCKED
),
gone AS (
    UPDATE bank_files
    SET sealed = NULL
    WHERE ctid = ANY (ARRAY(SELECT row_id FROM old))
)
SELECT
    (SELECT count(*) FROM looked) AS looked,
    (SELECT count(*) FROM old) AS gone,
    (SELECT max(received_ms) FROM looked) AS last_ms;

-- name: prune_reports
-- Forget the runs of reports that ended first, with their files.
WITH looked AS MATERIALIZED (
    SELECT r.row_id, r.ended_ms, {whether the account of r or one below it is held} AS is_held
    FROM (
        SELECT ctid AS row_id, account, ended_ms
        FROM report_runs
        WHERE ended_ms >= $1 AND ended_ms < $2
        ORDER BY ended_ms
        LIMIT $3
    ) AS r
),
old AS MATERIALIZED (
    SELECT ctid AS row_id, account, livemode, id
    FROM report_runs
    WHERE ctid = ANY (ARRAY(SELECT row_id FROM looked WHERE NOT is_held))
    FOR UPDATE SKIP LOCKED
),
gone AS (
    DELETE FROM report_runs
    WHERE ctid = ANY (ARRAY(SELECT row_id FROM old))
),
parts AS (
    DELETE FROM report_parts
    WHERE ctid = ANY (ARRAY(
        SELECT p.row_id
        FROM old AS o
        CROSS JOIN LATERAL (
            SELECT ctid AS row_id
            FROM report_parts
            WHERE account = o.account AND livemode = o.livemode AND run = o.id
            OFFSET 0
        ) AS p
    ))
)
SELECT
    (SELECT count(*) FROM looked) AS looked,
    (SELECT count(*) FROM old) AS gone,
    (SELECT max(ended_ms) FROM looked) AS last_ms;

-- name: count_due
-- How much of each kind is older than it is kept, among the youngest of these: to be removed, or under a legal hold.
-- Pruning goes from the oldest on, so what it has not reached is among them, and old rows that are held are not counted
-- again and again.
SELECT 'ended_keys' AS kind, count(*) FILTER (WHERE NOT is_held) AS due, count(*) FILTER (WHERE is_held) AS held
FROM (
    SELECT {whether the account of k is held} AS is_held
    FROM (
        SELECT account
        FROM api_keys
        WHERE expires_ms < $1
        ORDER BY expires_ms DESC
        LIMIT $7
    ) AS k
) AS api_keys_due
UNION ALL
SELECT 'bank_tokens' AS kind, count(*) FILTER (WHERE NOT is_held) AS due, count(*) FILTER (WHERE is_held) AS held
FROM (
    SELECT {whether the account of t is held} AS is_held
    FROM (
        SELECT account
        FROM bank_tokens
        WHERE created < $2::bigint / 1000
        ORDER BY created DESC
        LIMIT $7
    ) AS t
) AS bank_tokens_due
UNION ALL
SELECT 'exposures' AS kind, count(*) FILTER (WHERE NOT is_held) AS due, count(*) FILTER (WHERE is_held) AS held
FROM (
    SELECT {whether the account of e is held} AS is_held
    FROM (
        SELECT account
        FROM exposures
        WHERE kind = 'day' AND key < $3
        ORDER BY key DESC
        LIMIT $7
    ) AS e
) AS exposures_due
UNION ALL
SELECT 'ach_file_bytes' AS kind, count(*) FILTER (WHERE NOT is_held) AS due, count(*) FILTER (WHERE is_held) AS held
FROM (
    SELECT {whether the account of f or one below it is held} AS is_held
    FROM (
        SELECT account
        FROM ach_files
        WHERE sealed IS NOT NULL AND built_ms < $4
        ORDER BY built_ms DESC
        LIMIT $7
    ) AS f
) AS ach_files_due
UNION ALL
SELECT 'bank_file_bytes' AS kind, count(*) FILTER (WHERE NOT is_held) AS due, count(*) FILTER (WHERE is_held) AS held
FROM (
    SELECT {whether the account of b or one below it is held} AS is_held
    FROM (
        SELECT account
        FROM bank_files
        WHERE sealed IS NOT NULL AND received_ms < $4
        ORDER BY received_ms DESC
        LIMIT $7
    ) AS b
) AS bank_files_due
UNION ALL
SELECT 'idempotency_keys' AS kind, count(*) FILTER (WHERE NOT is_held) AS due, count(*) FILTER (WHERE is_held) AS held
FROM (
    SELECT {whether the account of i is held} AS is_held
    FROM (
        SELECT account
        FROM idempotency_keys
        WHERE created_ms < $5
        ORDER BY created_ms DESC
        LIMIT $7
    ) AS i
) AS idempotency_keys_due
UNION ALL
SELECT 'events' AS kind, count(*) FILTER (WHERE NOT is_held) AS due, count(*) FILTER (WHERE is_held) AS held
FROM (
    SELECT {whether the account of n is held} AS is_held
    FROM (
        SELECT account
        FROM event_numbers
        WHERE numbered_ms < $6
        ORDER BY numbered_ms DESC
        LIMIT $7
    ) AS n
) AS event_numbers_due
UNION ALL
SELECT 'return_counts' AS kind, count(*) FILTER (WHERE NOT is_held) AS due, count(*) FILTER (WHERE is_held) AS held
FROM (
    SELECT {whether the account of c or one below it is held} AS is_held
    FROM (
        SELECT account
        FROM return_counts
        WHERE day < $8
        ORDER BY day DESC
        LIMIT $7
    ) AS c
) AS return_counts_due
UNION ALL
SELECT 'reports' AS kind, count(*) FILTER (WHERE NOT is_held) AS due, count(*) FILTER (WHERE is_held) AS held
FROM (
    SELECT {whether the account of r or one below it is held} AS is_held
    FROM (
        SELECT account
        FROM report_runs
        WHERE ended_ms < $9
        ORDER BY ended_ms DESC
        LIMIT $7
    ) AS r
) AS report_runs_due;
