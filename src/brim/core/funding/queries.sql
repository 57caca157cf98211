-- name: insert_funding_source
-- One new bank account on file.
INSERT INTO funding_sources (
    account, livemode, id, kind, created, verification, attempts_left, sealed, routing_number, last4, fingerprint,
    bank_name, country, currency, account_holder_type, account_type, allow_redisplay, client_secret, scenario, party,
    metadata
)
VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20::text::jsonb,
    $21::text::jsonb
);

-- name: fetch_funding_sources
-- The bank accounts named by account and id, detached ones too; what does not exist is left out.
SELECT
    f.account, f.livemode, f.id, f.kind, f.created, f.verification, f.attempts_left, f.is_detached, f.routing_number,
    f.last4, f.fingerprint, f.bank_name, f.country, f.currency, f.account_holder_type, f.account_type,
    f.allow_redisplay, f.client_secret, f.scenario, f.party, f.metadata,
    f.customer, f.customer_account
FROM unnest($1::text[], $2::boolean[], $3::text[]) AS w (account, livemode, id)
CROSS JOIN LATERAL (
    SELECT *
    FROM funding_sources
    WHERE account = w.account AND livemode = w.livemode AND id BETWEEN w.id AND w.id
    ORDER BY id
) AS f;

-- name: lock_funding_source
-- An account's bank account, held until the transaction ends.
SELECT
    account, livemode, id, kind, created, verification, attempts_left, is_detached, routing_number, last4,
    fingerprint, bank_name, country, currency, account_holder_type, account_type, allow_redisplay, client_secret,
    scenario, party, metadata, customer, customer_account
FROM funding_sources
WHERE account = $1 AND livemode = $2 AND id = $3
FOR UPDATE;

-- name: update_funding_source
-- Write what may change of a bank account on file.
UPDATE funding_sources
SET
    verification = $4, attempts_left = $5, is_detached = $6, account_holder_type = $7, account_type = $8,
    allow_redisplay = $9, party = $10::text::jsonb, metadata = $11::text::jsonb, customer = $12, customer_account = $13
WHERE account = $1 AND livemode = $2 AND id = $3;

-- name: read_sealed_number
-- The sealed account number of a bank account on file.
SELECT sealed FROM funding_sources WHERE account = $1 AND livemode = $2 AND id = $3;

-- name: correct_funding_source
-- Write what a bank has corrected of a bank account that the transaction holds, and when.
UPDATE funding_sources
SET
    sealed = $4, routing_number = $5, last4 = $6, fingerprint = $7, bank_name = $8, account_type = $9,
    party = $10::text::jsonb, corrected_ms = $11
WHERE account = $1 AND livemode = $2 AND id = $3;

-- name: list_funding_sources
-- One page along the primary key, of what is not detached; one of the two branches runs. The bounds are exclusive ids
-- of one prefix, and so of one kind. A filter that is NULL lets all through.
SELECT
    f.account, f.livemode, f.id, f.kind, f.created, f.verification, f.attempts_left, f.is_detached, f.routing_number,
    f.last4, f.fingerprint, f.bank_name, f.country, f.currency, f.account_holder_type, f.account_type,
    f.allow_redisplay, f.client_secret, f.scenario, f.party, f.metadata, f.customer, f.customer_account
FROM (
    (
        SELECT *
        FROM funding_sources
        WHERE $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4 AND NOT is_detached
            AND ($7::text IS NULL OR allow_redisplay = $7)
        ORDER BY id DESC
        LIMIT $6
    )
    UNION ALL
    (
        SELECT *
        FROM funding_sources
        WHERE NOT $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4 AND NOT is_detached
            AND ($7::text IS NULL OR allow_redisplay = $7)
        ORDER BY id
        LIMIT $6
    )
) AS f;

-- name: list_attached_methods
-- The same of what is kept for one customer, $8, along the index that has those in the order of their ids.
SELECT
    f.account, f.livemode, f.id, f.kind, f.created, f.verification, f.attempts_left, f.is_detached, f.routing_number,
    f.last4, f.fingerprint, f.bank_name, f.country, f.currency, f.account_holder_type, f.account_type,
    f.allow_redisplay, f.client_secret, f.scenario, f.party, f.metadata, f.customer, f.customer_account
FROM (
    (
        SELECT *
        FROM funding_sources
        WHERE $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
            AND coalesce(customer, customer_account) BETWEEN $8 AND $8 AND NOT is_detached
            AND ($7::text IS NULL OR allow_redisplay = $7)
        ORDER BY coalesce(customer, customer_account) DESC, id DESC
        LIMIT $6
    )
    UNION ALL
    (
        SELECT *
        FROM funding_sources
        WHERE NOT $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
            AND coalesce(customer, customer_account) BETWEEN $8 AND $8 AND NOT is_detached
            AND ($7::text IS NULL OR allow_redisplay = $7)
        ORDER BY coalesce(customer, customer_account), id
        LIMIT $6
    )
) AS f;

-- name: insert_bank_token
-- One new token.
INSERT INTO bank_tokens (
    account, livemode, id, created, sealed, routing_number, last4, fingerprint, bank_name, country, currency,
    account_holder_name, account_holder_type, account_type
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: fetch_bank_tokens
-- An account's tokens of these ids; what does not exist is left out.
SELECT
    t.account, t.livemode, t.id, t.created, t.routing_number, t.last4, t.fingerprint, t.bank_name, t.country,
    t.currency, t.account_holder_name, t.account_holder_type, t.account_type, t.used_as, t.used_by
FROM unnest($3::text[]) AS w (id)
CROSS JOIN LATERAL (
    SELECT *
    FROM bank_tokens
    WHERE account = $1 AND livemode = $2 AND id BETWEEN w.id AND w.id
    ORDER BY id
) AS t;

-- name: read_bank_token
-- An account's token with its secret, as it is now.
SELECT
    account, livemode, id, created, routing_number, last4, fingerprint, bank_name, country, currency,
    account_holder_name, account_holder_type, account_type, used_as, used_by, sealed
FROM bank_tokens
WHERE account = $1 AND livemode = $2 AND id = $3;

-- name: lock_bank_token
-- An account's token with its secret, held until the transaction ends.
SELECT
    account, livemode, id, created, routing_number, last4, fingerprint, bank_name, country, currency,
    account_holder_name, account_holder_type, account_type, used_as, used_by, sealed
FROM bank_tokens
WHERE account = $1 AND livemode = $2 AND id = $3
FOR UPDATE;

-- name: use_bank_token
-- Write what a token became, and by which request.
UPDATE bank_tokens
SET used_as = $4, used_by = $5
WHERE account = $1 AND livemode = $2 AND id = $3;

-- name: set_default
-- Let a bank account pay for what names nothing in a currency.
INSERT INTO default_funding_sources (account, livemode, currency, funding_source)
VALUES ($1, $2, $3, $4)
ON CONFLICT ON CONSTRAINT default_funding_sources_pk DO UPDATE SET funding_source = excluded.funding_source;

-- name: read_defaults
-- An account's defaults, by currency.
SELECT currency, funding_source
FROM default_funding_sources
WHERE account = $1 AND livemode = $2
ORDER BY currency;

-- name: delete_default
-- Let nothing of its own pay in a currency; no row comes back where nothing did.
DELETE FROM default_funding_sources
WHERE account = $1 AND livemode = $2 AND currency = $3
RETURNING currency;

-- name: delete_defaults_of
-- Let a bank account pay for nothing that does not name it.
DELETE FROM default_funding_sources
WHERE account = $1 AND livemode = $2 AND funding_source = $3
RETURNING currency;
