-- Erasure runs as the tables' owner, for one account at a time, in transactions of a page each. A `page_` statement walks a
-- table along its key after $3, at most $4 rows, and tells which rows are meant; an `erase_` statement writes rows that are
-- named, and passes over those that are erased already, so that what it counts is what it changed. `remove_` statements
-- delete whole rows that nothing of the books needs.

-- name: find_erasure
-- How far the erasure of a target has got.
SELECT account, livemode, target, step, counts::text, kept::text, began_ms, ended_ms
FROM erasures
WHERE account = $1 AND livemode = $2 AND target = $3;

-- name: lock_erasure
-- The same, held until the transaction ends: of two commands on one target only one takes a page.
SELECT account, livemode, target, step, counts::text, kept::text, began_ms, ended_ms
FROM erasures
WHERE account = $1 AND livemode = $2 AND target = $3
FOR UPDATE;

-- name: list_erasures
-- All erasures: a person reads them at the command line.
SELECT account, livemode, target, step, counts::text, kept::text, began_ms, ended_ms
FROM erasures
ORDER BY account, livemode, target;

-- name: begin_erasure
-- Write that an erasure begins, or begins anew after it was done.
INSERT INTO erasures AS e (account, livemode, target, step, counts, kept, began_ms)
VALUES ($1, $2, $3, '', '{}', $4::text::jsonb, $5)
ON CONFLICT ON CONSTRAINT erasures_pk DO UPDATE SET
    step = '', counts = '{}', kept = excluded.kept, began_ms = excluded.began_ms, ended_ms = NULL;

-- name: note_progress
-- Write how far an erasure has got.
UPDATE erasures
SET step = $4, counts = $5::text::jsonb, kept = $6::text::jsonb, ended_ms = $7
WHERE account = $1 AND livemode = $2 AND target = $3;

-- name: may_change
-- Whether this role owns the tables, and so may give itself for a transaction what it must not have in daily work; and
-- whether it lacks the right to change a table now.
SELECT
    pg_has_role(current_user, c.relowner, 'USAGE') AS is_owner,
    NOT has_table_privilege(current_user, c.oid, 'UPDATE') AS lacks_right
FROM pg_class AS c
WHERE c.oid = to_regclass($1);

-- name: lock_rights
-- Let no other transaction change rights meanwhile: two changes of one table's fail.
LOCK TABLE schema_migrations IN SHARE ROW EXCLUSIVE MODE;

-- name: open_audit_log
-- Let this transaction change lines of the audit log; nobody else sees the right, and it is taken back at the end.
GRANT UPDATE ON TABLE audit_log TO current_user;

-- name: close_audit_log
-- Take it back.
REVOKE UPDATE ON TABLE audit_log FROM current_user;

-- name: open_statement_lines
-- Let this transaction change lines of statements, in the same way.
GRANT UPDATE ON TABLE statement_lines TO current_user;

-- name: close_statement_lines
-- Take it back.
REVOKE UPDATE ON TABLE statement_lines FROM current_user;

-- name: read_subject
-- What decides whether an account may be erased, and what it said of itself.
SELECT
    a.platform, a.deleted_ms IS NOT NULL OR coalesce(c.is_closed, false) AS is_closed, a.email, a.business_name,
    a.details::text,
    coalesce(b.has_balance, false) AS has_balance
FROM accounts AS a
LEFT JOIN LATERAL (
    SELECT bool_and(is_closed) AS is_closed FROM owner_terms WHERE account = a.account OFFSET 0
) AS c ON true
LEFT JOIN LATERAL (
    SELECT bool_or(available <> 0 OR reserved <> 0) AS has_balance
    FROM balances
    WHERE account = a.account AND livemode = true
    OFFSET 0
) AS b ON true
WHERE a.account = $1;

-- name: count_open_breaks
-- Whether anything between the bank and the books of a platform is not settled.
SELECT EXISTS (
    SELECT FROM breaks WHERE account = $1 AND livemode = $2 AND resolved_ms IS NULL ORDER BY opened_ms, id OFFSET 0
);

-- name: page_funding_sources
-- Bank accounts on file: all, those of some ids (5), or those kept for a customer (6).
SELECT
    id, ($5::text[] IS NULL AND $6::text IS NULL) OR id = ANY ($5) OR coalesce(customer, customer_account) = $6 AS is_meant,
    sealed, fingerprint, party::text, customer, customer_account
