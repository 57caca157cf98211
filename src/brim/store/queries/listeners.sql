-- name: forget_listeners
-- Remove an owner's sessions that were not seen since a time.
DELETE FROM cli_sessions WHERE account = $1 AND livemode = $2 AND seen_ms < $3;

-- name: count_listeners
-- How many of an owner's sessions were seen since a time.
SELECT count(*) FROM cli_sessions WHERE account = $1 AND livemode = $2 AND seen_ms >= $3;

-- name: keep_device
-- Put a device on file, unless it is there already.
INSERT INTO cli_devices (account, livemode, device, endpoint, secret, created)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT ON CONSTRAINT cli_devices_pk DO NOTHING;

-- name: find_device
-- A device's name for attempts, and its sealed secret.
SELECT endpoint, secret FROM cli_devices WHERE account = $1 AND livemode = $2 AND device = $3;

-- name: insert_listener
-- Open a session that hears of everything that is numbered from now on.
INSERT INTO cli_sessions (account, livemode, hash, device, features, filters, acked_place, created_ms, seen_ms)
SELECT
    $1::text, $2::boolean, $3::bytea, $4::text, $5::text, $6::json,
    2 * coalesce((SELECT number FROM event_counters WHERE account = $1 AND livemode = $2), 0) + 1, $7::bigint,
    $7::bigint;

-- name: find_listener
-- A session that was seen since a time, with its device.
SELECT s.device, s.features, s.filters, s.acked_place, s.created_ms, d.endpoint, d.secret
FROM cli_sessions AS s
JOIN cli_devices AS d ON d.account = s.account AND d.livemode = s.livemode AND d.device = s.device
WHERE s.account = $1 AND s.livemode = $2 AND s.hash = $3 AND s.seen_ms >= $4;

-- name: note_listener
-- A session is there, and has received everything up to a place.
UPDATE cli_sessions
SET seen_ms = greatest(seen_ms, $4), acked_place = greatest(acked_place, $5)
WHERE account = $1 AND livemode = $2 AND hash = $3;

-- name: numbered_events
-- An owner's events after a number, in the order of their numbers.
SELECT n.number, e.*
FROM (
    SELECT account, livemode, number, event
    FROM event_numbers
    WHERE account = $1 AND livemode = $2 AND number > $3
    ORDER BY number
    LIMIT $4
) AS n
JOIN events AS e ON e.account = n.account AND e.livemode = n.livemode AND e.id = n.event
ORDER BY n.number;

-- name: resent_events
-- What a session is to be sent again, in the order in which it was asked for.
SELECT r.id AS resend, e.*
FROM (
    SELECT account, livemode, id, event
    FROM cli_resends
    WHERE account = $1 AND livemode = $2 AND hash = $3 AND id > $4
    ORDER BY id
    LIMIT $5
) AS r
JOIN events AS e ON e.account = r.account AND e.livemode = r.livemode AND e.id = r.event
ORDER BY r.id;

-- name: resend_to_listeners
-- Let every session of an owner that was seen since a time be sent an event again; returns how many those are.
INSERT INTO cli_resends (account, livemode, hash, id, event)
SELECT account, livemode, hash, $4, $3
FROM cli_sessions
WHERE account = $1 AND livemode = $2 AND seen_ms >= $5
ON CONFLICT ON CONSTRAINT cli_resends_pk DO NOTHING;

-- name: forget_resends
-- Events have arrived that a session was sent again.
DELETE FROM cli_resends WHERE account = $1 AND livemode = $2 AND hash = $3 AND id = ANY ($4::text[]);

-- name: insert_listener_attempt
-- Keep what a listener's local target answered, beside the attempts that we make ourselves.
INSERT INTO webhook_attempts (
    account, livemode, id, endpoint, event_account, event, attempted_ms, duration_ms, outcome, http_status,
    request_headers, response_head, cause
)
VALUES ($1, $2, $3, $4, $1, $5, $6, $7, $8, $9, $10, $11, $12);
