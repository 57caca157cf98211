-- name: announce
-- Wake whoever listens to a channel. Nothing is written, so there is no disk to wait for.
SELECT pg_notify($1, ''), set_config('synchronous_commit', 'off', true);

-- name: announce_with_commit
-- Wake whoever listens to a channel once this transaction is committed, which waits for the disk as it would anyway.
SELECT pg_notify($1, '');
