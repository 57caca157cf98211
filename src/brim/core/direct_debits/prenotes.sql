-- name: insert_prenote
-- Start a prenote; nothing is written where one of the bank account is pending.
INSERT INTO prenotes (
    account, livemode, id, funding_source, status, created_ms, due_ms, test_clock, expected_ms, sealed, fingerprint,
    has_debit
)
VALUES ($1, $2, $3, $4, 'pending', $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (account, livemode, funding_source) WHERE status = 'pending' DO NOTHING;

-- name: lock_prenote
-- One prenote, held until the transaction ends.
SELECT {prenote_columns}
FROM prenotes
WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
ORDER BY id
FOR UPDATE;

-- name: lock_pending_prenote
-- What verifies a bank account now, held until the transaction ends.
SELECT {prenote_columns}
FROM prenotes
WHERE account = $1 AND livemode = $2 AND funding_source BETWEEN $3 AND $3 AND status = 'pending'
ORDER BY funding_source
FOR UPDATE;

-- name: lock_newest_microdeposits
-- The newest micro-deposits to a bank account, held until the transaction ends.
SELECT {prenote_columns}
FROM prenotes
WHERE account = $1 AND livemode = $2 AND funding_source BETWEEN $3 AND $3 AND has_debit IS NOT NULL
ORDER BY funding_source DESC, id DESC
LIMIT 1
FOR UPDATE;

-- name: platform_of_prenotes
-- Whose files an account's prenotes and micro-deposits go into.
SELECT coalesce(platform, account) FROM accounts WHERE account = $1;

-- name: count_microdeposits
-- How many micro-deposits the accounts of a platform ($1, $2) have started: one of them ($3) since a day began ($5), all
-- of them since then, all since a moment before ($6), of these to one account number ($4), and how many of these came back.
SELECT
    count(*) FILTER (WHERE m.fingerprint = $4) AS bank_account,
    count(*) FILTER (WHERE m.account = $3 AND m.created_ms >= $5) AS account,
    count(*) FILTER (WHERE m.created_ms >= $5) AS day,
    count(*) AS sent,
    count(m.return_code) AS returned
FROM (
    SELECT account, livemode, fingerprint, created_ms, return_code
    FROM prenotes
    WHERE has_debit IS NOT NULL AND created_ms >= $6
    ORDER BY created_ms
    OFFSET 0
) AS m
CROSS JOIN LATERAL (
    SELECT coalesce(platform, account) AS platform FROM accounts WHERE account = m.account OFFSET 0
) AS a
WHERE m.livemode = $2 AND a.platform = $1;

-- name: hold_prenotes
-- Hold prenotes until the transaction ends; what is none is passed over.
SELECT
FROM unnest($1::text[], $2::boolean[], $3::text[]) AS n (account, livemode, id)
CROSS JOIN LATERAL (
    SELECT
    FROM prenotes
    WHERE account = n.account AND livemode = n.livemode AND id BETWEEN n.id AND n.id
    ORDER BY id
    FOR UPDATE
) AS p;

-- name: update_prenote
-- Write where a prenote that the transaction holds stands.
UPDATE prenotes
SET
    status = $4, due_ms = $5, test_clock = $6, expected_ms = $7, return_code = $8, change_code = $9, reason = $10,
    ended_ms = $11
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM prenotes
    WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
    ORDER BY id
));

-- name: claim_due_prenotes
-- The prenotes that are due in real time, longest waiting first, held until the transaction ends; what another worker
-- holds is passed over.
SELECT {prenote_columns}
FROM prenotes
WHERE due_ms <= $1 AND test_clock IS NULL
ORDER BY due_ms
LIMIT $2
FOR UPDATE SKIP LOCKED;

-- name: claim_prenotes_by_clock
-- The prenotes that an account's clock makes due by then, in order, held until the transaction ends.
SELECT {prenote_columns}
FROM prenotes
WHERE account = $1 AND livemode = $2 AND due_ms <= $3 AND test_clock IS NOT NULL
ORDER BY due_ms, id
LIMIT $4
FOR UPDATE;

-- name: adopt_prenotes
-- Let a clock keep the time of an account's prenotes that are pending.
UPDATE prenotes
SET test_clock = $3
WHERE account = $1 AND livemode = $2 AND status = 'pending' AND test_clock IS NULL;

-- name: release_prenotes
-- Give the prenotes of an account's clock back to real time; their dates stay.
UPDATE prenotes
SET test_clock = NULL
WHERE account = $1 AND livemode = $2 AND test_clock IS NOT NULL;

-- name: forget_prenote_exceptions
-- Remove exceptions of prenotes that are not due at the time noted any more: they have ended, or were tried again.
WITH forgotten AS (
    DELETE FROM due_exceptions AS e
    WHERE e.job = $1 AND coalesce(
        (
            SELECT p.due_ms <> e.next_try_ms OR p.due_ms IS NULL
            FROM prenotes AS p
            WHERE p.account = e.account AND p.livemode = e.livemode AND p.id BETWEEN e.object_id AND e.object_id
            ORDER BY p.id
        ),
        true
    )
    RETURNING 1
)
SELECT count(*) FROM forgotten;

-- name: lock_prenotes_by_individual_id
-- The prenotes of a platform whose ids end as the individual ids of a file do, held until the transaction ends, as
-- what moves nothing. It reads all of them: it is asked after an older database was restored.
SELECT
    p.account AS owner, p.id, 0::bigint AS amount,
    CASE WHEN p.status = 'pending' THEN 'pending' ELSE 'canceled' END AS status, NULL::smallint AS settlement_days,
    p.test_clock
FROM accounts AS a
JOIN prenotes AS p ON p.account = a.account AND p.livemode = $2
WHERE (a.account = $1 OR a.platform = $1) AND right(p.id, $4) = ANY ($3::text[])
ORDER BY p.account, p.id
FOR UPDATE OF p;

-- name: fetch_prenotes
-- Prenotes by id.
SELECT p.*
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT {prenote_columns}
    FROM prenotes
    WHERE account = $1 AND livemode = $2 AND id BETWEEN n.id AND n.id
    ORDER BY id
) AS p;

-- name: page_prenotes
-- One page along the primary key; one of the two branches runs. The bounds are exclusive ids.
(
    SELECT {prenote_columns}
    FROM prenotes
    WHERE
        $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
        AND ($7::text IS NULL OR funding_source = $7)
    ORDER BY id DESC
    LIMIT $6
)
UNION ALL
(
    SELECT {prenote_columns}
    FROM prenotes
    WHERE
        NOT $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
        AND ($7::text IS NULL OR funding_source = $7)
    ORDER BY id
    LIMIT $6
);
