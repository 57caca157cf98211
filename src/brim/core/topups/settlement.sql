-- name: claim_due_topups
-- The top-ups that are due in real time, of the rails named or of all others, longest waiting first, held until the transaction ends; what another
-- worker or a cancel holds is passed over.
SELECT {topup_columns}
FROM topups
WHERE (rail = ANY ($1::text[])) = $2 AND due_ms <= $3 AND test_clock IS NULL
ORDER BY due_ms
LIMIT $4
FOR UPDATE SKIP LOCKED;

-- name: postpone_topups
-- Ask again later, or (where due is NULL) never by itself, about top-ups that the transaction holds and whose status has
-- not changed.
UPDATE topups AS t
SET due_ms = p.due_ms, test_clock = CASE WHEN p.due_ms IS NOT NULL THEN t.test_clock END
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::text[], $5::bigint[]) AS p (account, livemode, id, status, due_ms)
CROSS JOIN LATERAL (
    SELECT ctid AS row_id
    FROM topups
    WHERE account = p.account AND livemode = p.livemode AND id BETWEEN p.id AND p.id
    ORDER BY id
) AS found
WHERE t.ctid = found.row_id AND t.status || '' = p.status;  -- || '' for the reason given in transitions.sql

-- name: set_scenario
-- Write what the counterparty of a top-up plays from now on, which the transaction holds.
UPDATE topups
SET scenario = $4
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM topups
    WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
    ORDER BY id
));

-- name: reschedule_topups
-- Write when pending top-ups that the transaction holds are asked about again, and what is promised of them.
UPDATE topups AS t
SET due_ms = n.due_ms, expected_availability_date = n.expected, test_clock = n.test_clock
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::bigint[], $5::bigint[], $6::text[]) AS n (
    account, livemode, id, due_ms, expected, test_clock
)
CROSS JOIN LATERAL (
    SELECT ctid AS row_id
    FROM topups
    WHERE account = n.account AND livemode = n.livemode AND id BETWEEN n.id AND n.id
    ORDER BY id
) AS found
WHERE t.ctid = found.row_id AND t.status || '' = 'pending';

-- name: lock_pending_topups
-- Those of the named top-ups that are pending, held until the transaction ends, in the order of their ids.
SELECT {t.topup_columns}
FROM unnest($1::text[], $2::boolean[], $3::text[]) AS n (account, livemode, id)
CROSS JOIN LATERAL (
    SELECT *
    FROM topups
    WHERE account = n.account AND livemode = n.livemode AND id BETWEEN n.id AND n.id AND status || '' = 'pending'
    ORDER BY id
    FOR UPDATE
) AS t;

-- name: forget_settlement_exceptions
-- Remove exceptions of top-ups that are not due at the time noted any more: settled since, or tried again.
WITH forgotten AS (
    DELETE FROM due_exceptions AS e
    WHERE e.job = $1 AND coalesce(
        (
            SELECT t.due_ms <> e.next_try_ms OR t.due_ms IS NULL
            FROM topups AS t
            WHERE t.account = e.account AND t.livemode = e.livemode AND t.id BETWEEN e.object_id AND e.object_id
            ORDER BY t.id
        ),
        true
    )
    RETURNING 1
)
SELECT count(*) FROM forgotten;

-- name: earliest_due
-- When the top-up was due that waits longest in real time.
SELECT due_ms
FROM topups
WHERE due_ms IS NOT NULL AND test_clock IS NULL
ORDER BY due_ms
LIMIT 1;

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
-- The top-ups of rails that an account's clock makes due by then, in the order in which they are; equal moments in that of
-- their creation. They are held until the transaction ends.
SELECT {topup_columns}
FROM topups
WHERE account = $1 AND livemode = $2 AND due_ms <= $3 AND test_clock IS NOT NULL AND (rail = ANY ($5::text[])) = $6
ORDER BY due_ms, id
LIMIT $4
FOR UPDATE;
