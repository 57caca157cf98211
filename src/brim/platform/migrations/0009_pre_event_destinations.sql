-- Event destinations: what an endpoint is sent of an event, and how it is called.

-- An event destination is a webhook endpoint with a name, which may ask for thin events. updated is the second of the
-- last change, NULL where there was none; disabled_ms is when it was turned off, NULL too where that was long ago.
ALTER TABLE webhook_endpoints
    ADD COLUMN event_payload text COLLATE "C" NOT NULL DEFAULT 'snapshot',
    ADD COLUMN name text,
    ADD COLUMN updated bigint,
    ADD COLUMN disabled_ms bigint,
    ADD CONSTRAINT webhook_endpoints_event_payload_known CHECK (event_payload IN ('snapshot', 'thin'));

-- For lists of what happened to one object. Creations are left out, to keep the index off the path of a create: one is
-- found by the second in which its object was made.
CREATE INDEX events_by_object ON events (account, livemode, object_id, id) WHERE type <> 'topup.created';
