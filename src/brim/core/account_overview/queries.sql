-- name: use_bitmaps
-- Let the statements of this transaction read indexes by bitmaps, as one of words can be read in no other way.
SELECT set_config('enable_bitmapscan', 'on', TRUE);

-- name: count_named
-- How many accounts have names with such words, counted up to a number. No other condition stands beside it, so that the index of
-- names is the only one that can answer; a deleted account has no name.
SELECT count(*)
FROM (
    SELECT
    FROM accounts
    WHERE
        to_tsvector('simple', business_name) @@ to_tsquery('simple', $1) AND business_name IS NOT NULL
    LIMIT $2
) AS counted;

-- name: list_accounts
-- A page of the accounts under a platform, along accounts_listed, with what each has in a mode; with words ($7), of those with
-- such names. Of the two branches one runs: newest first, or oldest first for the page just newer than a cursor.
WITH a AS (
    (
        SELECT *
        FROM accounts
        WHERE
            $5 AND (platform, account) > ($1, $3) AND (platform, account) < ($1, $4) AND deleted_ms IS NULL
            AND ($7::text IS NULL OR to_tsvector('simple', coalesce(business_name, '')) @@ to_tsquery('simple', $7))
        ORDER BY platform DESC, account DESC
        LIMIT $6
    )
    UNION ALL
    (
        SELECT *
        FROM accounts
        WHERE
            NOT $5 AND (platform, account) > ($1, $3) AND (platform, account) < ($1, $4) AND deleted_ms IS NULL
            AND ($7::text IS NULL OR to_tsvector('simple', coalesce(business_name, '')) @@ to_tsquery('simple', $7))
        ORDER BY platform, account
        LIMIT $6
    )
)
{what the accounts of a have};

-- name: list_named
-- As list_accounts, of so few accounts with such names that they are sorted.
WITH named AS MATERIALIZED (
    SELECT *
    FROM accounts
    WHERE
        to_tsvector('simple', business_name) @@ to_tsquery('simple', $7) AND business_name IS NOT NULL
),
a AS (
    (
        SELECT *
        FROM named
        WHERE $5 AND platform = $1 AND account > $3 AND account < $4
        ORDER BY account DESC
        LIMIT $6
    )
    UNION ALL
    (
        SELECT *
        FROM named
        WHERE NOT $5 AND platform = $1 AND account > $3 AND account < $4
        ORDER BY account
        LIMIT $6
    )
)
{what the accounts of a have};
