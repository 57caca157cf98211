-- name: bump_config_version
-- Bump the version of an account's configuration, whose row is as old as the account. This waits for the creates that
-- have it locked; creates made under the earlier version wait for this transaction and are then made again.
INSERT INTO owner_terms AS o (account, livemode, version)
VALUES ($1, $2, 1)
ON CONFLICT ON CONSTRAINT owner_terms_pk DO UPDATE SET version = o.version + 1;

-- name: set_settlement_days
-- Write an account's own agreement, NULL for none, in a row that bump_config_version made.
UPDATE owner_terms
SET settlement_days = $3
WHERE account = $1 AND livemode = $2;

-- name: close
-- Close an account's configuration to new top-ups in both modes. Creates lock these rows until they commit, so this
-- waits for them.
UPDATE owner_terms
SET version = version + 1, is_closed = true
WHERE account = $1;

-- name: reopen
-- Let an account be topped up again in both modes.
UPDATE owner_terms
SET version = version + 1, is_closed = false
WHERE account = $1;
