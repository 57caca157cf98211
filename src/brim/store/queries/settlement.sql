-- name: claim_due_topups
-- The top-ups whose answer is due, longest waiting first, held until the transaction ends; what another worker or
-- a cancel holds is passed over.
SELECT
    account, livemode, id, amount, currency, created, expected_availability_date, settle_due_ms, status,
    balance_transaction, description, failure_code, failure_message, metadata, payment_method,
    payment_method_network, source, statement_descriptor, transfer_group
FROM topups
WHERE settle_due_ms <= $1
ORDER BY settle_due_ms
LIMIT $2
FOR UPDATE SKIP LOCKED;

-- name: settle_topups
-- Give pending top-ups their end, with everything that belongs to it. Returns how many were still pending: only
-- for those is anything written. A row of the arrays is a top-up's end (1-7), its transfer (8-13) and balance
-- transaction (14-18), both NULL where no money moved, and its event (19-25). Everything is written from what the
-- UPDATE returns, so nothing has to be joined again. Balances are raised by the sum of the lines written, in sorted
-- order, so that two settlements wait for each other in one order.
WITH settled AS (
    UPDATE topups AS t
    SET
        status = s.status,
        balance_transaction = s.balance_transaction,
        failure_code = s.failure_code,
        failure_message = s.failure_message,
        settle_due_ms = NULL
    FROM unnest(
        $1::text[], $2::boolean[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
        $8::text[], $9::text[], $10::text[], $11::text[], $12::bigint[], $13::bigint[],
        $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[],
        $19::text[], $20::text[], $21::bigint[], $22::text[], $23::text[], $24::text[], $25::text[]
    ) AS s (
        account, livemode, id, status, balance_transaction, failure_code, failure_message,
        transfer_id, kind, debit_account, credit_account, booked, booked_at,
        amount, fee, net, available_on, stated_at,
        event_id, event_type, announced_at, api_version, request_id, idempotency_key, payload
    )
    -- Pending rows come and go faster than statistics are taken. Where these say that there are none, the planner
    -- would look for them first and compare each with every row of the arrays; || '' keeps it from believing them.
    WHERE t.account = s.account AND t.livemode = s.livemode AND t.id = s.id AND t.status || '' = 'pending'
    RETURNING
        t.account, t.livemode, t.id, t.currency, t.description, t.balance_transaction,
        s.transfer_id, s.kind, s.debit_account, s.credit_account, s.booked, s.booked_at,
        s.amount, s.fee, s.net, s.available_on, s.stated_at,
        s.event_id, s.event_type, s.announced_at, s.api_version, s.request_id, s.idempotency_key, s.payload::json
),
posted AS (
    INSERT INTO transfers (
        account, livemode, id, topup, kind, debit_account, credit_account, amount, currency, created
    )
    SELECT account, livemode, transfer_id, id, kind, debit_account, credit_account, booked, currency, booked_at
    FROM settled
    WHERE transfer_id IS NOT NULL
),
lines AS (
    INSERT INTO balance_transactions (
        account, livemode, id, amount, fee, net, available_on, created, currency, description, source, type
    )
    SELECT
        account, livemode, balance_transaction, amount, fee, net, available_on, stated_at, currency, description, id,
        kind
    FROM settled
    WHERE balance_transaction IS NOT NULL
    RETURNING account, livemode, currency, net
),
raised AS (
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
    FROM settled
)
SELECT count(*) FROM settled;

-- name: postpone_topups
-- Ask again later, or (where due is NULL) never by itself, about top-ups that are still pending.
UPDATE topups AS t
SET settle_due_ms = p.settle_due_ms
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::bigint[]) AS p (account, livemode, id, settle_due_ms)
WHERE t.account = p.account AND t.livemode = p.livemode AND t.id = p.id
    AND t.status || '' = 'pending';  -- || '' for the reason given in settle_topups
