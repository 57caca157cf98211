-- name: read_clock
-- An account's test clock, if there is one.
SELECT account, livemode, id, name, created, deletes_after, frozen_time, target_frozen_time, since_ms
FROM test_clocks
WHERE account = $1 AND livemode = $2;

-- name: hold_clock
-- An account's test clock, if there is one, kept where it stands until the transaction ends.
SELECT account, livemode, id, name, created, deletes_after, frozen_time, target_frozen_time, since_ms
FROM test_clocks
WHERE account = $1 AND livemode = $2
FOR SHARE;
