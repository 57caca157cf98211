-- name: read_claim_terms
-- What is to be known of top-ups (or prenotes) that are due: by whom they are collected, where money is stopped, which bank account
-- is debited and as what its holder authorized that, the newest entry there is for each, whether a statement says that
-- the bank has taken its money back; and of a returned debit that is presented again, who debited it before.
SELECT
    w.id, a.platform, o.id AS originator, stops.reason AS stop_reason, f.id AS funding_source, f.sealed,
    f.routing_number, f.last4, f.account_type, f.party ->> 'name' AS holder_name, u.sec_code, u.mandate_reference,
    u.accepted_ms, u.id AS authorization_id, u.sequence_type, u.used_by, u.confirmed_ms AS mandate_confirmed_ms,
    u.creditor_identifier AS known_identifier, u.creditor_name AS known_name, o.creditor_identifier, o.creditor_name,
    o.time_zone, e.number, e.status AS entry_status,
    e.file, e.trace, e.originator AS entry_originator, e.confirmed_ms, e.retry, e.retry_of, e.original_date,
    e.effective_date, e.return_code, r.retry AS linked_retry, r.root AS linked_root,
    r.original_date AS linked_date, o.company_name, o.company_id, i.originator AS returned_originator,
    i.company_name AS returned_company_name, i.company_id AS returned_company_id, EXISTS (
        SELECT
        FROM bank_confirmations AS b
        WHERE
            b.account = w.account AND b.livemode = w.livemode AND b.topup = w.id
            AND b.step = 'bank_return' || CASE WHEN e.number > 1 THEN ':' || e.number ELSE '' END
    ) AND NOT EXISTS (
        -- It came back, since that return was dishonored, and was not taken again.
        SELECT
        FROM bank_confirmations AS b
        WHERE
            b.account = w.account AND b.livemode = w.livemode AND b.topup = w.id
            AND b.step = 'bank_dishonor' || CASE WHEN e.number > 1 THEN ':' || e.number ELSE '' END
            AND NOT EXISTS (
                SELECT
                FROM bank_confirmations AS c
                WHERE
                    c.account = w.account AND c.livemode = w.livemode AND c.topup = w.id
                    AND c.step = 'bank_contest' || CASE WHEN e.number > 1 THEN ':' || e.number ELSE '' END
            )
    ) AS is_taken_back, coalesce(f.verification = 'verified', false) AS is_verified,
    coalesce(f.is_detached, true) AS is_detached, f.corrected_ms IS NOT NULL AS is_corrected, a.is_ended
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::text[]) AS w (account, livemode, id, funding_source)
CROSS JOIN LATERAL (
    SELECT
        coalesce(platform, account) AS platform,
        deleted_ms IS NOT NULL OR details ->> 'rejected' IS NOT NULL AS is_ended
    FROM accounts
    WHERE account = w.account
    OFFSET 0
) AS a
LEFT JOIN LATERAL (
    SELECT
        id, sealed, routing_number, last4, account_type, party, verification, is_detached, corrected_ms,
        CASE country WHEN 'US' THEN 'ach' ELSE 'sepa' END AS rail
    FROM funding_sources
    WHERE account = w.account AND livemode = w.livemode AND id BETWEEN w.funding_source AND w.funding_source
    ORDER BY id
) AS f ON true
LEFT JOIN LATERAL (
    SELECT
        id, profile ->> 'company_name' AS company_name, profile ->> 'company_id' AS company_id,
        profile ->> 'time_zone' AS time_zone, profile -> 'sepa' ->> 'creditor_identifier' AS creditor_identifier,
        profile -> 'sepa' ->> 'creditor_name' AS creditor_name
    FROM originators
    WHERE account = a.platform AND livemode = w.livemode AND rail = f.rail AND status = 'active'
    OFFSET 0
) AS o ON true
LEFT JOIN LATERAL (
    SELECT reason
    FROM rail_stops
    WHERE account = a.platform AND livemode = w.livemode AND rail = f.rail AND stopped_account IN ('', w.account)
    ORDER BY stopped_account
    LIMIT 1
) AS stops ON true
LEFT JOIN LATERAL (
    SELECT
        id, sec_code, mandate_reference, accepted_ms, sequence_type, used_by, confirmed_ms, creditor_identifier,
        creditor_name
    FROM authorizations
    WHERE
        account = w.account AND livemode = w.livemode
        AND funding_source BETWEEN w.funding_source AND w.funding_source AND ended_ms IS NULL
    ORDER BY funding_source
) AS u ON true
LEFT JOIN LATERAL (
    SELECT
        number, status, file, trace, originator, confirmed_ms, retry, retry_of, original_date, effective_date,
        return_code
    FROM ach_entries
    WHERE account = a.platform AND livemode = w.livemode AND topup BETWEEN w.id AND w.id
    ORDER BY topup DESC, number DESC
    LIMIT 1
) AS e ON true
LEFT JOIN LATERAL (
    SELECT retry_of, root, retry, original_date
    FROM topup_retries
    WHERE account = w.account AND livemode = w.livemode AND topup BETWEEN w.id AND w.id
    ORDER BY topup
) AS r ON true
LEFT JOIN LATERAL (
    SELECT n.originator, b.company_name, b.company_id
    FROM ach_entries AS n
    CROSS JOIN LATERAL (
        SELECT company_name, company_id
        FROM ach_batches
        WHERE account = n.account AND livemode = n.livemode AND file BETWEEN n.file AND n.file AND number = n.batch
        ORDER BY file
    ) AS b
    WHERE
        n.account = a.platform AND n.livemode = w.livemode
        AND n.topup BETWEEN coalesce(r.retry_of, w.id) AND coalesce(r.retry_of, w.id) AND n.return_code IS NOT NULL
    ORDER BY n.topup DESC, n.number DESC
    LIMIT 1
) AS i ON true;

