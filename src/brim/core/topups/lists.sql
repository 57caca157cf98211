-- name: list_topups_by_key
-- Many pages at once, each walking the primary key. Bounds are exclusive ids. Of the two branches one runs: newest
-- first, or oldest first for the page just newer than a cursor.
SELECT w.ordinal, {t.topup_columns}
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::text[], $5::boolean[], $6::bigint[]) WITH ORDINALITY
    AS w (account, livemode, low, high, newest_first, wanted, ordinal)
CROSS JOIN LATERAL (
    (
        SELECT *
        FROM topups
        WHERE w.newest_first AND account = w.account AND livemode = w.livemode AND id > w.low AND id < w.high
        ORDER BY id DESC
        LIMIT w.wanted
    )
    UNION ALL
    (
        SELECT *
        FROM topups
        WHERE NOT w.newest_first AND account = w.account AND livemode = w.livemode AND id > w.low AND id < w.high
        ORDER BY id
        LIMIT w.wanted
    )
) AS t;

-- name: list_topups_by_status
-- As list_topups_by_key, of one status each. Comparing and ordering by (status, id) leaves the planner no index but
-- topups_by_status. Given status = x its choice hangs on statistics, and while all rows they know have one status the
-- primary key looks as good to it: a list of any other status then reads the whole account.
SELECT w.ordinal, {t.topup_columns}
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::text[], $5::boolean[], $6::bigint[], $7::text[]) WITH ORDINALITY
    AS w (account, livemode, low, high, newest_first, wanted, status, ordinal)
CROSS JOIN LATERAL (
    (
        SELECT *
        FROM topups
        WHERE w.newest_first AND account = w.account AND livemode = w.livemode
            AND (status, id) > (w.status, w.low) AND (status, id) < (w.status, w.high)
        ORDER BY status DESC, id DESC
        LIMIT w.wanted
    )
    UNION ALL
    (
        SELECT *
        FROM topups
        WHERE NOT w.newest_first AND account = w.account AND livemode = w.livemode
            AND (status, id) > (w.status, w.low) AND (status, id) < (w.status, w.high)
        ORDER BY status, id
        LIMIT w.wanted
    )
) AS t;

-- name: list_topups_by_amount
-- As list_topups_by_status, of one exact amount each, along topups_by_amount.
SELECT w.ordinal, {t.topup_columns}
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::text[], $5::boolean[], $6::bigint[], $7::bigint[])
    WITH ORDINALITY AS w (account, livemode, low, high, newest_first, wanted, amount, ordinal)
CROSS JOIN LATERAL (
    (
        SELECT *
        FROM topups
        WHERE w.newest_first AND account = w.account AND livemode = w.livemode
            AND (amount, id) > (w.amount, w.low) AND (amount, id) < (w.amount, w.high)
        ORDER BY amount DESC, id DESC
        LIMIT w.wanted
    )
    UNION ALL
    (
        SELECT *
        FROM topups
        WHERE NOT w.newest_first AND account = w.account AND livemode = w.livemode
            AND (amount, id) > (w.amount, w.low) AND (amount, id) < (w.amount, w.high)
        ORDER BY amount, id
        LIMIT w.wanted
    )
) AS t;

-- name: look_at_newest_topups
-- Of the next $8 entries of the primary key, the ids in an amount range, and the last entry whether it is or not:
-- its id says where to go on, its absence that there was nothing more to look at.
SELECT looked.id, looked.matches, looked.ordinal = $8 AS is_last
FROM (
    SELECT id, amount >= $5 AND amount <= $6 AS matches, row_number() OVER (ORDER BY id DESC) AS ordinal
    FROM topups
    WHERE account = $1 AND livemode = $2 AND id > $3 AND id < $4
    ORDER BY id DESC
    LIMIT $8
) AS looked
WHERE looked.matches OR looked.ordinal = $8
ORDER BY looked.id DESC
LIMIT $7;

