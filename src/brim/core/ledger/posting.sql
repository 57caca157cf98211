-- name: post_entries
-- Post entries (1) with the lines after their first (2) and the balance transactions that show them (3), and change the
-- running balances, which the transaction holds, by what they add (4). Each parameter is a JSON array of rows. An entry
-- is sealed by the statement that posts it where it comes with its seal (5), whose chain's head the transaction holds and
-- moves (6), and else queued for it, so none can be forgotten. Returns the changed balances.
WITH posted AS (
    INSERT INTO journal_entries (
        account, livemode, id, source_type, source, step, debit_account, credit_account, amount, currency, created,
        line_count
    )
    SELECT *
    FROM json_to_recordset($1::json) AS e (
        account text, livemode boolean, id text, source_type text, source text, step text, debit_account text,
        credit_account text, amount bigint, currency text, created bigint, line_count smallint
    )
    RETURNING account, livemode, id
),
sealed AS (
    INSERT INTO entry_seals (account, livemode, position, entry, hash, format)
    SELECT account, livemode, position, entry, decode(hash, 'hex'), format
    FROM json_to_recordset($5::json) AS s (
        account text, livemode boolean, position bigint, entry text, hash text, format smallint
    )
    RETURNING entry
),
moved AS (
    UPDATE chain_heads AS h
    SET position = n.position, hash = decode(n.hash, 'hex')
    FROM json_to_recordset($6::json) AS n (account text, livemode boolean, position bigint, hash text)
    CROSS JOIN LATERAL (
        SELECT ctid AS row_id
        FROM chain_heads
        WHERE account = n.account AND livemode = n.livemode
        OFFSET 0
    ) AS found
    WHERE h.ctid = found.row_id
),
queued AS (
    INSERT INTO unsealed_entries (account, livemode, entry)
    SELECT account, livemode, id
    FROM posted
    WHERE id NOT IN (SELECT entry FROM sealed)
),
lines AS (
    INSERT INTO journal_entry_lines (
        account, livemode, entry, line, debit_account, credit_account, amount, currency
    )
    SELECT *
    FROM json_to_recordset($2::json) AS l (
        account text, livemode boolean, entry text, line smallint, debit_account text, credit_account text,
        amount bigint, currency text
    )
),
stated AS (
    INSERT INTO balance_transactions (
        account, livemode, id, amount, fee, net, available_on, created, currency, description, source, type
    )
    SELECT *
    FROM json_to_recordset($3::json) AS b (
        account text, livemode boolean, id text, amount bigint, fee bigint, net bigint, available_on bigint,
        created bigint, currency text, description text, source text, type text
    )
)
UPDATE balances AS b
SET available = b.available + c.available, reserved = b.reserved + c.reserved
FROM json_to_recordset($4::json) AS c (
    account text, livemode boolean, currency text, available bigint, reserved bigint
)
-- The transaction holds the balances, so where they lie (ctid) names them.
CROSS JOIN LATERAL (
    SELECT ctid AS row_id
    FROM balances
    WHERE account = c.account AND livemode = c.livemode AND currency = c.currency
    OFFSET 0
) AS found
WHERE b.ctid = found.row_id
RETURNING b.account, b.livemode, b.currency, b.available;

-- name: entries_of_source
-- The lines of what a source posted, entry by entry in order.
WITH posted AS MATERIALIZED (
    SELECT
        account, livemode, id, source_type, source, step, debit_account, credit_account, amount, currency, created,
        line_count
    FROM journal_entries
    WHERE account = $1 AND livemode = $2 AND source BETWEEN $3 AND $3
    ORDER BY source
)
SELECT id, source_type, source, step, created, debit_account, credit_account, amount, currency, 1::smallint AS line
FROM posted
UNION ALL
SELECT
    p.id, p.source_type, p.source, p.step, p.created, l.debit_account, l.credit_account, l.amount, l.currency, l.line
FROM posted AS p
CROSS JOIN LATERAL (
    SELECT debit_account, credit_account, amount, currency, line
    FROM journal_entry_lines
    WHERE account = p.account AND livemode = p.livemode AND entry = p.id AND p.line_count > 1
    ORDER BY line
) AS l
ORDER BY id, line;