-- name: insert_entries
-- Queue entries for the next file.
INSERT INTO ach_entries (
    account, livemode, topup, number, owner, originator, test_clock, status, amount, hold_days, transaction_code,
    sec_code, routing_number, last4, sealed, receiver_name, claimed_ms, retry, retry_of, original_date,
    mandate_reference, mandate_signed_on, authorization_id, sequence_type, former_reference, is_of_new_account,
    former_creditor_identifier, former_creditor_name
)
SELECT
    account, livemode, topup, number, owner, originator, test_clock, 'queued', amount, hold_days, transaction_code,
    sec_code, routing_number, last4, sealed, receiver_name, claimed_ms, retry, retry_of, original_date,
    mandate_reference, mandate_signed_on, authorization_id, sequence_type, former_reference, is_of_new_account,
    former_creditor_identifier, former_creditor_name
FROM json_to_recordset($1::json) AS n (
    account text, livemode boolean, topup text, number smallint, owner text, originator text, test_clock text,
    amount bigint, hold_days smallint, transaction_code smallint, sec_code text, routing_number text, last4 text,
    sealed bytea, receiver_name text, claimed_ms bigint, retry smallint, retry_of text, original_date date,
    mandate_reference text, mandate_signed_on date, authorization_id text, sequence_type text,
    former_reference text, is_of_new_account boolean, former_creditor_identifier text, former_creditor_name text
);

-- name: hold_entries
-- Hold entries until the transaction ends, by their top-up and number.
SELECT
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::smallint[]) AS n (account, livemode, topup, number)
CROSS JOIN LATERAL (
    SELECT
    FROM ach_entries
    WHERE account = n.account AND livemode = n.livemode AND topup BETWEEN n.topup AND n.topup AND number = n.number
    ORDER BY topup
    FOR UPDATE
) AS e;

-- name: hold_entries_of_file
-- Hold the entries of a file, or of one batch of it, until the transaction ends.
SELECT
FROM ach_entries
WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3 AND ($4::bigint IS NULL OR batch = $4)
ORDER BY file, trace
FOR UPDATE;

-- name: hold_clocks_of_file
-- Keep the clocks of the accounts whose entries a file has where they stand, until the transaction ends: before the
-- entries, as who moves or removes a clock does.
SELECT
FROM (
    SELECT DISTINCT owner
    FROM (
        SELECT owner
        FROM ach_entries
        WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3
        ORDER BY file, trace
        OFFSET 0
    ) AS e
    ORDER BY owner
) AS o
CROSS JOIN LATERAL (
    SELECT FROM test_clocks WHERE account = o.owner AND livemode = $2 ORDER BY account, livemode, id FOR SHARE
) AS c;

-- name: hold_clocks
-- Keep the clocks of a platform's accounts where they stand, until the transaction ends; after a restore, in a rehearsal.
SELECT
FROM (
    SELECT $1 AS account
    UNION ALL
    (SELECT account FROM accounts WHERE platform = $1 ORDER BY platform, account)
) AS a
CROSS JOIN LATERAL (
    SELECT FROM test_clocks WHERE account = a.account AND livemode = $2 ORDER BY account, livemode, id FOR SHARE
) AS c;

