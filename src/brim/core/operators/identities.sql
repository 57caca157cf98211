-- Identities belong to operators, who stand above accounts: the statements here name none.

-- name: find_bound_operator
-- The operator to whom a provider's subject is bound.
SELECT operator FROM operator_identities WHERE issuer = $1 AND subject = $2;

-- name: find_identity
-- What an operator is bound to.
SELECT issuer, subject FROM operator_identities WHERE operator = $1;

-- name: bind_identity
-- Binds an operator to a provider's subject, unless either is bound already.
INSERT INTO operator_identities (operator, issuer, subject, bound_ms)
VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
RETURNING true;

-- name: unbind_identity
-- An operator is bound to nothing any more; what it was.
DELETE FROM operator_identities WHERE operator = $1 RETURNING issuer, subject;
