-- name: usable_debits
-- Of the newest $5 entries in a platform's files between two ids, those whose money is usable and that have not come
-- back, by account, funding source and day of settlement; and whether these were all. One row at least.
WITH
looked_at AS MATERIALIZED (
    SELECT e.owner, e.topup, e.number, e.originator, e.status, e.sec_code, e.effective_date
    FROM (
        SELECT id
        FROM ach_files
        WHERE account = $1 AND livemode = $2 AND id >= $3 AND id < $4
        ORDER BY id DESC
    ) AS f
    CROSS JOIN LATERAL (
        SELECT owner, topup, number, originator, status, sec_code, effective_date
        FROM ach_entries
        WHERE account = $1 AND livemode = $2 AND file BETWEEN f.id AND f.id
        ORDER BY file, trace
    ) AS e
    LIMIT $5
),

usable AS (
    SELECT
        e.owner, t.funding_source, t.currency, e.originator, e.sec_code, e.effective_date, c.is_booked,
        sum(t.amount)::bigint AS amount, count(*) AS topups
    FROM looked_at AS e
    CROSS JOIN LATERAL (
        SELECT currency, amount, status, coalesce(payment_method, source) AS funding_source
        FROM topups
        WHERE account = e.owner AND livemode = $2 AND id BETWEEN e.topup AND e.topup
        ORDER BY id
    ) AS t
    CROSS JOIN LATERAL (
        -- The bank has credited it once more than people have undone that.
        SELECT coalesce(
            sum(CASE split_part(step, ':', 1) WHEN 'bank_credit' THEN 1 WHEN 'bank_credit_undone' THEN -1 END), 0
        ) > 0 AS is_booked
        FROM (
            SELECT step
            FROM bank_confirmations
            WHERE account = e.owner AND livemode = $2 AND topup BETWEEN e.topup AND e.topup
            ORDER BY topup, step
            OFFSET 0
        ) AS b
        WHERE coalesce(nullif(split_part(split_part(step, ':', 2), '/', 1), ''), '1') = e.number::text
    ) AS c
    WHERE e.status = 'released' AND t.status = 'succeeded'
    GROUP BY e.owner, t.funding_source, t.currency, e.originator, e.sec_code, e.effective_date, c.is_booked
)

SELECT n.is_complete, u.*
FROM (SELECT count(*) < $5 AS is_complete FROM looked_at) AS n
LEFT JOIN usable AS u ON true;

-- name: pending_debits
-- The newest $3 pending top-ups of a platform and of the accounts below it, by where those stand that are on one of some
-- rails (4); and whether these were all. One row at least.
WITH
owners AS MATERIALIZED (
    SELECT $1 AS account
    UNION ALL
    (SELECT account FROM accounts WHERE platform = $1 ORDER BY platform, account LIMIT $3)
),

looked_at AS MATERIALIZED (
    SELECT t.id, t.amount, t.currency, t.due_ms, t.settlement_days, t.rail
    FROM owners AS a
    CROSS JOIN LATERAL (
        SELECT id, amount, currency, due_ms, settlement_days, rail
        FROM topups
        WHERE account = a.account AND livemode = $2 AND (status, id) > ('pending', '') AND (status, id) < ('pending', '~')
        ORDER BY status DESC, id DESC
        LIMIT $3
    ) AS t
    LIMIT $3
),

pending AS (
    SELECT
        t.currency, e.originator, e.status, e.effective_date,
        coalesce(e.hold_days, t.settlement_days, 0)::integer AS hold_days,
        CASE WHEN e.status IS NULL THEN t.due_ms END AS due_ms,
        sum(t.amount)::bigint AS amount, count(*) AS topups
    FROM looked_at AS t
    LEFT JOIN LATERAL (
        SELECT
            originator, CASE WHEN status <> 'returned' THEN status END AS status,
            CASE WHEN status <> 'returned' THEN effective_date END AS effective_date, hold_days
        FROM ach_entries
        WHERE account = $1 AND livemode = $2 AND topup BETWEEN t.id AND t.id
        ORDER BY topup DESC, number DESC
        LIMIT 1
    ) AS e ON true
    WHERE t.rail = ANY ($4::text[])
    GROUP BY 1, 2, 3, 4, 5, 6
)

SELECT n.is_complete, p.*
FROM (
    SELECT (SELECT count(*) FROM looked_at) < $3 AND (SELECT count(*) FROM owners) <= $3 AS is_complete
) AS n
LEFT JOIN pending AS p ON true;

-- name: read_clocks
-- When the money of top-ups became usable, in seconds, and when a statement of the bank last booked their debit.
SELECT t.topup, l.created AS usable, b.booked_ms
FROM unnest($3::text[], $4::text[]) AS t (topup, balance_transaction)
LEFT JOIN LATERAL (
    SELECT created
    FROM balance_transactions
    WHERE account = $1 AND livemode = $2 AND id BETWEEN t.balance_transaction AND t.balance_transaction
    ORDER BY id
) AS l ON true
CROSS JOIN LATERAL (
    SELECT max(created_ms) AS booked_ms
    FROM (
        SELECT created_ms, step, array_agg(step) OVER () AS steps
        FROM bank_confirmations
        WHERE account = $1 AND livemode = $2 AND topup BETWEEN t.topup AND t.topup
        ORDER BY topup, step
    ) AS c
    WHERE
        (step = 'bank_credit' OR step LIKE 'bank_credit:%')
        AND 'bank_credit_undone' || substr(step, length('bank_credit') + 1) <> ALL (steps)
) AS b;
