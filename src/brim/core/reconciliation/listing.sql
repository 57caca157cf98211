-- name: fetch_statements
-- Statements by id.
SELECT f.*
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT {statement_columns}
    FROM bank_statements
    WHERE account = $1 AND livemode = $2 AND id BETWEEN n.id AND n.id
    ORDER BY account, livemode, id
) AS f;

-- name: page_statements
-- One page along the primary key; one of the two branches runs. The bounds are exclusive ids. Filters: bank account (7),
-- currency (8), file (9), days (10, 11), whether it is in force (12), and whether breaks of it are open (13).
(
    SELECT {statement_columns}
    FROM bank_statements AS s
    WHERE $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
        AND ($7::text IS NULL OR bank_account = $7) AND ($8::text IS NULL OR currency = $8)
        AND ($9::text IS NULL OR bank_file = $9)
        AND ($10::date IS NULL OR last_day >= $10) AND ($11::date IS NULL OR first_day <= $11)
        AND ($12::boolean IS NULL OR (replaced_by IS NULL) = $12)
        AND (
            $13::boolean IS NULL OR $13 = EXISTS (
                SELECT
                FROM breaks AS b
                WHERE b.account = $1 AND b.livemode = $2 AND b.statement = s.id AND b.resolved_ms IS NULL
                ORDER BY b.account, b.livemode, b.statement, b.id
                OFFSET 0
            )
        )
    ORDER BY id DESC
    LIMIT $6
)
UNION ALL
(
    SELECT {statement_columns}
    FROM bank_statements AS s
    WHERE NOT $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
        AND ($7::text IS NULL OR bank_account = $7) AND ($8::text IS NULL OR currency = $8)
        AND ($9::text IS NULL OR bank_file = $9)
        AND ($10::date IS NULL OR last_day >= $10) AND ($11::date IS NULL OR first_day <= $11)
        AND ($12::boolean IS NULL OR (replaced_by IS NULL) = $12)
        AND (
            $13::boolean IS NULL OR $13 = EXISTS (
                SELECT
                FROM breaks AS b
                WHERE b.account = $1 AND b.livemode = $2 AND b.statement = s.id AND b.resolved_ms IS NULL
                ORDER BY b.account, b.livemode, b.statement, b.id
                OFFSET 0
            )
        )
    ORDER BY id
    LIMIT $6
);

-- name: open_breaks_of_statements
-- The open breaks of statements, up to a number (4) of each.
SELECT f.statement, f.id, f.kind, f.amount
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT statement, id, kind, amount
    FROM breaks
    WHERE account = $1 AND livemode = $2 AND statement BETWEEN n.id AND n.id AND resolved_ms IS NULL
    ORDER BY account, livemode, statement, id
    LIMIT $4
) AS f;

-- name: find_statement_before
-- The statement of the same bank account that ends last before one (3) begins, or when it does; of those of one day, one
-- that closes where it opens. It looks at the 50 that end last.
WITH this AS MATERIALIZED (
    SELECT id, bank_account, currency, first_day, opening
    FROM bank_statements
    WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
    ORDER BY account, livemode, id
)
SELECT f.id, f.closing, f.last_day
FROM this
CROSS JOIN LATERAL (
    SELECT id, closing, last_day
    FROM bank_statements
    WHERE
        account = $1 AND livemode = $2 AND bank_account = this.bank_account AND currency = this.currency
        AND last_day <= this.first_day AND id <> this.id AND replaced_by IS NULL
    ORDER BY account DESC, livemode DESC, bank_account DESC, currency DESC, last_day DESC
    LIMIT 50
) AS f
ORDER BY f.closing = this.opening DESC, f.last_day DESC, f.id DESC
LIMIT 1;

-- name: fetch_lines
-- Lines by id, each with its break and the settlement that is proposed or posted for it.
SELECT f.*, b.*, s.*
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT {line_columns}
    FROM statement_lines
    WHERE account = $1 AND livemode = $2 AND id BETWEEN n.id AND n.id
    ORDER BY account, livemode, id
) AS f
LEFT JOIN LATERAL (
    SELECT id AS break_id, amount AS break_amount, resolved_ms IS NULL AS break_is_open
    FROM breaks
    WHERE
        account = $1 AND livemode = $2 AND line BETWEEN n.id AND n.id AND kind IN ('unmatched_line', 'line_amount')
    ORDER BY account, livemode, line
    LIMIT 1
) AS b ON true
LEFT JOIN LATERAL (
    SELECT w.id AS settlement, w.status AS settlement_status
    FROM (
        SELECT settlement
        FROM line_settlement_lines
        WHERE account = $1 AND livemode = $2 AND line BETWEEN n.id AND n.id AND is_live
        ORDER BY account, livemode, line
        LIMIT 1
    ) AS l
    CROSS JOIN LATERAL (
        SELECT id, status
        FROM line_settlements
        WHERE account = $1 AND livemode = $2 AND id BETWEEN l.settlement AND l.settlement
        ORDER BY account, livemode, id
    ) AS w
) AS s ON true;

-- name: page_lines
-- Ids of a platform's lines, one page along the ids; one of the two branches runs. The bounds are exclusive ids.
(
    SELECT id
    FROM statement_lines
    WHERE $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
    ORDER BY account DESC, livemode DESC, id DESC
    LIMIT $6
)
UNION ALL
(
    SELECT id
    FROM statement_lines
    WHERE NOT $5::boolean AND account = $1 AND livemode = $2 AND id > $3 AND id < $4
    ORDER BY account, livemode, id
    LIMIT $6
);

-- name: page_open_lines
-- The same of those that a break says are not posted.
(
    SELECT line AS id
    FROM breaks
    WHERE
        $5::boolean AND account = $1 AND livemode = $2 AND line > $3 AND line < $4 AND line IS NOT NULL
        AND resolved_ms IS NULL
    ORDER BY account DESC, livemode DESC, line DESC
    LIMIT $6
)
UNION ALL
(
    SELECT line
    FROM breaks
    WHERE
        NOT $5::boolean AND account = $1 AND livemode = $2 AND line > $3 AND line < $4 AND line IS NOT NULL
        AND resolved_ms IS NULL
    ORDER BY account, livemode, line
    LIMIT $6
);

-- name: page_lines_of_statement
-- Ids of the lines that a statement (3) has brought, in its order; one of the two branches runs. The bounds are exclusive ids.
(
    SELECT id
    FROM statement_lines
    WHERE $6::boolean AND account = $1 AND livemode = $2 AND statement BETWEEN $3 AND $3 AND id > $4 AND id < $5
    ORDER BY account, livemode, statement, id
    LIMIT $7
)
UNION ALL
(
    SELECT id
    FROM statement_lines
    WHERE NOT $6::boolean AND account = $1 AND livemode = $2 AND statement BETWEEN $3 AND $3 AND id > $4 AND id < $5
    ORDER BY account DESC, livemode DESC, statement DESC, id DESC
    LIMIT $7
);

-- name: list_lines_by_reference
-- Ids of the lines that references name, as in `operating/LINE-1`.
SELECT f.id
FROM unnest($3::text[]) AS n (reference)
CROSS JOIN LATERAL (
    SELECT id
    FROM statement_lines
    WHERE
        account = $1 AND livemode = $2 AND bank_account = split_part(n.reference, '/', 1)
        AND line_key BETWEEN substr(n.reference, position('/' IN n.reference) + 1)
        AND substr(n.reference, position('/' IN n.reference) + 1)
    ORDER BY account, livemode, bank_account, line_key
) AS f;
