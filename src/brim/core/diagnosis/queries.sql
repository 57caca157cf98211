-- name: read_server
-- What PostgreSQL says of itself, of the role that asks, and of the time at which it does.
SELECT
    current_setting('server_version') AS version,
    current_setting('fsync') AS fsync,
    current_setting('full_page_writes') AS full_page_writes,
    current_setting('synchronous_commit') AS synchronous_commit,
    current_user::text AS role,
    coalesce((SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = current_user), false) AS is_superuser,
    has_table_privilege(current_user, 'journal_entries', 'UPDATE, DELETE') AS may_change_books,
    -- A role that is nobody special sees of others' sessions that they are there, in these counts alone.
    (SELECT sum(numbackends) FROM pg_stat_database)::integer AS connections,
    current_setting('max_connections')::integer AS max_connections,
    (
        SELECT (extract(EPOCH FROM a.query_start) * 1000)::bigint FROM pg_stat_activity AS a WHERE a.pid = pg_backend_pid()
    ) AS now_ms;
