-- name: prune_idempotency_keys
-- Forget the oldest answers made before a time, a few at a time; what a request holds is left for the next round.
DELETE FROM idempotency_keys
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM idempotency_keys
    WHERE created_ms < $1
    ORDER BY created_ms
    LIMIT $2
    FOR UPDATE SKIP LOCKED
));

-- name: prune_events
-- Forget the oldest events numbered before a time, a few at a time, with their numbers, deliveries and attempts; what
-- they were about is added to what was forgotten. Returns how many went.
WITH old AS MATERIALIZED (
    SELECT ctid AS row_id, account, livemode, event
    FROM event_numbers
    WHERE numbered_ms < $1
    ORDER BY numbered_ms
    LIMIT $2
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
SELECT count(*) FROM old;
