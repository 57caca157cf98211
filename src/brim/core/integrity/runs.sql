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
SET ended_ms = $2, entries = $3, sealed = $4, unsealed = $5, heads = $6, differences = $7, clearing = $8
WHERE id = $1;

-- name: delete_run
-- Give back the turn of a verification that did not get to its end.
DELETE FROM verification_runs WHERE id = $1;

-- name: delete_old_runs
-- Keep so many of the newest; ids are time-ordered.
DELETE FROM verification_runs
WHERE id < (SELECT id FROM verification_runs ORDER BY id DESC OFFSET $1 - 1 LIMIT 1);

-- name: read_latest_run
-- The newest verification that got to its end.
SELECT id, began_ms, ended_ms, entries, sealed, unsealed, heads, differences, clearing
FROM verification_runs
WHERE ended_ms IS NOT NULL
ORDER BY id DESC
LIMIT 1;
