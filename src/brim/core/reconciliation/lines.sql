-- name: insert_statement_line
-- Store a line of a statement, once; no row comes back when it is known.
INSERT INTO statement_lines (
    account, livemode, bank_account, line_key, bank_file, position, booked_on, amount, currency, type_code,
    bank_reference, reference, description, matched_kind, matched, created_ms, id, statement,
    parent, remittance
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
ON CONFLICT ON CONSTRAINT statement_lines_pk DO NOTHING
RETURNING line_key;

-- name: has_lines
-- Whether any line of a bank account is stored.
SELECT EXISTS (
    SELECT FROM statement_lines
    WHERE account = $1 AND livemode = $2 AND bank_account = $3
    ORDER BY account, livemode, bank_account, line_key
);

-- name: open_break
-- List what does not match, once for each cause.
INSERT INTO breaks (
    account, livemode, id, kind, cause, bank_file, amount, currency, reference, detail, raw, opened_ms, statement
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT ON CONSTRAINT breaks_cause DO NOTHING
RETURNING id, statement, line;

-- name: list_open_breaks
-- A platform's open breaks, oldest first.
SELECT {break_columns}
FROM breaks
WHERE account = $1 AND livemode = $2 AND resolved_ms IS NULL
ORDER BY opened_ms, id
LIMIT $3;

-- name: find_open_break_of_cause
-- The open break of a kind (3) that a cause (4) names.
SELECT id
FROM (
    SELECT id, resolved_ms
    FROM breaks
    WHERE account = $1 AND livemode = $2 AND kind = $3 AND cause BETWEEN $4 AND $4
    ORDER BY cause
    OFFSET 0
) AS f
WHERE resolved_ms IS NULL;

-- name: find_open_breaks
-- The open breaks of some kinds whose reference is one of a few, oldest first.
SELECT n.reference, f.id, f.cause
FROM unnest($3::text[]) AS n (reference)
CROSS JOIN LATERAL (
    SELECT id, kind, cause, opened_ms
    FROM breaks
    WHERE account = $1 AND livemode = $2 AND reference BETWEEN n.reference AND n.reference AND resolved_ms IS NULL
    ORDER BY reference, opened_ms
    OFFSET 0
) AS f
WHERE f.kind = ANY ($4::text[])
ORDER BY f.opened_ms, f.id;

-- name: resolve_break
-- Settle a break, once; no row comes back when there is none, or when it is settled.
UPDATE breaks
SET resolved_ms = $4, resolved_by = $5, resolution = $6
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM breaks
    WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3 AND resolved_ms IS NULL
    ORDER BY id
    FOR UPDATE
))
RETURNING id;

-- name: update_break
-- Write who looks after a break, and what is known of it.
UPDATE breaks
SET assigned_to = $4, note = $5
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM breaks
    WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
    ORDER BY id
    FOR UPDATE
));

-- name: reopen_break
-- Take back that a break was settled, as what settled it was undone.
UPDATE breaks
SET resolved_ms = NULL, resolved_by = NULL, resolution = NULL
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM breaks
    WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
    ORDER BY id
    FOR UPDATE
));

-- name: fetch_breaks
-- Breaks by id, settled ones too.
SELECT f.*
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT {break_columns}
    FROM breaks
    WHERE account = $1 AND livemode = $2 AND id BETWEEN n.id AND n.id
    ORDER BY id
) AS f;

-- name: page_breaks
-- One page along the primary key, of all or of the settled ones (9); one of the two branches runs. The bounds are exclusive
-- ids. Filters: the file (7) and the kind (8).
(
    SELECT {break_columns}
    FROM breaks
    WHERE $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
        AND ($7::text IS NULL OR bank_file = $7) AND ($8::text IS NULL OR kind = $8)
        AND (NOT $9::boolean OR resolved_ms IS NOT NULL)
    ORDER BY id DESC
    LIMIT $6
)
UNION ALL
(
    SELECT {break_columns}
    FROM breaks
    WHERE NOT $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
        AND ($7::text IS NULL OR bank_file = $7) AND ($8::text IS NULL OR kind = $8)
        AND (NOT $9::boolean OR resolved_ms IS NOT NULL)
    ORDER BY id
    LIMIT $6
);

-- name: page_open_breaks
-- One page of the open ones, of which there are few: all of them are read along breaks_open, however many were settled.
SELECT o.*
FROM (
    SELECT {break_columns}
    FROM breaks
    WHERE account = $1 AND livemode = $2 AND resolved_ms IS NULL AND id > $3 AND id < $4
        AND ($7::text IS NULL OR bank_file = $7) AND ($8::text IS NULL OR kind = $8)
    ORDER BY account, livemode, opened_ms, id
    OFFSET 0
) AS o
ORDER BY CASE WHEN $5::boolean THEN o.id END DESC, CASE WHEN NOT $5 THEN o.id END
LIMIT $6;

-- name: lock_break
-- One break, held until the transaction ends.
SELECT {break_columns}
FROM breaks
WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
ORDER BY id
FOR UPDATE;

-- name: open_breaks_by_kind
-- How many breaks of each kind are open, of all platforms, counted up to a number in all, and since when.
SELECT kind, count(*) AS breaks, min(opened_ms) AS since_ms
FROM (
    SELECT kind, opened_ms
    FROM breaks
    WHERE resolved_ms IS NULL
    ORDER BY account, livemode, opened_ms, id
    LIMIT $1
) AS open
GROUP BY kind;

-- name: insert_statement_lines
-- Store lines of statements (a JSON array of rows), each once; those whose key is known do not come back.
INSERT INTO statement_lines (
    account, livemode, bank_account, line_key, bank_file, position, booked_on, amount, currency, type_code,
    bank_reference, reference, description, matched_kind, matched, created_ms, id, statement,
    parent, remittance
)
SELECT *
FROM json_to_recordset($1::json) AS n (
    account text, livemode boolean, bank_account text, line_key text, bank_file text, position integer, booked_on date,
    amount bigint, currency text, type_code text, bank_reference text, reference text, description text,
    matched_kind text, matched text, created_ms bigint, id text, statement text, parent text, remittance text
)
ON CONFLICT ON CONSTRAINT statement_lines_pk DO NOTHING
RETURNING line_key;

-- name: find_line_keys
-- Which of some keys lines of a bank account have.
SELECT f.line_key
FROM unnest($4::text[]) AS n (line_key)
CROSS JOIN LATERAL (
    SELECT line_key
    FROM statement_lines
    WHERE account = $1 AND livemode = $2 AND bank_account = $3 AND line_key BETWEEN n.line_key AND n.line_key
    ORDER BY account, livemode, bank_account, line_key
) AS f;

-- name: open_breaks
-- List what does not match (a JSON array of rows), once for each cause; what was listed before does not come back.
INSERT INTO breaks (
    account, livemode, id, kind, cause, bank_file, amount, currency, reference, detail, raw, opened_ms, statement
)
SELECT *
FROM json_to_recordset($1::json) AS n (
    account text, livemode boolean, id text, kind text, cause text, bank_file text, amount bigint, currency text,
    reference text, detail text, raw text, opened_ms bigint, statement text
)
ON CONFLICT ON CONSTRAINT breaks_cause DO NOTHING
RETURNING id, statement, line;