FROM (
    SELECT id, sealed, fingerprint, party, customer, customer_account
    FROM funding_sources
    WHERE account = $1 AND livemode = $2 AND id > $3
    ORDER BY id
    LIMIT $4
) AS f;

-- name: detach_funding_sources
-- Let bank accounts pay for nothing more.
UPDATE funding_sources AS t
SET is_detached = true
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL ({place in funding_sources of n.id}) AS f
WHERE t.ctid = f.place AND NOT t.is_detached;

-- name: remove_defaults_of
-- Let them be nobody's default.
DELETE FROM default_funding_sources
WHERE account = $1 AND livemode = $2 AND funding_source = ANY ($3);

-- name: erase_funding_sources
-- Leave of bank accounts what others name and count: their ids, kinds and states.
UPDATE funding_sources AS t
SET
    sealed = NULL, routing_number = '', last4 = '****', fingerprint = '', bank_name = NULL, account_holder_type = NULL,
    account_type = NULL, party = '{}', metadata = '{}', customer = NULL, customer_account = NULL, is_detached = true
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL ({place in funding_sources of n.id}) AS f
WHERE t.ctid = f.place AND t.fingerprint <> '';

-- name: page_bank_tokens
-- Tokens that became one of some bank accounts (5), or that nobody has used and that mean the same bank account (6).
SELECT id, used_as = ANY ($5) OR (used_as IS NULL AND fingerprint = ANY ($6)) AS is_meant
FROM (
    SELECT id, used_as, fingerprint
    FROM bank_tokens
    WHERE account = $1 AND livemode = $2 AND id > $3
    ORDER BY id
    LIMIT $4
) AS f;

-- name: remove_tokens
-- Remove tokens by id.
DELETE FROM bank_tokens AS t
USING unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL ({place in bank_tokens of n.id}) AS f
WHERE t.ctid = f.place;

-- name: page_topups
-- Top-ups: all, or those that some bank accounts (5) paid for.
SELECT id, is_meant, status, CASE WHEN is_meant THEN source_details END AS source_details
FROM (
    SELECT
        id, status, source_details::text, $5::text[] IS NULL OR source = ANY ($5) OR payment_method = ANY ($5) AS is_meant
    FROM topups
    WHERE account = $1 AND livemode = $2 AND id > $3
    ORDER BY id
    LIMIT $4
) AS f;

-- name: erase_topups
-- Leave of top-ups what the books and their clients count: ids, amounts, dates, status.
UPDATE topups AS t
SET
    description = NULL, metadata = NULL, statement_descriptor = NULL, transfer_group = NULL,
    source_details = n.details::json
FROM unnest($3::text[], $4::text[]) AS n (id, details)
CROSS JOIN LATERAL ({place in topups of n.id}) AS f
WHERE
    t.ctid = f.place
    AND (
        t.description IS NOT NULL OR t.metadata IS NOT NULL OR t.statement_descriptor IS NOT NULL
        OR t.transfer_group IS NOT NULL OR t.source_details::text IS DISTINCT FROM n.details
    );

-- name: erase_balance_transactions
-- The descriptions that balance transactions took from their top-ups.
UPDATE balance_transactions AS t
SET description = NULL
FROM unnest($3::text[]) AS n (source)
CROSS JOIN LATERAL (
    SELECT ctid AS place
    FROM balance_transactions
    WHERE account = $1 AND livemode = $2 AND source BETWEEN n.source AND n.source
    ORDER BY source, type
    FOR UPDATE
) AS f
WHERE t.ctid = f.place AND t.description IS NOT NULL;

