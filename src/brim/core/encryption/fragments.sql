-- fragment: next <column> of <table> by <key>, at most <limit>
-- The secrets of a table after a key (1-3), held until the transaction ends.
SELECT account, livemode, <key> AS id, <column> AS sealed
FROM <table>
WHERE (account, livemode, <key>) > ($1, $2, $3) AND <column> IS NOT NULL
ORDER BY account, livemode, <key>
LIMIT <limit>
FOR UPDATE

-- fragment: replaced <column> of <table> by <key>
-- Store the secrets of rows that the transaction holds in another form.
UPDATE <table> AS t
SET <column> = n.sealed
FROM unnest($1::text[], $2::boolean[], $3::text[], $4::bytea[]) AS n (account, livemode, id, sealed)
CROSS JOIN LATERAL (
    SELECT ctid AS row_id
    FROM <table>
    WHERE account = n.account AND livemode = n.livemode AND <key> BETWEEN n.id AND n.id
    ORDER BY <key>
) AS found
WHERE t.ctid = found.row_id AND t.<column> IS NOT NULL
