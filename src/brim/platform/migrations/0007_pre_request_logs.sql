-- What was asked of the API, and the official CLI listening to it.

-- The newest requests of each owner, for looking at: a few days of them, a bounded number, and under load not all.
-- parameters is NULL where there were none or too many; what is secret in them was replaced before. object is the id of
-- what was made, changed or read.
CREATE TABLE request_logs (
    account         text COLLATE "C" NOT NULL,
    livemode        boolean NOT NULL,
    id              text COLLATE "C" NOT NULL,
    request_id      text COLLATE "C" NOT NULL,
    created         bigint NOT NULL,
    method          text COLLATE "C" NOT NULL,
    path            text COLLATE "C" NOT NULL,
    status          smallint NOT NULL,
    duration_ms     double precision NOT NULL,
    api_version     text NOT NULL,
    idempotency_key text,
    object          text COLLATE "C",
    parameters      json,
    error           json,
    user_agent      text,
    CONSTRAINT request_logs_pk PRIMARY KEY (account, livemode, id)
);

-- Computers on which somebody listens with the official CLI. Their secret, sealed, signs what is sent to them; it stays
-- the same for ever, because people keep it in files. endpoint is the name under which attempts are kept.
CREATE TABLE cli_devices (
    account  text COLLATE "C" NOT NULL,
    livemode boolean NOT NULL,
    device   text COLLATE "C" NOT NULL,
    endpoint text COLLATE "C" NOT NULL,
    secret   bytea NOT NULL,
    created  bigint NOT NULL,
    CONSTRAINT cli_devices_pk PRIMARY KEY (account, livemode, device)
);

-- One listening command each, named by the SHA-256 of the id that is its credential. Every event has two places there,
-- as two copies of it are sent; those up to acked_place have arrived, and those after it are sent again whenever it
-- connects. seen_ms is when it was last known to listen; some time after that it is gone.
CREATE TABLE cli_sessions (
    account      text COLLATE "C" NOT NULL,
    livemode     boolean NOT NULL,
    hash         bytea NOT NULL,
    device       text COLLATE "C" NOT NULL,
    features     text COLLATE "C" NOT NULL,
    filters      json NOT NULL,
    acked_place  bigint NOT NULL,
    created_ms   bigint NOT NULL,
    seen_ms      bigint NOT NULL,
    CONSTRAINT cli_sessions_pk PRIMARY KEY (account, livemode, hash),
    CONSTRAINT cli_sessions_device FOREIGN KEY (account, livemode, device) REFERENCES cli_devices
);
CREATE INDEX cli_sessions_seen ON cli_sessions (account, livemode, seen_ms);

-- Events that somebody asked to be sent to a session again; removed when they have arrived.
CREATE TABLE cli_resends (
    account  text COLLATE "C" NOT NULL,
    livemode boolean NOT NULL,
    hash     bytea NOT NULL,
    id       text COLLATE "C" NOT NULL,
    event    text COLLATE "C" NOT NULL,
    CONSTRAINT cli_resends_pk PRIMARY KEY (account, livemode, hash, id),
    CONSTRAINT cli_resends_session FOREIGN KEY (account, livemode, hash) REFERENCES cli_sessions ON DELETE CASCADE
);
