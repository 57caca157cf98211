-- Verifications are the operator's and no account's, and a hundred at most: no statement here names an account.

-- name: begin_run
-- Begin a verification; no row comes back when somebody has taken its turn.
INSERT INTO verification_runs (id, turn_ms, began_ms)
VALUES ($1, $2, $3)
ON CONFLICT ON CONSTRAINT verification_runs_once_a_turn DO NOTHING
RETURNING id;

-- name: end_run
-- Write what a verification found.
UPDATE verification_runs
SET
    ended_ms = $2, entries = $3, sealed = $4, unsealed = $5, heads = $6, differences = $7, clearing = $8, covered = $9,
    totals = $10
WHERE id = $1;

-- name: ask_run
-- Let a verification wait for a worker, unless one waits already; returns that which waits. The update changes nothing:
-- it returns the row that is there, also where another transaction has just written it.
INSERT INTO verification_runs AS r (id, began_ms, waits, asked_by)
VALUES ($1, $2, true, $3)
ON CONFLICT (waits) WHERE waits DO UPDATE SET waits = true
RETURNING r.id, r.began_ms, r.asked_by;

-- name: take_asked_run
-- Begin the verification that somebody has asked for; no row comes back where nobody has.
UPDATE verification_runs SET waits = false, began_ms = $1 WHERE waits RETURNING id, asked_by;

-- name: is_asked
-- Whether a verification waits that somebody has asked for.
SELECT EXISTS (SELECT FROM verification_runs WHERE waits);

-- name: hold
-- Let one verification at a time run, for as long as this session holds it.
SELECT pg_try_advisory_lock(hashtextextended('brim:verification', 0));

-- name: let_go
-- Let the next one run.
SELECT pg_advisory_unlock(hashtextextended('brim:verification', 0));

-- name: is_held
-- Whether a verification runs now.
SELECT EXISTS (
    SELECT
    FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND (classid::bigint << 32) | objid::bigint = hashtextextended('brim:verification', 0)
);

-- name: list_runs
-- The newest verifications, those among them that wait, run, or did not get to their ends.
SELECT
    id, began_ms, ended_ms, turn_ms IS NOT NULL AS is_turn, waits, asked_by, entries, sealed, unsealed, heads, differences,
    clearing, covered, totals
FROM verification_runs
ORDER BY id DESC
LIMIT $1;

-- name: read_totals
-- What balances come to in each mode and currency.
SELECT
    livemode, currency, count(*) AS accounts, sum(available)::bigint AS available, sum(reserved)::bigint AS reserved
FROM balances
GROUP BY livemode, currency
ORDER BY livemode, currency;

-- name: delete_run
-- Give back the turn of a verification that did not get to its end.
DELETE FROM verification_runs WHERE id = $1;

-- name: delete_old_runs
-- Keep so many of the newest; ids are time-ordered.
DELETE FROM verification_runs
WHERE id < (SELECT id FROM verification_runs ORDER BY id DESC OFFSET $1 - 1 LIMIT 1);

-- name: read_latest_run
-- The newest verification that got to its end.
SELECT
    id, began_ms, ended_ms, entries, sealed, unsealed, heads, differences, clearing, covered, totals, asked_by
FROM verification_runs
WHERE ended_ms IS NOT NULL
ORDER BY id DESC
LIMIT 1;
