-- Every statement reads one range of a key, open at its low end and closed at its high one, and answers only what
-- is wrong there: the account, the row, what was expected and what was found. Both sides of a comparison are cut to
-- the range before they are joined, so a statement's work is bounded by the range whatever the tables' sizes.
-- A range comes as the accounts that lie between two (1-2), whole, and parts of accounts (3-6): before version 18 a scan
-- that is bounded by (account, livemode, id) <= ... reads on to the end of the account.

-- name: wrong_idempotency_keys
-- Keys whose answer is an event that does not exist.
SELECT
    k.account, k.livemode, 'idempotency_keys ' || k.key AS row_name, 'event ' || k.event_id AS expected, NULL AS found
FROM (
    (
        SELECT account, livemode, key, event_id
        FROM idempotency_keys
        WHERE account > $1 AND account < $2
        ORDER BY account, livemode, key
    )
    UNION ALL
    SELECT r.*
    FROM unnest($3::text[], $4::boolean[], $5::text[], $6::text[]) AS s (account, livemode, after, until)
    CROSS JOIN LATERAL (
        SELECT account, livemode, key, event_id
        FROM idempotency_keys
        WHERE account = s.account AND livemode = s.livemode
            AND key >= coalesce(s.after, '') AND key IS DISTINCT FROM s.after AND key <= s.until
        ORDER BY key
    ) AS r
) AS k
WHERE k.event_id IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM events AS e
        WHERE e.account = k.account AND e.livemode = k.livemode AND e.id = k.event_id
        OFFSET 0
    )
LIMIT $7;