-- name: read_entries
-- How top-ups and prenotes were presented to the bank, in which files, whether the bank has yet to be told that a
-- correction of one is refused, and whether a return of one is dishonored and not settled, or a reversal or refund not
-- booked; $1 is the platform.
SELECT
    f.topup, f.status, f.sec_code, f.effective_date, f.returned_ms, f.claimed_ms, f.trace, f.file, f.receiver_name,
    coalesce(s.sent_ms, s.built_ms) AS sent_ms,
    coalesce(r.is_refused, false) AS has_refusal, d.is_disputed, v.is_reversed, b.is_refunded
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT topup, status, sec_code, effective_date, returned_ms, claimed_ms, trace, file, receiver_name
    FROM ach_entries
    WHERE account = $1 AND livemode = $2 AND topup BETWEEN n.id AND n.id
    ORDER BY topup, number
) AS f
LEFT JOIN LATERAL (
    SELECT sent_ms, built_ms FROM ach_files WHERE account = $1 AND livemode = $2 AND id BETWEEN f.file AND f.file ORDER BY id
) AS s ON true
LEFT JOIN LATERAL (
    SELECT bool_or(c.status = 'refused' AND c.sealed IS NOT NULL AND w.status IS DISTINCT FROM 'settled') AS is_refused
    FROM (
        SELECT status, sealed, refusal_file
        FROM corrections
        WHERE account = $1 AND livemode = $2 AND topup BETWEEN f.topup AND f.topup
        ORDER BY topup, number
    ) AS c
    LEFT JOIN LATERAL (
        SELECT status
        FROM ach_files
        WHERE account = $1 AND livemode = $2 AND id BETWEEN c.refusal_file AND c.refusal_file
        ORDER BY id
    ) AS w ON true
) AS r ON true
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT
        FROM ach_returns
        WHERE
            account = $1 AND livemode = $2 AND topup BETWEEN f.topup AND f.topup
            AND status || '' IN ('dishonored', 'money_back')
        ORDER BY topup
        OFFSET 0
    ) AS is_disputed
) AS d
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT
        FROM ach_reversals
        WHERE account = $1 AND livemode = $2 AND topup BETWEEN f.topup AND f.topup AND status || '' = 'requested'
        ORDER BY topup
        OFFSET 0
    ) AS is_reversed
) AS v
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT
        FROM refunds
        WHERE account = $1 AND livemode = $2 AND topup BETWEEN f.topup AND f.topup AND status || '' = 'pending'
        ORDER BY topup
        OFFSET 0
    ) AS is_refunded
) AS b;

-- name: erase_entries
-- What entries copied of bank accounts. The bytes of the files have it, encrypted.
UPDATE ach_entries AS t
SET sealed = NULL, receiver_name = '', last4 = '', routing_number = ''
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT ctid AS place
    FROM ach_entries
    WHERE account = $1 AND livemode = $2 AND topup BETWEEN n.id AND n.id
    ORDER BY topup, number
    FOR UPDATE
) AS f
WHERE t.ctid = f.place AND t.sealed IS NOT NULL;

-- name: erase_ach_returns
-- The records of returns. Nothing is erased while one is dishonored and not settled (`read_entries`).
UPDATE ach_returns AS t
SET sealed = NULL
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT ctid AS place
    FROM ach_returns
    WHERE account = $1 AND livemode = $2 AND topup BETWEEN n.id AND n.id
    ORDER BY topup, id
    FOR UPDATE
) AS f
WHERE t.ctid = f.place AND t.sealed IS NOT NULL;

-- name: read_refunds
-- The refunds of top-ups; $1 is the platform.
SELECT b.id
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT id
    FROM refunds
    WHERE account = $1 AND livemode = $2 AND topup BETWEEN n.id AND n.id
    ORDER BY topup, id
) AS b;

-- name: erase_refunds
-- What refunds say, and what they copied of bank accounts. Nothing is erased while one is on its way (`read_entries`).
UPDATE refunds AS t
SET description = NULL, metadata = NULL, sealed = NULL, receiver_name = '', last4 = '', routing_number = ''
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT ctid AS place
    FROM refunds
    WHERE account = $1 AND livemode = $2 AND id BETWEEN n.id AND n.id
    ORDER BY id
    FOR UPDATE
) AS f
WHERE
    t.ctid = f.place
    AND (t.description IS NOT NULL OR t.metadata IS NOT NULL OR t.sealed IS NOT NULL OR t.receiver_name <> '');

