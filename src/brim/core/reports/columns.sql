-- What several statements of this capability name, once: see platform/sql.py.

-- columns: run
id text, report_type text, parameters jsonb, status text, created_ms bigint, ended_ms bigint, error text, made jsonb
