-- name: insert_settlement
-- Store what somebody proposes.
INSERT INTO line_settlements (
    account, livemode, id, bank_account, currency, amount, status, note, proposed_by, proposed_ms
)
VALUES ($1, $2, $3, $4, $5, $6, 'proposed', $7, $8, $9);

-- name: insert_settlement_lines
-- Take lines into a settlement, and return those that no other has.
INSERT INTO line_settlement_lines (account, livemode, settlement, line, amount, is_live)
SELECT $1, $2, $3, n.line, n.amount, true
FROM unnest($4::text[], $5::bigint[]) AS n (line, amount)
ON CONFLICT DO NOTHING
RETURNING line;

-- name: insert_settlement_parts
-- Store the parts of a settlement.
INSERT INTO line_settlement_parts (account, livemode, settlement, number, kind, target, amount)
SELECT $1, $2, $3, n.number, n.kind, n.target, n.amount
FROM unnest($4::smallint[], $5::text[], $6::text[], $7::bigint[]) AS n (number, kind, target, amount);

-- name: fetch_settlements
-- Settlements by id.
SELECT f.*
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT {settlement_columns}
    FROM line_settlements
    WHERE account = $1 AND livemode = $2 AND id BETWEEN n.id AND n.id
    ORDER BY account, livemode, id
) AS f;

-- name: lock_settlement
-- One settlement, held until the transaction ends.
SELECT {settlement_columns}
FROM line_settlements
WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
ORDER BY account, livemode, id
FOR UPDATE;

-- name: lines_of_settlements
-- The lines of settlements.
SELECT f.settlement, f.line, f.amount
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT settlement, line, amount
    FROM line_settlement_lines
    WHERE account = $1 AND livemode = $2 AND settlement BETWEEN n.id AND n.id
    ORDER BY account, livemode, settlement, line
) AS f;

-- name: parts_of_settlements
-- The parts of settlements.
SELECT f.settlement, f.kind, f.target, f.amount
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT settlement, number, kind, target, amount
    FROM line_settlement_parts
    WHERE account = $1 AND livemode = $2 AND settlement BETWEEN n.id AND n.id
    ORDER BY account, livemode, settlement, number
) AS f;

-- name: update_settlement
-- Write where a settlement stands now, and who decided it.
UPDATE line_settlements
SET
    status = $4, decided_by = $5, decided_ms = $6, undo_note = $7, undo_by = $8, undo_ms = $9, undone_by = $10,
    undone_ms = $11, one_person = $12
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM line_settlements
    WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
    ORDER BY account, livemode, id
    FOR UPDATE
));

-- name: release_lines
-- Let other settlements have the lines of one that stands no more.
UPDATE line_settlement_lines
SET is_live = false
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM line_settlement_lines
    WHERE account = $1 AND livemode = $2 AND settlement BETWEEN $3 AND $3
    ORDER BY account, livemode, settlement, line
    FOR UPDATE
));

-- name: page_settlements
-- One page along the ids; one of the two branches runs. The bounds are exclusive ids.
(
    SELECT {settlement_columns}
    FROM line_settlements
    WHERE $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
    ORDER BY account DESC, livemode DESC, id DESC
    LIMIT $6
)
UNION ALL
(
    SELECT {settlement_columns}
    FROM line_settlements
    WHERE NOT $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
    ORDER BY account, livemode, id
    LIMIT $6
);

-- name: page_settlements_by_status
-- The same of those that stand somewhere (7).
(
    SELECT {settlement_columns}
    FROM line_settlements
    WHERE $5::boolean AND account = $1 AND livemode = $2 AND status BETWEEN $7 AND $7 AND id > $3 AND id < $4
    ORDER BY account DESC, livemode DESC, status DESC, id DESC
    LIMIT $6
)
UNION ALL
(
    SELECT {settlement_columns}
    FROM line_settlements
    WHERE NOT $5::boolean AND account = $1 AND livemode = $2 AND status BETWEEN $7 AND $7 AND id > $3 AND id < $4
    ORDER BY account, livemode, status, id
    LIMIT $6
);

-- name: open_lines_of_amount
-- Open lines of a bank account that would make up for one: of its amount with the other sign. It looks at the oldest 500.
SELECT f.line, f.amount
FROM (
    SELECT line, amount, currency, kind
    FROM breaks
    WHERE account = $1 AND livemode = $2 AND line IS NOT NULL AND resolved_ms IS NULL
    ORDER BY account, livemode, line
    LIMIT 500
) AS f
WHERE f.amount = $3 AND f.currency = $4 AND f.kind IN ('unmatched_line', 'line_amount');

-- name: settled_before
-- How the newest 500 settlements settled lines of the same text.
SELECT p.kind, count(*)::integer AS times
FROM (
    SELECT id
    FROM line_settlements
    WHERE account = $1 AND livemode = $2 AND status BETWEEN 'posted' AND 'posted'
    ORDER BY account DESC, livemode DESC, status DESC, id DESC
    LIMIT 500
) AS s
CROSS JOIN LATERAL (
    SELECT line
    FROM line_settlement_lines
    WHERE account = $1 AND livemode = $2 AND settlement BETWEEN s.id AND s.id
    ORDER BY account, livemode, settlement, line
) AS l
CROSS JOIN LATERAL (
    SELECT type_code, description
    FROM statement_lines
    WHERE account = $1 AND livemode = $2 AND id BETWEEN l.line AND l.line
    ORDER BY account, livemode, id
    OFFSET 0
) AS t
CROSS JOIN LATERAL (
    SELECT kind
    FROM line_settlement_parts
    WHERE account = $1 AND livemode = $2 AND settlement BETWEEN s.id AND s.id
    ORDER BY account, livemode, settlement, number
) AS p
WHERE t.type_code = $3 AND t.description = $4 AND p.kind IN ('fees', 'suspense')
GROUP BY p.kind;
