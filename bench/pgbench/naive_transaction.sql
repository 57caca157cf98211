-- What a service without group commit does for one create: the same three rows, and the account's running balance
-- in the same transaction, which every create of the account then waits for.
\set n :n + 1
\set id :base + :n * 64 + :client_id
\set key random(1, 9000000000000000000)
BEGIN;
INSERT INTO idempotency_keys (account, livemode, key, fingerprint, request_id, event_id, created_ms)
VALUES ('acct_1032D82eZvKYlo2C', false, :key, :fingerprint, 'req_8YHmqAzEsRpZpJ', :id, :now_ms)
ON CONFLICT DO NOTHING;
INSERT INTO topups (
    account, livemode, id, amount, currency, created, expected_availability_date, due_ms, status, description,
    statement_descriptor
)
VALUES (
    'acct_1032D82eZvKYlo2C', false, :id, 2000, 'usd', :now_s, :now_s, :now_ms, 'pending',
    'Top-up for week of May 31', 'Weekly top-up'
);
INSERT INTO events (
    account, livemode, id, created, type, object_id, api_version, request_id, idempotency_key, payload
)
VALUES (
    'acct_1032D82eZvKYlo2C', false, :id, :now_s, 'topup.created', :id, '2025-09-30.clover',
    'req_8YHmqAzEsRpZpJ', :key, :payload
);
UPDATE balances
SET available = available + 2000
WHERE account = 'acct_1032D82eZvKYlo2C' AND livemode = false AND currency = 'usd';
COMMIT;
