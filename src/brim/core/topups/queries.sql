-- name: create_topups
-- Claim the idempotency keys of a batch and create the top-ups whose key was won, or that have none, each with
-- its event. Returns the event ids of those that were not created, and why: is_stale when their account's
-- configuration has changed since they were made, else their key has its answer already. Rows arrive sorted by account,
-- livemode and key, so that two batches wait for each other's keys in one order.
WITH wanted AS MATERIALIZED (
    SELECT *
    FROM json_to_recordset($1::json) AS w (
        {new_topup_definitions},
        config_version bigint, key text, fingerprint bytea, request_id text, event_id text, api_version text,
        payload json
    )
),
-- Locked until the commit, so that the configuration does not change under a create. An account has this row from its
-- creation on; a create under way would not see one that was added later.
configs AS MATERIALIZED (
    SELECT o.account, o.livemode, o.version
    FROM (SELECT DISTINCT account, livemode FROM wanted ORDER BY account, livemode) AS w
    CROSS JOIN LATERAL (
        SELECT account, livemode, version
        FROM owner_terms
        WHERE account = w.account AND livemode = w.livemode
        FOR SHARE
    ) AS o
),
current AS MATERIALIZED (
    SELECT w.*
    FROM wanted AS w
    LEFT JOIN configs AS c ON c.account = w.account AND c.livemode = w.livemode
    WHERE w.config_version = coalesce(c.version, 0)
),
won AS (
    INSERT INTO idempotency_keys (account, livemode, key, fingerprint, request_id, event_id, created_ms)
    -- Behind a request's id may stand its trace, which is the event's alone.
    SELECT account, livemode, key, fingerprint, split_part(request_id, ';', 1), event_id, $2::bigint
    FROM current
    WHERE key IS NOT NULL
    ON CONFLICT DO NOTHING
    RETURNING event_id
),
winners AS MATERIALIZED (
    SELECT *
    FROM current
    WHERE key IS NULL OR event_id IN (SELECT event_id FROM won)
),
new_topups AS (
    INSERT INTO topups ({new_topup_columns}, status)
    SELECT {new_topup_columns}, 'pending'
    FROM winners
),
new_events AS (
    INSERT INTO events (
        account, livemode, id, created, type, object_id, api_version, request_id, idempotency_key, payload
    )
    SELECT
        account, livemode, event_id, created, 'topup.created', id, api_version, request_id, key, payload
    FROM winners
),
to_number AS (
    INSERT INTO new_events (account, livemode, event)
    SELECT account, livemode, event_id
    FROM winners
)
SELECT event_id, event_id NOT IN (SELECT event_id FROM current) AS is_stale
FROM wanted
WHERE event_id NOT IN (SELECT event_id FROM winners);

-- name: receive_topups
-- Create top-ups whose money has come, where the configuration of their account is what they were planned by; their
-- events are written by the caller. Returns the ids of the others.
WITH wanted AS MATERIALIZED (
    SELECT *
    FROM json_to_recordset($1::json) AS w ({new_topup_definitions}, balance_transaction text, config_version bigint)
),
-- Locked until the commit, as create_topups does.
configs AS MATERIALIZED (
    SELECT o.account, o.livemode, o.version
    FROM (SELECT DISTINCT account, livemode FROM wanted ORDER BY account, livemode) AS w
    CROSS JOIN LATERAL (
        SELECT account, livemode, version
        FROM owner_terms
        WHERE account = w.account AND livemode = w.livemode
        FOR SHARE
    ) AS o
),
current AS MATERIALIZED (
    SELECT w.*
    FROM wanted AS w
    LEFT JOIN configs AS c ON c.account = w.account AND c.livemode = w.livemode
    WHERE w.config_version = coalesce(c.version, 0)
),
new_topups AS (
    INSERT INTO topups ({new_topup_columns}, status, balance_transaction)
    SELECT {new_topup_columns}, 'succeeded', balance_transaction
    FROM current
)
SELECT id
FROM wanted
WHERE id NOT IN (SELECT id FROM current);

-- name: find_twins
-- Of top-ups that were just written, an equal one each, where there is one: of the same account, bank account, amount
-- and currency, created since (its id is no lower), and neither canceled nor failed. Asked of live ones only.
SELECT n.id, twin.id AS twin
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[]) AS n (
    account, livemode, id, funding_source, amount, currency, since
)
CROSS JOIN LATERAL (
    SELECT id
    FROM topups
    WHERE
        account = n.account AND livemode = n.livemode AND amount BETWEEN n.amount AND n.amount AND id >= n.since
        AND id <> n.id AND coalesce(payment_method, source, '') = n.funding_source AND currency = n.currency
        AND status || '' NOT IN ('canceled', 'failed')
    ORDER BY amount, id
    LIMIT 1
) AS twin;

-- name: fetch_topups
-- The top-ups named by pairs of account and id; what does not exist is left out.
SELECT {t.topup_columns}
FROM unnest($1::text[], $2::boolean[], $3::text[]) AS w (account, livemode, id)
CROSS JOIN LATERAL (
    SELECT *
    FROM topups
    WHERE account = w.account AND livemode = w.livemode AND id BETWEEN w.id AND w.id
    ORDER BY id
) AS t;

-- name: lock_topup
-- One top-up, held until the transaction ends.
SELECT {topup_columns}
FROM topups
WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
ORDER BY id
FOR UPDATE;

-- name: update_topup
-- Write what its account may change of a top-up that the transaction holds.
UPDATE topups
SET description = $4, metadata = $5::jsonb
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM topups
    WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
    ORDER BY id
));
