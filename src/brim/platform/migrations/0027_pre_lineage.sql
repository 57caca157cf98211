-- Which copy of the database this is. A restore to a moment, and a standby that takes over, begin a new timeline of
-- PostgreSQL's; a copy made by pg_dump is in another cluster, or another database of this one. Each may lack files that
-- have left for a bank.
CREATE FUNCTION database_lineage() RETURNS text
LANGUAGE sql STABLE
RETURN (SELECT system_identifier FROM pg_control_system())::text
    || '/' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)
    || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())::text;

-- The copy in which what has left was compared last, or in which the originator was made. Files leave in that one only.
-- The default is no constant and is found once, so no row is written; there are a few rows at most.
ALTER TABLE originators ADD COLUMN lineage text COLLATE "C" NOT NULL DEFAULT database_lineage();
