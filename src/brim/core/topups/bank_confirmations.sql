-- name: insert_bank_confirmations
-- Write what statements say of top-ups, and return those that are new.
INSERT INTO bank_confirmations (
    account, livemode, topup, step, bank_account, amount, currency, reference, created_ms
)
SELECT account, livemode, topup, step, bank_account, amount, currency, reference, created_ms
FROM unnest(
    $1::text[], $2::boolean[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::bigint[]
) AS n (account, livemode, topup, step, bank_account, amount, currency, reference, created_ms)
ON CONFLICT ON CONSTRAINT bank_confirmations_pk DO NOTHING
RETURNING account, livemode, topup, step;

-- name: read_bank_confirmation
-- What was confirmed of a step of a top-up.
SELECT bank_account, amount, reference
FROM bank_confirmations
WHERE account = $1 AND livemode = $2 AND topup BETWEEN $3 AND $3 AND step = $4
ORDER BY topup;

-- name: find_confirmed_steps
-- Which of some steps of top-ups were confirmed.
SELECT f.account, f.livemode, f.topup, f.step
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::text[]) AS n (account, livemode, topup, step)
CROSS JOIN LATERAL (
    SELECT account, livemode, topup, step
    FROM bank_confirmations
    WHERE account = n.account AND livemode = n.livemode AND topup BETWEEN n.topup AND n.topup AND step = n.step
    ORDER BY topup
) AS f;

-- name: undone_credits
-- Which credits of top-ups people have undone: `bank_credit_undone`, `bank_credit_undone:2`, `bank_credit_undone:1/2`.
SELECT f.account, f.livemode, f.topup, f.step
FROM unnest($1::text[], $2::boolean[], $3::text[]) AS n (account, livemode, topup)
CROSS JOIN LATERAL (
    SELECT account, livemode, topup, step
    FROM bank_confirmations
    WHERE account = n.account AND livemode = n.livemode AND topup BETWEEN n.topup AND n.topup
    ORDER BY topup
    OFFSET 0
) AS f
WHERE starts_with(f.step, 'bank_credit_undone');