-- name: erase_corrections
-- What banks have corrected of bank accounts. Nothing is erased while a refusal has yet to be told (`read_entries`).
UPDATE corrections AS t
SET
    sealed = NULL, routing_number = '', last4 = '', fingerprint = '', account_type = NULL, new_routing_number = NULL,
    new_last4 = NULL, new_fingerprint = CASE WHEN new_fingerprint IS NOT NULL THEN '' END, new_account_type = NULL
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT ctid AS place
    FROM corrections
    WHERE account = $1 AND livemode = $2 AND topup BETWEEN n.id AND n.id
    ORDER BY topup, number
    FOR UPDATE
) AS f
WHERE t.ctid = f.place AND t.sealed IS NOT NULL;

-- name: erase_microdeposits
-- The amounts of micro-deposits, and which account number they went to.
UPDATE prenotes AS t
SET sealed = NULL, fingerprint = NULL
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT ctid AS place
    FROM prenotes
    WHERE account = $1 AND livemode = $2 AND id BETWEEN n.id AND n.id
    ORDER BY id
    FOR UPDATE
) AS f
WHERE t.ctid = f.place AND t.sealed IS NOT NULL;

-- name: page_prenotes
-- Prenotes: all, or those to some bank accounts (5).
SELECT id, status, $5::text[] IS NULL OR funding_source = ANY ($5) AS is_meant
FROM (
    SELECT id, status, funding_source
    FROM prenotes
    WHERE account = $1 AND livemode = $2 AND id > $3
    ORDER BY id
    LIMIT $4
) AS f;

-- name: page_authorizations
-- Authorizations: all, or those about some bank accounts (5), with their bank accounts.
SELECT
    f.id, $5::text[] IS NULL OR f.funding_source = ANY ($5) AS is_meant, f.text, f.evidence::text, f.ended_ms,
    f.sealed IS NOT NULL AS is_sealed, b.account_type, b.bank_name, b.holder_name, b.last4, b.routing_number
FROM (
    SELECT id, funding_source, text, evidence, ended_ms, sealed
    FROM authorizations
    WHERE account = $1 AND livemode = $2 AND id > $3
    ORDER BY id
    LIMIT $4
) AS f
LEFT JOIN LATERAL (
    SELECT account_type, bank_name, party ->> 'name' AS holder_name, last4, routing_number
    FROM funding_sources
    WHERE account = $1 AND livemode = $2 AND id BETWEEN f.funding_source AND f.funding_source
    ORDER BY id
) AS b ON true
ORDER BY f.id;

-- name: end_authorizations_now
-- End what is in force: nobody debits a bank account whose holder was erased.
UPDATE authorizations AS t
SET ended_ms = $4, end_reason = $5
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT ctid AS place, ended_ms
    FROM authorizations
    WHERE account = $1 AND livemode = $2 AND id BETWEEN n.id AND n.id
    ORDER BY id
    OFFSET 0
    FOR UPDATE
) AS f
WHERE t.ctid = f.place AND f.ended_ms IS NULL;

-- name: erase_authorizations
-- Put aside, encrypted (4), what the rule book keeps of authorizations, or nothing where it keeps it no longer.
UPDATE authorizations AS t
SET sealed = n.sealed, text = '', evidence = '{}', end_reason = CASE WHEN t.end_reason IS NULL THEN NULL ELSE $5 END
FROM unnest($3::text[], $4::bytea[]) AS n (id, sealed)
CROSS JOIN LATERAL ({place in authorizations of n.id}) AS f
WHERE t.ctid = f.place AND (t.text <> '' OR t.evidence <> '{}' OR t.sealed IS NOT NULL);

-- name: page_events
-- Events: all, those of some bank accounts (6) or of what names one, such as corrections and prenotes, or those of top-ups
-- that some bank accounts (5) paid for.
SELECT f.id, f.is_meant, CASE WHEN f.is_meant THEN f.payload END AS payload
FROM (
    SELECT
        e.id, e.payload::text,
        $5::text[] IS NULL OR e.object_id = ANY ($6::text[]) OR coalesce(u.source = ANY ($5), false)
        OR coalesce(u.payment_method = ANY ($5), false)
        OR coalesce(e.payload ->> 'funding_source' = ANY ($6::text[]), false) AS is_meant
    FROM (
        SELECT id, object_id, payload
        FROM events
        WHERE account = $1 AND livemode = $2 AND id > $3
        ORDER BY id
        LIMIT $4
    ) AS e
    LEFT JOIN LATERAL (
        SELECT source, payment_method
        FROM topups
        WHERE account = $1 AND livemode = $2 AND id BETWEEN e.object_id AND e.object_id
        ORDER BY id
    ) AS u ON true
) AS f;

