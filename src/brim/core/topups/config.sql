-- name: read_config
-- An account's configuration, a row for each default funding source and one where there is none; version 0 for an account
-- who never changed anything.
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

-- name: read_config_versions
-- The version of the configuration of each of some accounts that has one, and whether it takes no more money.
SELECT o.account, o.livemode, o.version, o.is_closed
FROM unnest($1::text[], $2::boolean[]) AS w (account, livemode)
CROSS JOIN LATERAL (
    SELECT account, livemode, version, is_closed
    FROM owner_terms
    WHERE account = w.account AND livemode = w.livemode
    OFFSET 0
) AS o;
