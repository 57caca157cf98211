-- Keys are looked for by hash or id before any account is known, and people at the command line list those of all: the
-- statements here that name no account are no part of serving an account's requests.

-- name: find_by_hash
-- The key with this SHA-256, expired or not, and how many accounts of its own account's were deleted.
SELECT
    k.hash, k.account, k.livemode, k.id, k.kind, k.name, k.redacted, k.permissions::text, k.created, k.expires_ms,
    (SELECT a.deleted_below FROM accounts AS a WHERE a.account = k.account) AS deleted_below
FROM api_keys AS k
WHERE k.hash = $1;

-- name: lock_by_id
-- The key with this id, held until the transaction ends.
SELECT hash, account, livemode, id, kind, name, redacted, permissions::text, created, expires_ms
FROM api_keys
WHERE id = $1
FOR UPDATE;

-- name: list_keys
-- All keys, or one account's, oldest first.
SELECT hash, account, livemode, id, kind, name, redacted, permissions::text, created, expires_ms, last_used_ms
FROM api_keys
WHERE $1::text IS NULL OR account = $1
ORDER BY account, created, id;

-- name: list_owner_keys
-- An account's keys that work, or did at a time not long ago, newest first, each with the operator whose pages use it.
SELECT
    k.hash, k.account, k.livemode, k.id, k.kind, k.name, k.redacted, k.permissions::text, k.created, k.expires_ms,
    k.last_used_ms, p.operator
FROM api_keys AS k
LEFT JOIN LATERAL (
    SELECT operator FROM operator_keys WHERE account = k.account AND livemode = k.livemode AND hash = k.hash OFFSET 0
) AS p ON true
WHERE k.account = $1 AND k.livemode = $2 AND (k.expires_ms IS NULL OR k.expires_ms > $3)
ORDER BY k.created DESC, k.id DESC
LIMIT $4;

-- name: lock_owner_key
-- An account's key with this id, held until the transaction ends, with the operator whose pages use it.
SELECT
    k.hash, k.account, k.livemode, k.id, k.kind, k.name, k.redacted, k.permissions::text, k.created, k.expires_ms,
    k.last_used_ms, p.operator
FROM api_keys AS k
LEFT JOIN LATERAL (
    SELECT operator FROM operator_keys WHERE account = k.account AND livemode = k.livemode AND hash = k.hash OFFSET 0
) AS p ON true
WHERE k.account = $1 AND k.livemode = $2 AND k.id = $3
FOR UPDATE OF k;

-- name: insert_key
-- One new key, unless its account has one of that id.
INSERT INTO api_keys (hash, account, livemode, id, kind, name, redacted, permissions, created, expires_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb, $9, $10)
ON CONFLICT ON CONSTRAINT api_keys_account_id DO NOTHING
RETURNING id;

-- name: expire_key
-- Ends a key at a time, unless it ends before.
UPDATE api_keys
SET expires_ms = least(expires_ms, $4)
WHERE account = $1 AND livemode = $2 AND id = $3
RETURNING expires_ms;

-- name: expire_keys_of_account
-- Let all keys of an account that work stop working, in both modes. Returns them as they are then, and until when they
-- would have worked.
UPDATE api_keys AS k
SET expires_ms = $2
WHERE account = $1 AND (expires_ms IS NULL OR expires_ms > $2)
RETURNING
    hash, account, livemode, id, kind, name, redacted, permissions::text, created, expires_ms,
    (SELECT b.expires_ms FROM api_keys AS b WHERE b.hash = k.hash) AS worked_until_ms;

-- name: write_last_use
-- When some keys were used last, of those that were not written so short a time ($3) before. In the order of hashes, so that
-- no two processes wait for each other.
UPDATE api_keys AS k
SET last_used_ms = u.used_ms
FROM (
    SELECT l.hash, n.used_ms
    FROM unnest($1::bytea[], $2::bigint[]) AS n (hash, used_ms)
    CROSS JOIN LATERAL (
        SELECT hash
        FROM api_keys
        WHERE hash = n.hash AND (last_used_ms IS NULL OR last_used_ms <= n.used_ms - $3)
        FOR NO KEY UPDATE
    ) AS l
) AS u
WHERE k.hash = u.hash;
