-- Searches of top-ups. Both indexes leave out the rows that they are not for, so a create without metadata writes to
-- neither. IF NOT EXISTS: who has very many top-ups builds them beforehand, CONCURRENTLY (docs/upgrades.md).

-- By what went wrong.
CREATE INDEX IF NOT EXISTS topups_by_failure_code ON topups (account, livemode, failure_code, id)
WHERE failure_code IS NOT NULL;

-- By metadata. The account and the mode are part of what is indexed, so nobody's search reads what others wrote.
CREATE INDEX IF NOT EXISTS topups_by_metadata ON topups USING gin (
    jsonb_set('{}', ARRAY[CASE WHEN livemode THEN account ELSE account || ' test' END], metadata) jsonb_path_ops
)
WITH (fastupdate = off)
WHERE metadata IS NOT NULL;
