-- name: insert_instructions
-- Write instructions; no row comes back where their reference is taken, or the account has lasting ones in the currency.
INSERT INTO funding_instructions (account, livemode, {instructions_columns})
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13, $14)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: restrict_payers
-- Let instructions that the transaction holds be paid as they say (4) from now on.
UPDATE funding_instructions
SET payers = $4
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM funding_instructions
    WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
    ORDER BY id
));

-- name: find_lasting
-- An account's lasting instructions in a currency.
SELECT id
FROM funding_instructions
WHERE account = $1 AND livemode = $2 AND owner BETWEEN $3 AND $3 AND currency BETWEEN $4 AND $4 AND amount IS NULL
ORDER BY owner, currency
LIMIT 1;

-- name: fetch_instructions
-- Instructions by id, with what has come for each, and was neither taken back nor assigned to another account.
SELECT {i.instructions_columns}, coalesce(p.received, 0) AS received
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT *
    FROM funding_instructions
    WHERE account = $1 AND livemode = $2 AND id BETWEEN n.id AND n.id
    ORDER BY id
) AS i
CROSS JOIN LATERAL (
    SELECT sum(t.amount)::bigint AS received
    FROM (
        SELECT amount, currency, status, reason, owner
        FROM incoming_transfers
        WHERE account = $1 AND livemode = $2 AND instructions BETWEEN i.id AND i.id
        ORDER BY instructions, id
        OFFSET 0
    ) AS t
    WHERE t.currency = i.currency
        AND (t.status = 'credited' AND t.owner = i.owner OR t.status = 'suspended' AND t.reason = 'short')
) AS p;

-- name: find_by_references
-- Which instructions have some references.
SELECT f.id, f.reference
FROM unnest($3::text[]) AS n (reference)
CROSS JOIN LATERAL (
    SELECT id, reference
    FROM funding_instructions
    WHERE account = $1 AND livemode = $2 AND reference BETWEEN n.reference AND n.reference
    ORDER BY reference
) AS f;

-- name: find_expected
-- Which instructions expect each of some amounts (4) in a currency, the newest of each first.
SELECT n.amount, f.id
FROM unnest($4::bigint[]) AS n (amount)
CROSS JOIN LATERAL (
    SELECT id
    FROM funding_instructions
    WHERE account = $1 AND livemode = $2 AND currency BETWEEN $3 AND $3 AND amount BETWEEN n.amount AND n.amount
    ORDER BY currency DESC, amount DESC, id DESC
    LIMIT $5
) AS f;

-- name: lock_all_instructions
-- Instructions, held until the transaction ends, in the order of the array.
SELECT f.id
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT id
    FROM funding_instructions
    WHERE account = $1 AND livemode = $2 AND id BETWEEN n.id AND n.id
    ORDER BY id
    FOR UPDATE
) AS f;

-- name: insert_transfers
-- Write the outcome of lines (a JSON array of rows); what has the return reference of another does not come back.
INSERT INTO incoming_transfers (account, livemode, {transfer_columns})
SELECT $1, $2, {transfer_columns}
FROM json_to_recordset($3::json) AS t ({transfer_definitions})
ON CONFLICT ON CONSTRAINT incoming_transfers_return_reference DO NOTHING
RETURNING id;

-- name: lock_instructions
-- Instructions, held until the transaction ends.
SELECT id
FROM funding_instructions
WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
ORDER BY id
FOR UPDATE;

-- name: page_instructions
-- One page of the ids of an account's instructions; one of the two branches runs. The bounds are exclusive ids.
(
    SELECT id
    FROM funding_instructions
    WHERE $6::boolean AND account = $1 AND livemode = $2 AND owner BETWEEN $3 AND $3 AND id > $4 AND id < $5
    ORDER BY owner DESC, id DESC
    LIMIT $7
)
UNION ALL
(
    SELECT id
    FROM funding_instructions
    WHERE NOT $6::boolean AND account = $1 AND livemode = $2 AND owner BETWEEN $3 AND $3 AND id > $4 AND id < $5
    ORDER BY owner, id
    LIMIT $7
);

-- name: insert_transfer
-- Write the outcome of a line, or of a part of it; no row comes back where its return reference is another's.
INSERT INTO incoming_transfers (account, livemode, {transfer_columns})
VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::jsonb, $16, $17, $18, $19, $20, $21, $22, $23, $24,
    $25, $26, $27, $28, $29, $30, $31, $32, $33, $34
)
ON CONFLICT ON CONSTRAINT incoming_transfers_return_reference DO NOTHING
RETURNING id;

-- name: update_transfer
-- Write what becomes of a transfer that the transaction holds.
UPDATE incoming_transfers
SET
    status = $4, reason = $5, owner = $6, topup = $7, handled_by = $8, note = $9, proposed = $10, proposed_owner = $11,
    proposed_by = $12, proposed_ms = $13, decided_by = $14, decided_ms = $15, one_person = $16, ended_by = $17,
    ended_ms = $18, remember_payer = $19
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM incoming_transfers
    WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
    ORDER BY id
));

