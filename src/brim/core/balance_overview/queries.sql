-- name: in_flight
-- What the newest $3 pending top-ups will bring, by currency.
SELECT currency, sum(amount)::bigint AS amount, count(*) AS topups
FROM (
    SELECT currency, amount
    FROM topups
    WHERE account = $1 AND livemode = $2 AND (status, id) > ('pending', '') AND (status, id) < ('pending', '~')
    ORDER BY status DESC, id DESC
    LIMIT $3
) AS pending
GROUP BY currency
ORDER BY currency;

-- name: newest_line
-- When the newest line of an account's statement was written.
SELECT created
FROM balance_transactions
WHERE account = $1 AND livemode = $2 AND id > '' AND id < '~'
ORDER BY id DESC
LIMIT 1;

-- name: day_totals
-- What came to an account's balances and left them on each day of UTC: of the newest $4 lines of the statement after an
-- id, so that one look stays short.
SELECT
    currency, created / 86400 AS day, count(*) AS lines,
    coalesce(sum(net) FILTER (WHERE net > 0), 0)::bigint AS received,
    coalesce(-sum(net) FILTER (WHERE net < 0), 0)::bigint AS returned
FROM (
    SELECT currency, created, net
    FROM balance_transactions
    WHERE account = $1 AND livemode = $2 AND id > $3 AND id < '~'
    ORDER BY id DESC
    LIMIT $4
) AS lines
GROUP BY currency, created / 86400;
