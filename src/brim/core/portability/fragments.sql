-- fragment: rows of <table> by <key>
-- The rows of a table that belong to an account, each as a JSON object of all its columns, in the order of the key.
SELECT row_to_json(t)::text AS line
FROM <table> AS t
WHERE t.account = $1
ORDER BY t.account, <key>

-- fragment: rows put into <table>
-- Rows as a JSON array of objects that have all columns of the table.
INSERT INTO <table>
SELECT r.*
FROM json_populate_recordset(NULL::<table>, $1::text::json) AS r
