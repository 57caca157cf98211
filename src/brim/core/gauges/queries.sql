-- name: database_size
-- The size of the database's files.
SELECT pg_database_size(current_database());
