-- name: read_kind
-- What this installation is for, if that was ever written.
SELECT kind FROM installation;

-- name: lock_beginnings
-- Lets nobody make the first account or operator until the transaction ends.
LOCK TABLE accounts, operators, installation IN SHARE ROW EXCLUSIVE MODE;

-- name: is_empty
-- Tells whether there is no account and no operator.
SELECT NOT EXISTS (SELECT FROM accounts) AND NOT EXISTS (SELECT FROM operators);

-- name: insert_kind
-- Write what this installation is for, for ever.
INSERT INTO installation (kind, created_ms) VALUES ($1, $2);
