-- name: current_role
-- Who this connection is to PostgreSQL.
SELECT current_user::text;

-- name: role_exists
-- Tells whether the server has a role of this name.
SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1);

-- name: owns_schema
-- Tells whether this connection acts as the owner of our tables; true while there are none.
SELECT coalesce(
    (SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('schema_migrations')),
    true
);

-- name: name_role
-- Says to the next statement of this transaction, which takes no parameters, whom it is about and which tables grow.
SELECT set_config('brim.role', $1, true), set_config('brim.growing_tables', array_to_string($2::text[], ','), true);

-- name: keep_service_role
-- Makes the embedded database's service role where it is missing, and an ordinary one whatever became of it.
DO $$
DECLARE
    service CONSTANT name := current_setting('brim.role');
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = service) THEN
        EXECUTE format('CREATE ROLE %I', service);
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_roles
        WHERE rolname = service AND rolcanlogin
            AND NOT (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls)
    ) THEN
        EXECUTE format('ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', service);
    END IF;
END
$$;

-- name: name_verifier
-- Says to the next statement of this transaction, which takes no parameters, what it is to store.
SELECT set_config('brim.verifier', $1, true);

-- name: keep_service_password
-- Gives the service role the password that a verifier belongs to, unless it has it already.
DO $$
DECLARE
    service CONSTANT name := current_setting('brim.role');
    verifier CONSTANT text := current_setting('brim.verifier');
BEGIN
    IF NOT EXISTS (SELECT FROM pg_authid WHERE rolname = service AND rolpassword = verifier) THEN
        EXECUTE format('ALTER ROLE %I PASSWORD %L', service, verifier);
    END IF;
END
$$;

-- name: grant_rights
-- Gives the role exactly its rights on every table of ours. What is right already is not touched: a GRANT rewrites
-- the catalog, and makes every session plan its statements anew.
DO $$
DECLARE
    service CONSTANT oid := (SELECT oid FROM pg_roles WHERE rolname = current_setting('brim.role'));
    growing CONSTANT text[] := string_to_array(current_setting('brim.growing_tables'), ',');
    ours CONSTANT oid := (SELECT relnamespace FROM pg_class WHERE oid = 'schema_migrations'::regclass);
    owner CONSTANT oid := (SELECT relowner FROM pg_class WHERE oid = 'schema_migrations'::regclass);
    it record;
BEGIN
    IF NOT has_schema_privilege(service, ours, 'USAGE') THEN
        EXECUTE format('GRANT USAGE ON SCHEMA %s TO %s', ours::regnamespace, service::regrole);
    END IF;
    IF service <> owner AND has_schema_privilege(service, ours, 'CREATE') THEN
        EXECUTE format('REVOKE CREATE ON SCHEMA %s FROM %s', ours::regnamespace, service::regrole);
    END IF;
    FOR it IN
        WITH tables AS (
            SELECT
                c.oid::regclass AS name,
                c.relowner = service AS is_owned,
                c.relname = ANY (growing) AS is_growing,
                CASE
                    WHEN c.relname IN ('installation', 'schema_migrations') THEN ARRAY['SELECT']
                    WHEN c.relname = ANY (growing) THEN ARRAY['INSERT', 'SELECT']
                    ELSE ARRAY['DELETE', 'INSERT', 'SELECT', 'UPDATE']
                END AS wanted,
                ARRAY(
                    SELECT DISTINCT a.privilege_type || CASE WHEN a.is_grantable THEN ' grantable' ELSE '' END
                    FROM aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) AS a
                    WHERE a.grantee = service
                    ORDER BY 1
                ) AS held,
                EXISTS (
                    SELECT FROM pg_attribute AS t, aclexplode(t.attacl) AS a
                    WHERE t.attrelid = c.oid AND a.grantee = service
                ) AS has_columns
            FROM pg_class AS c
            WHERE c.relnamespace = ours AND c.relkind IN ('r', 'p') AND pg_has_role(current_user, c.relowner, 'USAGE')
        )
        SELECT * FROM tables
        WHERE CASE WHEN is_owned THEN is_growing AND held && ARRAY['UPDATE', 'DELETE', 'TRUNCATE']
            ELSE held <> wanted OR has_columns END
    LOOP
        IF it.is_owned THEN
            EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON TABLE %s FROM %s', it.name, service::regrole);
        ELSE
            EXECUTE format('REVOKE ALL ON TABLE %s FROM %s', it.name, service::regrole);
            EXECUTE format('GRANT %s ON TABLE %s TO %s', array_to_string(it.wanted, ', '), it.name, service::regrole);
        END IF;
    END LOOP;
END
$$;

-- name: describe_role
-- What could let a role change rows of the tables that only grow: being a superuser, being or becoming the owner of
-- one, or a right that it has by another way than grant_rights.
SELECT
    r.rolsuper AS is_superuser,
    coalesce(bool_or(pg_has_role(r.oid, c.relowner, 'MEMBER')), false) AS is_owner,
    coalesce(
        bool_or(
            has_table_privilege(r.oid, c.oid, 'UPDATE, DELETE, TRUNCATE')
            OR has_any_column_privilege(r.oid, c.oid, 'UPDATE')
        ),
        false
    ) AS may_change
FROM pg_roles AS r
LEFT JOIN unnest($2::text[]) AS growing (name) ON true
LEFT JOIN pg_class AS c ON c.oid = to_regclass(growing.name)
WHERE r.rolname = $1
GROUP BY r.oid, r.rolsuper;
