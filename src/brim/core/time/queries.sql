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

-- name: hold_clocks
-- The test clocks of some accounts that have one, kept where they stand until the transaction ends, in the order of the
-- arrays.
SELECT c.account, c.livemode, c.id, c.name, c.created, c.deletes_after, c.frozen_time, c.target_frozen_time, c.since_ms
FROM unnest($1::text[], $2::boolean[]) AS w (account, livemode)
CROSS JOIN LATERAL (
    SELECT account, livemode, id, name, created, deletes_after, frozen_time, target_frozen_time, since_ms
    FROM test_clocks
    WHERE account = w.account AND livemode = w.livemode
    FOR SHARE
) AS c;
