-- The audit log is the whole installation's: its statements name no account, and an operator of any may read all.

-- name: insert_entry
-- One more line.
INSERT INTO audit_log (
    id, at_ms, actor_kind, actor, actor_name, address, action, object, account, livemode, detail, request_id, object_type,
    before, after
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::text::jsonb, $15::text::jsonb);

-- name: list_entries
-- A page of the log; one of the two branches runs.
(
    SELECT
        id, at_ms, actor_kind, actor, actor_name, address, action, object, account, livemode, detail, request_id,
        object_type, before::text, after::text
    FROM audit_log
    WHERE $3 AND id > $1 AND id < $2
    ORDER BY id DESC
    LIMIT $4
)
UNION ALL
(
    SELECT
        id, at_ms, actor_kind, actor, actor_name, address, action, object, account, livemode, detail, request_id,
        object_type, before::text, after::text
    FROM audit_log
    WHERE NOT $3 AND id > $1 AND id < $2
    ORDER BY id
    LIMIT $4
);

-- name: find_entries_about
-- What was done to an object ($3) between two ids: so few seconds apart that this is all that is read.
SELECT
    id, at_ms, actor_kind, actor, actor_name, address, action, object, account, livemode, detail, request_id,
    object_type, before::text, after::text
FROM audit_log
WHERE id > $1 AND id < $2 AND object || '' = $3 AND action || '' = $4
ORDER BY id
LIMIT 1;

-- name: entry_exists
-- Whether there is a line of that id.
SELECT EXISTS (SELECT FROM audit_log WHERE id = $1);
