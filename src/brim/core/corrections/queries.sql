-- name: is_known
-- Whether a notification of change was received before: about the same presentment, with the same code and trace.
SELECT EXISTS (
    SELECT
    FROM corrections
    WHERE
        account = $1 AND livemode = $2 AND topup BETWEEN $3 AND $3 AND number = $4 AND change_code = $5 AND trace = $6
    ORDER BY topup
    OFFSET 0
);

-- name: insert_correction
-- Write a notification of change and what became of it.
INSERT INTO corrections (
    account, livemode, status, sealed, id, owner, funding_source, originator, topup, number, bank_file, change_code,
    original_trace, trace, reason, corrected, routing_number, last4, fingerprint, account_type, new_routing_number,
    new_last4, new_fingerprint, new_account_type, break_id, refusal_code, refusal_file, refusal_trace, received_ms,
    ended_ms, ended_by
)
VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
    $26, $27, $28, $29, $30, $31
);

-- name: lock_correction
-- One correction, held until the transaction ends.
SELECT {correction_columns}
FROM corrections
WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
ORDER BY id
FOR UPDATE;

-- name: update_correction
-- Write what became of a correction that the transaction holds.
UPDATE corrections
SET
    status = $4, break_id = $5, refusal_code = $6, refusal_file = $7, refusal_trace = $8, ended_ms = $9, ended_by = $10
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM corrections
    WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
    ORDER BY id
));

-- name: has_unsettled
-- Whether a notification of change about a top-up or prenote waits for a person, or was refused.
SELECT EXISTS (
    SELECT
    FROM corrections
    WHERE account = $1 AND livemode = $2 AND topup BETWEEN $3 AND $3 AND status IN ('open', 'refused')
    ORDER BY topup
    OFFSET 0
);

-- name: find_corrected_source
-- The bank account that was corrected because of a top-up or prenote; the last time, where it was several times.
SELECT owner, funding_source
FROM corrections
WHERE account = $1 AND livemode = $2 AND topup BETWEEN $3 AND $3 AND status = 'applied'
ORDER BY topup DESC, number DESC, id DESC
LIMIT 1;

-- name: fetch_corrections
-- Corrections by id.
SELECT c.*
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT {correction_columns}
    FROM corrections
    WHERE account = $1 AND livemode = $2 AND id BETWEEN n.id AND n.id
    ORDER BY id
) AS c;

-- name: page_corrections
-- A page of all, along the primary key.
{page of corrections where true along id or id DESC};

-- name: page_open_corrections
-- A page of those that wait for a person.
{page of corrections where status = 'open' along id or id DESC};

-- name: page_corrections_of_source
-- A page of those of one bank account, $10.
{page of corrections where funding_source BETWEEN $10 AND $10 along funding_source, id or funding_source DESC, id DESC};

-- name: page_corrections_of_topup
-- A page of those about one top-up or prenote, $10: there are a few, which are sorted.
SELECT {correction_columns}
FROM (
    SELECT *
    FROM corrections
    WHERE account = $1 AND livemode = $2 AND topup BETWEEN $10 AND $10
    ORDER BY topup
    OFFSET 0
) AS c
WHERE
    id > $3 AND id < $4 AND ($7::text IS NULL OR owner = $7) AND ($8::text IS NULL OR status = $8)
    AND ($9::text IS NULL OR bank_file = $9)
ORDER BY CASE WHEN $5::boolean THEN id END DESC, id
LIMIT $6;

-- name: hold_refusals
-- What the next file of an originator tells its bank, held until the transaction ends; nothing of what was erased.
SELECT {correction_columns}, sealed
FROM corrections
WHERE account = $1 AND livemode = $2 AND originator = $3 AND status = 'refused' AND refusal_file IS NULL
    AND sealed IS NOT NULL
ORDER BY originator, id
LIMIT $4
FOR UPDATE;

-- name: originators_with_refusals
-- Whose refusals, of all platforms, have waited since before a moment. Few wait.
SELECT DISTINCT account, livemode, originator
FROM corrections
WHERE status = 'refused' AND refusal_file IS NULL AND ended_ms <= $1 AND sealed IS NOT NULL;

-- name: requeue_refusals
-- Let the refusals in a file wait for the next one.
UPDATE corrections
SET refusal_file = NULL, refusal_trace = NULL
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM corrections
    WHERE account = $1 AND livemode = $2 AND refusal_file BETWEEN $3 AND $3
    ORDER BY refusal_file, id
    FOR UPDATE
));

-- name: count_corrections
-- How many notifications of change came from an id on, so many of the newest at most, and how many of them are open.
SELECT count(*) AS notifications, count(*) FILTER (WHERE status = 'open') AS unsettled
FROM (
    SELECT status
    FROM corrections
    WHERE account = $1 AND livemode = $2 AND id >= $3 AND id < 'corr_~'
    ORDER BY id DESC
    LIMIT $4
) AS newest;
