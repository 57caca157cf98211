-- name: insert_originator
-- Add an originator's profile as a draft.
INSERT INTO originators (
    account, livemode, id, status, version, profile, sealed, last4, next_trace, next_batch, created_ms, changed_by, rail
)
VALUES ($1, $2, $3, 'draft', 1, $4::jsonb, $5, $6, 1, 1, $7, $8, $9);

-- name: lock_originator
-- One originator, held until the transaction ends.
SELECT
    account, livemode, id, status, version, profile, sealed, last4, created_ms, changed_by, activated_ms, activated_by
FROM originators
WHERE account = $1 AND livemode = $2 AND id = $3
FOR UPDATE;

-- name: update_originator
-- Write the profile and the state of an originator that the transaction holds.
UPDATE originators
SET
    status = $4, version = $5, profile = $6::jsonb, sealed = $7, last4 = $8, changed_by = $9, activated_ms = $10,
    activated_by = $11
WHERE account = $1 AND livemode = $2 AND id = $3;

-- name: list_originators
-- A platform's originators, oldest first; there are a few.
SELECT
    account, livemode, id, status, version, profile, sealed, last4, created_ms, changed_by, activated_ms, activated_by
FROM originators
WHERE account = $1 AND livemode = $2
ORDER BY id;

-- name: list_active_originators
-- The originators of all platforms whose money moves; a job walks them, and no request does.
SELECT
    account, livemode, id, status, version, profile, sealed, last4, created_ms, changed_by, activated_ms, activated_by
FROM originators
WHERE status <> 'draft'
ORDER BY account, livemode, id;

-- name: lock_folders
-- Let one profile at a time be written or activated, so that two that are written at once see each other's folders.
SELECT pg_advisory_xact_lock(hashtextextended('brim:originators:folders', 0));

-- name: list_folders
-- The folders of the originators of all platforms; read when a profile is written.
SELECT
    account, livemode, id, profile ->> 'outgoing_folder' AS outgoing_folder,
    profile ->> 'incoming_folder' AS incoming_folder, profile ->> 'sftp_records_folder' AS records_folder
FROM originators
ORDER BY account, livemode, id;

-- name: read_collection_terms
-- What live creates depend on beside their accounts' own terms: the originator of the platform, where the money is
-- stopped, as what the holder of the bank account has authorized debits, and a return rate that has reached its limit and
-- that nobody has overridden. Accounts that do not exist are left out.
SELECT
    w.account AS owner, w.funding_source, w.rail, a.platform, o.account, o.livemode, o.id, o.status, o.version, o.profile, o.sealed, o.last4, o.created_ms,
    o.changed_by, o.activated_ms, o.activated_by,
    (
        SELECT s.reason
        FROM rail_stops AS s
        WHERE
            s.account = coalesce(a.platform, w.account) AND s.livemode = w.livemode AND s.rail = w.rail
            AND s.stopped_account IN ('', w.account)
        ORDER BY s.stopped_account
        LIMIT 1
    ) AS stop_reason,
    u.id AS authorization_id, u.sec_code, u.sequence_type, u.used_by, u.confirmed_ms, u.lapses_on, u.accepted_ms,
    rate.owner AS rate_owner, rate.kind AS rate_kind, rate.debits AS rate_debits, rate.returns AS rate_returns
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::text[]) AS w (account, livemode, funding_source, rail)
CROSS JOIN LATERAL (
    SELECT platform FROM accounts WHERE account = w.account OFFSET 0
) AS a
LEFT JOIN LATERAL (
    SELECT *
    FROM originators
    WHERE account = coalesce(a.platform, w.account) AND livemode = w.livemode AND rail = w.rail AND status = 'active'
    OFFSET 0
) AS o ON true
LEFT JOIN LATERAL (
    SELECT id, sec_code, sequence_type, used_by, confirmed_ms, lapses_on, accepted_ms
    FROM authorizations
    WHERE
        account = w.account AND livemode = w.livemode
        AND funding_source BETWEEN w.funding_source AND w.funding_source AND ended_ms IS NULL
        AND (sec_code IN ('CORE', 'B2B')) = (w.rail = 'sepa')
    ORDER BY funding_source
) AS u ON true
LEFT JOIN LATERAL (
    SELECT g.owner, g.kind, g.debits, g.returns
    FROM return_guards AS g
    WHERE
        g.account = o.account AND g.livemode = o.livemode AND g.originator = o.id AND g.owner IN ('', w.account)
        AND g.level = 'reached'
        AND NOT EXISTS (
            SELECT
            FROM return_overrides AS v
            WHERE
                v.account = g.account AND v.livemode = g.livemode AND v.originator = g.originator AND v.owner = g.owner
                AND v.status = 'approved' AND v.until_ms > $5
            OFFSET 0
        )
    ORDER BY g.owner, g.kind
    LIMIT 1
) AS rate ON true;

