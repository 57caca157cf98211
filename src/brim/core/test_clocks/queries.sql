-- name: insert_clock
-- Start an account's test clock; no row comes back when there is one already.
INSERT INTO test_clocks (account, livemode, id, name, created, deletes_after, frozen_time, since_ms, status)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'ready')
ON CONFLICT ON CONSTRAINT test_clocks_one_at_a_time DO NOTHING
RETURNING id;

-- name: lock_clock
-- An account's test clock, to be moved or removed by this transaction alone.
SELECT account, livemode, id, name, created, deletes_after, frozen_time, target_frozen_time, since_ms
FROM test_clocks
WHERE account = $1 AND livemode = $2 AND id = $3
FOR UPDATE;

-- name: claim_advancing_clock
-- The clock that has been on its way longest, unless another worker moves it now.
SELECT account, livemode, id, name, created, deletes_after, frozen_time, target_frozen_time, since_ms
FROM test_clocks
WHERE status = 'advancing'
ORDER BY since_ms
LIMIT 1
FOR UPDATE SKIP LOCKED;

-- name: claim_ended_clock
-- A clock whose days are over, unless another worker removes it now.
SELECT account, livemode, id, name, created, deletes_after, frozen_time, target_frozen_time, since_ms
FROM test_clocks
WHERE deletes_after <= $1
ORDER BY deletes_after
LIMIT 1
FOR UPDATE SKIP LOCKED;

-- name: move_clock
-- Write where a clock stands and where it goes (NULL: it stays there), since when.
UPDATE test_clocks
SET
    frozen_time = $4, target_frozen_time = $5, since_ms = $6,
    status = CASE WHEN $5::bigint IS NULL THEN 'ready' ELSE 'advancing' END
WHERE account = $1 AND livemode = $2 AND id = $3;

-- name: delete_clock
-- Remove a clock.
DELETE FROM test_clocks
WHERE account = $1 AND livemode = $2 AND id = $3;

-- name: adopt_topups
-- Let a clock keep the time of those of an account's top-ups that wait for something in real time.
UPDATE topups
SET test_clock = $3
WHERE account = $1 AND livemode = $2 AND due_ms IS NOT NULL AND test_clock IS NULL;

-- name: release_topups
-- Give the top-ups of an account's clock back to real time; what they wait for keeps its date.
UPDATE topups
SET test_clock = NULL
WHERE account = $1 AND livemode = $2 AND test_clock IS NOT NULL;

-- name: claim_due_by_clock
-- The top-ups of an account's clock whose answer is due by then, in the order in which they are; equal moments in that of
-- their creation. They are held until the transaction ends.
SELECT
    account, livemode, id, amount, currency, created, expected_availability_date, due_ms, status,
    balance_transaction, description, failure_code, failure_message, metadata, payment_method,
    payment_method_network, source, statement_descriptor, transfer_group, rail, scenario, settlement_days, calendar,
    source_details, test_clock
FROM topups
WHERE account = $1 AND livemode = $2 AND due_ms <= $3 AND test_clock IS NOT NULL
ORDER BY due_ms, id
LIMIT $4
FOR UPDATE;
