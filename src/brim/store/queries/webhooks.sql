-- name: lock_account
-- Let one transaction at a time add to what an account may have only so many of.
SELECT account
FROM accounts
WHERE account = $1
FOR NO KEY UPDATE;

-- name: count_endpoints
-- How many endpoints an owner has, disabled ones too.
SELECT count(*)
FROM webhook_endpoints
WHERE account = $1 AND livemode = $2;

-- name: insert_endpoint
-- One new endpoint.
INSERT INTO webhook_endpoints (
    account, livemode, id, url, enabled_events, api_version, rendered_version, connect, description, metadata, secret,
    created
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: read_endpoint
-- One endpoint.
SELECT
    account, livemode, id, url, enabled_events, api_version, rendered_version, connect, description, metadata, secret,
    old_secret, old_secret_until_ms, created, failing_since_ms, disabled_because
FROM webhook_endpoints
WHERE account = $1 AND livemode = $2 AND id = $3;

-- name: lock_endpoint
-- One endpoint, held until the transaction ends.
SELECT
    account, livemode, id, url, enabled_events, api_version, rendered_version, connect, description, metadata, secret,
    old_secret, old_secret_until_ms, created, failing_since_ms, disabled_because
FROM webhook_endpoints
WHERE account = $1 AND livemode = $2 AND id = $3
FOR UPDATE;

-- name: list_endpoints
-- An owner's endpoints, newest first.
SELECT
    account, livemode, id, url, enabled_events, api_version, rendered_version, connect, description, metadata, secret,
    old_secret, old_secret_until_ms, created, failing_since_ms, disabled_because
FROM webhook_endpoints
WHERE account = $1 AND livemode = $2
ORDER BY id DESC;

-- name: endpoints_for
-- The enabled endpoints that owners' events may go to: their own, and those of their platforms that listen to accounts.
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
    JOIN accounts AS a ON a.account = o.account
    WHERE a.platform IS NOT NULL
)
SELECT
    e.account, e.livemode, e.id, e.url, e.enabled_events, e.api_version, e.rendered_version, e.connect, e.description,
    e.metadata, e.secret, e.old_secret, e.old_secret_until_ms, e.created, e.failing_since_ms, e.disabled_because
FROM listening AS l
JOIN webhook_endpoints AS e ON e.account = l.account AND e.livemode = l.livemode AND e.connect = l.connect
WHERE e.disabled_because IS NULL
ORDER BY e.account, e.livemode, e.id;

-- name: update_endpoint
-- Write what may change of an endpoint.
UPDATE webhook_endpoints
SET
    url = $4, enabled_events = $5, description = $6, metadata = $7, secret = $8, old_secret = $9,
    old_secret_until_ms = $10, failing_since_ms = $11, disabled_because = $12
WHERE account = $1 AND livemode = $2 AND id = $3;

-- name: stop_deliveries
-- Give up what is still to be sent to an endpoint.
UPDATE webhook_deliveries
SET state = 'failed', next_attempt_ms = NULL, leased_until_ms = NULL
WHERE account = $1 AND livemode = $2 AND endpoint = $3 AND next_attempt_ms IS NOT NULL;

-- name: delete_endpoint
-- Remove an endpoint.
DELETE FROM webhook_endpoints
WHERE account = $1 AND livemode = $2 AND id = $3;

-- name: delete_undelivered
-- Forget what an endpoint has not received: nobody waits for it any more. What was tried stays.
DELETE FROM webhook_deliveries
WHERE account = $1 AND livemode = $2 AND endpoint = $3 AND state <> 'delivered';