-- name: lock_transfer
-- A transfer, held until the transaction ends.
SELECT id
FROM incoming_transfers
WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
ORDER BY id
FOR UPDATE;

-- name: fetch_transfers
-- Transfers by id, with what the bank wrote about their lines.
SELECT {f.transfer_columns}, l.description, l.bank_reference, l.statement_line
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT *
    FROM incoming_transfers
    WHERE account = $1 AND livemode = $2 AND id BETWEEN n.id AND n.id
    ORDER BY id
) AS f
LEFT JOIN LATERAL (
    SELECT
        concat_ws(E'\n', nullif(description, ''), remittance) AS description, bank_reference, id AS statement_line
    FROM statement_lines
    WHERE account = $1 AND livemode = $2 AND bank_account BETWEEN f.bank_account AND f.bank_account
        AND line_key BETWEEN f.line_key AND f.line_key
    ORDER BY bank_account, line_key
) AS l ON true;

-- name: page_transfers
-- One page of the ids of transfers along the primary key; one of the two branches runs. The bounds are exclusive ids.
(
    SELECT id
    FROM incoming_transfers
    WHERE $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
    ORDER BY id DESC
    LIMIT $6
)
UNION ALL
(
    SELECT id
    FROM incoming_transfers
    WHERE NOT $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
    ORDER BY id
    LIMIT $6
);

-- name: page_transfers_by_status
-- The same of one status.
(
    SELECT id
    FROM incoming_transfers
    WHERE $5::boolean AND account = $1 AND livemode = $2 AND status BETWEEN $7 AND $7 AND id > $3 AND id < $4
    ORDER BY status DESC, id DESC
    LIMIT $6
)
UNION ALL
(
    SELECT id
    FROM incoming_transfers
    WHERE NOT $5::boolean AND account = $1 AND livemode = $2 AND status BETWEEN $7 AND $7 AND id > $3 AND id < $4
    ORDER BY status, id
    LIMIT $6
);

-- name: count_suspended
-- How many of a platform's transfers are in suspense and wait for a person, counted up to a number, and since when the
-- first does.
SELECT count(*) AS transfers, min(created_ms) AS since_ms
FROM (
    SELECT created_ms
    FROM incoming_transfers
    WHERE account = $1 AND livemode = $2 AND status BETWEEN 'suspended' AND 'suspended'
    ORDER BY status, id
    LIMIT $3
) AS waiting;

-- name: find_held_parts
-- The transfers in suspense that are less than some instructions expect, oldest first.
SELECT id
FROM (
    SELECT id, status, reason
    FROM incoming_transfers
    WHERE account = $1 AND livemode = $2 AND instructions BETWEEN $3 AND $3
    ORDER BY instructions, id
    OFFSET 0
) AS t
WHERE status = 'suspended' AND reason = 'short'
ORDER BY id;

-- name: find_outgoing
-- The transfers that a debit of an amount (5, in a currency: 4) of their bank account (7) may take back, which names their
-- references (3), the references by which they go back (6), or the virtual account numbers that they were sent to (8).
SELECT n.by_return_reference, f.id
FROM (
    SELECT reference, false AS by_return_reference, false AS by_number
    FROM unnest($3::text[]) AS r (reference)
    UNION ALL
    SELECT reference, true, false
    FROM unnest($6::text[]) AS r (reference)
    UNION ALL
    SELECT number, false, true
    FROM unnest($8::text[]) AS r (number)
) AS n
CROSS JOIN LATERAL (
    (
        SELECT id, status, amount, currency, bank_account
        FROM incoming_transfers
        WHERE NOT n.by_return_reference AND NOT n.by_number AND account = $1 AND livemode = $2
            AND reference BETWEEN n.reference AND n.reference
        ORDER BY reference, id
        OFFSET 0
    )
    UNION ALL
    (
        SELECT id, status, amount, currency, bank_account
        FROM incoming_transfers
        WHERE n.by_number AND account = $1 AND livemode = $2 AND number BETWEEN n.reference AND n.reference
        ORDER BY number, id
        OFFSET 0
    )
    UNION ALL
    (
        SELECT id, status, amount, currency, bank_account
        FROM incoming_transfers
        WHERE n.by_return_reference AND account = $1 AND livemode = $2
            AND return_reference BETWEEN n.reference AND n.reference
        ORDER BY return_reference
        OFFSET 0
    )
) AS f
WHERE f.status IN ('credited', 'suspended', 'returning') AND f.amount = $5 AND f.currency = $4 AND f.bank_account = $7
ORDER BY n.by_return_reference DESC, f.id
LIMIT 10;

-- name: find_of_topup
-- The transfer that became a top-up of a platform or of one of its accounts.
SELECT id
FROM incoming_transfers
WHERE account = $1 AND livemode = $2 AND topup BETWEEN $3 AND $3
ORDER BY topup;