-- name: first_owner_in_file
-- Whose the first entry of a file is, or else its first reversal, refund or dishonor.
SELECT coalesce(
    (
        SELECT owner
        FROM ach_entries
        WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3
        ORDER BY file, trace
        LIMIT 1
    ),
    (
        SELECT owner
        FROM ach_reversals
        WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3
        ORDER BY file, id
        LIMIT 1
    ),
    (
        SELECT owner
        FROM refunds
        WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3
        ORDER BY file, id
        LIMIT 1
    ),
    (
        SELECT owner
        FROM ach_returns
        WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3
        ORDER BY file, id
        LIMIT 1
    )
);

-- name: set_entry_status
-- Write where entries stand that the transaction holds, by their top-up and number; nothing is written of one that stands elsewhere than said.
UPDATE ach_entries AS e
SET status = $5
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::smallint[]) AS n (account, livemode, topup, number)
CROSS JOIN LATERAL (
    SELECT ctid AS place
    FROM ach_entries
    WHERE account = n.account AND livemode = n.livemode AND topup BETWEEN n.topup AND n.topup AND number = n.number
    ORDER BY topup
) AS found
WHERE e.ctid = found.place AND e.status || '' = $6;

-- name: groups_with_queued_entries
-- For which originators, and in whose time, entries wait for a file.
SELECT account, livemode, originator, nullif(clock, '') AS test_clock
FROM (
    SELECT DISTINCT account, livemode, originator, coalesce(test_clock, '') AS clock
    FROM ach_entries
    WHERE status = 'queued'
    ORDER BY account, livemode, originator, coalesce(test_clock, '')
) AS waiting;

-- name: groups_with_what_is_due
-- For which originators, and in whose time, dishonors, reversals or refunds are due to leave by a moment, or possibly due by an
-- account's clock, and one account of each. Few are waiting.
SELECT w.account, w.livemode, w.originator, c.id AS test_clock, min(w.owner) AS owner
FROM (
    SELECT account, livemode, originator, owner, leaves_ms
    FROM ach_returns
    WHERE status = 'dishonored' AND file IS NULL AND sealed IS NOT NULL
    UNION ALL
    SELECT account, livemode, originator, owner, leaves_ms
    FROM ach_reversals
    WHERE status = 'requested' AND file IS NULL
    UNION ALL
    SELECT account, livemode, originator, owner, leaves_ms
    FROM refunds
    WHERE status = 'pending' AND file IS NULL
) AS w
LEFT JOIN LATERAL (
    SELECT id FROM test_clocks WHERE account = w.owner AND livemode = w.livemode ORDER BY account, livemode, id LIMIT 1
) AS c ON true
WHERE w.leaves_ms <= $1 OR c.id IS NOT NULL
GROUP BY w.account, w.livemode, w.originator, c.id;

-- name: list_queued_topups
-- Whose entries the next file would take, in the order of their top-ups: these are held first, then the entries.
SELECT owner, topup
FROM ach_entries AS e
WHERE
    account = $1 AND livemode = $2 AND originator = $3 AND coalesce(test_clock, '') = coalesce($4, '')
    AND status = 'queued' AND amount <= $6
    AND NOT EXISTS (
        SELECT
        FROM rail_stops AS s
        WHERE s.account = $1 AND s.livemode = $2 AND s.rail = CASE WHEN e.sec_code IN ('CORE', 'B2B') THEN 'sepa' ELSE 'ach' END
            AND s.stopped_account IN ('', e.owner)
        OFFSET 0
    )
ORDER BY topup, number
LIMIT $5;

-- name: lock_queued_entries
-- The entries that the next file takes, in the order of their top-ups, held until the transaction ends. Those of
-- accounts that are stopped wait, and so do those that are larger than a file may be ($6).
SELECT {entry_columns}
FROM ach_entries AS e
WHERE
    account = $1 AND livemode = $2 AND originator = $3 AND coalesce(test_clock, '') = coalesce($4, '')
    AND status = 'queued' AND amount <= $6
    AND NOT EXISTS (
        SELECT
        FROM rail_stops AS s
        WHERE s.account = $1 AND s.livemode = $2 AND s.rail = CASE WHEN e.sec_code IN ('CORE', 'B2B') THEN 'sepa' ELSE 'ach' END
            AND s.stopped_account IN ('', e.owner)
        OFFSET 0
    )
ORDER BY topup, number
LIMIT $5
FOR UPDATE;

-- name: read_sources_of_entries
-- Which bank accounts the top-ups, prenotes and micro-deposits of entries are to be paid from; those that are not pending are left out.
SELECT n.topup, s.funding_source
FROM unnest($2::text[], $3::text[]) AS n (owner, topup)
CROSS JOIN LATERAL (
    (
        SELECT coalesce(payment_method, source) AS funding_source
        FROM topups
        WHERE account = n.owner AND livemode = $1 AND id BETWEEN n.topup AND n.topup AND status || '' = 'pending'
        ORDER BY id
    )
    UNION ALL
    (
        SELECT funding_source
        FROM prenotes
        WHERE account = n.owner AND livemode = $1 AND id BETWEEN n.topup AND n.topup AND status || '' = 'pending'
        ORDER BY id
    )
) AS s;

