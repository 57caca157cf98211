-- name: write_transitions
-- Move top-ups from one status to another and announce it. The parameter is a JSON array of rows: a top-up as it becomes,
-- with its event. Returns how many still stood where they were to be moved from: only for those is anything written.
WITH moved AS (
    UPDATE topups AS t
    SET
        status = s.status,
        balance_transaction = s.balance_transaction,
        failure_code = s.failure_code,
        failure_message = s.failure_message,
        due_ms = s.due_ms,
        test_clock = CASE WHEN s.due_ms IS NOT NULL THEN t.test_clock END
    FROM json_to_recordset($1::json) AS s (
        account text, livemode boolean, id text, moved_from text, status text, balance_transaction text,
        failure_code text, failure_message text, due_ms bigint, event text, type text, created bigint, api_version text,
        request_id text, idempotency_key text, payload json
    )
    -- The transaction holds the top-ups, so where they lie (ctid) names them, and the planner has no index to choose.
    CROSS JOIN LATERAL (
        SELECT ctid AS row_id
        FROM topups
        WHERE account = s.account AND livemode = s.livemode AND id BETWEEN s.id AND s.id
        ORDER BY id
    ) AS found
    -- Pending rows come and go faster than statistics are taken. Where these say that there are none, the planner
    -- would look for them first and compare each with every row of the array; || '' keeps it from believing them.
    WHERE t.ctid = found.row_id AND t.status || '' = s.moved_from
    RETURNING
        t.account, t.livemode, t.id, s.event, s.type, s.created, s.api_version, s.request_id, s.idempotency_key,
        s.payload
),
announced AS (
    INSERT INTO events (
        account, livemode, id, created, type, object_id, api_version, request_id, idempotency_key, payload
    )
    SELECT account, livemode, event, created, type, id, api_version, request_id, idempotency_key, payload
    FROM moved
),
to_number AS (
    INSERT INTO new_events (account, livemode, event)
    SELECT account, livemode, event
    FROM moved
)
SELECT count(*) FROM moved;
