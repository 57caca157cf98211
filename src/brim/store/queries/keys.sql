-- Keys are looked for by hash or id before any account is known, and only people at the command line list
-- them: the statements here that name no account are no part of serving an account's requests.

-- name: find_by_hash
-- The key with this SHA-256, expired or not.
SELECT hash, account, livemode, id, kind, name, redacted, permissions::text, created, expires_ms
FROM api_keys
WHERE hash = $1;

-- name: lock_by_id
-- The key with this id, held until the transaction ends.
SELECT hash, account, livemode, id, kind, name, redacted, permissions::text, created, expires_ms
FROM api_keys
WHERE id = $1
FOR UPDATE;

-- name: list_keys
-- All keys, or one account's, oldest first.
SELECT hash, account, livemode, id, kind, name, redacted, permissions::text, created, expires_ms
FROM api_keys
WHERE $1::text IS NULL OR account = $1
ORDER BY account, created, id;

-- name: insert_key
-- One new key.
INSERT INTO api_keys (hash, account, livemode, id, kind, name, redacted, permissions, created, expires_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb, $9, $10);

-- name: expire_key
-- Ends a key at a time, unless it ends before.
UPDATE api_keys
SET expires_ms = least(expires_ms, $4)
WHERE account = $1 AND livemode = $2 AND id = $3
RETURNING expires_ms;