-- name: read_events_of
-- The events of some objects that are no new top-ups.
SELECT f.id, f.payload::text
FROM unnest($3::text[]) AS n (object_id)
CROSS JOIN LATERAL (
    SELECT id, payload
    FROM events
    WHERE
        account = $1 AND livemode = $2 AND object_id BETWEEN n.object_id AND n.object_id AND type <> 'topup.created'
    ORDER BY object_id, id
) AS f;

-- name: erase_events
-- Give events payloads without what was erased.
UPDATE events AS t
SET payload = n.payload::json, idempotency_key = NULL
FROM unnest($3::text[], $4::text[]) AS n (id, payload)
CROSS JOIN LATERAL ({place in events of n.id}) AS f
WHERE t.ctid = f.place AND (t.payload::text <> n.payload OR t.idempotency_key IS NOT NULL);

-- name: erase_attempts_of
-- What receivers answered to events, which may repeat what they were sent.
UPDATE webhook_attempts AS t
SET response_head = NULL, error = NULL
FROM unnest($3::text[]) AS n (event)
CROSS JOIN LATERAL (
    SELECT ctid AS place
    FROM webhook_attempts
    WHERE event_account = $1 AND livemode = $2 AND event BETWEEN n.event AND n.event
    ORDER BY event, id
    FOR UPDATE
) AS f
WHERE t.ctid = f.place AND (t.response_head IS NOT NULL OR t.error IS NOT NULL);

-- name: page_request_logs
-- Requests that are kept, each as one text.
SELECT
    id, concat_ws(' ', path, idempotency_key, object, parameters::text, error::text, user_agent) AS content
FROM request_logs
WHERE account = $1 AND livemode = $2 AND id > $3
ORDER BY id
LIMIT $4;

-- name: erase_request_logs
-- Leave of requests when they were, what they asked for and how they went.
UPDATE request_logs AS t
SET parameters = NULL, error = NULL, idempotency_key = NULL, user_agent = NULL
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL ({place in request_logs of n.id}) AS f
WHERE
    t.ctid = f.place
    AND (
        t.parameters IS NOT NULL OR t.error IS NOT NULL OR t.idempotency_key IS NOT NULL OR t.user_agent IS NOT NULL
    );

-- name: page_replies
-- Replies that are kept for retries.
SELECT key AS id, response_body::text AS content
FROM idempotency_keys
WHERE account = $1 AND livemode = $2 AND key > $3
ORDER BY key
LIMIT $4;

-- name: erase_replies
-- Give them bodies without what was erased; the key still answers, so that no retry is done anew.
UPDATE idempotency_keys AS t
SET response_body = n.body::json
FROM unnest($3::text[], $4::text[]) AS n (key, body)
CROSS JOIN LATERAL (
    SELECT ctid AS place
    FROM idempotency_keys
    WHERE account = $1 AND livemode = $2 AND key BETWEEN n.key AND n.key
    ORDER BY key
    FOR UPDATE
) AS f
WHERE t.ctid = f.place AND t.response_body::text <> n.body;

-- name: page_breaks
-- What bank and books differed in, each as one text.
SELECT id, concat_ws(' ', reference, cause, detail, raw, resolution, note) AS content
FROM breaks
WHERE account = $1 AND livemode = $2 AND id > $3
ORDER BY id
LIMIT $4;

-- name: erase_breaks
-- Leave of them which kind they were, and when.
UPDATE breaks AS t
SET
    detail = $4, raw = NULL, reference = NULL, note = NULL,
    resolution = CASE WHEN t.resolution IS NULL THEN NULL ELSE $4 END
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL ({place in breaks of n.id}) AS f
WHERE t.ctid = f.place AND t.detail <> $4;

-- name: page_line_settlements
-- What people noted when they settled lines, each as one text.
SELECT id, concat_ws(' ', note, undo_note) AS content
FROM line_settlements
WHERE account = $1 AND livemode = $2 AND id > $3
ORDER BY id
LIMIT $4;