-- name: add_exposures
-- Add to what accounts ask for, and return what it is then; rows arrive sorted, so that two creates wait in one order.
INSERT INTO exposures AS e (account, livemode, kind, key, amount)
SELECT account, livemode, kind, key, amount
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::text[], $5::bigint[]) AS n (account, livemode, kind, key, amount)
ON CONFLICT ON CONSTRAINT exposures_pk DO UPDATE SET amount = e.amount + excluded.amount
RETURNING account, livemode, kind, key, amount;

-- name: reduce_source_exposures
-- Take from what is pending from bank accounts what came to its end. Another create may change a row meanwhile: what a
-- conflict finds is the row as it is then, which an UPDATE of a place would pass over.
INSERT INTO exposures AS e (account, livemode, kind, key, amount)
SELECT n.account, n.livemode, 'source', n.key, n.amount
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::bigint[]) AS n (account, livemode, key, amount)
CROSS JOIN LATERAL (
    SELECT FROM exposures WHERE account = n.account AND livemode = n.livemode AND kind = 'source' AND key = n.key OFFSET 0
) AS found
ON CONFLICT ON CONSTRAINT exposures_pk DO UPDATE SET amount = e.amount - excluded.amount;

-- name: list_day_exposures
-- The accounts of a platform that have asked for most in a day.
SELECT a.account, e.amount
FROM accounts AS a
CROSS JOIN LATERAL (
    SELECT amount FROM exposures WHERE account = a.account AND livemode = $2 AND kind = 'day' AND key = $3 OFFSET 0
) AS e
WHERE a.account = $1 OR a.platform = $1
ORDER BY e.amount DESC, a.account
LIMIT $4;

-- name: insert_stop
-- Stop a rail; the first reason stays.
INSERT INTO rail_stops (account, livemode, rail, stopped_account, reason, stopped_by, stopped_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT ON CONSTRAINT rail_stops_pk DO NOTHING;

-- name: wait_for_sending
-- Wait for what a platform's rail is sending, so that nothing leaves once its stop is written.
SELECT pg_advisory_xact_lock(hashtextextended('brim:sending:' || $1::text || ':' || $2::boolean || ':' || $3::text, 0));

-- name: hold_sending
-- Make a stop of a rail wait until what is being sent has left; stops that are read afterwards are current.
SELECT pg_advisory_xact_lock_shared(
    hashtextextended('brim:sending:' || $1::text || ':' || $2::boolean || ':' || $3::text, 0)
);

-- name: delete_stop
-- Let a rail go on.
DELETE FROM rail_stops WHERE account = $1 AND livemode = $2 AND rail = $3 AND stopped_account = $4;

-- name: list_stops
-- Where a platform's money is stopped.
SELECT rail, stopped_account, reason, stopped_by, stopped_ms
FROM rail_stops
WHERE account = $1 AND livemode = $2
ORDER BY rail, stopped_account;

-- name: end_authorizations
-- End what is in force for a bank account, because another takes its place or its holder has revoked it.
UPDATE authorizations
SET ended_ms = $4, end_reason = $5
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM authorizations
    WHERE account = $1 AND livemode = $2 AND funding_source BETWEEN $3 AND $3 AND ended_ms IS NULL
    ORDER BY funding_source
    FOR UPDATE
));

-- name: lock_mandate_reference
-- Let one at a time give a mandate a reference.
SELECT pg_advisory_xact_lock(hashtextextended('brim:mandate:' || $1::boolean || ':' || $2::text, 0));

-- name: is_reference_taken
-- Whether a mandate of an account's platform, or of one below that, has a reference or had it, one that has ended too.
SELECT EXISTS (
    SELECT
    FROM (
        (
            SELECT account
            FROM authorizations
            WHERE mandate_reference BETWEEN $3 AND $3 AND livemode = $2
            ORDER BY mandate_reference, livemode, account
        )
        UNION ALL
        (
            SELECT account
            FROM mandate_amendments
            WHERE former_reference BETWEEN $3 AND $3 AND livemode = $2
            ORDER BY former_reference, livemode, account
        )
    ) AS u
    WHERE
        (SELECT coalesce(platform, account) FROM accounts WHERE account = u.account OFFSET 0)
        = (SELECT coalesce(platform, account) FROM accounts WHERE account = $1 OFFSET 0)
);

