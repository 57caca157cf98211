-- name: insert_bank_confirmation
-- Write what a statement says of a top-up; no row comes back when that is known.
INSERT INTO bank_confirmations (
    account, livemode, topup, step, bank_account, amount, currency, reference, created_ms
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT ON CONSTRAINT bank_confirmations_pk DO NOTHING
RETURNING topup;

-- name: read_bank_confirmation
-- What was confirmed of a step of a top-up.
SELECT bank_account, amount, reference
FROM bank_confirmations
WHERE account = $1 AND livemode = $2 AND topup BETWEEN $3 AND $3 AND step = $4
ORDER BY topup;
