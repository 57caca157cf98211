-- Where people are told of what needs attention: by e-mail, which is one row from when it is first turned on, and in chats,
-- each with a sealed URL of which only the host is shown. Off until an admin turns it on. The row of e-mail is also what
-- planning locks, so that one worker plans at a time.
CREATE TABLE notification_channels (
    id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    name text NOT NULL,
    sealed bytea,
    host text,
    is_on boolean NOT NULL DEFAULT false,
    created_ms bigint NOT NULL,
    sent_ms bigint,
    failing_since_ms bigint,
    error text,
    error_ms bigint,
    CONSTRAINT notification_channels_pk PRIMARY KEY (id),
    CONSTRAINT notification_channels_kind_known CHECK (kind IN ('email', 'chat')),
    CONSTRAINT notification_channels_chats_have_urls
        CHECK ((kind = 'chat') = (sealed IS NOT NULL AND host IS NOT NULL))
);

-- What an operator or a chat wants to be told, and when: how often by topic (NULL for the default of a role), the hour and
-- the day of digests in a time zone. With it when they were last told at once, and when their next digests are due.
CREATE TABLE notification_recipients (
    id text COLLATE "C" NOT NULL,
    choices json,
    timezone text NOT NULL DEFAULT 'UTC',
    hour smallint NOT NULL DEFAULT 8,
    weekday smallint NOT NULL DEFAULT 0,
    wants_empty boolean NOT NULL DEFAULT false,
    told_ms bigint,
    daily_ms bigint,
    weekly_ms bigint,
    CONSTRAINT notification_recipients_pk PRIMARY KEY (id),
    CONSTRAINT notification_recipients_hour_known CHECK (hour BETWEEN 0 AND 23),
    CONSTRAINT notification_recipients_weekday_known CHECK (weekday BETWEEN 0 AND 6)
);

-- What needs attention, from when it began until it was gone; `seen_ms` is when it was last there.
CREATE TABLE notification_matters (
    id text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    matter json NOT NULL,
    began_ms bigint NOT NULL,
    seen_ms bigint NOT NULL,
    resolved_ms bigint,
    CONSTRAINT notification_matters_pk PRIMARY KEY (id)
);
CREATE UNIQUE INDEX notification_matters_open ON notification_matters (key) WHERE resolved_ms IS NULL;
CREATE INDEX notification_matters_resolved ON notification_matters (resolved_ms) WHERE resolved_ms IS NOT NULL;

-- Who was told at once of a matter, of how many, and that it was over.
CREATE TABLE notification_told (
    matter text COLLATE "C" NOT NULL,
    recipient text COLLATE "C" NOT NULL,
    told_ms bigint NOT NULL,
    count integer NOT NULL,
    ended_ms bigint,
    CONSTRAINT notification_told_pk PRIMARY KEY (matter, recipient),
    CONSTRAINT notification_told_matter_fk FOREIGN KEY (matter) REFERENCES notification_matters (id) ON DELETE CASCADE
);

-- Messages to a recipient by a channel. One that is due has `next_attempt_ms`, which a claim moves to when the next worker
-- may take it up; one that was sent, or given up, has none.
CREATE TABLE notification_messages (
    id text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    recipient text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    content json NOT NULL,
    created_ms bigint NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_ms bigint,
    sent_ms bigint,
    error text,
    CONSTRAINT notification_messages_pk PRIMARY KEY (id),
    CONSTRAINT notification_messages_kind_known CHECK (kind IN ('now', 'daily', 'weekly', 'test')),
    CONSTRAINT notification_messages_sent_once CHECK (sent_ms IS NULL OR next_attempt_ms IS NULL)
);
CREATE INDEX notification_messages_due ON notification_messages (next_attempt_ms) WHERE next_attempt_ms IS NOT NULL;
