-- What the operator of an installation looks things up by.

-- When a key was used last, to the minute; NULL where that is not known.
ALTER TABLE api_keys ADD COLUMN last_used_ms bigint;
-- The id of the key that a request was made with; NULL in rows of versions that did not write it down.
ALTER TABLE request_logs ADD COLUMN api_key text COLLATE "C";

-- How many requests programs made, by hour and by the class of the reply's status: 2, 3, 4 or 5. Each process adds what it
-- has counted about once a minute, so no request writes here. The account '' has what all accounts have together.
CREATE TABLE request_counts (
    livemode     boolean NOT NULL,
    status_class smallint NOT NULL,
    hour         bigint NOT NULL,
    account      text COLLATE "C" NOT NULL,
    number       bigint NOT NULL,
    CONSTRAINT request_counts_pk PRIMARY KEY (livemode, status_class, hour, account),
    CONSTRAINT request_counts_hour CHECK (hour % 3600 = 0)
) WITH (fillfactor = 80);

-- IF NOT EXISTS: who has a very long audit log builds its four indexes beforehand, CONCURRENTLY (docs/upgrades.md).

-- Accounts by the words of their names; a deleted one has none.
CREATE INDEX IF NOT EXISTS accounts_by_name ON accounts USING gin (to_tsvector('simple', business_name)) WITH (fastupdate = off)
WHERE business_name IS NOT NULL;

-- The audit log by who did it, what they did, to what, and whose that is.
CREATE INDEX IF NOT EXISTS audit_log_by_actor ON audit_log ((coalesce(actor, actor_name)), id);
CREATE INDEX IF NOT EXISTS audit_log_by_action ON audit_log (action, id);
CREATE INDEX IF NOT EXISTS audit_log_by_object ON audit_log (object, id) WHERE object IS NOT NULL;
CREATE INDEX IF NOT EXISTS audit_log_by_account ON audit_log (account, id) WHERE account IS NOT NULL;

-- Endpoints that fail, whose ever they are.
CREATE INDEX IF NOT EXISTS webhook_endpoints_failing ON webhook_endpoints (livemode, failing_since_ms)
WHERE failing_since_ms IS NOT NULL;
