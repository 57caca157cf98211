-- name: in_flight
-- What the newest $3 pending top-ups will bring, by currency and the day of UTC on which it is expected; NULL where none is.
SELECT currency, expected_availability_date / 86400 AS day, sum(amount)::bigint AS amount, count(*) AS topups
FROM (
    SELECT currency, amount, expected_availability_date
    FROM topups
    WHERE account = $1 AND livemode = $2 AND (status, id) > ('pending', '') AND (status, id) < ('pending', '~')
    ORDER BY status DESC, id DESC
    LIMIT $3
) AS pending
GROUP BY currency, expected_availability_date / 86400
ORDER BY currency, day;

-- name: newest_line
-- When the newest line of an account's statement was written.
SELECT created
FROM balance_transactions
WHERE account = $1 AND livemode = $2 AND id > '' AND id < '~'
ORDER BY id DESC
LIMIT 1;

-- name: day_totals
-- What came to an account's balances and left them on each day of UTC since one ($3).
SELECT b.currency, d.day, d.received, d.returned
FROM (
    SELECT currency
    FROM balances
    WHERE account = $1 AND livemode = $2
    OFFSET 0
) AS b
CROSS JOIN LATERAL (
    SELECT
        start / 86400 AS day,
        coalesce(sum(net) FILTER (WHERE net > 0), 0)::bigint AS received,
        coalesce(-sum(net) FILTER (WHERE net < 0), 0)::bigint AS returned
    FROM (
        SELECT start, net
        FROM balance_activity
        WHERE account = $1 AND livemode = $2 AND currency BETWEEN b.currency AND b.currency
            AND span BETWEEN 86400 AND 86400 AND start >= $3
        ORDER BY account, livemode, currency, span, start
    ) AS days
    GROUP BY start
) AS d;
