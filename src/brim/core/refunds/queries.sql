-- name: insert_refund
-- Insert a refund.
INSERT INTO refunds (
    account, livemode, id, status, owner, originator, topup, number, amount, description, metadata, debited_on, sec_code,
    requested_by, requested_ms, leaves_ms, balance_transaction
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17);

-- name: lock_refund
-- A refund, held until the transaction ends.
SELECT {refund_columns}
FROM refunds
WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
ORDER BY id
FOR UPDATE;

-- name: lock_refunds_of_topup
-- The refunds of a top-up, held until the transaction ends.
SELECT {refund_columns}
FROM refunds
WHERE account = $1 AND livemode = $2 AND topup BETWEEN $3 AND $3
ORDER BY topup, id
FOR UPDATE;

-- name: find_of_topups
-- The refunds of some top-ups, in the order in which they were requested.
SELECT b.*
FROM unnest($3::text[]) AS n (topup)
CROSS JOIN LATERAL (
    SELECT {refund_columns}
    FROM refunds
    WHERE account = $1 AND livemode = $2 AND topup BETWEEN n.topup AND n.topup
    ORDER BY topup, id
) AS b;

-- name: update_refund
-- Update a refund that the transaction holds.
UPDATE refunds
SET
    status = $4, failure_reason = $5, failure_balance_transaction = $6, transaction_code = $7, routing_number = $8,
    last4 = $9, receiver_name = $10, sealed = $11, file = $12, batch = $13, trace = $14, settled_on = $15,
    settled_by = $16, return_code = $17, return_trace = $18, returned_by = $19, canceled_by = $20, ended_ms = $21
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM refunds
    WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
    ORDER BY id
));

-- name: fetch_refunds
-- Refunds by id.
SELECT b.*
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT {refund_columns}
    FROM refunds
    WHERE account = $1 AND livemode = $2 AND id BETWEEN n.id AND n.id
    ORDER BY id
) AS b;

-- name: page_refunds
-- A page of all, along the primary key.
{page of refunds where true along id or id DESC};

-- name: page_refunds_of_status
-- A page of those with one status, $9.
{page of refunds where status BETWEEN $9 AND $9 along status, id or status DESC, id DESC};

-- name: page_refunds_of_topup
-- A page of those of one top-up, $9.
{page of refunds where topup BETWEEN $9 AND $9 along topup, id or topup DESC, id DESC};

-- name: page_refunds_in_file
-- A page of those in one file, $9.
{page of refunds where file BETWEEN $9 AND $9 along file, id or file DESC, id DESC};

-- name: hold_waiting
-- The refunds for an originator's next file, in the time of a clock ($5) or in real time, held until the transaction
-- ends. Those of accounts that are stopped wait, and so do those that are larger than an entry of it may be ($6).
SELECT {refund_columns}
FROM refunds AS b
WHERE
    account = $1 AND livemode = $2 AND originator = $3 AND status = 'pending' AND file IS NULL AND amount <= $6
    AND coalesce(
        (
            SELECT c.id
            FROM test_clocks AS c
            WHERE c.account = b.owner AND c.livemode = b.livemode
            ORDER BY c.account, c.livemode, c.id
            LIMIT 1
        ),
        ''
    ) = coalesce($5, '')
    AND NOT EXISTS (
        SELECT
        FROM rail_stops AS s
        WHERE s.account = $1 AND s.livemode = $2 AND s.rail = 'ach' AND s.stopped_account IN ('', b.owner)
        OFFSET 0
    )
ORDER BY originator, id
LIMIT $4
FOR UPDATE;

-- name: list_over_caps
-- The refunds of all platforms that wait for a file and are larger than the smaller cap of their originator's profile, and
-- the version of that. Few wait.
SELECT {b.refund_columns}, o.version
FROM refunds AS b
CROSS JOIN LATERAL (
    SELECT least((profile ->> 'file_cap')::bigint, (profile ->> 'same_day_cap')::bigint) AS cap, version
    FROM originators
    WHERE account = b.account AND livemode = b.livemode AND id BETWEEN b.originator AND b.originator
    ORDER BY id
) AS o
WHERE b.status = 'pending' AND b.file IS NULL AND b.amount > o.cap
ORDER BY b.account, b.livemode, b.originator, b.id;

-- name: list_unanswered
-- The refunds of all platforms that have left in files of up to a day, and that no statement has booked; or in any, where
-- a clock keeps their account's time. Few are on their way.
SELECT {b.refund_columns}
FROM refunds AS b
CROSS JOIN LATERAL (
    SELECT effective_date
    FROM ach_files
    WHERE account = b.account AND livemode = b.livemode AND id BETWEEN b.file AND b.file
    ORDER BY id
) AS f
WHERE
    b.status = 'pending' AND b.file IS NOT NULL
    AND (
        f.effective_date <= $1
        OR EXISTS (SELECT FROM test_clocks WHERE account = b.owner AND livemode = b.livemode OFFSET 0)
    )
ORDER BY b.account, b.livemode, b.id;

-- name: requeue_refunds
-- Requeue the refunds of a file, or of some of its batches, that the bank has not booked, for the next file.
UPDATE refunds
SET
    file = NULL, batch = NULL, trace = NULL, transaction_code = NULL, routing_number = NULL, last4 = NULL,
    receiver_name = NULL, sealed = NULL, resubmitted_by = coalesce($5, resubmitted_by)
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM refunds
    WHERE
        account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3 AND ($4::bigint[] IS NULL OR batch = ANY ($4))
        AND status || '' = 'pending'
    ORDER BY file, id
    FOR UPDATE
))
RETURNING id;

-- name: who_resubmitted
-- Who let refunds in a file go out again.
SELECT DISTINCT resubmitted_by
FROM (
    SELECT resubmitted_by
    FROM refunds
    WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3
    ORDER BY file, id
    OFFSET 0
) AS b
WHERE resubmitted_by IS NOT NULL;

-- name: list_in_file
-- The refunds in a file, or in a batch of it, in the order of their ids.
SELECT {refund_columns}
FROM refunds
WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3 AND ($4::bigint IS NULL OR batch = $4)
ORDER BY file, id;

-- name: hold_in_file
-- The refunds in a file, held until the transaction ends: nothing ends them meanwhile.
SELECT {refund_columns}
FROM refunds
WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3
ORDER BY file, id
FOR UPDATE;

-- name: find_by_trace
-- The refunds with one of some traces, the newest first; a trace is used again after years.
SELECT b.*
FROM unnest($3::text[]) AS n (trace)
CROSS JOIN LATERAL (
    SELECT {refund_columns}
    FROM refunds
    WHERE account = $1 AND livemode = $2 AND trace BETWEEN n.trace AND n.trace
    ORDER BY trace DESC, id DESC
) AS b
ORDER BY b.id DESC;
