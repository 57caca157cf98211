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
