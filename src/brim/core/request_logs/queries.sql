-- name: insert_request_logs
-- Keep some requests.
INSERT INTO request_logs (
    account, livemode, id, request_id, created, method, path, status, duration_ms, api_version, idempotency_key,
    object, parameters, error, user_agent, api_key
)
SELECT *
FROM unnest(
    $1::text[], $2::boolean[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::smallint[],
    $9::double precision[], $10::text[], $11::text[], $12::text[], $13::json[], $14::json[], $15::text[],
    $16::text[]
);

-- name: list_request_logs
-- A page of an account's requests that pass the filters given; one of the two branches runs. The walk along the key is
-- bounded by how many requests are kept.
(
    SELECT *
    FROM request_logs
    WHERE $5 AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
        AND ($7::text IS NULL OR method = $7) AND ($8::text IS NULL OR path = $8)
        AND status >= $9 AND status <= $10 AND ($11::text IS NULL OR request_id = $11)
        AND ($12::boolean IS NULL OR (user_agent IS NOT DISTINCT FROM $13) = $12)
        AND ($14::text IS NULL OR starts_with(path, $14)) AND ($15::text IS NULL OR api_key = $15)
    ORDER BY id DESC
    LIMIT $6
)
UNION ALL
(
    SELECT *
    FROM request_logs
    WHERE NOT $5 AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
        AND ($7::text IS NULL OR method = $7) AND ($8::text IS NULL OR path = $8)
        AND status >= $9 AND status <= $10 AND ($11::text IS NULL OR request_id = $11)
        AND ($12::boolean IS NULL OR (user_agent IS NOT DISTINCT FROM $13) = $12)
        AND ($14::text IS NULL OR starts_with(path, $14)) AND ($15::text IS NULL OR api_key = $15)
    ORDER BY id
    LIMIT $6
);

-- name: newest_request_logs
-- For each of some accounts the newest requests after an id.
SELECT r.*
FROM unnest($1::text[], $2::boolean[]) AS o (account, livemode)
CROSS JOIN LATERAL (
    SELECT *
    FROM request_logs
    WHERE account = o.account AND livemode = o.livemode AND id > $3
    ORDER BY id DESC
    LIMIT $4
) AS r;

-- name: request_log_exists
-- Whether an account has a request of that id.
SELECT EXISTS (SELECT FROM request_logs WHERE account = $1 AND livemode = $2 AND id = $3);

-- name: owners_of_request_logs
-- The next accounts who have requests kept, after a given one: each found by one step along the key. Held are those under
-- a legal hold.
WITH RECURSIVE steps AS (
    (
        SELECT account, livemode, 1 AS ordinal
        FROM request_logs
        WHERE (account, livemode) > ($1, $2)
        ORDER BY account, livemode
        LIMIT 1
    )
    UNION ALL
    SELECT n.account, n.livemode, s.ordinal + 1
    FROM steps AS s
    CROSS JOIN LATERAL (
        SELECT account, livemode
        FROM request_logs
        WHERE (account, livemode) > (s.account, s.livemode)
        ORDER BY account, livemode
        LIMIT 1
    ) AS n
    WHERE s.ordinal < $3
)
SELECT s.account, s.livemode, {whether the account of s is held} AS is_held FROM steps AS s;

-- name: prune_request_logs
-- Forget an account's requests that are older than an id, or beyond the newest $4; up to $5 of them, oldest first.
DELETE FROM request_logs
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM request_logs
    WHERE account = $1 AND livemode = $2 AND id <= greatest(
        $3,
        (SELECT id FROM request_logs WHERE account = $1 AND livemode = $2 ORDER BY id DESC OFFSET $4 LIMIT 1)
    )
    ORDER BY id
    LIMIT $5
));

-- name: add_request_counts
-- Add to how many requests there were in some hours.
INSERT INTO request_counts AS c (livemode, status_class, hour, account, number)
SELECT *
FROM unnest($1::boolean[], $2::smallint[], $3::bigint[], $4::text[], $5::bigint[])
ON CONFLICT ON CONSTRAINT request_counts_pk DO UPDATE SET number = c.number + excluded.number;

-- name: forget_request_counts
-- Forget up to $2 of the oldest counts of each mode and class, of hours before one.
DELETE FROM request_counts
WHERE ctid = ANY (ARRAY(
    SELECT f.place
    FROM unnest(ARRAY[false, true]) AS m (livemode)
    CROSS JOIN unnest(ARRAY[2, 3, 4, 5]::smallint[]) AS s (status_class)
    CROSS JOIN LATERAL (
        SELECT ctid AS place
        FROM request_counts
        WHERE livemode = m.livemode AND status_class = s.status_class AND hour < $1
        ORDER BY hour, account
        LIMIT $2
    ) AS f
));
