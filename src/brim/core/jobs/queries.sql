-- Workers are the service's and no account's, and few: statements on them name no account.

-- name: upsert_worker
-- Write that a worker is there, and what became of its jobs.
INSERT INTO workers (id, host, pid, version, started_ms, heartbeat_ms, jobs)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT ON CONSTRAINT workers_pk DO UPDATE SET heartbeat_ms = excluded.heartbeat_ms, jobs = excluded.jobs;

-- name: forget_workers
-- Remove workers that nobody has seen since a moment.
DELETE FROM workers WHERE heartbeat_ms < $1;

-- name: list_workers
-- All workers, the newest first.
SELECT id, host, pid, version, started_ms, heartbeat_ms, jobs FROM workers ORDER BY id DESC;

-- name: note_exception
-- Write that work failed once more; its first failure stays.
INSERT INTO due_exceptions AS e (
    account, livemode, job, object_id, attempts, first_failed_ms, last_failed_ms, next_try_ms, error
)
VALUES ($1, $2, $3, $4, 1, $5, $5, $6, $7)
ON CONFLICT ON CONSTRAINT due_exceptions_pk DO UPDATE
SET
    attempts = e.attempts + 1,
    last_failed_ms = excluded.last_failed_ms,
    next_try_ms = excluded.next_try_ms,
    error = excluded.error;

-- name: list_stuck
-- What is stuck, of all accounts, up to a number.
SELECT account, livemode, job, object_id, attempts, first_failed_ms, last_failed_ms, next_try_ms, error
FROM due_exceptions
ORDER BY account, livemode, job, object_id
LIMIT $1;

-- name: count_stuck
-- How much is stuck of each job, counted up to a number in all.
SELECT job, count(*) AS items FROM (SELECT job FROM due_exceptions LIMIT $1) AS counted GROUP BY job;
