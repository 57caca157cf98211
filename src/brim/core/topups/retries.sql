-- Which top-up retries which. Rows are only added, in the transaction that creates the top-up.

-- name: insert_topup_retries
-- Write which top-ups retry others; skip those whose retry number another one has taken.
INSERT INTO topup_retries (
    account, livemode, topup, retry_of, number, kind, root, retry, original_date, created_ms
)
SELECT account, livemode, topup, retry_of, number, kind, root, retry, original_date, created_ms
FROM json_to_recordset($1::json) AS n (
    account text, livemode boolean, topup text, retry_of text, number smallint, kind text, root text, retry smallint,
    original_date date, created_ms bigint
)
ORDER BY account, livemode, retry_of
ON CONFLICT ON CONSTRAINT topup_retries_one_at_a_time DO NOTHING
RETURNING topup;

-- name: retries_of_topup
-- The retries of a top-up, the newest first, with their statuses.
SELECT r.topup, r.number, t.status
FROM topup_retries AS r
CROSS JOIN LATERAL (
    SELECT status
    FROM topups
    WHERE account = r.account AND livemode = r.livemode AND id BETWEEN r.topup AND r.topup
    ORDER BY id
) AS t
WHERE r.account = $1 AND r.livemode = $2 AND r.retry_of = $3
ORDER BY r.number DESC;

-- name: find_dishonored_returns
-- The top-ups of which a return was dishonored, so that its money has come back or may, with one such return of each.
SELECT n.topup, r.id
FROM json_to_recordset($1::json) AS n (account text, livemode boolean, topup text)
CROSS JOIN LATERAL (
    SELECT id
    FROM ach_returns
    WHERE
        owner = n.account AND livemode = n.livemode AND topup BETWEEN n.topup AND n.topup
        AND status IN ('dishonored', 'money_back', 'accepted')
    ORDER BY owner, livemode, topup
    LIMIT 1
) AS r;

-- name: read_retry_links
-- Which of an account's top-ups each retries, and which one retries it.
SELECT
    n.id, (
        SELECT retry_of
        FROM topup_retries
        WHERE account = $1 AND livemode = $2 AND topup BETWEEN n.id AND n.id
        ORDER BY topup
    ) AS retry_of, (
        SELECT topup
        FROM topup_retries
        WHERE account = $1 AND livemode = $2 AND retry_of BETWEEN n.id AND n.id
        ORDER BY retry_of DESC, number DESC
        LIMIT 1
    ) AS retried_by
FROM unnest($3::text[]) AS n (id);
