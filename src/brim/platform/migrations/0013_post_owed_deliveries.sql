-- webhook_deliveries keeps what is owed and nothing else: a delivery goes when its event has arrived, of which the
-- attempt tells. So its key serves whoever asks what was not received, and each event that is addressed to an endpoint
-- costs two entries in indexes instead of three; one that arrives costs none.
--
-- A post step, because the earlier version writes a state that is gone.
DELETE FROM webhook_deliveries WHERE state = 'delivered';

-- One without a time has failed for good. The column takes its indexes and constraints along.
ALTER TABLE webhook_deliveries
    DROP COLUMN state,
    ADD CONSTRAINT webhook_deliveries_lease_only_while_pending
        CHECK (leased_until_ms IS NULL OR next_attempt_ms IS NOT NULL);
CREATE INDEX webhook_deliveries_failed ON webhook_deliveries (account, livemode, endpoint)
    WHERE next_attempt_ms IS NULL;

-- Most that ever stood there is dead, so it is cleaned early. What was only added is left alone: it is dead soon, and no
-- plan asks how much there is.
ALTER TABLE webhook_deliveries SET (
    autovacuum_vacuum_scale_factor = 0.05,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_insert_threshold = -1,
    autovacuum_analyze_scale_factor = 1,
    autovacuum_analyze_threshold = 100000
);
