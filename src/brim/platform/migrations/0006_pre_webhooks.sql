-- Webhooks: the order of events, endpoints, and what was sent to them.

-- Events that have no number yet, in about the order of their commits: written with the event, taken by a worker that
-- numbers it and addresses it to endpoints. The only table that is no owner's: a worker empties it for all of its lane.
CREATE TABLE new_events (
    place    bigint GENERATED ALWAYS AS IDENTITY (CACHE 64),
    account  text COLLATE "C" NOT NULL,
    livemode boolean NOT NULL,
    event    text COLLATE "C" NOT NULL,
    CONSTRAINT new_events_pk PRIMARY KEY (place)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);  -- all that ever stood there is dead

-- An owner's events by number, from 1 on and without a gap: whoever has read up to a number has missed nothing before
-- it. Numbers are given after the commit, so they are not quite the order of ids. numbered_ms is real time, which an
-- event's own second is not where a test clock runs, and tells when the event may be forgotten.
CREATE TABLE event_numbers (
    account     text COLLATE "C" NOT NULL,
    livemode    boolean NOT NULL,
    number      bigint NOT NULL,
    event       text COLLATE "C" NOT NULL,
    numbered_ms bigint NOT NULL,
    CONSTRAINT event_numbers_pk PRIMARY KEY (account, livemode, number),
    CONSTRAINT event_numbers_each_once UNIQUE (account, livemode, event)
);
CREATE INDEX event_numbers_by_age ON event_numbers (numbered_ms);

-- How many events of top-ups were forgotten, and the sum over hashes of whom they were about: with it the books can
-- still prove that each change was announced once.
CREATE TABLE pruned_events (
    account  text COLLATE "C" NOT NULL,
    livemode boolean NOT NULL,
    type     text COLLATE "C" NOT NULL,
    events   bigint NOT NULL,
    checksum numeric NOT NULL,
    CONSTRAINT pruned_events_pk PRIMARY KEY (account, livemode, type)
) WITH (fillfactor = 50);

-- The number given last to an owner's events.
CREATE TABLE event_counters (
    account  text COLLATE "C" NOT NULL,
    livemode boolean NOT NULL,
    number   bigint NOT NULL,
    CONSTRAINT event_counters_pk PRIMARY KEY (account, livemode)
) WITH (fillfactor = 50);

-- Where events are sent. api_version is the one asked for, NULL where none was; rendered_version the one that events
-- are written in. Secrets are sealed; the old one still signs until old_secret_until_ms. failing_since_ms is the first
-- failure since the last success; disabled_because says who turned it off.
CREATE TABLE webhook_endpoints (
    account             text COLLATE "C" NOT NULL,
    livemode            boolean NOT NULL,
    id                  text COLLATE "C" NOT NULL,
    url                 text NOT NULL,
    enabled_events      jsonb NOT NULL,
    api_version         text,
    rendered_version    text NOT NULL,
    connect             boolean NOT NULL,
    description         text,
    metadata            jsonb,
    secret              bytea NOT NULL,
    old_secret          bytea,
    old_secret_until_ms bigint,
    created             bigint NOT NULL,
    failing_since_ms    bigint,
    disabled_because    text COLLATE "C",
    CONSTRAINT webhook_endpoints_pk PRIMARY KEY (account, livemode, id),
    CONSTRAINT webhook_endpoints_old_secret_ends CHECK ((old_secret IS NULL) = (old_secret_until_ms IS NULL)),
    CONSTRAINT webhook_endpoints_disabled_because_known CHECK (disabled_because IN ('owner', 'failures'))
);

-- One row for each event and endpoint that it is addressed to. account is the endpoint's, event_account whose event it
-- is: another one's where a platform listens for its accounts. A pending one is tried at next_attempt_ms, unless
-- somebody has leased it until leased_until_ms. cause says why its next attempt is made.
CREATE TABLE webhook_deliveries (
    account         text COLLATE "C" NOT NULL,
    livemode        boolean NOT NULL,
    endpoint        text COLLATE "C" NOT NULL,
    event_account   text COLLATE "C" NOT NULL,
    event           text COLLATE "C" NOT NULL,
    number          bigint NOT NULL,
    state           text COLLATE "C" NOT NULL,
    attempts        smallint NOT NULL,
    next_attempt_ms bigint,
    leased_until_ms bigint,
    created_ms      bigint NOT NULL,
    cause           text COLLATE "C" NOT NULL DEFAULT 'schedule',
    CONSTRAINT webhook_deliveries_pk PRIMARY KEY (account, livemode, endpoint, event_account, event),
    CONSTRAINT webhook_deliveries_state_known CHECK (state IN ('pending', 'delivered', 'failed')),
    CONSTRAINT webhook_deliveries_cause_known CHECK (cause IN ('schedule', 'resend')),
    CONSTRAINT webhook_deliveries_pending_has_its_time CHECK ((next_attempt_ms IS NOT NULL) = (state = 'pending')),
    CONSTRAINT webhook_deliveries_lease_only_while_pending CHECK (leased_until_ms IS NULL OR state = 'pending')
) WITH (fillfactor = 80);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (account, livemode, endpoint, next_attempt_ms)
    WHERE next_attempt_ms IS NOT NULL;
CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (event_account, livemode, event, state);
-- For lists of what was not received: few among very many, and counted for each event that is read.
CREATE INDEX webhook_deliveries_undelivered ON webhook_deliveries (event_account, livemode, event)
    WHERE state <> 'delivered';

-- What was tried: when, how long it took, what was answered. outcome is a word for programs, error a sentence where
-- there was no answer; response_head is the first kibibyte of the answer's body as it came.
CREATE TABLE webhook_attempts (
    account         text COLLATE "C" NOT NULL,
    livemode        boolean NOT NULL,
    id              text COLLATE "C" NOT NULL,
    endpoint        text COLLATE "C" NOT NULL,
    event_account   text COLLATE "C" NOT NULL,
    event           text COLLATE "C" NOT NULL,
    attempted_ms    bigint NOT NULL,
    duration_ms     integer NOT NULL,
    outcome         text COLLATE "C" NOT NULL,
    http_status     smallint,
    error           text,
    request_headers json NOT NULL,
    response_head   bytea,
    cause           text COLLATE "C" NOT NULL,
    CONSTRAINT webhook_attempts_pk PRIMARY KEY (account, livemode, endpoint, id),
    CONSTRAINT webhook_attempts_cause_known CHECK (cause IN ('schedule', 'resend', 'test')),
    CONSTRAINT webhook_attempts_head_is_a_kibibyte CHECK (octet_length(response_head) <= 1024)
);
CREATE INDEX webhook_attempts_by_event ON webhook_attempts (event_account, livemode, event, id);