-- name: withdraw_entries
-- Take entries that the transaction holds out of the queue, as if they had not come to it: nothing of them was sent.
DELETE FROM ach_entries AS e
USING
    unnest($1::text[], $2::boolean[], $3::text[], $4::smallint[]) AS n (account, livemode, topup, number)
    CROSS JOIN LATERAL (
        SELECT ctid AS place
        FROM ach_entries
        WHERE account = n.account AND livemode = n.livemode AND topup BETWEEN n.topup AND n.topup AND number = n.number
        ORDER BY topup
    ) AS found
WHERE e.ctid = found.place AND e.status || '' = 'queued';

-- name: put_entries_in_file
-- Give entries that the transaction holds their place in a file.
UPDATE ach_entries AS e
SET status = 'in_file', file = $3, effective_date = $4, batch = n.batch, trace = n.trace
FROM unnest($5::text[], $6::smallint[], $7::bigint[], $8::text[]) AS n (topup, number, batch, trace)
CROSS JOIN LATERAL (
    SELECT ctid AS place
    FROM ach_entries
    WHERE account = $1 AND livemode = $2 AND topup BETWEEN n.topup AND n.topup AND number = n.number
    ORDER BY topup
) AS found
WHERE e.ctid = found.place AND e.status || '' = 'queued';

-- name: lock_topups_by_individual_id
-- The top-ups of a platform and rail whose ids end as what a file calls them does (its last $4 characters), or that
-- present the debit again of one whose id does (`root`), held until the transaction ends. It reads all live top-ups of
-- the platform; it runs only after an older database was restored.
SELECT t.account AS owner, t.id, t.amount, t.status, t.settlement_days, t.test_clock, r.root, r.retry, r.original_date
FROM accounts AS a
JOIN topups AS t ON t.account = a.account AND t.livemode = $2
LEFT JOIN topup_retries AS r ON r.account = t.account AND r.livemode = t.livemode AND r.topup = t.id
WHERE (a.account = $1 OR a.platform = $1) AND t.rail = $5 AND right(coalesce(r.root, t.id), $4) = ANY ($3::text[])
ORDER BY t.account, t.id
FOR UPDATE OF t;

-- name: place_sent_entries
-- Write entries of a file that has left, in the place of those that wait for one.
INSERT INTO ach_entries (
    account, livemode, topup, number, owner, originator, test_clock, status, amount, hold_days, transaction_code,
    sec_code, routing_number, last4, sealed, receiver_name, claimed_ms, effective_date, file, batch, trace, retry,
    retry_of, original_date, mandate_reference, mandate_signed_on, authorization_id, sequence_type, former_reference,
    is_of_new_account, former_creditor_identifier, former_creditor_name
)
SELECT
    account, livemode, topup, number, owner, originator, test_clock, 'in_file', amount, hold_days, transaction_code,
    sec_code, routing_number, last4, sealed, receiver_name, claimed_ms, effective_date, file, batch, trace, retry,
    retry_of, original_date, mandate_reference, mandate_signed_on, authorization_id, sequence_type, former_reference,
    is_of_new_account, former_creditor_identifier, former_creditor_name
FROM json_to_recordset($1::json) AS n (
    account text, livemode boolean, topup text, number smallint, owner text, originator text, test_clock text,
    amount bigint, hold_days smallint, transaction_code smallint, sec_code text, routing_number text, last4 text,
    sealed bytea, receiver_name text, claimed_ms bigint, effective_date date, file text, batch bigint, trace text,
    retry smallint, retry_of text, original_date date, mandate_reference text, mandate_signed_on date,
    authorization_id text, sequence_type text, former_reference text, is_of_new_account boolean,
    former_creditor_identifier text, former_creditor_name text
)
ON CONFLICT ON CONSTRAINT ach_entries_pk DO UPDATE SET
    status = 'in_file', effective_date = excluded.effective_date, file = excluded.file, batch = excluded.batch,
    trace = excluded.trace, confirmed_by = NULL, confirmed_ms = NULL, sec_code = excluded.sec_code,
    mandate_reference = excluded.mandate_reference, mandate_signed_on = excluded.mandate_signed_on,
    authorization_id = excluded.authorization_id, sequence_type = excluded.sequence_type,
    former_reference = excluded.former_reference, is_of_new_account = excluded.is_of_new_account,
    former_creditor_identifier = excluded.former_creditor_identifier,
    former_creditor_name = excluded.former_creditor_name;

