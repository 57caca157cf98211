-- name: find_number
-- The number that an account (3) has at a bank account (4).
SELECT number
FROM virtual_accounts
WHERE account = $1 AND livemode = $2 AND owner BETWEEN $3 AND $3 AND bank_account BETWEEN $4 AND $4
    AND released_ms IS NULL
ORDER BY owner, bank_account;

-- name: find_highest_body
-- The highest body of a range (3 to 4, which have one length) that was ever given, and whether that was in this copy of the
-- database.
SELECT body, lineage = database_lineage() AS is_here
FROM virtual_accounts
WHERE account = $1 AND livemode = $2 AND body BETWEEN $3 AND $4 AND length(body) = length($3)
ORDER BY body DESC
LIMIT 1;

-- name: insert_number
-- Give a number; no row comes back where it is another's, or the account has one.
INSERT INTO virtual_accounts (
    account, livemode, bank_account, body, number, owner, instructions, given_ms
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT DO NOTHING
RETURNING number;

-- name: give_released_number
-- Give the number of a range (6 to 7, which have one length) that has rested for the longest time, if that began before a
-- moment (8), in this copy of the database; no row comes back where none has, or others are just being given.
UPDATE virtual_accounts
SET owner = $4, instructions = $5, given_ms = $9, released_ms = NULL, released_in = NULL
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM virtual_accounts
    WHERE account = $1 AND livemode = $2 AND bank_account BETWEEN $3 AND $3 AND released_ms <= $8
        AND body BETWEEN $6 AND $7 AND length(body) = length($6) AND released_in = database_lineage()
    ORDER BY bank_account, released_ms, body
    LIMIT 1
    FOR UPDATE SKIP LOCKED
))
RETURNING number;

-- name: find_given
-- Whose some numbers (3) are, or were.
SELECT f.number, f.owner, f.instructions, f.released_ms
FROM unnest($3::text[]) AS n (number)
CROSS JOIN LATERAL (
    SELECT number, owner, instructions, released_ms
    FROM virtual_accounts
    WHERE account = $1 AND livemode = $2 AND number BETWEEN n.number AND n.number
    ORDER BY number
) AS f;

-- name: release_numbers
-- Take the numbers of an account (1) back.
UPDATE virtual_accounts
SET released_ms = $2, released_in = database_lineage()
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM virtual_accounts
    WHERE owner BETWEEN $1 AND $1 AND released_ms IS NULL
    ORDER BY owner, livemode
    FOR UPDATE
))
RETURNING number;

-- name: count_rested_numbers
-- How many numbers of a range (4 to 5, which have one length) could be given again, as they rest since before a moment (6),
-- counted up to a number (7).
SELECT count(*)
FROM (
    SELECT
    FROM virtual_accounts
    WHERE account = $1 AND livemode = $2 AND bank_account BETWEEN $3 AND $3 AND released_ms <= $6
        AND body BETWEEN $4 AND $5 AND length(body) = length($4) AND released_in = database_lineage()
    ORDER BY bank_account, released_ms, body
    LIMIT $7
) AS rested;
