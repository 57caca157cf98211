-- name: read_terms
-- An owner's terms, a row for each default funding source and one where there is none; no row for an owner who never
-- changed anything.
SELECT
    o.version, o.settlement_days, o.is_closed,
    c.id AS clock_id, c.name, c.created AS clock_created, c.deletes_after, c.frozen_time, c.target_frozen_time,
    c.since_ms,
    d.currency AS default_currency,
    o.account, o.livemode, f.id, f.kind, f.created, f.verification, f.attempts_left, f.is_detached, f.routing_number,
    f.last4, f.fingerprint, f.bank_name, f.country, f.currency, f.account_holder_type, f.account_type,
    f.allow_redisplay, f.client_secret, f.scenario, f.party, f.metadata
FROM owner_terms AS o
LEFT JOIN test_clocks AS c ON c.account = o.account AND c.livemode = o.livemode
LEFT JOIN default_funding_sources AS d ON d.account = o.account AND d.livemode = o.livemode
LEFT JOIN funding_sources AS f ON f.account = d.account AND f.livemode = d.livemode AND f.id = d.funding_source
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
