-- name: claim_key
-- Take a key for the running transaction; no row comes back when it is taken already. Waits for a transaction
-- that holds the same key to end.
INSERT INTO idempotency_keys (account, livemode, key, fingerprint, request_id, created_ms)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING
RETURNING key;

-- name: record_reply
-- Keep the answer of the transaction that claimed the key.
UPDATE idempotency_keys
SET response_status = $4, response_body = $5
WHERE account = $1 AND livemode = $2 AND key = $3;

-- name: fetch_replies
-- The answers kept under keys; a create's is the object that its event carries.
SELECT
    k.account, k.livemode, k.key, k.fingerprint, k.request_id,
    coalesce(k.response_status, 200) AS response_status,
    coalesce(k.response_body, e.payload) AS body
FROM unnest($1::text[], $2::boolean[], $3::text[]) AS w (account, livemode, key)
CROSS JOIN LATERAL (
    SELECT * FROM idempotency_keys WHERE account = w.account AND livemode = w.livemode AND key = w.key OFFSET 0
) AS k
LEFT JOIN LATERAL (
    SELECT payload FROM events WHERE account = k.account AND livemode = k.livemode AND id = k.event_id OFFSET 0
) AS e ON true;
