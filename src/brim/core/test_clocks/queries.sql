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
-- A clock whose days are over, unless another worker removes it now; those under a legal hold, one an account at most, are
-- passed over.
SELECT c.account, c.livemode, c.id, c.name, c.created, c.deletes_after, c.frozen_time, c.target_frozen_time, c.since_ms
FROM test_clocks AS c
WHERE c.deletes_after <= $1 AND NOT {whether the account of c is held}
ORDER BY c.deletes_after
LIMIT 1
FOR UPDATE OF c SKIP LOCKED;

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