-- name: insert_authorization
-- Write down what the holder of a bank account agreed to.
INSERT INTO authorizations (
    account, livemode, id, funding_source, sec_code, text, accepted_ms, evidence, created_ms, mandate_reference,
    sequence_type, confirmed_ms, lapses_on
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11, $12, $13);

-- name: confirm_mandate
-- Write when the debtor has confirmed a mandate to their bank.
UPDATE authorizations
SET confirmed_ms = $4
WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM authorizations WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3 ORDER BY id FOR UPDATE
));

-- name: amend_mandate
-- Give a mandate that the transaction holds another reference or bank account; the debtor has not confirmed that yet.
UPDATE authorizations
SET mandate_reference = $4, funding_source = $5, confirmed_ms = $6
WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM authorizations WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3 ORDER BY id
));

-- name: insert_amendments
-- Keep what mandates had before; the transaction holds them, so nobody else numbers theirs.
INSERT INTO mandate_amendments (
    account, livemode, authorization_id, number, created_ms, amended_by, former_reference, former_funding_source,
    former_creditor_identifier, former_creditor_name, presented_on
)
SELECT
    n.account, n.livemode, n.authorization_id, coalesce(a.number, 0) + 1, n.created_ms, n.amended_by,
    n.former_reference, n.former_funding_source, n.former_creditor_identifier, n.former_creditor_name, n.presented_on
FROM json_to_recordset($1::json) AS n (
    account text, livemode boolean, authorization_id text, created_ms bigint, amended_by text, former_reference text,
    former_funding_source text, former_creditor_identifier text, former_creditor_name text, presented_on date
)
LEFT JOIN LATERAL (
    SELECT number
    FROM mandate_amendments
    WHERE
        account = n.account AND livemode = n.livemode
        AND authorization_id BETWEEN n.authorization_id AND n.authorization_id
    ORDER BY authorization_id DESC, number DESC
    LIMIT 1
) AS a ON true;

-- name: list_amendments
-- How mandates were amended, in order.
SELECT f.*
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT
        authorization_id, number, created_ms, amended_by, former_reference, former_funding_source,
        former_creditor_identifier, former_creditor_name, presented_on
    FROM mandate_amendments
    WHERE account = $1 AND livemode = $2 AND authorization_id BETWEEN n.id AND n.id
    ORDER BY authorization_id, number
) AS f
ORDER BY f.authorization_id, f.number;

-- name: set_amendments_presented
-- Write that banks were told of the amendments of mandates that they had not been told of.
UPDATE mandate_amendments AS m
SET presented_on = n.presented_on
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::date[]) AS n (account, livemode, id, presented_on)
CROSS JOIN LATERAL (
    SELECT ctid AS place
    FROM mandate_amendments
    WHERE
        account = n.account AND livemode = n.livemode AND authorization_id BETWEEN n.id AND n.id
        AND presented_on IS NULL
    ORDER BY authorization_id
    FOR UPDATE
) AS found
WHERE m.ctid = found.place;

-- name: set_mandates_told
-- Write that banks know the creditor of mandates by another identifier and name, and that no top-up has to tell them.
UPDATE authorizations AS u
SET used_by = NULL, creditor_identifier = n.creditor_identifier, creditor_name = n.creditor_name
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::text[], $5::text[])
AS n (account, livemode, id, creditor_identifier, creditor_name)
CROSS JOIN LATERAL (
    SELECT ctid AS place
    FROM authorizations
    WHERE account = n.account AND livemode = n.livemode AND id BETWEEN n.id AND n.id
    ORDER BY id
    FOR UPDATE
) AS found
WHERE u.ctid = found.place;

-- name: extend_mandates
-- Write the last day of collections under mandates ($6), where it is later than what is written, and what banks know
-- their creditor by, where nothing is written.
UPDATE authorizations AS u
SET
    lapses_on = greatest(u.lapses_on, $6), creditor_identifier = coalesce(u.creditor_identifier, n.creditor_identifier),
    creditor_name = coalesce(u.creditor_name, n.creditor_name)
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::text[], $5::text[])
AS n (account, livemode, id, creditor_identifier, creditor_name)
CROSS JOIN LATERAL (
    SELECT ctid AS place
    FROM authorizations
    WHERE account = n.account AND livemode = n.livemode AND id BETWEEN n.id AND n.id
    ORDER BY id
    FOR UPDATE
) AS found
WHERE u.ctid = found.place;

