-- Count the debits and returns of before 0029, which the version that ran until then did not: from the entries, the last
-- sixty-one days of them. It waits for counts under way, and later ones wait for it, so that each entry counts once.
LOCK TABLE return_counts IN EXCLUSIVE MODE;
DELETE FROM return_counts;
INSERT INTO return_counts (
    account, livemode, originator, owner, day, debits, unauthorized, administrative, returned
)
SELECT
    c.account, c.livemode, c.originator, w.owner, c.day,
    sum(c.debits)::bigint, sum(c.unauthorized)::bigint, sum(c.administrative)::bigint, sum(c.returned)::bigint
FROM (
    SELECT
        e.account, e.livemode, e.originator, e.owner, e.effective_date AS day, 1 AS debits,
        0 AS unauthorized, 0 AS administrative, 0 AS returned
    FROM ach_entries AS e
    INNER JOIN ach_files AS f ON f.account = e.account AND f.livemode = e.livemode AND f.id = e.file
    INNER JOIN ach_batches AS b
        ON b.account = e.account AND b.livemode = e.livemode AND b.file = e.file AND b.number = e.batch
    WHERE
        e.transaction_code IN (27, 37) AND e.effective_date > current_date - 61 AND e.status NOT IN ('queued', 'refused', 'rejected')
        AND f.status IN ('sent', 'acknowledged', 'settled') AND b.status <> 'rejected'
    UNION ALL
    SELECT
        e.account, e.livemode, e.originator, e.owner,
        (to_timestamp(e.returned_ms / 1000.0) AT TIME ZONE (o.profile ->> 'time_zone'))::date AS day, 0 AS debits,
        (e.return_code IN ('R05', 'R07', 'R10', 'R11', 'R29', 'R51'))::integer AS unauthorized,
        (e.return_code IN ('R02', 'R03', 'R04'))::integer AS administrative, 1 AS returned
    FROM ach_entries AS e
    INNER JOIN originators AS o ON o.account = e.account AND o.livemode = e.livemode AND o.id = e.originator
    WHERE e.transaction_code IN (27, 37) AND e.status = 'returned' AND e.returned_ms > extract(EPOCH FROM current_date - 61) * 1000
) AS c
CROSS JOIN LATERAL (VALUES (''), (c.owner)) AS w (owner)
GROUP BY c.account, c.livemode, c.originator, w.owner, c.day;
