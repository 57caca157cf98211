-- name: read_terms
-- An owner's terms; no row for one who never changed anything.
SELECT
    o.account, o.livemode, o.version, o.settlement_days,
    c.id AS clock_id, c.name, c.created, c.deletes_after, c.frozen_time, c.target_frozen_time, c.since_ms
FROM owner_terms AS o
LEFT JOIN test_clocks AS c ON c.account = o.account AND c.livemode = o.livemode
WHERE o.account = $1 AND o.livemode = $2;

-- name: change_terms
-- Count a change of an owner's terms: creates made under the earlier ones wait for this transaction and are then made
-- again.
INSERT INTO owner_terms AS o (account, livemode, version)
VALUES ($1, $2, 1)
ON CONFLICT ON CONSTRAINT owner_terms_pk DO UPDATE SET version = o.version + 1;

-- name: set_settlement_days
-- Write an owner's own agreement, NULL for none, in a row that change_terms made.
UPDATE owner_terms
SET settlement_days = $3
WHERE account = $1 AND livemode = $2;
