-- Sessions are looked for by their hash before anybody is known, and belong to people, not to accounts: the statements
-- here name no account.

-- name: find_session
-- A session and its operator, ended or not.
SELECT
    s.hash, s.awaits_code, s.address, s.created_ms, s.seen_ms, s.ends_ms, s.confirmed_ms,
    o.id, o.email, o.name, o.role, o.created, o.disabled_ms, o.password_hash, o.totp_secret, o.totp_is_on
FROM operator_sessions AS s
CROSS JOIN LATERAL (SELECT * FROM operators WHERE id = s.operator OFFSET 0) AS o
WHERE s.hash = $1;

-- name: list_sessions
-- An operator's sessions, newest first.
SELECT
    s.hash, s.awaits_code, s.address, s.created_ms, s.seen_ms, s.ends_ms, s.confirmed_ms,
    o.id, o.email, o.name, o.role, o.created, o.disabled_ms, o.password_hash, o.totp_secret, o.totp_is_on
FROM operator_sessions AS s
CROSS JOIN LATERAL (SELECT * FROM operators WHERE id = s.operator OFFSET 0) AS o
WHERE s.operator = $1
ORDER BY s.created_ms DESC;

-- name: insert_session
-- One new session.
INSERT INTO operator_sessions (hash, operator, awaits_code, address, created_ms, seen_ms, ends_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: touch_session
-- A session was used.
UPDATE operator_sessions SET seen_ms = greatest(seen_ms, $2) WHERE hash = $1;

-- name: confirm_session
-- Its operator has shown anew, in this session, who they are.
UPDATE operator_sessions SET confirmed_ms = $3 WHERE hash = $1 AND operator = $2 RETURNING true;

-- name: delete_session
-- A session ends.
DELETE FROM operator_sessions WHERE hash = $1 RETURNING true;

-- name: delete_sessions
-- All of an operator's sessions end.
DELETE FROM operator_sessions WHERE operator = $1;

-- name: delete_other_sessions
-- All of an operator's sessions but one end.
DELETE FROM operator_sessions WHERE operator = $1 AND hash <> $2;

-- name: prune_sessions
-- Forget sessions that ended before a time, a few at a time.
DELETE FROM operator_sessions
WHERE hash = ANY (ARRAY(SELECT hash FROM operator_sessions WHERE ends_ms < $1 ORDER BY ends_ms LIMIT $2));

-- name: lock_tries
-- How often each of some subjects tried, also of those that never did, held until the transaction ends.
INSERT INTO sign_in_tries AS t (subject, tries, next_ms, seen_ms)
SELECT subject, 0, 0, $2
FROM unnest($1::text[]) AS subject
ORDER BY subject
ON CONFLICT ON CONSTRAINT sign_in_tries_pk DO UPDATE SET tries = t.tries
RETURNING subject, tries, next_ms, seen_ms;

-- name: write_tries
-- How often each of some subjects, which the transaction holds, has tried now.
UPDATE sign_in_tries AS t
SET tries = n.tries, next_ms = n.next_ms, seen_ms = n.seen_ms
FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::bigint[]) AS n (subject, tries, next_ms, seen_ms)
CROSS JOIN LATERAL (SELECT ctid AS row_id FROM sign_in_tries WHERE subject = n.subject OFFSET 0) AS found
WHERE t.ctid = found.row_id;

-- name: prune_tries
-- Forget who last tried before a time, a few at a time.
DELETE FROM sign_in_tries
WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM sign_in_tries WHERE seen_ms < $1 ORDER BY seen_ms LIMIT $2 FOR UPDATE SKIP LOCKED
));
