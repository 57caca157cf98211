-- The server's own secrets belong to no account, and a change of encryption keys walks the rows of all: the statements
-- here that compare no account with = are no part of serving an account's requests. What is replaced is held by its
-- transaction, so where it lies (ctid) names it. Most tables are walked alike: `next`, `held` and `replaced` are in
-- fragments.sql. A table that belongs to no account is walked as if its rows were those of one without a name.

-- name: find_service_secret
-- A secret of the server's own, sealed.
SELECT sealed FROM service_secrets WHERE name = $1;

-- name: keep_service_secret
-- Store a secret of the server's own unless there is one.
INSERT INTO service_secrets (name, sealed)
VALUES ($1, $2)
ON CONFLICT ON CONSTRAINT service_secrets_pk DO NOTHING;

-- name: next_sealed_funding_sources
-- The account numbers of bank accounts on file: the next ones.
{next sealed of funding_sources by id};

-- name: lock_sealed_funding_sources
-- The account numbers of bank accounts on file: those named.
{held sealed of funding_sources by id};

-- name: replace_sealed_funding_sources
-- The account numbers of bank accounts on file: in another form.
{replaced sealed of funding_sources by id};

-- name: next_sealed_bank_tokens
-- The account numbers of tokens: the next ones.
{next sealed of bank_tokens by id};

-- name: lock_sealed_bank_tokens
-- The account numbers of tokens: those named.
{held sealed of bank_tokens by id};

-- name: replace_sealed_bank_tokens
-- The account numbers of tokens: in another form.
{replaced sealed of bank_tokens by id};

-- name: next_sealed_webhook_endpoints
-- The endpoints' secrets: the next ones.
{next secret of webhook_endpoints by id};

-- name: lock_sealed_webhook_endpoints
-- The endpoints' secrets: those named.
{held secret of webhook_endpoints by id};

-- name: replace_sealed_webhook_endpoints
-- The endpoints' secrets: in another form.
{replaced secret of webhook_endpoints by id};

-- name: next_old_sealed_webhook_endpoints
-- The endpoints' secrets from before: the next ones.
{next old_secret of webhook_endpoints by id};

-- name: lock_old_sealed_webhook_endpoints
-- The endpoints' secrets from before: those named.
{held old_secret of webhook_endpoints by id};

-- name: replace_old_sealed_webhook_endpoints
-- The endpoints' secrets from before: in another form.
{replaced old_secret of webhook_endpoints by id};

-- name: next_sealed_cli_devices
-- The secrets of computers on which the official CLI listens: the next ones.
{next secret of cli_devices by device};

-- name: lock_sealed_cli_devices
-- The secrets of computers on which the official CLI listens: those named.
{held secret of cli_devices by device};

-- name: replace_sealed_cli_devices
-- The secrets of computers on which the official CLI listens: in another form.
{replaced secret of cli_devices by device};

-- name: next_sealed_operator_keys
-- The keys that pages use: the next ones.
{next secret of operator_keys by operator};

-- name: lock_sealed_operator_keys
-- The keys that pages use: those named.
{held secret of operator_keys by operator};

-- name: replace_sealed_operator_keys
-- The keys that pages use: in another form.
{replaced secret of operator_keys by operator};

-- name: next_sealed_originators
-- The account numbers of originators: the next ones.
{next sealed of originators by id};

-- name: lock_sealed_originators
-- The account numbers of originators: those named.
{held sealed of originators by id};

-- name: replace_sealed_originators
-- The account numbers of originators: in another form.
{replaced sealed of originators by id};

-- name: next_sealed_prenotes
-- The amounts of micro-deposits: the next ones.
{next sealed of prenotes by id};

-- name: lock_sealed_prenotes
-- The amounts of micro-deposits: those named.
{held sealed of prenotes by id};

-- name: replace_sealed_prenotes
-- The amounts of micro-deposits: in another form.
{replaced sealed of prenotes by id};

-- name: next_sealed_ach_files
-- The bytes of ACH files: the next ones.
{next sealed of ach_files by id};

-- name: lock_sealed_ach_files
-- The bytes of ACH files: those named.
{held sealed of ach_files by id};

-- name: replace_sealed_ach_files
-- The bytes of ACH files: in another form.
{replaced sealed of ach_files by id};

-- name: next_sealed_bank_files
-- The bytes of files from the bank: the next ones.
{next sealed of bank_files by id};

-- name: lock_sealed_bank_files
-- The bytes of files from the bank: those named.
{held sealed of bank_files by id};

-- name: replace_sealed_bank_files
-- The bytes of files from the bank: in another form.
{replaced sealed of bank_files by id};

-- name: next_sealed_authorizations
-- The texts of authorizations whose holders were erased: the next ones.
{next sealed of authorizations by id};

-- name: lock_sealed_authorizations
-- The texts of authorizations whose holders were erased: those named.
{held sealed of authorizations by id};

-- name: replace_sealed_authorizations
-- The texts of authorizations whose holders were erased: in another form.
{replaced sealed of authorizations by id};

-- name: next_sealed_service_secrets
-- The server's own secrets: the next ones.
{next sealed in service_secrets by name};

