-- Why an event is sent to an endpoint: 'schedule' when it happens and when it is tried again, 'resend' and 'test' because
-- somebody wants this one now, 'recovery' because somebody wants all that the endpoint has missed.
ALTER TABLE webhook_deliveries
    DROP CONSTRAINT webhook_deliveries_cause_known,
    ADD CONSTRAINT webhook_deliveries_cause_known CHECK (cause IN ('schedule', 'resend', 'test', 'recovery')) NOT VALID;
ALTER TABLE webhook_attempts
    DROP CONSTRAINT webhook_attempts_cause_known,
    ADD CONSTRAINT webhook_attempts_cause_known CHECK (cause IN ('schedule', 'resend', 'test', 'recovery')) NOT VALID;

-- IF NOT EXISTS: who has very many attempts builds these three beforehand, CONCURRENTLY (docs/upgrades.md).

-- What somebody waits for is found without a walk along all that waits for its endpoint.
CREATE INDEX IF NOT EXISTS webhook_deliveries_wanted_now ON webhook_deliveries (account, livemode, endpoint, next_attempt_ms)
WHERE next_attempt_ms IS NOT NULL AND cause IN ('resend', 'test');
-- The last of those that a recovery has spread over time.
CREATE INDEX IF NOT EXISTS webhook_deliveries_recovering ON webhook_deliveries (account, livemode, endpoint, next_attempt_ms)
WHERE next_attempt_ms IS NOT NULL AND cause = 'recovery';
-- Attempts that failed, among many that did not.
CREATE INDEX IF NOT EXISTS webhook_attempts_failed ON webhook_attempts (account, livemode, endpoint, id)
WHERE outcome <> 'delivered';

-- A verification that somebody has asked for waits, one at a time, until a worker takes it up. What was covered, and what
-- the books come to in each currency, is NULL for runs of versions that did not write it down.
ALTER TABLE verification_runs
    ADD COLUMN waits boolean NOT NULL DEFAULT false,
    ADD COLUMN asked_by text COLLATE "C",
    ADD COLUMN covered json,
    ADD COLUMN totals json;
CREATE UNIQUE INDEX verification_runs_one_waits ON verification_runs (waits) WHERE waits;
