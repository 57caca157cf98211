-- name: lock_account
-- Let one transaction at a time add to what an account may have only so many of.
SELECT account
FROM accounts
WHERE account = $1
FOR NO KEY UPDATE;

-- name: count_endpoints
-- How many endpoints an account has, disabled ones too.
SELECT count(*)
FROM webhook_endpoints
WHERE account = $1 AND livemode = $2;

-- name: insert_endpoint
-- One new endpoint.
INSERT INTO webhook_endpoints (
    account, livemode, id, url, enabled_events, api_version, rendered_version, connect, description, metadata, secret,
    created, event_payload, name
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: read_endpoint
-- One endpoint.
SELECT {endpoint_columns}
FROM webhook_endpoints
WHERE account = $1 AND livemode = $2 AND id = $3;

-- name: lock_endpoint
-- One endpoint, held until the transaction ends.
SELECT {endpoint_columns}
FROM webhook_endpoints
WHERE account = $1 AND livemode = $2 AND id = $3
FOR UPDATE;

-- name: list_endpoints
-- An account's endpoints, newest first.
SELECT {endpoint_columns}
FROM webhook_endpoints
WHERE account = $1 AND livemode = $2
ORDER BY id DESC;

-- name: list_failing_endpoints
-- Endpoints of all accounts that have failed since their last success, those that have failed longest first. What their
-- owners have disabled is left to them.
SELECT {endpoint_columns}
FROM webhook_endpoints
WHERE
    (livemode, failing_since_ms) > ($1, 0) AND (livemode, failing_since_ms) < ($1, 9223372036854775807)
    AND failing_since_ms IS NOT NULL AND disabled_because IS DISTINCT FROM 'owner'
ORDER BY livemode, failing_since_ms
LIMIT $2;

-- name: list_failing_endpoints_of
-- The endpoints of accounts whose every attempt fails, and those that were turned off because of that, newest first.
SELECT {e.endpoint_columns}
FROM unnest($1::text[], $2::boolean[]) AS w (account, livemode)
INNER JOIN webhook_endpoints AS e ON e.account = w.account AND e.livemode = w.livemode
WHERE e.failing_since_ms IS NOT NULL AND e.disabled_because IS DISTINCT FROM 'owner'
ORDER BY e.id DESC;

-- name: endpoints_for
-- The enabled endpoints that accounts' events may go to: their own, and those of their platforms that listen to accounts.
WITH owners AS MATERIALIZED (
    SELECT DISTINCT account, livemode
    FROM unnest($1::text[], $2::boolean[]) AS w (account, livemode)
),
listening AS (
    SELECT account, livemode, FALSE AS connect
    FROM owners
    UNION
    SELECT a.platform, o.livemode, TRUE
    FROM owners AS o
    CROSS JOIN LATERAL (SELECT platform FROM accounts WHERE account = o.account OFFSET 0) AS a
    WHERE a.platform IS NOT NULL
)
SELECT {e.endpoint_columns}
FROM listening AS l
CROSS JOIN LATERAL (
    SELECT * FROM webhook_endpoints WHERE account = l.account AND livemode = l.livemode OFFSET 0
) AS e
WHERE e.connect = l.connect AND e.disabled_because IS NULL
ORDER BY e.account, e.livemode, e.id;

-- name: update_endpoint
-- Write what may change of an endpoint.
UPDATE webhook_endpoints
SET
    url = $4, enabled_events = $5, description = $6, metadata = $7, secret = $8, old_secret = $9,
    old_secret_until_ms = $10, failing_since_ms = $11, disabled_because = $12, name = $13, disabled_ms = $14,
    updated = $15
WHERE account = $1 AND livemode = $2 AND id = $3;

-- name: fetch_endpoints
-- Endpoints by key; what does not exist is left out.
SELECT {e.endpoint_columns}
FROM unnest($1::text[], $2::boolean[], $3::text[]) AS w (account, livemode, id)
CROSS JOIN LATERAL (
    SELECT * FROM webhook_endpoints WHERE account = w.account AND livemode = w.livemode AND id = w.id OFFSET 0
) AS e;

-- name: announce_to_one
-- Write an event that goes to one endpoint only. It gets its number here: whoever numbers what is queued addresses it to
-- all who ask for everything. The counter is held until the transaction ends, so that numbers have no gap.
WITH announced AS (
    INSERT INTO events (
        account, livemode, id, created, type, object_id, api_version, request_id, idempotency_key, payload
    )
    VALUES ($1, $2, $4, $5, $6, $7, $8, $9, $10, $11::json)
),
counted AS (
    INSERT INTO event_counters AS c (account, livemode, number)
    VALUES ($1, $2, 1)
    ON CONFLICT ON CONSTRAINT event_counters_pk DO UPDATE SET number = c.number + 1
    RETURNING number
),
numbered AS (
    INSERT INTO event_numbers (account, livemode, number, event, numbered_ms)
    SELECT $1, $2, number, $4, $12
    FROM counted
)
INSERT INTO webhook_deliveries (
    account, livemode, endpoint, event_account, event, number, attempts, next_attempt_ms, created_ms, cause
)
SELECT $1, $2, $3, $1, $4, number, 0, $12, $12, 'test'
FROM counted;

-- name: accounts_under
-- Accounts of a platform after a given one, in order.
SELECT account
FROM accounts
WHERE platform = $1 AND account > $2
ORDER BY platform, account
LIMIT $3;

-- name: stop_deliveries
-- Give up what is still to be sent to an endpoint.
UPDATE webhook_deliveries
SET next_attempt_ms = NULL, leased_until_ms = NULL
WHERE account = $1 AND livemode = $2 AND endpoint = $3 AND next_attempt_ms IS NOT NULL;

-- name: delete_endpoint
-- Remove an endpoint.
DELETE FROM webhook_endpoints
WHERE account = $1 AND livemode = $2 AND id = $3;

-- name: delete_undelivered
-- Forget what an endpoint has not received: nobody waits for it any more. What was tried stays.
WITH pending AS (
    DELETE FROM webhook_deliveries
    WHERE account = $1 AND livemode = $2 AND endpoint = $3 AND next_attempt_ms IS NOT NULL
)
DELETE FROM webhook_deliveries
WHERE account = $1 AND livemode = $2 AND endpoint = $3 AND next_attempt_ms IS NULL;
