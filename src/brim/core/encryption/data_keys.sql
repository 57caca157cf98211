-- The few data keys belong to the installation, not to an account.

-- name: list_data_keys
-- All data keys, the latest to seal first.
SELECT id, wrapped, kms, kms_key, created_ms, seals_from_ms, retired_ms
FROM data_keys
ORDER BY seals_from_ms DESC, id;

-- name: lock_data_keys
-- Let nobody else change data keys until the transaction ends.
LOCK TABLE data_keys IN SHARE ROW EXCLUSIVE MODE;

-- name: insert_data_key
-- Store a data key.
INSERT INTO data_keys (id, wrapped, kms, kms_key, created_ms, seals_from_ms)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: rewrap_data_key
-- Store a data key as another key wraps it.
UPDATE data_keys SET wrapped = $2, kms = $3, kms_key = $4 WHERE id = $1;

-- name: retire_data_key
-- Let a data key seal no more.
UPDATE data_keys SET retired_ms = $2 WHERE id = $1 AND retired_ms IS NULL;

-- name: delete_data_key
-- Forget a data key: nothing opens any more what was sealed with it.
DELETE FROM data_keys WHERE id = $1;