-- name: count_lapsing
-- How many mandates in force lapse between two days, as far as anybody counts.
SELECT count(*)
FROM (
    SELECT FROM authorizations WHERE ended_ms IS NULL AND lapses_on BETWEEN $1 AND $2 ORDER BY lapses_on LIMIT $3
) AS m;

-- name: take_one_offs
-- Give mandates to the first of top-ups that want one, unless another one has it or asks for it just now; return whose it
-- is.
UPDATE authorizations AS u
SET used_by = n.topup
FROM (
    SELECT account, livemode, id, min(topup) AS topup
    FROM unnest($1::text[], $2::boolean[], $3::text[], $4::text[]) AS w (account, livemode, id, topup)
    GROUP BY account, livemode, id
) AS n
CROSS JOIN LATERAL (
    SELECT ctid AS place
    FROM authorizations
    WHERE
        account = n.account AND livemode = n.livemode AND id BETWEEN n.id AND n.id AND ended_ms IS NULL
        AND (used_by IS NULL OR used_by = n.topup)
    ORDER BY id
    FOR UPDATE SKIP LOCKED
) AS found
WHERE u.ctid = found.place
RETURNING n.topup;

-- name: find_mandates
-- Mandates of a platform, and of the accounts below it, by the references that they have or had; read after a restore.
SELECT n.reference, f.account, f.id
FROM unnest($3::text[]) AS n (reference)
CROSS JOIN LATERAL (
    (
        SELECT account, id
        FROM authorizations
        WHERE mandate_reference BETWEEN n.reference AND n.reference AND livemode = $2
        ORDER BY mandate_reference, livemode, account
    )
    UNION ALL
    (
        SELECT account, authorization_id
        FROM mandate_amendments
        WHERE former_reference BETWEEN n.reference AND n.reference AND livemode = $2
        ORDER BY former_reference, livemode, account
    )
) AS f
WHERE (SELECT coalesce(platform, account) FROM accounts WHERE account = f.account OFFSET 0) = $1;

-- name: set_used
-- Write which top-ups make the one collection of mandates in force, or tell banks of their amendments, whoever had it here.
UPDATE authorizations AS u
SET used_by = n.topup
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::text[]) AS n (account, livemode, id, topup)
CROSS JOIN LATERAL (
    SELECT ctid AS place
    FROM authorizations
    WHERE account = n.account AND livemode = n.livemode AND id BETWEEN n.id AND n.id AND ended_ms IS NULL
    ORDER BY id
) AS found
WHERE u.ctid = found.place;

-- name: end_used
-- End mandates that the transaction holds, since their one collection is settled.
UPDATE authorizations AS u
SET ended_ms = $4, end_reason = $5
FROM unnest($1::text[], $2::boolean[], $3::text[]) AS n (account, livemode, id)
CROSS JOIN LATERAL (
    SELECT ctid AS place
    FROM authorizations
    WHERE account = n.account AND livemode = n.livemode AND id BETWEEN n.id AND n.id
    ORDER BY id
) AS found
WHERE u.ctid = found.place;

-- name: reinstate_used
-- Put mandates in force again that ended (5) as their one collection, of a top-up, was settled, and return them. None whose
-- bank account has another one by now.
UPDATE authorizations AS u
SET ended_ms = NULL, end_reason = NULL
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::text[]) AS n (account, livemode, id, topup)
CROSS JOIN LATERAL (
    SELECT ctid AS place, funding_source
    FROM authorizations
    WHERE
        account = n.account AND livemode = n.livemode AND id BETWEEN n.id AND n.id AND end_reason = $5
        AND used_by = n.topup
    ORDER BY id
) AS found
WHERE
    u.ctid = found.place
    AND NOT EXISTS (
        SELECT
        FROM authorizations
        WHERE
            account = n.account AND livemode = n.livemode AND funding_source = found.funding_source AND ended_ms IS NULL
        OFFSET 0
    )
RETURNING
    u.account, u.livemode, u.id, u.funding_source, u.sec_code, u.text, u.accepted_ms, u.evidence, u.created_ms,
    u.ended_ms, u.end_reason, u.mandate_reference, u.sequence_type, u.used_by, u.confirmed_ms, u.lapses_on;

