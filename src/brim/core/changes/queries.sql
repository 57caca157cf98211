-- name: newest_numbers
-- The number given last to the events of each of some accounts, 0 where there is none, in the order in which they were
-- asked for.
SELECT coalesce((
    SELECT c.number FROM event_counters AS c WHERE c.account = w.account AND c.livemode = w.livemode
), 0) AS number
FROM unnest($1::text[], $2::boolean[]) WITH ORDINALITY AS w (account, livemode, ordinal)
ORDER BY w.ordinal;

-- name: changed_objects
-- What the events of some accounts after a number of theirs were about: at most $4 events of each.
SELECT
    w.ordinal,
    (
        SELECT e.object_id
        FROM events AS e
        WHERE e.account = w.account AND e.livemode = w.livemode AND e.id = n.event
    ) AS object_id
FROM unnest($1::text[], $2::boolean[], $3::bigint[]) WITH ORDINALITY AS w (account, livemode, after, ordinal)
CROSS JOIN LATERAL (
    SELECT event
    FROM event_numbers
    WHERE account = w.account AND livemode = w.livemode AND number > w.after
    ORDER BY number
    LIMIT $4
) AS n;
