-- name: read_archiving
-- How PostgreSQL's archiver does, and which segment is written now: the view has one row, and no table is read.
SELECT
    current_setting('archive_mode') <> 'off' AS is_on,
    a.last_archived_wal AS last_archived,
    (extract(EPOCH FROM a.last_archived_time) * 1000)::bigint AS last_archived_ms,
    a.last_failed_wal AS last_failed,
    (extract(EPOCH FROM a.last_failed_time) * 1000)::bigint AS last_failed_ms,
    pg_walfile_name(pg_current_wal_lsn()) AS current
FROM pg_stat_archiver AS a;
