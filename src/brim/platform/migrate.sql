-- name: create_table
-- The record of what was applied; made by the runner itself, before any migration.
CREATE TABLE IF NOT EXISTS schema_migrations (
    version    integer NOT NULL,
    name       text COLLATE "C" NOT NULL,
    checksum   text COLLATE "C" NOT NULL,
    applied_ms bigint NOT NULL,
    CONSTRAINT schema_migrations_pk PRIMARY KEY (version)
);

-- name: lock_table
-- Lets one runner through at a time; readers are not held up.
LOCK TABLE schema_migrations IN SHARE ROW EXCLUSIVE MODE;

-- name: bound_lock_waits
-- Lets a step give up a lock that others hold: while it waits, whoever else wants the table queues behind it.
SET LOCAL lock_timeout = '250ms';

-- name: backend_pid
-- The process of PostgreSQL that serves this session.
SELECT pg_backend_pid();

-- name: table_exists
-- Tells whether any runner was ever here.
SELECT to_regclass('schema_migrations') IS NOT NULL;

-- name: select_applied
-- What was applied, oldest first.
SELECT version, name, checksum FROM schema_migrations ORDER BY version;

-- name: insert_applied
-- Records one migration, in its own transaction.
INSERT INTO schema_migrations (version, name, checksum, applied_ms) VALUES ($1, $2, $3, $4);