-- name: look_at_oldest_topups
-- As look_at_newest_topups, from the low bound upwards.
SELECT looked.id, looked.matches, looked.ordinal = $8 AS is_last
FROM (
    SELECT id, amount >= $5 AND amount <= $6 AS matches, row_number() OVER (ORDER BY id) AS ordinal
    FROM topups
    WHERE account = $1 AND livemode = $2 AND id > $3 AND id < $4
    ORDER BY id
    LIMIT $8
) AS looked
WHERE looked.matches OR looked.ordinal = $8
ORDER BY looked.id
LIMIT $7;

-- name: look_at_newest_topups_of_status
-- As look_at_newest_topups, along the entries of one status.
SELECT looked.id, looked.matches, looked.ordinal = $8 AS is_last
FROM (
    SELECT
        status, id, amount >= $5 AND amount <= $6 AS matches,
        row_number() OVER (ORDER BY status DESC, id DESC) AS ordinal
    FROM topups
    WHERE account = $1 AND livemode = $2 AND (status, id) > ($9, $3) AND (status, id) < ($9, $4)
    ORDER BY status DESC, id DESC
    LIMIT $8
) AS looked
WHERE looked.matches OR looked.ordinal = $8
ORDER BY looked.status DESC, looked.id DESC
LIMIT $7;

-- name: look_at_oldest_topups_of_status
-- As look_at_newest_topups_of_status, from the low bound upwards.
SELECT looked.id, looked.matches, looked.ordinal = $8 AS is_last
FROM (
    SELECT status, id, amount >= $5 AND amount <= $6 AS matches, row_number() OVER (ORDER BY status, id) AS ordinal
    FROM topups
    WHERE account = $1 AND livemode = $2 AND (status, id) > ($9, $3) AND (status, id) < ($9, $4)
    ORDER BY status, id
    LIMIT $8
) AS looked
WHERE looked.matches OR looked.ordinal = $8
ORDER BY looked.status, looked.id
LIMIT $7;

-- name: look_at_some_of_amount_range
-- The first $10 entries of an amount range: how many there are, and those that pass the other filters. Fewer than
-- $10 means that this was the whole range, so the answer is complete.
WITH looked AS MATERIALIZED (
    SELECT id, status
    FROM topups
    WHERE account = $1 AND livemode = $2 AND amount >= $5 AND amount <= $6
    ORDER BY amount, id
    LIMIT $10
)
SELECT
    (SELECT count(*) FROM looked) AS looked,
    ARRAY(
        SELECT id
        FROM looked
        WHERE id > $3 AND id < $4 AND ($8::text IS NULL OR status = $8)
        ORDER BY CASE WHEN $9::boolean THEN id END DESC, CASE WHEN NOT $9 THEN id END
        LIMIT $7
    ) AS ids;

-- name: count_amount_range
-- How many entries an amount range has, $5 at most, whatever their ids.
SELECT count(*)
FROM (
    SELECT
    FROM topups
    WHERE account = $1 AND livemode = $2 AND amount >= $3 AND amount <= $4
    ORDER BY amount, id
    LIMIT $5
) AS looked;

-- name: look_at_whole_amount_range
-- As look_at_some_of_amount_range without a bound, for a range that has been counted. OFFSET 0 and the inner order keep the planner on
-- topups_by_amount, and the other filters stand outside so that no other index looks cheaper to it.
SELECT looked.id
FROM (
    SELECT id, status
    FROM topups
    WHERE account = $1 AND livemode = $2 AND amount >= $5 AND amount <= $6
    ORDER BY amount, id
    OFFSET 0
) AS looked
WHERE looked.id > $3 AND looked.id < $4 AND ($8::text IS NULL OR looked.status = $8)
ORDER BY CASE WHEN $9::boolean THEN looked.id END DESC, CASE WHEN NOT $9 THEN looked.id END
LIMIT $7;