-- name: requeue_entries_of_file
-- Let the entries of a file that was never sent, or of which the bank processed nothing, wait for another one, in the
-- time that their accounts have now; the transaction holds them, and the clocks.
UPDATE ach_entries AS e
SET status = 'queued', file = NULL, effective_date = NULL, batch = NULL, trace = NULL, confirmed_by = NULL,
    confirmed_ms = NULL, resubmitted_by = coalesce($6, resubmitted_by),
    test_clock = (
        SELECT id FROM test_clocks WHERE account = e.owner AND livemode = e.livemode ORDER BY account, livemode, id
    )
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM ach_entries
    WHERE
        account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3 AND status = ANY ($4::text[])
        AND ($5::bigint[] IS NULL OR batch = ANY ($5))
    ORDER BY file, trace
))
RETURNING topup;

-- name: who_resubmitted
-- Who let entries of a file go out again; it reads all of them, once when somebody looks at a file that waits.
SELECT DISTINCT resubmitted_by
FROM (
    SELECT resubmitted_by
    FROM ach_entries
    WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3
    ORDER BY file, trace
    OFFSET 0
) AS e
WHERE resubmitted_by IS NOT NULL;

-- name: find_entries_by_trace
-- The entries of a trace, newest file first; a trace is used again after years.
SELECT {entry_columns}
FROM ach_entries
WHERE account = $1 AND livemode = $2 AND trace BETWEEN $3 AND $3
ORDER BY trace DESC, claimed_ms DESC;

-- name: find_entries_by_traces
-- The entries of some traces, those of each trace newest file first.
SELECT e.*
FROM unnest($3::text[]) AS n (trace)
CROSS JOIN LATERAL (
    SELECT {entry_columns}
    FROM ach_entries
    WHERE account = $1 AND livemode = $2 AND trace BETWEEN n.trace AND n.trace
    ORDER BY trace DESC, claimed_ms DESC
) AS e;

-- name: list_entries_of_batch
-- The entries of a batch in the order of their traces, which is that of their top-ups.
SELECT {entry_columns}
FROM ach_entries
WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3 AND batch = $4
ORDER BY file, trace;

-- name: read_amendments
-- What banks have not been told of the amendments of mandates: the reference that they know, and if the account is new.
SELECT n.id, a.former_reference, a.is_of_new_account
FROM unnest($1::text[], $2::boolean[], $3::text[]) AS n (account, livemode, id)
CROSS JOIN LATERAL (
    SELECT
        (array_agg(former_reference ORDER BY number) FILTER (WHERE former_reference IS NOT NULL))[1] AS former_reference,
        count(former_funding_source) > 0 AS is_of_new_account
    FROM (
        SELECT number, former_reference, former_funding_source
        FROM mandate_amendments
        WHERE
            account = n.account AND livemode = n.livemode AND authorization_id BETWEEN n.id AND n.id
            AND presented_on IS NULL
        ORDER BY authorization_id, number
        OFFSET 0
    ) AS m
    HAVING count(*) > 0
) AS a;

-- name: mandates_in_file
-- The mandates under which a file collects, and by what banks know their creditor then.
SELECT DISTINCT e.owner, e.authorization_id, b.company_id, b.company_name
FROM (
    SELECT owner, authorization_id, batch
    FROM ach_entries
    WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3
    ORDER BY file, trace
    OFFSET 0
) AS e
CROSS JOIN LATERAL (
    SELECT company_id, company_name
    FROM ach_batches
    WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3 AND number = e.batch
    ORDER BY file
) AS b
WHERE e.authorization_id IS NOT NULL;

-- name: read_lapses
-- Until when can be collected under mandates.
SELECT u.id, u.lapses_on, u.accepted_ms
FROM unnest($1::text[], $2::boolean[], $3::text[]) AS n (account, livemode, id)
CROSS JOIN LATERAL (
    SELECT id, lapses_on, accepted_ms
    FROM authorizations
    WHERE account = n.account AND livemode = n.livemode AND id BETWEEN n.id AND n.id
    ORDER BY id
) AS u;

-- name: count_debits
-- How many debits a file, or a batch of it, has, by account and day; those of micro-deposits are some, too.
SELECT e.owner, e.effective_date, count(*) AS debits
FROM (
    SELECT owner, effective_date, transaction_code, batch
    FROM ach_entries
    WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3
    ORDER BY file, trace
) AS e
WHERE e.transaction_code IN (27, 37) AND ($4::bigint IS NULL OR e.batch = $4)
GROUP BY e.owner, e.effective_date;

