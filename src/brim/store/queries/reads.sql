-- name: fetch_balance_transactions
-- An owner's balance transactions of these ids; what does not exist is left out.
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
-- What an owner has, one row a currency.
SELECT currency, available
FROM balances
WHERE account = $1 AND livemode = $2
ORDER BY currency;
