-- name: insert_reversal
-- Insert a reversal; none where the top-up has one.
INSERT INTO ach_reversals (
    account, livemode, status, id, owner, originator, topup, number, reason, amount, original_trace, debited_on, sec_code,
    company_name, company_id, requested_by, requested_ms, sendable_until_ms, leaves_ms, file, batch, trace
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
ON CONFLICT ON CONSTRAINT ach_reversals_one_per_topup DO NOTHING
RETURNING id;

-- name: lock_reversal_of_topup
-- The reversal of a top-up's debit, held until the transaction ends.
SELECT {reversal_columns}
FROM ach_reversals
WHERE account = $1 AND livemode = $2 AND topup BETWEEN $3 AND $3
ORDER BY topup
FOR UPDATE;

-- name: find_of_topups
-- The reversals of the debits of some top-ups.
SELECT v.*
FROM unnest($3::text[]) AS n (topup)
CROSS JOIN LATERAL (
    SELECT {reversal_columns}
    FROM ach_reversals
    WHERE account = $1 AND livemode = $2 AND topup BETWEEN n.topup AND n.topup
    ORDER BY topup
) AS v;

-- name: update_reversal
-- Update a reversal that the transaction holds.
UPDATE ach_reversals
SET
    status = $4, file = $5, batch = $6, trace = $7, settled_on = $8, settled_by = $9, return_code = $10,
    return_trace = $11, returned_by = $12, is_credited = $13, ended_ms = $14
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM ach_reversals
    WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
    ORDER BY id
));

-- name: fetch_reversals
-- Reversals by id.
SELECT v.*
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT {reversal_columns}
    FROM ach_reversals
    WHERE account = $1 AND livemode = $2 AND id BETWEEN n.id AND n.id
    ORDER BY id
) AS v;

-- name: page_reversals
-- A page of all, along the primary key.
{page of reversals where true along id or id DESC};

-- name: page_reversals_of_status
-- A page of those with one status, $8.
{page of reversals where status BETWEEN $8 AND $8 along status, id or status DESC, id DESC};

-- name: page_reversals_in_file
-- A page of those in one file, $8.
{page of reversals where file BETWEEN $8 AND $8 along file, id or file DESC, id DESC};

-- name: hold_waiting
-- The reversals for an originator's next file, in the time of a clock ($5) or in real time, held until the transaction
-- ends. Those of accounts that are stopped wait.
SELECT {reversal_columns}
FROM ach_reversals AS v
WHERE
    account = $1 AND livemode = $2 AND originator = $3 AND status = 'requested' AND file IS NULL
    AND coalesce(
        (
            SELECT c.id
            FROM test_clocks AS c
            WHERE c.account = v.owner AND c.livemode = v.livemode
            ORDER BY c.account, c.livemode, c.id
            LIMIT 1
        ),
        ''
    ) = coalesce($5, '')
    AND NOT EXISTS (
        SELECT
        FROM rail_stops AS s
        WHERE s.account = $1 AND s.livemode = $2 AND s.rail = 'ach' AND s.stopped_account IN ('', v.owner)
        OFFSET 0
    )
ORDER BY originator, id
LIMIT $4
FOR UPDATE;

-- name: list_over_caps
-- The reversals of all platforms that wait for a file and are larger than the smaller cap of their originator's profile, and
-- the version of that. Few wait.
SELECT {v.reversal_columns}, o.version
FROM ach_reversals AS v
CROSS JOIN LATERAL (
    SELECT least((profile ->> 'file_cap')::bigint, (profile ->> 'same_day_cap')::bigint) AS cap, version
    FROM originators
    WHERE account = v.account AND livemode = v.livemode AND id BETWEEN v.originator AND v.originator
    ORDER BY id
) AS o
WHERE v.status = 'requested' AND v.file IS NULL AND v.amount > o.cap
ORDER BY v.account, v.livemode, v.originator, v.id;

-- name: list_unanswered
-- The reversals of all platforms that have left in files of up to a day, and that no statement has booked; or in any, where
-- a clock keeps their account's time. Few are on their way.
SELECT {v.reversal_columns}
FROM ach_reversals AS v
CROSS JOIN LATERAL (
    SELECT effective_date
    FROM ach_files
    WHERE account = v.account AND livemode = v.livemode AND id BETWEEN v.file AND v.file
    ORDER BY id
) AS f
WHERE
    v.status = 'requested' AND v.file IS NOT NULL
    AND (
        f.effective_date <= $1
        OR EXISTS (SELECT FROM test_clocks WHERE account = v.owner AND livemode = v.livemode OFFSET 0)
    )
