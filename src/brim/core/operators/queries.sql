-- Operators belong to the whole installation: the statements here name no account, and are no part of serving one's
-- requests.

-- name: operators_exist
-- Whether there is any operator, disabled or not.
SELECT EXISTS (SELECT FROM operators);

-- name: lock_admins
-- The admins who may sign in, held until the transaction ends: whoever would end one decides alone who is left.
SELECT id FROM operators WHERE role = 'admin' AND disabled_ms IS NULL ORDER BY id FOR NO KEY UPDATE;

-- name: count_approvers
-- How many operators who may sign in have one of some roles: those that have to do with live money.
SELECT count(*) FROM operators WHERE role = ANY ($1::text[]) AND disabled_ms IS NULL;

-- name: who_approves
-- The operators who may approve live money: those with one role, or those with another while nobody has it.
SELECT id
FROM operators
WHERE
    disabled_ms IS NULL
    AND role = CASE WHEN EXISTS (SELECT FROM operators WHERE role = $1 AND disabled_ms IS NULL) THEN $1 ELSE $2 END
ORDER BY id;

-- name: held_money_roles
-- Which of some roles somebody has who may sign in.
SELECT DISTINCT role FROM operators WHERE role = ANY ($1::text[]) AND disabled_ms IS NULL;

-- name: list_operators
-- All operators, oldest first.
SELECT id, email, name, role, created, disabled_ms, password_hash, totp_secret, totp_is_on
FROM operators
ORDER BY id;

-- name: find_by_id
-- The operator with this id.
SELECT id, email, name, role, created, disabled_ms, password_hash, totp_secret, totp_is_on
FROM operators
WHERE id = $1;

-- name: find_by_email
-- The operator with this email address.
SELECT id, email, name, role, created, disabled_ms, password_hash, totp_secret, totp_is_on
FROM operators
WHERE email = $1;

-- name: lock_by_id
-- The operator with this id, held until the transaction ends.
SELECT id, email, name, role, created, disabled_ms, password_hash, totp_secret, totp_is_on
FROM operators
WHERE id = $1
FOR NO KEY UPDATE;

-- name: lock_by_email
-- The operator with this email address, held until the transaction ends.
SELECT id, email, name, role, created, disabled_ms, password_hash, totp_secret, totp_is_on
FROM operators
WHERE email = $1
FOR NO KEY UPDATE;

-- name: insert_operator
-- One new operator, unless the email address is somebody's already.
INSERT INTO operators (id, email, name, role, password_hash, created)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT ON CONSTRAINT operators_email DO NOTHING
RETURNING true;

-- name: set_disabled
-- Since when an operator may do nothing; NULL lets them in again.
UPDATE operators SET disabled_ms = $2 WHERE id = $1;

-- name: set_name
-- What people call an operator from now on.
UPDATE operators SET name = $2 WHERE id = $1;

-- name: set_role
-- What an operator may do from now on.
UPDATE operators SET role = $2 WHERE id = $1;

-- name: set_password
-- What an operator's password hashes to from now on.
UPDATE operators SET password_hash = $2 WHERE id = $1;

-- name: set_codes_secret
-- What makes an operator's one-time codes, sealed; it counts once enable_codes ran.
UPDATE operators SET totp_secret = $2, totp_is_on = false, totp_step = 0 WHERE id = $1;

-- name: enable_codes
-- A one-time code is asked for from now on.
UPDATE operators SET totp_is_on = true WHERE id = $1;

-- name: use_code
-- Takes the one-time code of a time step, unless that or a later one was taken before.
UPDATE operators SET totp_step = $2 WHERE id = $1 AND totp_step < $2 RETURNING true;

-- name: insert_recovery_codes
-- The hashes of codes that stand in for one-time codes.
INSERT INTO operator_recovery_codes (operator, hash) SELECT $1, unnest($2::bytea[]);

-- name: use_recovery_code
-- Takes a recovery code, which then is gone.
DELETE FROM operator_recovery_codes WHERE operator = $1 AND hash = $2 RETURNING true;

-- name: delete_recovery_codes
-- An operator's recovery codes are gone.
DELETE FROM operator_recovery_codes WHERE operator = $1;

-- name: count_recovery_codes
-- How many recovery codes an operator has left.
SELECT count(*) FROM operator_recovery_codes WHERE operator = $1;

-- name: put_first_run
-- The token for the first admin, in place of an earlier one.
INSERT INTO first_run (hash, expires_ms)
VALUES ($1, $2)
ON CONFLICT ON CONSTRAINT first_run_pk DO UPDATE SET hash = excluded.hash, expires_ms = excluded.expires_ms;

-- name: lock_first_run
-- Whether a token makes the first admin now; it is held, so that it makes one only.
SELECT true FROM first_run WHERE is_only AND hash = $1 AND expires_ms > $2 FOR UPDATE;

-- name: delete_first_run
-- No token makes the first admin any more.
DELETE FROM first_run WHERE is_only;
