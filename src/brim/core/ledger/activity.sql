-- What balances were, and what changed them, from `balance_activity`: sums by day (span 86400) and by minute (span 60).

-- name: balances_after
-- What balances were after balance transactions (8), reserved money included. They are given by currency and minute (3 to
-- 7): the minute's first second, the next day's, the id of the oldest of them, and one after all of that minute. A
-- balance then is today's, less whole days, less the minutes of that day, less what followed and is not of those.
SELECT r.id, (g.total - r.later)::bigint AS balance
FROM (
    SELECT w.currency, w.minute, w.first_id, w.next_id, b.total - d.net - m.net AS total
    FROM unnest($3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[])
        AS w (currency, minute, next_day, first_id, next_id)
    CROSS JOIN LATERAL (
        SELECT available + reserved AS total
        FROM balances
        WHERE account = $1 AND livemode = $2 AND currency = w.currency
        OFFSET 0
    ) AS b
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(net), 0) AS net
        FROM (
            SELECT net
            FROM balance_activity
            WHERE account = $1 AND livemode = $2 AND currency BETWEEN w.currency AND w.currency
                AND span BETWEEN 86400 AND 86400 AND start >= w.next_day
            ORDER BY account, livemode, currency, span, start
        ) AS days
    ) AS d
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(net), 0) AS net
        FROM (
            SELECT net
            FROM balance_activity
            WHERE account = $1 AND livemode = $2 AND currency BETWEEN w.currency AND w.currency
                AND span BETWEEN 60 AND 60 AND start > w.minute AND start < w.next_day
            ORDER BY account, livemode, currency, span, start
        ) AS minutes
    ) AS m
) AS g
CROSS JOIN LATERAL (
    SELECT
        id,
        coalesce(
            sum(net) FILTER (WHERE created < g.minute + 60)
                OVER (ORDER BY currency DESC, id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
            0
        ) AS later
    FROM (
        SELECT currency, id, created, net
        FROM balance_transactions
        WHERE account = $1 AND livemode = $2
            AND (currency, id) >= (g.currency, g.first_id) AND (currency, id) < (g.currency, g.next_id)
        ORDER BY currency DESC, id DESC
    ) AS lines
) AS r
WHERE r.id = ANY ($8::text[]);

-- name: activity_sums
-- What accounts (1) have of each currency now, reserved money included, and what changed that in parts of time (3), each
-- of which is given by ranges (4 to 6) of whole spans: a row a part and type, or one without where nothing did.
SELECT b.account, b.currency, b.total, s.part, s.type, s.number, s.gross, s.fee, s.net
FROM unnest($1::text[]) AS n (account)
CROSS JOIN LATERAL (
    SELECT account, currency, available + reserved AS total
    FROM balances
    WHERE account = n.account AND livemode = $2
    ORDER BY currency
) AS b
LEFT JOIN LATERAL (
    SELECT
        r.part, a.type, sum(a.number)::bigint AS number, sum(a.gross)::bigint AS gross, sum(a.fee)::bigint AS fee,
        sum(a.net)::bigint AS net
    FROM unnest($3::text[], $4::integer[], $5::bigint[], $6::bigint[]) AS r (part, span, since, until)
    CROSS JOIN LATERAL (
        SELECT type, number, gross, fee, net
        FROM balance_activity
        WHERE account = b.account AND livemode = $2 AND currency BETWEEN b.currency AND b.currency
            AND span BETWEEN r.span AND r.span AND start >= r.since AND start < r.until
        ORDER BY account, livemode, currency, span, start
    ) AS a
    GROUP BY r.part, a.type
) AS s ON true
ORDER BY b.account, b.currency;
