-- name: insert_return
-- Insert a return of a debit, once, however often it arrives.
INSERT INTO ach_returns (
    account, livemode, status, sealed, id, owner, originator, topup, number, bank_file, break_id, code, original_trace,
    original_rdfi, trace, amount, sec_code, settled_on, debited_on, is_applied, dishonorable_until_ms, received_ms
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
ON CONFLICT ON CONSTRAINT ach_returns_once DO NOTHING
RETURNING id;

-- name: lock_same_return
-- The return that was noted with the same traces and code, held until the transaction ends.
SELECT {return_columns}
FROM ach_returns
WHERE account = $1 AND livemode = $2 AND original_trace BETWEEN $3 AND $3 AND code = $4 AND trace = $5
ORDER BY original_trace, code, trace
FOR UPDATE;

-- name: write_applied
-- Write what is known of a return that the transaction holds and that is applied now; nothing lists it any more.
UPDATE ach_returns
SET
    is_applied = true, break_id = NULL, sealed = $4, owner = $5, originator = $6, topup = $7, number = $8,
    bank_file = $9, original_rdfi = $10, amount = $11, sec_code = $12, settled_on = $13, debited_on = $14,
    dishonorable_until_ms = $15
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM ach_returns
    WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
    ORDER BY id
));

-- name: lock_return
-- One return, held until the transaction ends.
SELECT {return_columns}
FROM ach_returns
WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
ORDER BY id
FOR UPDATE;

-- name: update_return
-- Update a return that the transaction holds.
UPDATE ach_returns
SET
    status = $4, dishonor_code = $5, information = $6, dishonored_ms = $7, dishonored_by = $8, leaves_ms = $9,
    file = $10, batch = $11, dishonor_trace = $12, booked_on = $13, booked_by = $14, final_ms = $15, contest_code = $16,
    contest_trace = $17, contested_ms = $18, taken_by = $19, ended_ms = $20
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM ach_returns
    WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
    ORDER BY id
));

-- name: has_earlier_return
-- Whether another return of the same presentment was received before.
SELECT EXISTS (
    SELECT
    FROM ach_returns
    WHERE account = $1 AND livemode = $2 AND topup BETWEEN $3 AND $3 AND number = $4 AND id < $5
    ORDER BY topup
    OFFSET 0
);

-- name: fetch_returns
-- Returns by id.
SELECT r.*
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT {return_columns}
    FROM ach_returns
    WHERE account = $1 AND livemode = $2 AND id BETWEEN n.id AND n.id
    ORDER BY id
) AS r;

-- name: page_returns
-- A page of all, along the primary key.
{page of returns where true along id or id DESC};

-- name: page_returns_of_status
-- A page of those with one status, $10.
{page of returns where status BETWEEN $10 AND $10 along status, id or status DESC, id DESC};

-- name: page_returns_of_topup
-- A page of those of one top-up, $10.
{page of returns where topup BETWEEN $10 AND $10 along topup, id or topup DESC, id DESC};

-- name: page_returns_in_file
-- A page of those whose dishonor is in one file, $10.
{page of returns where file BETWEEN $10 AND $10 along file, id or file DESC, id DESC};

-- name: hold_dishonors
-- The dishonors for an originator's next file, held until the transaction ends; erased ones are left out.
SELECT {return_columns}, sealed
FROM ach_returns
WHERE account = $1 AND livemode = $2 AND originator = $3 AND status = 'dishonored' AND file IS NULL
    AND sealed IS NOT NULL
ORDER BY originator, id
LIMIT $4
FOR UPDATE;

-- name: requeue_dishonors
-- Requeue the dishonors of a file, or of some of its batches, that the bank has not booked, for the next file.
UPDATE ach_returns
SET file = NULL, batch = NULL, dishonor_trace = NULL, resubmitted_by = coalesce($5, resubmitted_by)
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM ach_returns
    WHERE
        account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3 AND ($4::bigint[] IS NULL OR batch = ANY ($4))
        AND status || '' = 'dishonored'
    ORDER BY file, id
    FOR UPDATE
))
RETURNING id;

-- name: who_resubmitted
-- Who let dishonors in a file go out again.
SELECT DISTINCT resubmitted_by
FROM (
    SELECT resubmitted_by
    FROM ach_returns
    WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3
    ORDER BY file, id
    OFFSET 0
) AS r
WHERE resubmitted_by IS NOT NULL;

-- name: list_in_file
-- The dishonors in a file, or in a batch of it, in the order of their traces.
SELECT {return_columns}
FROM ach_returns
WHERE account = $1 AND livemode = $2 AND file BETWEEN $3 AND $3 AND ($4::bigint IS NULL OR batch = $4)
ORDER BY file, id;

-- name: find_by_dishonor_trace
-- The returns whose dishonor has one of some traces.
SELECT r.*
FROM unnest($3::text[]) AS n (trace)
CROSS JOIN LATERAL (
    SELECT {return_columns}
    FROM ach_returns
    WHERE account = $1 AND livemode = $2 AND dishonor_trace BETWEEN n.trace AND n.trace
    ORDER BY dishonor_trace DESC, id DESC
    LIMIT 1
) AS r;