ORDER BY v.account, v.livemode, v.id;

-- name: requeue_reversals
-- Requeue the reversals of a file, or of some of its batches, that the bank has not booked, for the next file.
UPDATE ach_reversals
SET file = NULL, batch = NULL, trace = NULL, resubmitted_by = coalesce($5, resubmitted_by)
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM ach_reversals
    WHERE
        account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3 AND ($4::bigint[] IS NULL OR batch = ANY ($4))
        AND status || '' = 'requested'
    ORDER BY file, id
    FOR UPDATE
))
RETURNING id;

-- name: who_resubmitted
-- Who let reversals in a file go out again.
SELECT DISTINCT resubmitted_by
FROM (
    SELECT resubmitted_by
    FROM ach_reversals
    WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3
    ORDER BY file, id
    OFFSET 0
) AS v
WHERE resubmitted_by IS NOT NULL;

-- name: list_in_file
-- The reversals in a file, or in a batch of it, in the order of their traces.
SELECT {reversal_columns}
FROM ach_reversals
WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3 AND ($4::bigint IS NULL OR batch = $4)
ORDER BY file, id;

-- name: hold_in_file
-- The reversals in a file, held until the transaction ends: nothing supersedes them meanwhile.
SELECT {reversal_columns}
FROM ach_reversals
WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3
ORDER BY file, id
FOR UPDATE;

-- name: find_by_trace
-- The reversals with one of some traces, the newest first; a trace is used again after years.
SELECT v.*
FROM unnest($3::text[]) AS n (trace)
CROSS JOIN LATERAL (
    SELECT {reversal_columns}
    FROM ach_reversals
    WHERE account = $1 AND livemode = $2 AND trace BETWEEN n.trace AND n.trace
    ORDER BY trace DESC, id DESC
) AS v
ORDER BY v.id DESC;

-- name: find_superseded
-- Those of some reversals whose debit must not be paid back now. That is certain where it was returned, unless the dishonor
-- of that return was accepted, where a return came after the reversal had left, where a statement has taken the debit back
-- whatever its return says, or where the bank has rejected its batch. A return that could not be applied counts while its
-- break is open.
SELECT v.id, w.is_certain
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT id, owner, topup, number
    FROM ach_reversals
    WHERE account = $1 AND livemode = $2 AND id BETWEEN n.id AND n.id
    ORDER BY id
) AS v
CROSS JOIN LATERAL (
    SELECT bool_or(x.is_certain) AS is_certain
    FROM (
        SELECT r.is_applied OR coalesce(b.kind = 'paid_twice', false) AS is_certain
        FROM (
            SELECT break_id, is_applied
            FROM ach_returns
            WHERE
                account = $1 AND livemode = $2 AND topup BETWEEN v.topup AND v.topup AND number = v.number
                AND status || '' <> 'accepted'
            ORDER BY topup
            OFFSET 0
        ) AS r
        LEFT JOIN LATERAL (
            SELECT kind, resolved_ms
            FROM breaks
            WHERE account = $1 AND livemode = $2 AND id BETWEEN r.break_id AND r.break_id
            ORDER BY id
        ) AS b ON true
        WHERE r.is_applied OR b.kind = 'paid_twice' OR b.resolved_ms IS NULL
        UNION ALL
        SELECT true
        FROM (
            SELECT topup
            FROM bank_confirmations
            WHERE
                account = v.owner AND livemode = $2 AND topup = v.topup
                AND step = 'bank_return' || CASE WHEN v.number > 1 THEN ':' || v.number ELSE '' END
        ) AS t
        WHERE NOT EXISTS (
            SELECT
            FROM (
                SELECT number, status
                FROM ach_returns
                WHERE account = $1 AND livemode = $2 AND topup BETWEEN v.topup AND v.topup
                ORDER BY topup
                OFFSET 0
            ) AS r
            WHERE r.number = v.number AND r.status = 'accepted'
        )
        UNION ALL
        SELECT true
        FROM (
            SELECT file, batch
            FROM ach_entries
            WHERE account = $1 AND livemode = $2 AND topup BETWEEN v.topup AND v.topup AND number = v.number
            ORDER BY topup, number
            OFFSET 0
        ) AS e
        CROSS JOIN LATERAL (
            SELECT status
            FROM ach_batches
            WHERE account = $1 AND livemode = $2 AND file BETWEEN e.file AND e.file AND number = e.batch
            ORDER BY file
        ) AS b
        WHERE b.status = 'rejected'
    ) AS x
) AS w
WHERE w.is_certain IS NOT NULL;
