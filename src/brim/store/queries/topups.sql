-- name: create_topups
-- Claim the idempotency keys of a batch and create the top-ups whose key was won, or that have none, each with
-- its event. Returns the event ids of those that lost: their answer exists already. Rows arrive sorted by
-- account, livemode and key, so that two batches wait for each other's keys in one order.
WITH wanted AS MATERIALIZED (
    SELECT *
    FROM json_to_recordset($1::json) AS w (
        account text, livemode boolean, id text, amount bigint, currency text, created bigint,
        expected_availability_date bigint, settle_due_ms bigint, description text, metadata jsonb,
        payment_method text, payment_method_network text, source text, statement_descriptor text,
        transfer_group text, key text, fingerprint bytea, request_id text, event_id text, api_version text,
        payload json
    )
),
won AS (
    INSERT INTO idempotency_keys (account, livemode, key, fingerprint, request_id, event_id, created_ms)
    SELECT account, livemode, key, fingerprint, request_id, event_id, $2::bigint
    FROM wanted
    WHERE key IS NOT NULL
    ON CONFLICT DO NOTHING
    RETURNING event_id
),
winners AS MATERIALIZED (
    SELECT *
    FROM wanted
    WHERE key IS NULL OR event_id IN (SELECT event_id FROM won)
),
new_topups AS (
    INSERT INTO topups (
        account, livemode, id, amount, currency, created, expected_availability_date, settle_due_ms, status,
        description, metadata, payment_method, payment_method_network, source, statement_descriptor, transfer_group
    )
    SELECT
        account, livemode, id, amount, currency, created, expected_availability_date, settle_due_ms, 'pending',
        description, metadata, payment_method, payment_method_network, source, statement_descriptor, transfer_group
    FROM winners
),
new_events AS (
    INSERT INTO events (
        account, livemode, id, created, type, object_id, api_version, request_id, idempotency_key, payload
    )
    SELECT
        account, livemode, event_id, created, 'topup.created', id, api_version, request_id, key, payload
    FROM winners
)
SELECT event_id
FROM wanted
WHERE key IS NOT NULL AND event_id NOT IN (SELECT event_id FROM won);

-- name: fetch_topups
-- The top-ups named by pairs of owner and id; what does not exist is left out.
SELECT
    t.account, t.livemode, t.id, t.amount, t.currency, t.created, t.expected_availability_date, t.settle_due_ms,
    t.status, t.balance_transaction, t.description, t.failure_code, t.failure_message, t.metadata, t.payment_method,
    t.payment_method_network, t.source, t.statement_descriptor, t.transfer_group
FROM unnest($1::text[], $2::boolean[], $3::text[]) AS w (account, livemode, id)
JOIN topups AS t ON t.account = w.account AND t.livemode = w.livemode AND t.id = w.id;

-- name: lock_topup
-- One top-up, held until the transaction ends.
SELECT
    account, livemode, id, amount, currency, created, expected_availability_date, settle_due_ms, status,
    balance_transaction, description, failure_code, failure_message, metadata, payment_method,
    payment_method_network, source, statement_descriptor, transfer_group
FROM topups
WHERE account = $1 AND livemode = $2 AND id = $3
FOR UPDATE;

-- name: update_topup
-- Write what its owner may change, and the status a cancel gives.
UPDATE topups
SET description = $4, metadata = $5::jsonb, status = $6, settle_due_ms = $7
WHERE account = $1 AND livemode = $2 AND id = $3;

-- name: insert_event
-- Announce one change in the change's own transaction.
INSERT INTO events (account, livemode, id, created, type, object_id, api_version, request_id, idempotency_key, payload)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);
