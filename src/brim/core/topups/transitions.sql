-- name: write_transitions
-- Move top-ups from one status to another, with everything that belongs to it. Returns how many still stood where
-- they were to be moved from: only for those is anything written. A row of the arrays is a top-up as it becomes (1-9),
-- its transfer (10-15) and balance transaction (16-21), both NULL where no money moved, and its event (22-28).
-- Everything is written from what the UPDATE returns, so nothing has to be joined again. Balances are changed by the
-- sum of the lines written, in sorted order, so that two writers wait for each other in one order.
-- A transfer is queued for its seal by the statement that posts it, so none can be forgotten.
WITH moved AS (
    UPDATE topups AS t
    SET
        status = s.status,
        balance_transaction = s.balance_transaction,
        failure_code = s.failure_code,
        failure_message = s.failure_message,
        due_ms = s.due_ms,
        test_clock = CASE WHEN s.due_ms IS NOT NULL THEN t.test_clock END
    FROM unnest(
        $1::text[], $2::boolean[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[],
        $10::text[], $11::text[], $12::text[], $13::text[], $14::bigint[], $15::bigint[],
        $16::text[], $17::bigint[], $18::bigint[], $19::bigint[], $20::bigint[], $21::bigint[],
        $22::text[], $23::text[], $24::bigint[], $25::text[], $26::text[], $27::text[], $28::text[]
    ) AS s (
        account, livemode, id, moved_from, status, balance_transaction, failure_code, failure_message, due_ms,
        transfer_id, kind, debit_account, credit_account, booked, booked_at,
        line_id, amount, fee, net, available_on, stated_at,
        event_id, event_type, announced_at, api_version, request_id, idempotency_key, payload
    )
    -- The transaction holds the top-ups, so where they lie (ctid) names them, and the planner has no index to choose.
    CROSS JOIN LATERAL (
        SELECT ctid AS place
        FROM topups
        WHERE account = s.account AND livemode = s.livemode AND id BETWEEN s.id AND s.id
        ORDER BY id
    ) AS found
    -- Pending rows come and go faster than statistics are taken. Where these say that there are none, the planner
    -- would look for them first and compare each with every row of the arrays; || '' keeps it from believing them.
    WHERE t.ctid = found.place AND t.status || '' = s.moved_from
    RETURNING
        t.account, t.livemode, t.id, t.currency, t.description,
        s.transfer_id, s.kind, s.debit_account, s.credit_account, s.booked, s.booked_at,
        s.line_id, s.amount, s.fee, s.net, s.available_on, s.stated_at,
        s.event_id, s.event_type, s.announced_at, s.api_version, s.request_id, s.idempotency_key, s.payload::json
),
posted AS (
    INSERT INTO transfers (
        account, livemode, id, topup, kind, debit_account, credit_account, amount, currency, created
    )
    SELECT account, livemode, transfer_id, id, kind, debit_account, credit_account, booked, currency, booked_at
    FROM moved
    WHERE transfer_id IS NOT NULL
),
queued AS (
    INSERT INTO unsealed_transfers (account, livemode, transfer)
    SELECT account, livemode, transfer_id
    FROM moved
    WHERE transfer_id IS NOT NULL
),
lines AS (
    INSERT INTO balance_transactions (
        account, livemode, id, amount, fee, net, available_on, created, currency, description, source, type
    )
    SELECT account, livemode, line_id, amount, fee, net, available_on, stated_at, currency, description, id, kind
    FROM moved
    WHERE line_id IS NOT NULL
    RETURNING account, livemode, currency, net
),
summed AS (
    INSERT INTO balances AS b (account, livemode, currency, available)
    SELECT account, livemode, currency, sum(net)::bigint
    FROM lines
    GROUP BY account, livemode, currency
    ORDER BY account, livemode, currency
    ON CONFLICT ON CONSTRAINT balances_pk DO UPDATE SET available = b.available + excluded.available
),
announced AS (
    INSERT INTO events (
        account, livemode, id, created, type, object_id, api_version, request_id, idempotency_key, payload
    )
    SELECT
        account, livemode, event_id, announced_at, event_type, id, api_version, request_id, idempotency_key, payload
    FROM moved
),
to_number AS (
    INSERT INTO new_events (account, livemode, event)
    SELECT account, livemode, event_id
    FROM moved
)
SELECT count(*) FROM moved;
