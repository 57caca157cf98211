-- Workers as they are seen: each writes its row every few seconds, with what became of its jobs, as JSON. They are the
-- service's and no account's, and few; one that has not been seen for a day is forgotten.
CREATE TABLE workers (
    id text COLLATE "C" CONSTRAINT workers_pk PRIMARY KEY,
    host text NOT NULL,
    pid integer NOT NULL,
    version text NOT NULL,
    started_ms bigint NOT NULL,
    heartbeat_ms bigint NOT NULL,
    jobs text NOT NULL
);

-- Work that was due and could not be done: which object of whose, in which job, how often it was tried, what went wrong
-- last, and when it is tried next. In the normal life of an object it has no row here.
CREATE TABLE due_exceptions (
    account text COLLATE "C" NOT NULL,
    livemode boolean NOT NULL,
    job text COLLATE "C" NOT NULL,
    object_id text COLLATE "C" NOT NULL,
    attempts integer NOT NULL,
    first_failed_ms bigint NOT NULL,
    last_failed_ms bigint NOT NULL,
    next_try_ms bigint NOT NULL,
    error text NOT NULL,
    CONSTRAINT due_exceptions_pk PRIMARY KEY (account, livemode, job, object_id),
    CONSTRAINT due_exceptions_attempts_positive CHECK (attempts > 0)
);