-- name: list_returns_of_topups
-- The returns of the debits of some top-ups.
SELECT r.*
FROM unnest($3::text[]) AS n (topup)
CROSS JOIN LATERAL (
    SELECT {return_columns}
    FROM ach_returns
    WHERE account = $1 AND livemode = $2 AND topup BETWEEN n.topup AND n.topup
    ORDER BY topup
) AS r;

-- name: find_by_original_trace
-- The returns that name one of some entries, the newest first.
SELECT r.*
FROM unnest($3::text[]) AS n (trace)
CROSS JOIN LATERAL (
    SELECT {return_columns}
    FROM ach_returns
    WHERE account = $1 AND livemode = $2 AND original_trace BETWEEN n.trace AND n.trace
    ORDER BY original_trace, code, trace
) AS r
ORDER BY r.id DESC;

-- name: list_money_back
-- The live returns, of all platforms, whose money is back and may be final: by real time, or by their account's clock.
-- Few, since each waits only some banking days.
SELECT {r.return_columns}
FROM ach_returns AS r
WHERE
    r.status = 'money_back' AND r.taken_by IS NULL AND r.livemode
    AND (
        r.final_ms <= $1
        OR EXISTS (SELECT FROM test_clocks WHERE account = r.owner AND livemode = r.livemode OFFSET 0)
    )
ORDER BY r.final_ms, r.account, r.livemode, r.id;

-- name: list_unanswered
-- The dishonors of all platforms that have left, in files of up to a day, and of which nothing has come; and those whose
-- money was taken again without a contest, by a moment. By real time, or by the clock of their account. Few are.
SELECT {r.return_columns}
FROM ach_returns AS r
CROSS JOIN LATERAL (
    SELECT effective_date
    FROM ach_files
    WHERE account = r.account AND livemode = r.livemode AND id BETWEEN r.file AND r.file
    ORDER BY id
) AS f
WHERE
    r.status = 'dishonored' AND r.file IS NOT NULL
    AND (
        f.effective_date <= $2
        OR EXISTS (SELECT FROM test_clocks WHERE account = r.owner AND livemode = r.livemode OFFSET 0)
    )
UNION ALL
SELECT {r.return_columns}
FROM ach_returns AS r
WHERE
    r.status = 'money_back' AND r.taken_by IS NOT NULL
    AND (
        r.final_ms <= $1
        OR EXISTS (SELECT FROM test_clocks WHERE account = r.owner AND livemode = r.livemode OFFSET 0)
    );

-- name: forget_records
-- Erase the records of returns that no longer need them for a dishonor, a limited number at once.
UPDATE ach_returns
SET sealed = NULL
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM ach_returns
    WHERE
        dishonorable_until_ms < $1 AND sealed IS NOT NULL
        AND status IN ('returned', 'missed', 'contested', 'accepted')
    ORDER BY dishonorable_until_ms, account, livemode, id
    LIMIT $2
    FOR UPDATE SKIP LOCKED
))
RETURNING id;

-- name: count_undecided
-- How many of a platform's returns can be dishonored at a moment, and the earliest deadline; among a limited number of
-- the newest.
SELECT count(*) AS undecided, min(dishonorable_until_ms) AS first_ms
FROM (
    SELECT dishonorable_until_ms
    FROM ach_returns
    WHERE account = $1 AND livemode = $2 AND status BETWEEN 'returned' AND 'returned' AND id > $4
    ORDER BY status DESC, id DESC
    LIMIT $5
) AS newest
WHERE dishonorable_until_ms > $3;

-- name: list_played_returns
-- The returns of test mode whose dishonor comes to its next step by a moment of real time, a limited number.
(
    SELECT {r.return_columns}
    FROM ach_returns AS r
    WHERE
        r.status = 'dishonored' AND r.file IS NULL AND NOT r.livemode AND r.leaves_ms <= $1
        AND NOT EXISTS (SELECT FROM test_clocks WHERE account = r.owner AND livemode = r.livemode OFFSET 0)
    LIMIT $2
)
UNION ALL
(
    SELECT {r.return_columns}
    FROM ach_returns AS r
    WHERE
        r.status = 'money_back' AND NOT r.livemode AND r.final_ms <= $1
        AND NOT EXISTS (SELECT FROM test_clocks WHERE account = r.owner AND livemode = r.livemode OFFSET 0)
    LIMIT $2
);

-- name: claim_played_returns
-- The returns of an account's test mode whose dishonor comes to its next step by a moment of its clock, in order, held
-- until the transaction ends.
SELECT {return_columns}
FROM ach_returns
WHERE
    owner = $1 AND livemode = $2 AND topup IS NOT NULL AND status IN ('dishonored', 'money_back')
    AND CASE status WHEN 'dishonored' THEN leaves_ms ELSE final_ms END <= $3
ORDER BY CASE status WHEN 'dishonored' THEN leaves_ms ELSE final_ms END, id
LIMIT $4
FOR UPDATE;
