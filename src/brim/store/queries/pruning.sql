-- name: prune_idempotency_keys
-- Forget the oldest answers made before a time, a few at a time; what a request holds is left for the next round.
DELETE FROM idempotency_keys AS k
USING (
    SELECT account, livemode, key
    FROM idempotency_keys
    WHERE created_ms < $1
    ORDER BY created_ms
    LIMIT $2
    FOR UPDATE SKIP LOCKED
) AS old
WHERE k.account = old.account AND k.livemode = old.livemode AND k.key = old.key;

-- name: prune_events
-- Forget the oldest events numbered before a time, a few at a time, with their numbers, deliveries and attempts; what
-- they were about is added to what was forgotten. Returns how many went.
WITH old AS MATERIALIZED (
    SELECT account, livemode, number, event
    FROM event_numbers
    WHERE numbered_ms < $1
    ORDER BY numbered_ms
    LIMIT $2
    FOR UPDATE SKIP LOCKED
),
numbers AS (
    DELETE FROM event_numbers AS n
    USING old AS o
    WHERE n.account = o.account AND n.livemode = o.livemode AND n.number = o.number
),
deliveries AS (
    DELETE FROM webhook_deliveries AS d
    USING old AS o
    WHERE d.event_account = o.account AND d.livemode = o.livemode AND d.event = o.event
),
attempts AS (
    DELETE FROM webhook_attempts AS a
    USING old AS o
    WHERE a.event_account = o.account AND a.livemode = o.livemode AND a.event = o.event
),
forgotten AS (
    DELETE FROM events AS e
    USING old AS o
    WHERE e.account = o.account AND e.livemode = o.livemode AND e.id = o.event
    RETURNING e.account, e.livemode, e.type, e.object_id
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
