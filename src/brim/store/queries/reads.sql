-- name: fetch_balance_transactions
-- An owner's balance transactions of these ids; what does not exist is left out.
SELECT account, livemode, id, amount, fee, net, available_on, created, currency, description, source, type
FROM balance_transactions
WHERE account = $1 AND livemode = $2 AND id = ANY ($3::text[]);

-- name: fetch_events
-- An owner's events of these ids; what does not exist is left out.
SELECT account, livemode, id, created, type, object_id, api_version, request_id, idempotency_key, payload
FROM events
WHERE account = $1 AND livemode = $2 AND id = ANY ($3::text[]);

-- name: balances
-- What an owner has, one row a currency.
SELECT currency, available
FROM balances
WHERE account = $1 AND livemode = $2
ORDER BY currency;
