-- name: forget_listeners
-- Remove an account's sessions that were not seen since a time.
DELETE FROM cli_sessions WHERE account = $1 AND livemode = $2 AND seen_ms < $3;

-- name: count_listeners
-- How many of an account's sessions were seen since a time.
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
-- Open a session that hears of everything that is numbered from now on: every copy of what was is behind it.
INSERT INTO cli_sessions (
    account, livemode, hash, device, features, filters, acked_place, created_ms, seen_ms, key_hash
)
SELECT
    $1::text, $2::boolean, $3::bytea, $4::text, $5::text, $6::json,
    $9::bigint * (coalesce((SELECT number FROM event_counters WHERE account = $1 AND livemode = $2), 0) + 1) - 1,
    $7::bigint, $7::bigint, $8::bytea;

-- name: find_listener
-- A session that was seen since a time, with its device, while the key works that it was opened with and its account is
-- there.
SELECT s.device, s.features, s.filters, s.acked_place, s.created_ms, s.key_hash, d.endpoint, d.secret
FROM (
    SELECT *
    FROM cli_sessions
    WHERE account = $1 AND livemode = $2 AND hash BETWEEN $3 AND $3 AND seen_ms >= $4
    ORDER BY hash
) AS s
CROSS JOIN LATERAL (
    SELECT endpoint, secret
    FROM cli_devices
    WHERE account = s.account AND livemode = s.livemode AND device = s.device
    OFFSET 0
) AS d
CROSS JOIN LATERAL (SELECT expires_ms FROM api_keys WHERE hash = s.key_hash OFFSET 0) AS k
LEFT JOIN LATERAL (SELECT deleted_ms FROM accounts WHERE account = s.account OFFSET 0) AS a ON true
WHERE (k.expires_ms IS NULL OR k.expires_ms > $5) AND a.deleted_ms IS NULL;

-- name: find_places
-- Up to where a session has received the events of accounts under its own.
SELECT event_account, acked_place
FROM cli_session_places
WHERE account = $1 AND livemode = $2 AND hash = $3;

-- name: ended_grants
-- Those of some pairs of a key and an account where the key works no longer, or the account was deleted.
SELECT g.hash, g.account
FROM unnest($1::bytea[], $2::text[]) AS g (hash, account)
LEFT JOIN LATERAL (SELECT hash, expires_ms FROM api_keys WHERE hash = g.hash OFFSET 0) AS k ON true
LEFT JOIN LATERAL (SELECT deleted_ms FROM accounts WHERE account = g.account OFFSET 0) AS a ON true
WHERE k.hash IS NULL OR k.expires_ms <= $3 OR a.deleted_ms IS NOT NULL;

-- name: note_listeners
-- Some sessions are there, and have received everything of their own account up to a place.
UPDATE cli_sessions AS s
SET seen_ms = greatest(s.seen_ms, $5), acked_place = greatest(s.acked_place, n.acked_place)
FROM unnest($1::text[], $2::boolean[], $3::bytea[], $4::bigint[]) AS n (account, livemode, hash, acked_place)
CROSS JOIN LATERAL (
    SELECT ctid AS row_id
    FROM cli_sessions
    WHERE account = n.account AND livemode = n.livemode AND hash BETWEEN n.hash AND n.hash
    ORDER BY hash
) AS found
WHERE s.ctid = found.row_id;

-- name: note_places
-- Some sessions have received everything of accounts under their own up to a place; a session that is gone is passed
-- over.
INSERT INTO cli_session_places AS p (account, livemode, hash, event_account, acked_place)
SELECT n.account, n.livemode, n.hash, n.event_account, n.acked_place
FROM unnest($1::text[], $2::boolean[], $3::bytea[], $4::text[], $5::bigint[])
    AS n (account, livemode, hash, event_account, acked_place)
CROSS JOIN LATERAL (
    SELECT
    FROM cli_sessions
    WHERE account = n.account AND livemode = n.livemode AND hash BETWEEN n.hash AND n.hash
    ORDER BY hash
) AS s
ORDER BY n.account, n.livemode, n.hash, n.event_account
ON CONFLICT ON CONSTRAINT cli_session_places_pk DO UPDATE SET
    acked_place = greatest(p.acked_place, excluded.acked_place);

