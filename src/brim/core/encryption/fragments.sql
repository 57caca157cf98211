-- fragment: next <column> of <table> by <key>
-- The rows of a table after a key (1-3), at most $4, and how the secret of each begins, which names what sealed it; NULL
-- where there is none.
SELECT account, livemode, <key> AS id, substring(<column> FROM 1 FOR 12) AS header
FROM <table>
WHERE (account, livemode, <key>) > ($1, $2, $3)
ORDER BY account, livemode, <key>
LIMIT $4

-- fragment: held <column> of <table> by <key>
-- The secrets of rows that are named, held until the transaction ends.
SELECT t.account, t.livemode, t.<key> AS id, t.<column> AS sealed
FROM unnest($1::text[], $2::boolean[], $3::text[]) AS n (account, livemode, id)
CROSS JOIN LATERAL (
    SELECT account, livemode, <key>, <column>
    FROM <table>
    WHERE account = n.account AND livemode = n.livemode AND <key> BETWEEN n.id AND n.id
    ORDER BY <key>
    FOR UPDATE
) AS t

-- fragment: replaced <column> of <table> by <key>
-- Store the secrets of rows that the transaction holds in another form.
UPDATE <table> AS t
SET <column> = n.sealed
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::bytea[]) AS n (account, livemode, id, sealed)
CROSS JOIN LATERAL (
    SELECT ctid AS row_id, <column> IS NOT NULL AS is_sealed
    FROM <table>
    WHERE account = n.account AND livemode = n.livemode AND <key> BETWEEN n.id AND n.id
    ORDER BY <key>
) AS found
WHERE t.ctid = found.row_id AND found.is_sealed  -- asked of the table, an index of what is sealed would do, too

-- fragment: next <column> in <table> by <key>
-- As `next ... of`, where the table belongs to no account.
SELECT '' AS account, false AS livemode, <key> AS id, substring(<column> FROM 1 FOR 12) AS header
FROM <table>
WHERE ('', false, <key>) > ($1::text, $2::boolean, $3::text)
ORDER BY <key>
LIMIT $4

-- fragment: held <column> in <table> by <key>
-- As `held ... of`, where the table belongs to no account.
SELECT n.account, n.livemode, t.<key> AS id, t.<column> AS sealed
FROM unnest($1::text[], $2::boolean[], $3::text[]) AS n (account, livemode, id)
CROSS JOIN LATERAL (
    SELECT <key>, <column> FROM <table> WHERE <key> = n.id OFFSET 0 FOR NO KEY UPDATE
) AS t

-- fragment: replaced <column> in <table> by <key>
-- As `replaced ... of`, where the table belongs to no account.
UPDATE <table> AS t
SET <column> = n.sealed
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::bytea[]) AS n (account, livemode, id, sealed)
CROSS JOIN LATERAL (
    SELECT ctid AS row_id FROM <table> WHERE <key> = n.id OFFSET 0
) AS found
WHERE t.ctid = found.row_id
