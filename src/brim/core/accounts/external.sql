-- name: insert_external_account
-- One new external account.
INSERT INTO external_accounts (
    account, livemode, id, created, routing_number, last4, fingerprint, bank_name, country, currency,
    account_holder_name, account_holder_type, account_type, is_default, metadata
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::text::jsonb);

-- name: fetch_external_accounts
-- External accounts of several accounts in one mode: of each the newest, as many as are asked for, and how many it has.
SELECT e.*
FROM unnest($1::text[]) AS wanted (account)
CROSS JOIN LATERAL (
    SELECT
        account, livemode, id, created, routing_number, last4, fingerprint, bank_name, country, currency,
        account_holder_name, account_holder_type, account_type, is_default, metadata, count(*) OVER () AS total
    FROM external_accounts
    WHERE account = wanted.account AND livemode = $2
    ORDER BY id DESC
    LIMIT $3
) AS e;

-- name: read_external_account
-- One external account.
SELECT
    account, livemode, id, created, routing_number, last4, fingerprint, bank_name, country, currency,
    account_holder_name, account_holder_type, account_type, is_default, metadata
FROM external_accounts
WHERE account = $1 AND livemode = $2 AND id = $3;

-- name: list_external_accounts
-- One page along the primary key; of the two branches one runs. The bounds are exclusive ids.
SELECT
    e.account, e.livemode, e.id, e.created, e.routing_number, e.last4, e.fingerprint, e.bank_name, e.country,
    e.currency, e.account_holder_name, e.account_holder_type, e.account_type, e.is_default, e.metadata
FROM (
    (
        SELECT *
        FROM external_accounts
        WHERE $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
        ORDER BY id DESC
        LIMIT $6
    )
    UNION ALL
    (
        SELECT *
        FROM external_accounts
        WHERE NOT $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
        ORDER BY id
        LIMIT $6
    )
) AS e;

-- name: count_external_accounts
-- How many external accounts there are, in all and in one currency.
SELECT count(*) AS total, count(*) FILTER (WHERE currency = $3) AS in_currency
FROM external_accounts
WHERE account = $1 AND livemode = $2;

-- name: update_external_account
-- Write what may change of an external account, its being a default aside.
UPDATE external_accounts
SET account_holder_name = $4, account_holder_type = $5, account_type = $6, metadata = $7::text::jsonb
WHERE account = $1 AND livemode = $2 AND id = $3;

-- name: clear_default
-- Let none be the default of a currency; the one that was comes back.
UPDATE external_accounts
SET is_default = false
WHERE account = $1 AND livemode = $2 AND currency = $3 AND is_default
RETURNING id;

-- name: set_default
-- Let one be the default of its currency, where none is.
UPDATE external_accounts
SET is_default = true
WHERE account = $1 AND livemode = $2 AND id = $3;

-- name: delete_external_account
-- Forget one.
DELETE FROM external_accounts
WHERE account = $1 AND livemode = $2 AND id = $3;

-- name: delete_all_external_accounts
-- Forget all of an account, in both modes.
DELETE FROM external_accounts
WHERE account = $1
RETURNING
    account, livemode, id, created, routing_number, last4, fingerprint, bank_name, country, currency,
    account_holder_name, account_holder_type, account_type, is_default, metadata;
