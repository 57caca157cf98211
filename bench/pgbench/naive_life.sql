-- A whole life as a service without batches writes it: a transaction that creates the top-up, and one that books its
-- success (chr(58) is a colon, which pgbench would take for one of its variables), with the account's running balance in it, which every other success of the account then waits for.
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
COMMIT;
BEGIN;
UPDATE topups
SET status = 'succeeded', balance_transaction = :id, due_ms = NULL
WHERE account = 'acct_1032D82eZvKYlo2C' AND livemode = false AND id = :id::text AND status = 'pending';
INSERT INTO journal_entries (
    account, livemode, id, source, step, debit_account, credit_account, amount, currency, created
)
VALUES (
    'acct_1032D82eZvKYlo2C', false, :id, :id, 'topup', 'funding' || chr(58) || 'clearing',
    'balance' || chr(58) || 'available', 2000, 'usd', :now_s
);
INSERT INTO balance_transactions (
    account, livemode, id, amount, fee, net, available_on, created, currency, description, source, type
)
VALUES (
    'acct_1032D82eZvKYlo2C', false, :id, 2000, 0, 2000, :now_s, :now_s, 'usd', 'Top-up for week of May 31', :id, 'topup'
);
INSERT INTO events (
    account, livemode, id, created, type, object_id, api_version, request_id, idempotency_key, payload
)
VALUES (
    'acct_1032D82eZvKYlo2C', false, 's' || :id::text, :now_s, 'topup.succeeded', :id, '2025-09-30.clover', NULL, NULL,
    :payload
);
UPDATE balances
SET available = available + 2000
WHERE account = 'acct_1032D82eZvKYlo2C' AND livemode = false AND currency = 'usd';
COMMIT;
