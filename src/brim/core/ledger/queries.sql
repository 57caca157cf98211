-- name: balance_transaction_ids_by_key
-- Ids of one page along the primary key; one of the two branches runs.
(
    SELECT id
    FROM balance_transactions
    WHERE $5 AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
    ORDER BY id DESC
    LIMIT $6
)
UNION ALL
(
    SELECT id
    FROM balance_transactions
    WHERE NOT $5 AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
    ORDER BY id
    LIMIT $6
);

-- name: balance_transaction_ids_by_currency
-- Ids of one page of a currency, and of a type when one is given: all lines but the returns, which are few.
(
    SELECT id
    FROM balance_transactions
    WHERE $5 AND account = $1 AND livemode = $2
        AND (currency, id) > ($7, $3) AND (currency, id) < ($7, $4) AND ($8::text IS NULL OR type = $8)
    ORDER BY currency DESC, id DESC
    LIMIT $6
)
UNION ALL
(
    SELECT id
    FROM balance_transactions
    WHERE NOT $5 AND account = $1 AND livemode = $2
        AND (currency, id) > ($7, $3) AND (currency, id) < ($7, $4) AND ($8::text IS NULL OR type = $8)
    ORDER BY currency, id
    LIMIT $6
);

-- name: balance_transaction_ids_by_type
-- Ids of one page of a type, and of a currency when one is given.
(
    SELECT id
    FROM balance_transactions
    WHERE $5 AND account = $1 AND livemode = $2
        AND (type, id) > ($8, $3) AND (type, id) < ($8, $4) AND ($7::text IS NULL OR currency = $7)
    ORDER BY type DESC, id DESC
    LIMIT $6
)
UNION ALL
(
    SELECT id
    FROM balance_transactions
    WHERE NOT $5 AND account = $1 AND livemode = $2
        AND (type, id) > ($8, $3) AND (type, id) < ($8, $4) AND ($7::text IS NULL OR currency = $7)
    ORDER BY type, id
    LIMIT $6
);

-- name: balance_transaction_ids_by_source
-- Ids of one page of a source's lines: at most one a type, found by the unique key and then filtered and sorted.
WITH of_source AS MATERIALIZED (
    SELECT id, currency, type
    FROM balance_transactions
    WHERE account = $1 AND livemode = $2 AND source BETWEEN $9 AND $9
    ORDER BY source
)
SELECT id
FROM of_source
WHERE id > $3 AND id < $4 AND ($7::text IS NULL OR currency = $7) AND ($8::text IS NULL OR type = $8)
ORDER BY CASE WHEN $5::boolean THEN id END DESC, CASE WHEN NOT $5 THEN id END
LIMIT $6;

-- name: fetch_balance_transactions
-- An account's balance transactions of these ids; what does not exist is left out.
SELECT
    t.account, t.livemode, t.id, t.amount, t.fee, t.net, t.available_on, t.created, t.currency, t.description, t.source,
    t.type
FROM unnest($3::text[]) AS w (id)
CROSS JOIN LATERAL (
    SELECT *
    FROM balance_transactions
    WHERE account = $1 AND livemode = $2 AND id BETWEEN w.id AND w.id
    ORDER BY id
) AS t;

-- name: balances
-- What an account has, one row a currency.
SELECT currency, available, reserved
FROM balances
WHERE account = $1 AND livemode = $2
ORDER BY currency;

-- name: open_balances
-- Make the balances that are missing, at zero, in sorted order, so that they can be held.
INSERT INTO balances (account, livemode, currency, available)
SELECT account, livemode, currency, 0
FROM unnest($1::text[], $2::boolean[], $3::text[]) AS w (account, livemode, currency)
ORDER BY account, livemode, currency
ON CONFLICT ON CONSTRAINT balances_pk DO NOTHING;

-- name: lock_balances
-- Every balance of some accounts, held in the order of the arrays and by currency until the transaction ends.
SELECT b.account, b.livemode, b.currency, b.available
FROM unnest($1::text[], $2::boolean[]) AS w (account, livemode)
CROSS JOIN LATERAL (
    SELECT account, livemode, currency, available
    FROM balances
    WHERE account = w.account AND livemode = w.livemode
    ORDER BY currency
    FOR UPDATE
) AS b;
