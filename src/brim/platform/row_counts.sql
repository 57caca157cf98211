-- name: make_rows_of
-- Counts the rows of a table whose name is only known when it is asked; gone with the session.
CREATE FUNCTION pg_temp.rows_of(schema_name name, table_name name) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    found bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM %I.%I', schema_name, table_name) INTO found;
    RETURN found;
END
$$;

-- name: count_rows
-- How many rows each table has that is not PostgreSQL's own.
SELECT format('%I.%I', schemaname, tablename) AS table_name, pg_temp.rows_of(schemaname, tablename) AS row_count
FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
ORDER BY table_name;