-- name: lock_entry
-- One entry, held until the transaction ends.
SELECT {entry_columns}
FROM ach_entries
WHERE account = $1 AND livemode = $2 AND topup BETWEEN $3 AND $3 AND number = $4
ORDER BY topup
FOR UPDATE;

-- name: list_entries_of_topups
-- All entries of a platform's top-ups, in the order in which they were presented.
SELECT {entry_columns}
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT *
    FROM ach_entries
    WHERE account = $1 AND livemode = $2 AND topup BETWEEN n.id AND n.id
    ORDER BY topup, number
) AS e
ORDER BY topup, number;

-- name: read_newest_entry
-- How often an entry's top-up was presented so far, and what the last presentment is; the transaction holds them.
SELECT number, retry
FROM ach_entries
WHERE account = $1 AND livemode = $2 AND topup BETWEEN $3 AND $3
ORDER BY topup DESC, number DESC
LIMIT 1;

-- name: read_retry_facts
-- Facts about an account's bank accounts: their numbers, when their banks last corrected them, and when the
-- authorization in force was given.
SELECT f.id, f.fingerprint, f.corrected_ms, u.created_ms AS authorized_ms
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT id, fingerprint, corrected_ms
    FROM funding_sources
    WHERE account = $1 AND livemode = $2 AND id BETWEEN n.id AND n.id
    ORDER BY id
) AS f
LEFT JOIN LATERAL (
    SELECT created_ms
    FROM authorizations
    WHERE account = $1 AND livemode = $2 AND funding_source BETWEEN f.id AND f.id AND ended_ms IS NULL
    ORDER BY funding_source
) AS u ON true;

-- name: last_return
-- The return code of a top-up's newest returned entry.
SELECT return_code
FROM ach_entries
WHERE account = $1 AND livemode = $2 AND topup BETWEEN $3 AND $3 AND return_code IS NOT NULL
ORDER BY topup DESC, number DESC
LIMIT 1;

-- name: confirm_entries
-- Write that the bank has taken entries that the transaction holds, or the prenotes ($7) among them, once; those that
-- were returned stay returned.
UPDATE ach_entries
SET
    status = CASE WHEN status = 'in_file' THEN 'confirmed' ELSE status END,
    confirmed_by = $5, confirmed_ms = $6
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM ach_entries
    WHERE
        account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3 AND batch = $4 AND confirmed_by IS NULL
        AND (NOT $7::boolean OR transaction_code IN (28, 38))
    ORDER BY file, trace
))
RETURNING topup, owner, status;

-- name: unconfirm_entries_of_line
-- Take back that a line (5) has confirmed the entries of a batch that the transaction holds, where their money is not usable.
UPDATE ach_entries
SET status = 'in_file', confirmed_by = NULL, confirmed_ms = NULL
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM ach_entries
    WHERE
        account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3 AND batch = $4 AND status || '' = 'confirmed'
        AND confirmed_by = $5
    ORDER BY file, trace
));

-- name: unconfirm_entries
-- Take back that the bank has taken a batch, where its money is not usable yet, or not any more because of a reversal.
UPDATE ach_entries
SET
    status = CASE WHEN status = 'confirmed' THEN 'in_file' ELSE status END, confirmed_by = NULL, confirmed_ms = NULL
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM ach_entries AS e
    WHERE
        account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3 AND batch = $4
        AND (
            status || '' = 'confirmed'
            OR (
                status || '' = 'released' AND EXISTS (
                    SELECT
                    FROM ach_reversals
                    WHERE
                        account = $1 AND livemode = $2 AND topup BETWEEN e.topup AND e.topup AND number = e.number
                    ORDER BY topup
                    OFFSET 0
                )
            )
        )
    ORDER BY file, trace
    FOR UPDATE
));

-- name: return_entry
-- Write that an entry that the transaction holds came back, once.
UPDATE ach_entries
SET status = 'returned', return_code = $5, return_trace = $6, returned_ms = $7
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM ach_entries
    WHERE account = $1 AND livemode = $2 AND topup BETWEEN $3 AND $3 AND number = $4 AND return_code IS NULL
    ORDER BY topup
))
RETURNING topup;

-- name: note_change
-- Write that a bank has sent a notification of change about an entry.
UPDATE ach_entries
SET change_code = $5
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM ach_entries
    WHERE account = $1 AND livemode = $2 AND topup BETWEEN $3 AND $3 AND number = $4
    ORDER BY topup
    FOR UPDATE
));

