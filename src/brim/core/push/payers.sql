-- name: insert_payer
-- Remember somebody who may pay an account.
INSERT INTO known_payers (account, livemode, {payer_columns})
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: payers_of_owner
-- Who may pay an account, or might: the first ones (5) after an id (4).
SELECT {payer_columns}
FROM known_payers
WHERE account = $1 AND livemode = $2 AND owner BETWEEN $3 AND $3 AND id > $4
ORDER BY owner, id
LIMIT $5;

-- name: lock_payer
-- A known payer, held until the transaction ends.
SELECT {payer_columns}
FROM known_payers
WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
ORDER BY id
FOR UPDATE;

-- name: end_payer
-- Write that somebody may not pay an account any more.
UPDATE known_payers
SET ended_by = $4, ended_ms = $5
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM known_payers
    WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
    ORDER BY id
));
