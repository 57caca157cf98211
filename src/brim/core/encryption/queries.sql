-- The server's own secrets belong to no account, and a change of encryption keys walks the rows of all: the statements
-- here that compare no account with = are no part of serving an account's requests. What is replaced is held by its
-- transaction, so where it lies (ctid) names it. Most tables are walked alike: `next` and `replaced` are in fragments.sql.

-- name: find_service_secret
-- A secret of the server's own, sealed.
SELECT sealed FROM service_secrets WHERE name = $1;

-- name: keep_service_secret
-- Store a secret of the server's own unless there is one.
INSERT INTO service_secrets (name, sealed)
VALUES ($1, $2)
ON CONFLICT ON CONSTRAINT service_secrets_pk DO NOTHING;

-- name: lock_service_secrets
-- All of the server's own secrets, held until the transaction ends; there are a few.
SELECT name, sealed FROM service_secrets ORDER BY name FOR UPDATE;

-- name: replace_service_secret
-- Store a secret of the server's own in another form.
UPDATE service_secrets SET sealed = $2 WHERE name = $1;

-- name: lock_sealed_funding_sources
-- The account numbers of bank accounts on file: the next ones.
{next sealed of funding_sources by id, at most $4};

-- name: replace_sealed_funding_sources
-- The account numbers of bank accounts on file: in another form.
{replaced sealed of funding_sources by id};

-- name: lock_sealed_bank_tokens
-- The account numbers of tokens: the next ones.
{next sealed of bank_tokens by id, at most $4};

-- name: replace_sealed_bank_tokens
-- The account numbers of tokens: in another form.
{replaced sealed of bank_tokens by id};

-- name: lock_sealed_webhook_endpoints
-- The endpoints' secrets: the next ones.
{next secret of webhook_endpoints by id, at most $4};

-- name: replace_sealed_webhook_endpoints
-- The endpoints' secrets: in another form.
{replaced secret of webhook_endpoints by id};

-- name: lock_old_sealed_webhook_endpoints
-- The endpoints' secrets from before: the next ones.
{next old_secret of webhook_endpoints by id, at most $4};

-- name: replace_old_sealed_webhook_endpoints
-- The endpoints' secrets from before: in another form.
{replaced old_secret of webhook_endpoints by id};

-- name: lock_sealed_operator_keys
-- The keys that pages use: the next ones.
{next secret of operator_keys by operator, at most $4};

-- name: replace_sealed_operator_keys
-- The keys that pages use: in another form.
{replaced secret of operator_keys by operator};

-- name: lock_sealed_originators
-- The account numbers of originators: the next ones.
{next sealed of originators by id, at most $4};

-- name: replace_sealed_originators
-- The account numbers of originators: in another form.
{replaced sealed of originators by id};

-- name: lock_sealed_ach_files
-- The bytes of ACH files, which may be megabytes: the next ones.
{next sealed of ach_files by id, at most least($4, 20)};

-- name: replace_sealed_ach_files
-- The bytes of ACH files, which may be megabytes: in another form.
{replaced sealed of ach_files by id};

-- name: lock_sealed_bank_files
-- The bytes of files from the bank, which may be megabytes: the next ones.
{next sealed of bank_files by id, at most least($4, 20)};

-- name: replace_sealed_bank_files
-- The bytes of files from the bank, which may be megabytes: in another form.
{replaced sealed of bank_files by id};

-- name: lock_sealed_operators
-- The next operators who have a secret for one-time codes, held until the transaction ends. They belong to no account,
-- so they are walked as if they were those of one without a name.
SELECT '' AS account, false AS livemode, id, totp_secret AS sealed
FROM operators
WHERE ('', false, id) > ($1::text, $2::boolean, $3::text) AND totp_secret IS NOT NULL
ORDER BY id
LIMIT $4
FOR NO KEY UPDATE;

-- name: replace_sealed_operators
-- Store the secrets of operators in another form.
UPDATE operators AS o
SET totp_secret = n.sealed
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::bytea[]) AS n (account, livemode, id, sealed)
CROSS JOIN LATERAL (
    SELECT ctid AS row_id FROM operators WHERE id = n.id OFFSET 0
) AS found
WHERE o.ctid = found.row_id;

-- name: lock_sealed_ach_entries
-- The next rows by key, whose last part is here the top-up and the number together; held until the transaction ends.
SELECT account, livemode, topup || '/' || number AS id, sealed
FROM ach_entries
WHERE
    (account, livemode, topup, number)
    > ($1, $2, split_part($3, '/', 1), coalesce(nullif(split_part($3, '/', 2), ''), '0')::smallint)
ORDER BY account, livemode, topup, number
LIMIT $4
FOR UPDATE;

-- name: replace_sealed_ach_entries
-- Store the secrets of rows in another form.
UPDATE ach_entries AS t
SET sealed = n.sealed
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::bytea[]) AS n (account, livemode, id, sealed)
CROSS JOIN LATERAL (
    SELECT ctid AS row_id
    FROM ach_entries
    WHERE
        account = n.account AND livemode = n.livemode
        AND topup BETWEEN split_part(n.id, '/', 1) AND split_part(n.id, '/', 1)
        AND number = split_part(n.id, '/', 2)::smallint
    ORDER BY topup
) AS found
WHERE t.ctid = found.row_id;