-- name: give_one_offs_back
-- Let other top-ups have the one collection of mandates that these did not make: the mandate in force of each bank account.
UPDATE authorizations AS u
SET used_by = NULL
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::text[]) AS n (account, livemode, funding_source, topup)
CROSS JOIN LATERAL (
    SELECT ctid AS place
    FROM authorizations
    WHERE
        account = n.account AND livemode = n.livemode
        AND funding_source BETWEEN n.funding_source AND n.funding_source AND ended_ms IS NULL AND used_by = n.topup
    ORDER BY funding_source
    FOR UPDATE
) AS found
WHERE u.ctid = found.place;

-- name: lock_used
-- Of mandates those in force whose one collection a top-up has made, or nobody, held until the transaction ends.
SELECT f.*
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::text[]) AS n (account, livemode, id, topup)
CROSS JOIN LATERAL (
    SELECT
        account, livemode, id, funding_source, sec_code, text, accepted_ms, evidence, created_ms, ended_ms,
        end_reason, mandate_reference, sequence_type, used_by, confirmed_ms, lapses_on
    FROM authorizations
    WHERE
        account = n.account AND livemode = n.livemode AND id BETWEEN n.id AND n.id AND ended_ms IS NULL
        AND (used_by IS NULL OR used_by = n.topup)
    ORDER BY id
    FOR UPDATE
) AS f;

-- name: fetch_authorizations
-- Authorizations by id, those that have ended too.
SELECT f.*
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT
        account, livemode, id, funding_source, sec_code, text, accepted_ms, evidence, created_ms, ended_ms,
        end_reason, mandate_reference, sequence_type, used_by, confirmed_ms, lapses_on
    FROM authorizations
    WHERE account = $1 AND livemode = $2 AND id BETWEEN n.id AND n.id
    ORDER BY id
) AS f;

-- name: read_proof
-- An authorization with what an erasure has put aside of it, and its bank account, masked.
SELECT
    u.account, u.livemode, u.id, u.funding_source, u.sec_code, u.text, u.accepted_ms, u.evidence, u.created_ms,
    u.ended_ms, u.end_reason, u.mandate_reference, u.sequence_type, u.used_by, u.confirmed_ms,
    u.lapses_on, u.sealed, f.account_type, f.routing_number, f.last4, f.bank_name,
    f.party ->> 'name' AS holder_name
FROM (
    SELECT *
    FROM authorizations
    WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
    ORDER BY id
) AS u
LEFT JOIN LATERAL (
    SELECT account_type, routing_number, last4, bank_name, party
    FROM funding_sources
    WHERE account = $1 AND livemode = $2 AND id BETWEEN u.funding_source AND u.funding_source
    ORDER BY id
) AS f ON true;

-- name: lock_authorization
-- One authorization, held until the transaction ends.
SELECT
    account, livemode, id, funding_source, sec_code, text, accepted_ms, evidence, created_ms, ended_ms, end_reason,
    mandate_reference, sequence_type, used_by, confirmed_ms, lapses_on
FROM authorizations
WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
ORDER BY id
FOR UPDATE;

-- name: lock_in_force
-- The authorization in force for a bank account, held until the transaction ends.
SELECT
    account, livemode, id, funding_source, sec_code, text, accepted_ms, evidence, created_ms, ended_ms, end_reason,
    mandate_reference, sequence_type, used_by, confirmed_ms, lapses_on
FROM authorizations
WHERE account = $1 AND livemode = $2 AND funding_source BETWEEN $3 AND $3 AND ended_ms IS NULL
ORDER BY funding_source
FOR UPDATE;

-- name: list_authorizations
-- One page along the primary key; one of the two branches runs. The bounds are exclusive ids.
(
    SELECT
        account, livemode, id, funding_source, sec_code, text, accepted_ms, evidence, created_ms, ended_ms, end_reason,
        mandate_reference, sequence_type, used_by, confirmed_ms, lapses_on
    FROM authorizations
    WHERE
        $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
        AND ($7::text IS NULL OR funding_source = $7)
    ORDER BY id DESC
    LIMIT $6
)
UNION ALL
(
    SELECT
        account, livemode, id, funding_source, sec_code, text, accepted_ms, evidence, created_ms, ended_ms, end_reason,
        mandate_reference, sequence_type, used_by, confirmed_ms, lapses_on
    FROM authorizations
    WHERE
        NOT $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
        AND ($7::text IS NULL OR funding_source = $7)
    ORDER BY id
    LIMIT $6
);

-- name: count_stops
-- How many stops of live money are in force, of all platforms; there are a few.
SELECT count(*) FROM rail_stops;
