-- name: read_copy
-- Which copy of the database this is, and since when its server runs: after a restart, a standby that takes over or a
-- restore, in place too, it is another one, and what was committed before may be missing.
SELECT
    concat_ws(
        '/', database_lineage(), extract(epoch FROM pg_postmaster_start_time()), pg_relation_filenode('bank_files')
    ) AS copy;

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
