-- fragment: what the accounts of a have
-- The accounts of `a`, with what each has in a mode ($2): whether it is closed, its balances, and its newest top-up or
-- balance transaction.
SELECT
    a.account, a.business_name, a.email, a.country, a.created, a.details ? 'rejected' AS is_rejected,
    coalesce(o.is_closed, false) AS is_closed, b.balances, greatest(t.created, x.created) AS last_activity
FROM a
LEFT JOIN LATERAL (
    SELECT is_closed FROM owner_terms WHERE account = a.account AND livemode = $2 OFFSET 0
) AS o ON true
CROSS JOIN LATERAL (
    SELECT coalesce(json_agg(json_build_object('currency', currency, 'available', available)), '[]')::text AS balances
    FROM balances
    WHERE account = a.account AND livemode = $2
) AS b
LEFT JOIN LATERAL (
    SELECT created
    FROM topups
    WHERE account = a.account AND livemode = $2 AND id > '' AND id < '~'
    ORDER BY account DESC, livemode DESC, id DESC
    LIMIT 1
) AS t ON true
LEFT JOIN LATERAL (
    SELECT created
    FROM balance_transactions
    WHERE account = a.account AND livemode = $2 AND id > '' AND id < '~'
    ORDER BY account DESC, livemode DESC, id DESC
    LIMIT 1
) AS x ON true
