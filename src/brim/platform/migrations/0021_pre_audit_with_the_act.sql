-- Audit with the act: an entry says what kind of object was changed, by which request, and which fields, as JSON objects
-- of the values before and after. NULL where there was nothing before or is nothing after, and in entries from before
-- this step, which stay as they are. No row is written, so the columns may be added while the earlier version serves.
ALTER TABLE audit_log
    ADD COLUMN request_id text COLLATE "C",
    ADD COLUMN object_type text COLLATE "C",
    ADD COLUMN before jsonb,
    ADD COLUMN after jsonb;

-- API keys and jobs act by themselves. `key` was never written; it stays for the version before. NOT VALID: what the
-- constraint before allowed, this one allows too, so no entry needs to be read.
ALTER TABLE audit_log DROP CONSTRAINT audit_log_actor_kind_known;
ALTER TABLE audit_log ADD CONSTRAINT audit_log_actor_kind_known
CHECK (actor_kind IN ('operator', 'api_key', 'key', 'cli', 'job', 'nobody')) NOT VALID;
ALTER TABLE audit_log ADD CONSTRAINT audit_log_changes_are_objects
CHECK (jsonb_typeof(before) = 'object' AND jsonb_typeof(after) = 'object') NOT VALID;
