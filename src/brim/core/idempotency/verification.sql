-- Every statement reads one range of a key, open at its low end and closed at its high one, and answers only what
-- is wrong there: the account, the row, what was expected and what was found. Both sides of a comparison are cut to
-- the range before they are joined, so a statement's work is bounded by the range whatever the tables' sizes.
-- `range of` is explained in core/verification/fragments.sql.

-- name: wrong_idempotency_keys
-- Keys whose answer is an event that does not exist.
SELECT
    k.account, k.livemode, 'idempotency_keys ' || k.key AS row_name, 'event ' || k.event_id AS expected, NULL AS found
FROM (
    {range of idempotency_keys by key: account, livemode, key, event_id}
) AS k
WHERE k.event_id IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM events AS e
        WHERE e.account = k.account AND e.livemode = k.livemode AND e.id = k.event_id
        OFFSET 0
    )
LIMIT $7;
