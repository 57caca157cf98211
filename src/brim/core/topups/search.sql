-- name: look_along_newest
-- The primary key, from the new end.
{look along id DESC where id > $3 AND id < $4};

-- name: look_along_oldest
-- The primary key, from the old end.
{look along id where id > $3 AND id < $4};

-- name: look_along_newest_of_status
-- The ids of one status, from the new end. Comparing and ordering by (status, id) leaves the planner one index.
{look along status DESC, id DESC where (status, id) > ($6, $3) AND (status, id) < ($6, $4)};

-- name: look_along_oldest_of_status
-- The ids of one status, from the old end.
{look along status, id where (status, id) > ($6, $3) AND (status, id) < ($6, $4)};

-- name: look_along_newest_of_failure_code
-- The ids of one failure code, from the new end. What has none is not in the index.
{look along failure_code DESC, id DESC where failure_code IS NOT NULL
    AND (failure_code, id) > ($10, $3) AND (failure_code, id) < ($10, $4)};

-- name: look_along_oldest_of_failure_code
-- The ids of one failure code, from the old end.
{look along failure_code, id where failure_code IS NOT NULL
    AND (failure_code, id) > ($10, $3) AND (failure_code, id) < ($10, $4)};

-- name: look_along_largest
-- Amounts from the largest down, and of each the newest first; its window is two pairs of amount and id, exclusive.
{look along amount DESC, id DESC where (amount, id) > ($15, $16) AND (amount, id) < ($17, $18)};

-- name: look_along_smallest
-- Amounts from the smallest up, and of each the oldest first.
{look along amount, id where (amount, id) > ($15, $16) AND (amount, id) < ($17, $18)};

-- name: look_by_metadata
-- The first $13 top-ups with some metadata ($14), in no order: how many there are, and those that fit the rest, further
-- metadata among it. Fewer than $13 means that these are all. An index of this kind is read by a bitmap alone, so `use_bitmaps` goes before; and as no
-- other condition stands beside it, it is the only index that can answer.
WITH looked AS MATERIALIZED (
    SELECT id, amount, {fits the search} AS matches
    FROM topups
    WHERE
        metadata IS NOT NULL
        AND jsonb_set('{}', ARRAY[CASE WHEN livemode THEN account ELSE account || ' test' END], metadata)
        @> jsonb_build_object(CASE WHEN $2 THEN $1 ELSE $1 || ' test' END, $14::jsonb)
    LIMIT $13
)
SELECT
    (SELECT count(*) FROM looked) AS looked,
    ARRAY(SELECT id FROM looked WHERE matches) AS ids,
    ARRAY(SELECT amount FROM looked WHERE matches) AS amounts;

-- name: use_bitmaps
-- Let the statements of this transaction read indexes by bitmaps.
SELECT set_config('enable_bitmapscan', 'on', TRUE);

-- name: take_some_of_one_pair
-- Of what more than 20,000 top-ups have, let a bitmap take about so many by chance: more than `look_by_metadata` reads, so
-- it tells that these are not all. Of several pairs, what they have in common could be lost.
SELECT set_config('gin_fuzzy_search_limit', '20000', TRUE);

-- name: use_no_bitmaps
-- As before `use_bitmaps`.
SELECT set_config('enable_bitmapscan', 'off', TRUE), set_config('gin_fuzzy_search_limit', '0', TRUE);

-- name: count_by_status
-- How many of the newest $13 top-ups of each status ($14) fit, and whether there are more to look at.
SELECT s.status, c.fitting, c.looked = $13 AS is_cut
FROM unnest($14::text[]) AS s (status)
CROSS JOIN LATERAL (
    SELECT count(*) AS looked, count(*) FILTER (WHERE o.matches) AS fitting
    FROM (
        SELECT {fits the search} AS matches
        FROM topups
        WHERE account = $1 AND livemode = $2 AND (status, id) > (s.status, $3) AND (status, id) < (s.status, $4)
        ORDER BY status DESC, id DESC
        LIMIT $13
    ) AS o
) AS c;