-- name: erase_line_settlements
-- Leave of them who settled what, and when.
UPDATE line_settlements AS t
SET note = $4, undo_note = CASE WHEN t.undo_note IS NULL THEN NULL ELSE $4 END
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL ({place in line_settlements of n.id}) AS f
WHERE t.ctid = f.place AND t.note <> $4;

-- name: page_statement_lines
-- Lines of the bank's statements, after a bank account (3) and a line of it (5), each as one text.
SELECT bank_account, line_key, concat_ws(' ', bank_reference, reference, description, remittance) AS content
FROM statement_lines
WHERE account = $1 AND livemode = $2 AND (bank_account, line_key) > ($3, $5)
ORDER BY bank_account, line_key
LIMIT $4;

-- name: erase_statement_lines
-- Replace what the bank wrote beside an amount; its own reference names the line, and stays.
UPDATE statement_lines AS t
SET
    description = $5, reference = CASE WHEN t.reference IS NULL THEN NULL ELSE $5 END,
    remittance = CASE WHEN t.remittance IS NULL THEN NULL ELSE $5 END
FROM unnest($3::text[], $4::text[]) AS n (bank_account, line_key)
CROSS JOIN LATERAL (
    SELECT ctid AS place
    FROM statement_lines
    WHERE
        account = $1 AND livemode = $2 AND bank_account = n.bank_account AND line_key BETWEEN n.line_key AND n.line_key
    ORDER BY bank_account, line_key
    FOR UPDATE
) AS f
WHERE t.ctid = f.place AND t.description <> $5;

-- name: page_bank_files
-- What was found in files from the bank, and why somebody has rejected one.
SELECT id, findings::text AS content, reject_reason, received_ms
FROM bank_files
WHERE account = $1 AND livemode = $2 AND id > $3
ORDER BY id
LIMIT $4;

-- name: erase_findings
-- Replace it.
UPDATE bank_files AS t
SET findings = n.findings::jsonb
FROM unnest($3::text[], $4::text[]) AS n (id, findings)
CROSS JOIN LATERAL ({place in bank_files of n.id}) AS f
WHERE t.ctid = f.place AND t.findings <> n.findings::jsonb;

-- name: erase_reject_reasons
-- Why people have rejected imported statements.
UPDATE bank_files AS t
SET reject_reason = $4
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL ({place in bank_files of n.id}) AS f
WHERE t.ctid = f.place AND t.reject_reason <> $4;

-- name: erase_rail_stops
-- Why an account ($3) was stopped.
UPDATE rail_stops
SET reason = $4
WHERE account = $1 AND livemode = $2 AND stopped_account = $3 AND reason <> $4;

-- name: erase_return_overrides
-- Why somebody let an account's ($3) debits go on.
UPDATE return_overrides
SET reason = $4
WHERE account = $1 AND livemode = $2 AND owner = $3 AND reason <> $4;

-- name: page_funding_instructions
-- By what references an account (5) is paid.
SELECT id
FROM funding_instructions
WHERE account = $1 AND livemode = $2 AND owner BETWEEN $5 AND $5 AND id > $3
ORDER BY owner, id
LIMIT $4;

-- name: erase_funding_instructions
-- What instructions say beside their reference and amount.
UPDATE funding_instructions AS t
SET description = NULL, metadata = NULL
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL ({place in funding_instructions of n.id}) AS f
WHERE t.ctid = f.place AND (t.description IS NOT NULL OR t.metadata IS NOT NULL);

-- name: page_incoming_transfers
-- Transfers on a platform's statements, and which of them an account (5) was credited with.
SELECT id, bank_account, line_key, owner IS NOT DISTINCT FROM $5::text AS is_meant
FROM incoming_transfers
WHERE account = $1 AND livemode = $2 AND id > $3
ORDER BY id
LIMIT $4;

-- name: erase_incoming_transfers
-- The notes about transfers, and who has sent them.
UPDATE incoming_transfers AS t
SET note = NULL, payer_name = NULL, payer_last4 = NULL, payer_fingerprint = NULL
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL ({place in incoming_transfers of n.id}) AS f
WHERE t.ctid = f.place AND (t.note IS NOT NULL OR t.payer_name IS NOT NULL OR t.payer_fingerprint IS NOT NULL);