-- name: adopt_entries
-- Let a clock keep the time of an account's entries that wait for a file.
UPDATE ach_entries
SET test_clock = $3
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM ach_entries
    WHERE
        account = (SELECT coalesce(platform, account) FROM accounts WHERE account = $1) AND livemode = $2
        AND owner = $1 AND status = 'queued' AND test_clock IS NULL
    ORDER BY originator, coalesce(test_clock, ''), topup, number
    FOR UPDATE
));

-- name: release_entries
-- Give the entries of an account's clock back to real time.
UPDATE ach_entries
SET test_clock = NULL
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM ach_entries
    WHERE
        account = (SELECT coalesce(platform, account) FROM accounts WHERE account = $1) AND livemode = $2
        AND owner = $1 AND status = 'queued' AND test_clock IS NOT NULL
    ORDER BY originator, coalesce(test_clock, ''), topup, number
    FOR UPDATE
));

-- name: first_queued_by_clock
-- The group of queued entries that an account's clock has and that a file can take now, and when the first of it was
-- claimed: what waits for a person must not keep the clock from arriving.
SELECT e.account, e.originator, e.test_clock, min(e.claimed_ms) AS claimed_ms
FROM accounts AS a
CROSS JOIN LATERAL (
    SELECT account, originator, test_clock, claimed_ms, amount
    FROM ach_entries
    WHERE
        account = coalesce(a.platform, a.account) AND livemode = $2 AND owner = $1 AND status = 'queued'
        AND test_clock IS NOT NULL
    ORDER BY originator, coalesce(test_clock, ''), topup, number
) AS e
CROSS JOIN LATERAL (
    SELECT (profile ->> 'file_cap')::bigint AS file_cap, rail
    FROM originators
    WHERE account = e.account AND livemode = $2 AND id BETWEEN e.originator AND e.originator AND status || '' = 'active'
    ORDER BY id
) AS o
WHERE
    a.account = $1 AND e.amount <= o.file_cap
    AND NOT EXISTS (
        SELECT
        FROM rail_stops AS s
        WHERE s.account = e.account AND s.livemode = $2 AND s.rail = o.rail AND s.stopped_account IN ('', $1)
        OFFSET 0
    )
GROUP BY e.account, e.originator, e.test_clock
HAVING min(e.claimed_ms) < $3;

-- name: entries_over_cap
-- The queued entries of all platforms that are larger than a file of their originator may be, how large that is, and
-- which version of the profile says so.
SELECT {e.entry_columns}, o.file_cap, o.version
FROM ach_entries AS e
CROSS JOIN LATERAL (
    SELECT (profile ->> 'file_cap')::bigint AS file_cap, version
    FROM originators
    WHERE account = e.account AND livemode = e.livemode AND id BETWEEN e.originator AND e.originator
    ORDER BY id
) AS o
WHERE e.status = 'queued' AND e.amount > o.file_cap
ORDER BY e.account, e.livemode, e.originator, coalesce(e.test_clock, ''), e.topup, e.number;

-- name: is_collected
-- Whether a top-up has an entry that is or will be in a file and was not returned.
SELECT EXISTS (
    SELECT
    FROM ach_entries
    WHERE
        account = (SELECT coalesce(platform, account) FROM accounts WHERE account = $1) AND livemode = $2
        AND topup BETWEEN $3 AND $3 AND status NOT IN ('refused', 'rejected', 'returned')
    ORDER BY topup
    OFFSET 0
);

-- name: refuse_entries
-- Take entries that the transaction holds and that do not fit a file out of the queue.
UPDATE ach_entries AS e
SET status = 'refused'
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::smallint[]) AS n (account, livemode, topup, number)
CROSS JOIN LATERAL (
    SELECT ctid AS place
    FROM ach_entries
    WHERE account = n.account AND livemode = n.livemode AND topup BETWEEN n.topup AND n.topup AND number = n.number
    ORDER BY topup
) AS found
WHERE e.ctid = found.place AND e.status || '' = 'queued';

-- name: page_entries_of_file
-- A page of a file's entries in the order of their traces, from either end; one of the two branches runs. The bounds are
-- exclusive traces.
(
    SELECT {entry_columns}
    FROM ach_entries
    WHERE $6::boolean AND account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3 AND trace > $4 AND trace < $5
    ORDER BY file, trace
    LIMIT $7
)
UNION ALL
(
    SELECT {entry_columns}
    FROM ach_entries
    WHERE NOT $6::boolean AND account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3 AND trace > $4 AND trace < $5
    ORDER BY file DESC, trace DESC
    LIMIT $7
);

