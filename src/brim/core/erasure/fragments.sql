-- fragment: removed <table> by <key>
-- Up to $3 rows of an account and mode; walked from their beginning each time, as what is gone is not found again.
DELETE FROM <table>
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM <table>
    WHERE account = $1 AND livemode = $2
    ORDER BY <key>
    LIMIT $3
    FOR UPDATE
))

-- fragment: place in <table> of <row>
-- Where a named row lies.
SELECT ctid AS place FROM <table> WHERE account = $1 AND livemode = $2 AND id BETWEEN <row> AND <row> ORDER BY id FOR UPDATE
