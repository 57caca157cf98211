-- name: lock_bank_account
-- Let one transaction at a time take statements of a bank account: each is placed beside what the others have taken.
SELECT pg_advisory_xact_lock(hashtextextended('brim:statements:' || $1::text || ':' || $2::boolean || ':' || $3::text, 0));

-- name: find_file_in_pieces
-- The file of a bank account (3) of which only a part is applied.
SELECT id, name, line_count, lines_applied
FROM bank_files
WHERE account = $1 AND livemode = $2 AND applying_to BETWEEN $3 AND $3
ORDER BY account, livemode, applying_to;

-- name: list_files_in_pieces
-- The files of a platform of which only a part is applied, one a bank account at most.
SELECT id
FROM bank_files
WHERE account = $1 AND livemode = $2 AND applying_to IS NOT NULL
ORDER BY account, livemode, applying_to;

-- name: list_bank_statements
-- Statements of a bank account that end on a day (5) or later, oldest first, and before them those that end last.
(
    SELECT id, first_day, last_day, opening, closing, number, content, replaced_by, line_count, bank_file
    FROM bank_statements
    WHERE
        account = $1 AND livemode = $2 AND bank_account = $3 AND currency = $4
        AND last_day = (
            SELECT last_day
            FROM bank_statements
            WHERE
                account = $1 AND livemode = $2 AND bank_account = $3 AND currency = $4 AND last_day < $5
                AND replaced_by IS NULL
            ORDER BY last_day DESC
            LIMIT 1
        )
    ORDER BY account, livemode, bank_account, currency, last_day
)
UNION ALL
(
    SELECT id, first_day, last_day, opening, closing, number, content, replaced_by, line_count, bank_file
    FROM bank_statements
    WHERE account = $1 AND livemode = $2 AND bank_account = $3 AND currency = $4 AND last_day >= $5
    ORDER BY account, livemode, bank_account, currency, last_day
);

-- name: insert_bank_statement
-- Store that a statement was posted.
INSERT INTO bank_statements (
    account, livemode, id, bank_account, currency, bank_file, number, first_day, last_day, opening, closing,
    line_count, content, place, created_ms, new_count
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16);

-- name: read_statement_content
-- The hash of what a statement says.
SELECT content
FROM bank_statements
WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
ORDER BY account, livemode, id;

-- name: replace_bank_statements
-- Write that statements were replaced by another.
UPDATE bank_statements AS t
SET replaced_by = $4
FROM unnest($3::text[]) AS n (id)
CROSS JOIN LATERAL (
    SELECT ctid AS place
    FROM bank_statements
    WHERE account = $1 AND livemode = $2 AND id BETWEEN n.id AND n.id
    ORDER BY account, livemode, id
    FOR UPDATE
) AS f
WHERE t.ctid = f.place;

-- name: list_lines_of_days
-- What is known of a bank account's days, from one (5) to another (6).
SELECT booked_on, amount, bank_reference, reference, description, bank_file
FROM statement_lines
WHERE
    account = $1 AND livemode = $2 AND bank_account = $3 AND booked_on BETWEEN $5 AND $6 AND currency = $4
    AND parent IS NULL
ORDER BY account, livemode, bank_account, booked_on;

-- name: list_payments_of_days
-- The payments of a bank account's entries, from one day (5) to another (6), that a statement has brought.
SELECT booked_on, amount, bank_reference, reference, description
FROM statement_lines
WHERE
    account = $1 AND livemode = $2 AND bank_account = $3 AND booked_on BETWEEN $5 AND $6 AND currency = $4
    AND parent IS NOT NULL AND statement IS NOT NULL
ORDER BY account, livemode, bank_account, booked_on;

-- name: list_announced_alone
-- What came in other files than one (7), on a bank account's days, from one (5) to another (6), that a notification has
-- brought and that is no entry of several payments.
SELECT f.booked_on, f.amount, f.bank_reference, f.reference, f.description
FROM (
    SELECT id, booked_on, amount, bank_reference, reference, description
    FROM statement_lines
    WHERE
        account = $1 AND livemode = $2 AND bank_account = $3 AND booked_on BETWEEN $5 AND $6 AND currency = $4
        AND parent IS NULL AND statement IS NULL AND amount > 0 AND bank_file <> $7
    ORDER BY account, livemode, bank_account, booked_on
    OFFSET 0
) AS f
WHERE
    NOT EXISTS (
        SELECT
        FROM statement_lines AS p
        WHERE p.account = $1 AND p.livemode = $2 AND p.parent BETWEEN f.id AND f.id
        ORDER BY p.account, p.livemode, p.parent, p.id
        OFFSET 0
    );

-- name: list_announced_together
-- What came in other files than one (7), on a bank account's days, from one (5) to another (6), that a notification has
-- brought as an entry of several payments, and these payments.
WITH
entries AS MATERIALIZED (
    SELECT id, booked_on, amount, bank_reference, reference, description
    FROM statement_lines
    WHERE
        account = $1 AND livemode = $2 AND bank_account = $3 AND booked_on BETWEEN $5 AND $6 AND currency = $4
        AND parent IS NULL AND statement IS NULL AND amount > 0 AND bank_file <> $7
    ORDER BY account, livemode, bank_account, booked_on
),

payments AS MATERIALIZED (
    SELECT p.id, e.id AS parent, p.booked_on, p.amount, p.bank_reference, p.reference, p.description
    FROM entries AS e
    CROSS JOIN LATERAL (
        SELECT id, booked_on, amount, bank_reference, reference, description
        FROM statement_lines
        WHERE account = $1 AND livemode = $2 AND parent BETWEEN e.id AND e.id
        ORDER BY account, livemode, parent, id
    ) AS p
)

SELECT id, parent, booked_on, amount, bank_reference, reference, description
FROM payments
UNION ALL
SELECT id, NULL, booked_on, amount, bank_reference, reference, description
FROM entries
WHERE id IN (SELECT parent FROM payments);

-- name: find_entries
-- The entries of a bank account (3) and day (5) of one amount (6), and whether their payments are lines.
SELECT
    f.id, f.bank_reference,
    EXISTS (
        SELECT
        FROM statement_lines AS p
        WHERE p.account = $1 AND p.livemode = $2 AND p.parent BETWEEN f.id AND f.id
        ORDER BY p.account, p.livemode, p.parent, p.id
        OFFSET 0
    ) AS is_itemized
FROM (
    SELECT id, bank_reference
    FROM statement_lines
    WHERE
        account = $1 AND livemode = $2 AND bank_account = $3 AND booked_on BETWEEN $5 AND $5 AND currency = $4
        AND amount = $6 AND parent IS NULL
    ORDER BY account, livemode, bank_account, booked_on
    OFFSET 0
) AS f;

-- name: list_payments_of_entry
-- The payments of an entry (3) that are lines.
SELECT booked_on, amount, bank_reference, reference, description
FROM statement_lines
WHERE account = $1 AND livemode = $2 AND parent BETWEEN $3 AND $3
ORDER BY account, livemode, parent, id;

-- name: find_statement_line
-- What a line of a bank account says, by its key.
SELECT booked_on, amount, currency
FROM statement_lines
WHERE account = $1 AND livemode = $2 AND bank_account = $3 AND line_key BETWEEN $4 AND $4
ORDER BY account, livemode, bank_account, line_key;
