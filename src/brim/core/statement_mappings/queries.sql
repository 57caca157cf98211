-- name: insert_mapping
-- Save the first mapping of a bank account; nothing where it has one.
INSERT INTO statement_mappings (
    account, livemode, id, bank_account, version, mapping, created_ms, updated_ms, changed_by
)
VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9)
ON CONFLICT ON CONSTRAINT statement_mappings_bank_account DO NOTHING
RETURNING id;

-- name: update_mapping
-- Save another version of a mapping that the transaction holds.
UPDATE statement_mappings
SET version = $4, mapping = $5::jsonb, updated_ms = $6, changed_by = $7
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM statement_mappings
    WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
    ORDER BY account, livemode, id
));

-- name: lock_mapping
-- One mapping, held until the transaction ends.
SELECT id, bank_account, version, mapping, created_ms, updated_ms, changed_by
FROM statement_mappings
WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
ORDER BY account, livemode, id
FOR UPDATE;

-- name: find_mapping
-- The mapping of a bank account.
SELECT id, bank_account, version, mapping, created_ms, updated_ms, changed_by
FROM statement_mappings
WHERE account = $1 AND livemode = $2 AND bank_account BETWEEN $3 AND $3
ORDER BY account, livemode, bank_account;

-- name: fetch_mappings
-- Mappings by id.
SELECT f.*
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT id, bank_account, version, mapping, created_ms, updated_ms, changed_by
    FROM statement_mappings
    WHERE account = $1 AND livemode = $2 AND id BETWEEN n.id AND n.id
    ORDER BY account, livemode, id
) AS f;

-- name: page_mappings
-- One page along the primary key; one of the two branches runs. The bounds are exclusive ids.
(
    SELECT id, bank_account, version, mapping, created_ms, updated_ms, changed_by
    FROM statement_mappings
    WHERE $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
    ORDER BY account DESC, livemode DESC, id DESC
    LIMIT $6
)
UNION ALL
(
    SELECT id, bank_account, version, mapping, created_ms, updated_ms, changed_by
    FROM statement_mappings
    WHERE NOT $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
    ORDER BY account, livemode, id
    LIMIT $6
);
