-- The server's own secrets belong to no account, and a change of encryption keys walks the rows of all: the statements
-- here that compare no account with = are no part of serving an account's requests. What is replaced is held by its
-- transaction, so where it lies (ctid) names it.

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
-- The next rows by key, held until the transaction ends.
SELECT account, livemode, id, sealed
FROM funding_sources
WHERE (account, livemode, id) > ($1, $2, $3)
ORDER BY account, livemode, id
LIMIT $4
FOR UPDATE;

-- name: replace_sealed_funding_sources
-- Store the secrets of rows in another form.
UPDATE funding_sources AS f
SET sealed = n.sealed
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::bytea[]) AS n (account, livemode, id, sealed)
CROSS JOIN LATERAL (
    SELECT ctid AS row_id
    FROM funding_sources
    WHERE account = n.account AND livemode = n.livemode AND id = n.id
    OFFSET 0
) AS found
WHERE f.ctid = found.row_id;

-- name: lock_sealed_bank_tokens
-- The next rows by key, held until the transaction ends.
SELECT account, livemode, id, sealed
FROM bank_tokens
WHERE (account, livemode, id) > ($1, $2, $3)
ORDER BY account, livemode, id
LIMIT $4
FOR UPDATE;

-- name: replace_sealed_bank_tokens
-- Store the secrets of rows in another form.
UPDATE bank_tokens AS t
SET sealed = n.sealed
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::bytea[]) AS n (account, livemode, id, sealed)
CROSS JOIN LATERAL (
    SELECT ctid AS row_id FROM bank_tokens WHERE account = n.account AND livemode = n.livemode AND id = n.id OFFSET 0
) AS found
WHERE t.ctid = found.row_id;

-- name: lock_sealed_webhook_endpoints
-- The next rows by key, held until the transaction ends.
SELECT account, livemode, id, secret AS sealed
FROM webhook_endpoints
WHERE (account, livemode, id) > ($1, $2, $3)
ORDER BY account, livemode, id
LIMIT $4
FOR UPDATE;

-- name: replace_sealed_webhook_endpoints
-- Store the secrets of rows in another form.
UPDATE webhook_endpoints AS e
SET secret = n.sealed
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::bytea[]) AS n (account, livemode, id, sealed)
CROSS JOIN LATERAL (
    SELECT ctid AS row_id
    FROM webhook_endpoints
    WHERE account = n.account AND livemode = n.livemode AND id = n.id
    OFFSET 0
) AS found
WHERE e.ctid = found.row_id;

-- name: lock_old_sealed_webhook_endpoints
-- The next rows by key that have a secret from before, held until the transaction ends.
SELECT account, livemode, id, old_secret AS sealed
FROM webhook_endpoints
WHERE (account, livemode, id) > ($1, $2, $3) AND old_secret IS NOT NULL
ORDER BY account, livemode, id
LIMIT $4
FOR UPDATE;

-- name: replace_old_sealed_webhook_endpoints
-- Store the secrets from before in another form.
UPDATE webhook_endpoints AS e
SET old_secret = n.sealed
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::bytea[]) AS n (account, livemode, id, sealed)
CROSS JOIN LATERAL (
    SELECT ctid AS row_id
    FROM webhook_endpoints
    WHERE account = n.account AND livemode = n.livemode AND id = n.id
    OFFSET 0
) AS found
WHERE e.ctid = found.row_id AND e.old_secret IS NOT NULL;

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

-- name: lock_sealed_operator_keys
-- The next rows by key, held until the transaction ends.
SELECT account, livemode, operator AS id, secret AS sealed
FROM operator_keys
WHERE (account, livemode, operator) > ($1, $2, $3)
ORDER BY account, livemode, operator
LIMIT $4
FOR UPDATE;

-- name: replace_sealed_operator_keys
-- Store the secrets of rows in another form.
UPDATE operator_keys AS k
SET secret = n.sealed
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::bytea[]) AS n (account, livemode, id, sealed)
CROSS JOIN LATERAL (
    SELECT ctid AS row_id
    FROM operator_keys
    WHERE account = n.account AND livemode = n.livemode AND operator = n.id
    OFFSET 0
) AS found
WHERE k.ctid = found.row_id;

-- name: lock_sealed_originators
-- The next rows by key, held until the transaction ends.
SELECT account, livemode, id, sealed
FROM originators
WHERE (account, livemode, id) > ($1, $2, $3)
ORDER BY account, livemode, id
LIMIT $4
FOR UPDATE;

-- name: replace_sealed_originators
-- Store the secrets of rows in another form.
UPDATE originators AS t
SET sealed = n.sealed
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::bytea[]) AS n (account, livemode, id, sealed)
CROSS JOIN LATERAL (
    SELECT ctid AS row_id FROM originators WHERE account = n.account AND livemode = n.livemode AND id = n.id OFFSET 0
) AS found
WHERE t.ctid = found.row_id;

-- name: lock_sealed_ach_files
-- The next rows by key, held until the transaction ends. A file may have megabytes.
SELECT account, livemode, id, sealed
FROM ach_files
WHERE (account, livemode, id) > ($1, $2, $3)
ORDER BY account, livemode, id
LIMIT least($4, 20)
FOR UPDATE;

-- name: replace_sealed_ach_files
-- Store the secrets of rows in another form.
UPDATE ach_files AS t
SET sealed = n.sealed
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::bytea[]) AS n (account, livemode, id, sealed)
CROSS JOIN LATERAL (
    SELECT ctid AS row_id
    FROM ach_files
    WHERE account = n.account AND livemode = n.livemode AND id BETWEEN n.id AND n.id
    ORDER BY id
) AS found
WHERE t.ctid = found.row_id;

-- name: lock_sealed_bank_files
-- The next rows by key, held until the transaction ends. A file may have megabytes.
SELECT account, livemode, id, sealed
FROM bank_files
WHERE (account, livemode, id) > ($1, $2, $3)
ORDER BY account, livemode, id
LIMIT least($4, 20)
FOR UPDATE;

-- name: replace_sealed_bank_files
-- Store the secrets of rows in another form.
UPDATE bank_files AS t
SET sealed = n.sealed
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::bytea[]) AS n (account, livemode, id, sealed)
CROSS JOIN LATERAL (
    SELECT ctid AS row_id
    FROM bank_files
    WHERE account = n.account AND livemode = n.livemode AND id BETWEEN n.id AND n.id
    ORDER BY id
) AS found
WHERE t.ctid = found.row_id;

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
