-- name: is_compared
-- Tells whether this is the copy of the database in which what an originator's files are was compared.
SELECT lineage = database_lineage()
FROM originators
WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3
ORDER BY account, livemode, id;

-- name: set_compared
-- Let an originator's files leave in this copy of the database.
UPDATE originators
SET lineage = database_lineage()
WHERE account = $1 AND livemode = $2 AND id BETWEEN $3 AND $3 AND lineage <> database_lineage();

-- name: note_restored
-- Hold the files of all originators until somebody has compared what has left; there are a few originators at most.
UPDATE originators SET lineage = $1;
