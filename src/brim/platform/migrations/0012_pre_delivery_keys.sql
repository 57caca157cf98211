-- A delivery is written for each event and endpoint, so each index on it counts. The key now begins with the event: it
-- serves what asks by event, and the index that did so is gone. What asks by endpoint wants what is pending, which has
-- an index, or what has failed, which is rare and gets one.
ALTER TABLE webhook_deliveries
    DROP CONSTRAINT webhook_deliveries_pk,
    ADD CONSTRAINT webhook_deliveries_pk PRIMARY KEY (event_account, livemode, event, account, endpoint);
DROP INDEX webhook_deliveries_by_event;
CREATE INDEX webhook_deliveries_failed ON webhook_deliveries (account, livemode, endpoint) WHERE state = 'failed';
