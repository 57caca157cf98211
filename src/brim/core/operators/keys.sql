-- name: find_operator_key
-- An operator's key for one account in one mode, with its secret, sealed; also one that has ended. Beside it which of
-- some roles somebody has who may sign in, as the rights of admins depend on that.
SELECT
    k.hash, k.account, k.livemode, k.id, k.kind, k.name, k.redacted, k.permissions::text, k.created, k.expires_ms,
    o.secret,
    ARRAY(SELECT DISTINCT role FROM operators WHERE role = ANY ($4::text[]) AND disabled_ms IS NULL) AS held
FROM operator_keys AS o
CROSS JOIN LATERAL (SELECT * FROM api_keys WHERE hash = o.hash OFFSET 0) AS k
WHERE o.account = $1 AND o.livemode = $2 AND o.operator = $3;

-- name: put_operator_key
-- The key that an operator has from now on for one account in one mode.
INSERT INTO operator_keys (account, livemode, operator, hash, secret)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT ON CONSTRAINT operator_keys_pk DO UPDATE SET hash = excluded.hash, secret = excluded.secret;

-- name: end_operator_keys
-- Ends all keys of an operator, whatever the account, and forgets their secrets. Returns those that worked as they are
-- then, and until when they would have.
WITH gone AS (
    DELETE FROM operator_keys
    WHERE operator = $1
    RETURNING hash
)
UPDATE api_keys AS k
SET expires_ms = $2
WHERE hash = ANY (ARRAY(SELECT hash FROM gone)) AND (expires_ms IS NULL OR expires_ms > $2)
RETURNING
    hash, account, livemode, id, kind, name, redacted, permissions::text, created, expires_ms,
    (SELECT b.expires_ms FROM api_keys AS b WHERE b.hash = k.hash) AS worked_until_ms;
