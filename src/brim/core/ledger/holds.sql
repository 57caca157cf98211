-- name: insert_hold
-- Write a hold; the balance that it is taken from is held, so nobody else makes one for the same source meanwhile.
INSERT INTO holds (account, livemode, id, source_type, source, amount, currency, status, created_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: lock_hold_of_source
-- The hold of a source, held until the transaction ends.
SELECT id, source_type, source, amount, currency, status, created_ms, posted, ended_ms
FROM holds
WHERE account = $1 AND livemode = $2 AND source BETWEEN $3 AND $3
ORDER BY source
FOR UPDATE;

-- name: end_hold
-- Write how a hold ended that the transaction holds, so where it lies (ctid) names it.
UPDATE holds AS h
SET status = $4, posted = $5, ended_ms = $6
FROM (
    SELECT ctid AS row_id
    FROM holds
    WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
    ORDER BY id
) AS found
WHERE h.ctid = found.row_id;
