-- fragment: look along <order> where <bounds>
-- Of the next $13 entries of an index, those that fit, and the last entry whether it does or not: its id says where to go
-- on, its absence that there was nothing more to look at.
SELECT looked.id, looked.matches, looked.ordinal = $13 AS is_last
FROM (
    SELECT
        id, status, amount, failure_code, {fits the search} AS matches,
        row_number() OVER (ORDER BY <order>) AS ordinal
    FROM topups
    WHERE account = $1 AND livemode = $2 AND <bounds>
    ORDER BY <order>
    LIMIT $13
) AS looked
WHERE looked.matches OR looked.ordinal = $13
ORDER BY <order>
LIMIT $14

-- fragment: fits the search
-- What is NULL leaves nothing out. One function lowers both texts: in the locale C it lowers A to Z alone. It stands in no WHERE of an indexed table, so no index is chosen by it.
(
    id > $3 AND id < $4 AND ($5::text IS NULL OR currency = $5) AND ($6::text IS NULL OR status = $6)
    AND ($7::bigint IS NULL OR amount >= $7) AND ($8::bigint IS NULL OR amount <= $8)
    AND ($9::text IS NULL OR coalesce(payment_method, source, '') = $9)
    AND ($10::text IS NULL OR coalesce(failure_code, '') = $10)
    AND ($11::jsonb IS NULL OR coalesce(metadata @> $11, FALSE))
    AND ($12::text IS NULL OR coalesce(strpos(lower(description), lower($12)) > 0, FALSE))
)