-- name: references_of_topup
-- What names the lines of statements that have moved a top-up's money, whichever account below the platform has it: those
-- of its debits or of the transfer that it was, and of its refunds.
SELECT DISTINCT f.reference
FROM (
    (
        SELECT owner, topup AS source
        FROM ach_entries
        WHERE account = $1 AND livemode = $2 AND topup BETWEEN $3 AND $3
        ORDER BY topup, number
        LIMIT 1
    )
    UNION ALL
    (
        SELECT owner, topup
        FROM incoming_transfers
        WHERE account = $1 AND livemode = $2 AND topup BETWEEN $3 AND $3
        ORDER BY topup
    )
    UNION ALL
    (
        SELECT owner, id
        FROM refunds
        WHERE account = $1 AND livemode = $2 AND topup BETWEEN $3 AND $3
        ORDER BY topup, id
    )
) AS e
CROSS JOIN LATERAL (
    SELECT reference
    FROM bank_confirmations
    WHERE account = e.owner AND livemode = $2 AND topup BETWEEN e.source AND e.source
    ORDER BY topup, step
) AS f;

-- name: largest_entries_of_file
-- The largest entries of a file; it reads all entries, once whenever somebody views a file.
SELECT {entry_columns}
FROM (
    SELECT {entry_columns}
    FROM ach_entries
    WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3
    ORDER BY file, trace
    OFFSET 0
) AS e
ORDER BY amount DESC, trace
LIMIT $4;

-- name: has_entry
-- Whether a file has an entry of a trace.
SELECT EXISTS (
    SELECT
    FROM ach_entries
    WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3 AND trace BETWEEN $4 AND $4
    ORDER BY file, trace
    OFFSET 0
);

-- name: is_any_open
-- Whether the bank may still say something of an entry of a file.
SELECT EXISTS (
    SELECT
    FROM ach_entries
    WHERE
        account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3 AND status || '' IN ('in_file', 'confirmed')
    ORDER BY file, trace
    OFFSET 0
);

-- name: sum_queued_entries
-- How many of a platform's entries wait for a file of ACH's, and how much they come to.
SELECT count(*) AS count, coalesce(sum(amount), 0)::bigint AS amount
FROM ach_entries
WHERE account = $1 AND livemode = $2 AND status = 'queued' AND sec_code NOT IN ('CORE', 'B2B');

-- name: sum_due_topups
-- How many of a platform's top-ups are due for a file by a moment and have no entry yet, and how much they come to. So
-- many that are due are looked at, in real time and for so many accounts by their clocks, and `is_complete` tells whether
-- these were all: others may be due because their money is usable, for another platform, or in test mode.
WITH
owners AS MATERIALIZED (
    SELECT $1 AS account
    UNION ALL
    (SELECT account FROM accounts WHERE platform = $1 ORDER BY platform, account LIMIT $4)
),

looked_at AS MATERIALIZED (
    (
        SELECT id, account, livemode, amount, rail, status
        FROM topups
        WHERE due_ms <= $3 AND test_clock IS NULL
        ORDER BY due_ms
        LIMIT $4
    )
    UNION ALL
    (
        SELECT t.id, a.account, $2 AS livemode, t.amount, t.rail, t.status
        FROM owners AS a
        CROSS JOIN LATERAL (
            SELECT id, amount, rail, status
            FROM topups
            WHERE account = a.account AND livemode = $2 AND test_clock IS NOT NULL AND due_ms <= $3
            ORDER BY due_ms, id
            LIMIT $4
        ) AS t
        LIMIT $4
    )
)

SELECT
    count(*) AS count,
    coalesce(sum(t.amount), 0)::bigint AS amount,
    (SELECT count(*) FROM looked_at) < $4 AND (SELECT count(*) FROM owners) <= $4 AS is_complete
FROM looked_at AS t
WHERE
    t.livemode = $2 AND t.rail = 'ach' AND t.status = 'pending'
    AND (SELECT coalesce(platform, account) FROM accounts WHERE account = t.account OFFSET 0) = $1
    AND NOT EXISTS (
        SELECT
        FROM ach_entries
        WHERE
            account = $1 AND livemode = $2 AND topup BETWEEN t.id AND t.id
            AND status NOT IN ('refused', 'rejected', 'returned')
        ORDER BY topup
        OFFSET 0
    );

-- name: count_returns
-- Of the newest debits that were sent of a platform's top-ups, from a top-up on and so many at most, how many have each
-- return code; NULL for those that did not come back.
SELECT return_code, count(*) AS debits
FROM (
    SELECT status, return_code
    FROM ach_entries
    WHERE account = $1 AND livemode = $2 AND topup >= $3 AND topup < $4
    ORDER BY topup DESC, number DESC
    LIMIT $5
) AS newest
WHERE status IN ('in_file', 'confirmed', 'released', 'returned')
GROUP BY return_code;
