-- Exactly the rows of one create of ours in one statement, which is a transaction of its own.
\set n :n + 1
\set id :base + :n * 64 + :client_id
\set key random(1, 9000000000000000000)
WITH won AS (
    INSERT INTO idempotency_keys (account, livemode, key, fingerprint, request_id, event_id, created_ms)
    VALUES ('acct_1032D82eZvKYlo2C', false, :key::text, :fingerprint, 'req_8YHmqAzEsRpZpJ', :id::text, :now_ms::bigint)
    ON CONFLICT DO NOTHING
    RETURNING account, livemode, key, request_id, event_id
),
new_topup AS (
    INSERT INTO topups (
        account, livemode, id, amount, currency, created, expected_availability_date, due_ms, status,
        description, statement_descriptor
    )
    SELECT
        account, livemode, event_id, 2000, 'usd', :now_s::bigint, :now_s::bigint, :now_ms::bigint,
        'pending', 'Top-up for week of May 31', 'Weekly top-up'
    FROM won
)
INSERT INTO events (account, livemode, id, created, type, object_id, api_version, request_id, idempotency_key, payload)
SELECT
    account, livemode, event_id, :now_s::bigint, 'topup.created', event_id, '2025-09-30.clover', request_id,
    key, :payload::json
FROM won;