-- name: lock_sealed_service_secrets
-- The server's own secrets: those named.
{held sealed in service_secrets by name};

-- name: replace_sealed_service_secrets
-- The server's own secrets: in another form.
{replaced sealed in service_secrets by name};

-- name: next_sealed_operators
-- The operators' secrets for one-time codes: the next ones.
{next totp_secret in operators by id};

-- name: lock_sealed_operators
-- The operators' secrets for one-time codes: those named.
{held totp_secret in operators by id};

-- name: replace_sealed_operators
-- The operators' secrets for one-time codes: in another form.
{replaced totp_secret in operators by id};

-- name: next_sealed_notification_channels
-- The URLs of chats: the next ones.
{next sealed in notification_channels by id};

-- name: lock_sealed_notification_channels
-- The URLs of chats: those named.
{held sealed in notification_channels by id};

-- name: replace_sealed_notification_channels
-- The URLs of chats: in another form.
{replaced sealed in notification_channels by id};

-- name: next_sealed_ach_entries
-- The account numbers of entries: the next ones. The last part of the key is here the top-up and the number together.
SELECT account, livemode, topup || '/' || number AS id, substring(sealed FROM 1 FOR 12) AS header
FROM ach_entries
WHERE
    (account, livemode, topup, number)
    > ($1, $2, split_part($3, '/', 1), coalesce(nullif(split_part($3, '/', 2), ''), '0')::smallint)
ORDER BY account, livemode, topup, number
LIMIT $4;

-- name: lock_sealed_ach_entries
-- The account numbers of entries: those named.
SELECT n.account, n.livemode, n.id, t.sealed
FROM unnest($1::text[], $2::boolean[], $3::text[]) AS n (account, livemode, id)
CROSS JOIN LATERAL (
    SELECT sealed
    FROM ach_entries
    WHERE
        account = n.account AND livemode = n.livemode
        AND topup BETWEEN split_part(n.id, '/', 1) AND split_part(n.id, '/', 1)
        AND number = split_part(n.id, '/', 2)::smallint
    ORDER BY topup
    FOR UPDATE
) AS t;

-- name: replace_sealed_ach_entries
-- The account numbers of entries: in another form.
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

-- name: next_sealed_corrections
-- The account numbers from before corrections: the next ones.
{next sealed of corrections by id};

-- name: lock_sealed_corrections
-- The account numbers from before corrections: those named.
{held sealed of corrections by id};

-- name: replace_sealed_corrections
-- The account numbers from before corrections: in another form.
{replaced sealed of corrections by id};

-- name: next_sealed_ach_returns
-- The records of returns that may be dishonored: the next ones.
{next sealed of ach_returns by id};

-- name: lock_sealed_ach_returns
-- The records of returns that may be dishonored: those named.
{held sealed of ach_returns by id};

-- name: replace_sealed_ach_returns
-- The records of returns that may be dishonored: in another form.
{replaced sealed of ach_returns by id};

-- name: next_sealed_refunds
-- The account numbers of refunds: the next ones.
{next sealed of refunds by id};

-- name: lock_sealed_refunds
-- The account numbers of refunds: those named.
{held sealed of refunds by id};

-- name: replace_sealed_refunds
-- The account numbers of refunds: in another form.
{replaced sealed of refunds by id};

-- name: next_sealed_replies
-- Replies kept for retries that tell the secret of a webhook endpoint or of an event destination, sealed: the next ones.
SELECT
    account, livemode, key AS id,
    substring(
        convert_to(
            coalesce(response_body ->> 'secret', response_body #>> '{webhook_endpoint,signing_secret}'), 'UTF8'
        ) FROM 1 FOR 12
    ) AS header
FROM idempotency_keys
WHERE (account, livemode, key) > ($1, $2, $3)
ORDER BY account, livemode, key
LIMIT $4;

-- name: lock_sealed_replies
-- Such replies: those named.
SELECT
    n.account, n.livemode, n.id,
    convert_to(
        coalesce(t.response_body ->> 'secret', t.response_body #>> '{webhook_endpoint,signing_secret}'), 'UTF8'
    ) AS sealed
FROM unnest($1::text[], $2::boolean[], $3::text[]) AS n (account, livemode, id)
CROSS JOIN LATERAL (
    SELECT response_body
    FROM idempotency_keys
    WHERE account = n.account AND livemode = n.livemode AND key BETWEEN n.id AND n.id
    ORDER BY key
    FOR UPDATE
) AS t;

-- name: replace_sealed_replies
-- Such replies: in another form. Nothing but the secret is touched: they are sent again byte for byte.
UPDATE idempotency_keys AS t
SET response_body = replace(
    t.response_body::text,
    coalesce(t.response_body ->> 'secret', t.response_body #>> '{webhook_endpoint,signing_secret}'),
    convert_from(n.sealed, 'UTF8')
)::json
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::bytea[]) AS n (account, livemode, id, sealed)
CROSS JOIN LATERAL (
    SELECT ctid AS row_id
    FROM idempotency_keys
    WHERE account = n.account AND livemode = n.livemode AND key BETWEEN n.id AND n.id
    ORDER BY key
) AS found
WHERE t.ctid = found.row_id;
