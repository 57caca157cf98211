-- name: change_terms
-- Count a change of an account's terms: creates made under the earlier ones wait for this transaction and are then made
-- again.
INSERT INTO owner_terms AS o (account, livemode, version)
VALUES ($1, $2, 1)
ON CONFLICT ON CONSTRAINT owner_terms_pk DO UPDATE SET version = o.version + 1;

-- name: set_settlement_days
-- Write an account's own agreement, NULL for none, in a row that change_terms made.
UPDATE owner_terms
SET settlement_days = $3
WHERE account = $1 AND livemode = $2;

-- name: ensure_terms
-- The first terms of an account in both modes, where it has none.
INSERT INTO owner_terms (account, livemode, version)
VALUES ($1, false, 1), ($1, true, 1)
ON CONFLICT DO NOTHING;

-- name: close
-- Count a change of terms by which no more top-ups are made, in rows that ensure_terms made. Creates hold these rows
-- until they commit, so this waits for them.
UPDATE owner_terms
SET version = version + 1, is_closed = true
WHERE account = $1;