-- name: newest_numbers
-- The number given last to the events of some accounts, and, for each of these that is a platform, of the accounts under
-- it that had one since a time.
SELECT o.account AS listening, o.livemode, o.account, c.number
FROM unnest($1::text[], $2::boolean[], $3::bigint[]) AS o (account, livemode, since_ms)
CROSS JOIN LATERAL (
    SELECT number FROM event_counters WHERE account = o.account AND livemode = o.livemode OFFSET 0
) AS c
UNION ALL
SELECT o.account, o.livemode, n.account, n.number
FROM unnest($1::text[], $2::boolean[], $3::bigint[]) AS o (account, livemode, since_ms)
CROSS JOIN LATERAL (
    SELECT account FROM accounts WHERE platform = o.account ORDER BY account
) AS a
CROSS JOIN LATERAL (
    SELECT account, number, numbered_ms
    FROM event_numbers
    WHERE account = a.account AND livemode = o.livemode
    ORDER BY number DESC
    LIMIT 1
) AS n
WHERE n.numbered_ms >= o.since_ms;

-- name: numbers_before
-- For each account and time the number given last before that time, 0 where there is none.
SELECT
    coalesce(
        (
            SELECT e.number
            FROM event_numbers AS e
            WHERE e.account = o.account AND e.livemode = o.livemode AND e.numbered_ms < o.time_ms
            ORDER BY e.number DESC
            LIMIT 1
        ),
        0
    ) AS number
FROM unnest($1::text[], $2::boolean[], $3::bigint[]) WITH ORDINALITY AS o (account, livemode, time_ms, ordinal)
ORDER BY o.ordinal;

-- name: numbered_events
-- For each of some accounts so many events after a number, in the order of their numbers; with the ordinal of the
-- account in the arguments.
SELECT w.ordinal, n.number, e.*
FROM unnest($1::text[], $2::boolean[], $3::bigint[], $4::integer[]) WITH ORDINALITY
    AS w (account, livemode, after, room, ordinal)
CROSS JOIN LATERAL (
    SELECT account, livemode, number, event
    FROM event_numbers
    WHERE account = w.account AND livemode = w.livemode AND number > w.after
    ORDER BY number
    LIMIT w.room
) AS n
CROSS JOIN LATERAL (
    SELECT *
    FROM events
    WHERE account = n.account AND livemode = n.livemode AND id = n.event
    OFFSET 0
) AS e
ORDER BY w.ordinal, n.number;

-- name: resent_events
-- For each of some sessions what it is to be sent again, in the order in which it was asked for; with the ordinal of the
-- session in the arguments.
SELECT w.ordinal, r.id AS resend, e.*
FROM unnest($1::text[], $2::boolean[], $3::bytea[], $4::text[]) WITH ORDINALITY
    AS w (account, livemode, hash, after, ordinal)
CROSS JOIN LATERAL (
    SELECT livemode, id, event, coalesce(event_account, account) AS event_account
    FROM cli_resends
    WHERE account = w.account AND livemode = w.livemode AND hash = w.hash AND id > w.after
    ORDER BY id
    LIMIT $5
) AS r
CROSS JOIN LATERAL (
    SELECT *
    FROM events
    WHERE account = r.event_account AND livemode = r.livemode AND id = r.event
    OFFSET 0
) AS e
ORDER BY w.ordinal, r.id;

-- name: resend_to_listeners
-- Let every session of an account that was seen since a time be sent an event again, the account's or that of an account
-- under it; returns how many those are.
INSERT INTO cli_resends (account, livemode, hash, id, event, event_account)
SELECT account, livemode, hash, $4, $3, $6
FROM cli_sessions
WHERE account = $1 AND livemode = $2 AND seen_ms >= $5
ON CONFLICT ON CONSTRAINT cli_resends_pk DO NOTHING;

-- name: forget_resends
-- Events have arrived that sessions were sent again.
DELETE FROM cli_resends
WHERE ctid = ANY (ARRAY(
    SELECT r.row_id
    FROM unnest($1::text[], $2::boolean[], $3::bytea[], $4::text[]) AS g (account, livemode, hash, id)
    CROSS JOIN LATERAL (
        SELECT ctid AS row_id
        FROM cli_resends
        WHERE account = g.account AND livemode = g.livemode AND hash = g.hash AND id = g.id
        OFFSET 0
    ) AS r
));

-- name: insert_listener_attempt
-- Keep what became of an event that a listener passed on, beside the attempts that we make ourselves.
INSERT INTO webhook_attempts (
    account, livemode, id, endpoint, event_account, event, attempted_ms, duration_ms, outcome, http_status, error,
    request_headers, response_head, cause
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);