-- name: page_known_payers
-- Who may pay an account (5), or might.
SELECT id
FROM known_payers
WHERE account = $1 AND livemode = $2 AND owner BETWEEN $5 AND $5 AND id > $3
ORDER BY owner, id
LIMIT $4;

-- name: erase_known_payers
-- Who they are; they may not pay the account any more.
UPDATE known_payers AS t
SET
    name = NULL, last4 = NULL, fingerprint = NULL, ended_by = coalesce(t.ended_by, 'erasure'),
    ended_ms = coalesce(t.ended_ms, t.created_ms)
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL ({place in known_payers of n.id}) AS f
WHERE t.ctid = f.place AND (t.name IS NOT NULL OR t.fingerprint IS NOT NULL);

-- name: page_audit_log
-- Lines of the audit log, which is the whole installation's, after $1.
SELECT id, account, action, object, address, detail, before::text, after::text
FROM audit_log
WHERE id > $1
ORDER BY id
LIMIT $2;

-- name: erase_audit_log
-- Replace what lines say, and where it came from; who did what to what, and when, stays.
UPDATE audit_log AS t
SET
    detail = n.detail, before = n.before::jsonb, after = n.after::jsonb,
    address = CASE WHEN n.hides_address THEN NULL ELSE t.address END
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[]) AS n (id, detail, before, after, hides_address)
CROSS JOIN LATERAL (
    SELECT ctid AS place FROM audit_log WHERE id BETWEEN n.id AND n.id ORDER BY id FOR UPDATE
) AS f
WHERE t.ctid = f.place;

-- name: erase_key_names
-- What an account called its keys.
UPDATE api_keys
SET name = NULL
WHERE account = $1 AND livemode = $2 AND name IS NOT NULL;

-- name: erase_clock_names
-- What an account called its test clocks.
UPDATE test_clocks
SET name = NULL
WHERE account = $1 AND livemode = $2 AND name IS NOT NULL;

-- name: erase_account
-- What an account said of itself; why it was rejected stays.
UPDATE accounts
SET
    email = NULL, business_name = NULL, business_type = NULL, metadata = '{}', details = $2::text::jsonb
WHERE
    account = $1
    AND (
        email IS NOT NULL OR business_name IS NOT NULL OR business_type IS NOT NULL OR metadata <> '{}'
        OR details <> $2::text::jsonb
    );

-- name: remove_bank_tokens
-- Tokens of bank accounts.
{removed bank_tokens by id};

-- name: remove_external_accounts
-- Bank accounts that an account is paid out to.
{removed external_accounts by id};

-- name: remove_default_funding_sources
-- Which bank account pays.
{removed default_funding_sources by currency};

-- name: remove_webhook_deliveries
-- What an account's endpoints have not received: what waits, and what has failed for good, each along its own index.
DELETE FROM webhook_deliveries
WHERE ctid = ANY (
    ARRAY(
        SELECT ctid
        FROM webhook_deliveries
        WHERE account = $1 AND livemode = $2 AND next_attempt_ms IS NOT NULL
        ORDER BY endpoint, next_attempt_ms
        LIMIT $3
        FOR UPDATE
    ) || ARRAY(
        SELECT ctid
        FROM webhook_deliveries
        WHERE account = $1 AND livemode = $2 AND next_attempt_ms IS NULL
        ORDER BY endpoint
        LIMIT $3
        FOR UPDATE
    )
);

-- name: remove_webhook_attempts
-- What was sent to an account's endpoints.
{removed webhook_attempts by endpoint, id};

-- name: remove_webhook_endpoints
-- Where an account is told of events.
{removed webhook_endpoints by id};

-- name: remove_cli_sessions
-- Command lines that listen for an account.
{removed cli_sessions by hash};

-- name: remove_cli_devices
-- Computers on which they do.
{removed cli_devices by device};

-- name: remove_idempotency_keys
-- Keys of requests, and their replies: nobody asks for a closed account again.
{removed idempotency_keys by key};

-- name: remove_request_logs
-- Requests that are kept.
{removed request_logs by id};

-- name: remove_due_exceptions
-- What was due and failed.
{removed due_exceptions by job, object_id};

-- name: remove_cli_pairings
-- Logins of the official CLI for an account, in either mode; there are only those of the last minutes.
DELETE FROM cli_pairings WHERE account = $1;
