-- Links belong to operators, who stand above accounts: the statements here name none.

-- name: put_link
-- An operator's link, in place of an earlier one.
INSERT INTO operator_password_links (operator, hash, expires_ms)
VALUES ($1, $2, $3)
ON CONFLICT ON CONSTRAINT operator_password_links_pk
DO UPDATE SET hash = excluded.hash, expires_ms = excluded.expires_ms;

-- name: find_link
-- Whose link has a hash, while it works.
SELECT operator FROM operator_password_links WHERE hash = $1 AND expires_ms > $2;

-- name: delete_link
-- An operator has no link any more; that with this hash, or with NULL whichever it was.
DELETE FROM operator_password_links WHERE operator = $1 AND ($2::bytea IS NULL OR hash = $2) RETURNING true;
