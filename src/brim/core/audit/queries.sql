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

-- name: walk_by_actor
-- The ids of the next entries by who did it, along audit_log_by_actor.
{ids of entries by coalesce(actor, actor_name) where true};

-- name: walk_by_action
-- The ids of the next entries by what was done, along audit_log_by_action.
{ids of entries by action where true};

-- name: walk_by_object
-- The ids of the next entries by what it was done to, along audit_log_by_object.
{ids of entries by object where object IS NOT NULL};

-- name: walk_by_account
-- The ids of the next entries by whose that is, along audit_log_by_account.
{ids of entries by account where account IS NOT NULL};

-- name: fitting_entries
-- Of some entries (1) those that fit, up to a number (6), in the order given.
SELECT
    l.id, l.at_ms, l.actor_kind, l.actor, l.actor_name, l.address, l.action, l.object, l.account, l.livemode, l.detail,
    l.request_id, l.object_type, l.before::text, l.after::text
FROM unnest($1::text[]) AS n (id)
CROSS JOIN LATERAL (SELECT * FROM audit_log WHERE id = n.id OFFSET 0) AS l
WHERE
    ($2::text IS NULL OR coalesce(l.actor, l.actor_name) = $2) AND ($3::text IS NULL OR l.action = $3)
    AND ($4::text IS NULL OR l.object = $4) AND ($5::text IS NULL OR l.account = $5)
LIMIT $6;
