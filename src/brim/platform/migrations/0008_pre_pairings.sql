-- Pairing the official CLI with an account, and listening with a key that may end or for accounts under a platform.

-- A `stripe login` that waits for a person's word, or has had it. It is nobody's until it is approved for an account;
-- the key that it stands for is made when the CLI fetches it, so it is never stored. Whoever asks holds two secrets, of
-- which only the SHA-256 is here: one to ask how it stands (poll_hash), and the one in the link for a browser
-- (token_hash), from which the words that a person compares are derived (code_hash). Rows live for some minutes and are
-- removed by those that come after them.
CREATE TABLE cli_pairings (
    id             text COLLATE "C" NOT NULL,
    poll_hash      bytea NOT NULL,
    token_hash     bytea NOT NULL,
    code_hash      bytea NOT NULL,
    device         text NOT NULL,
    client_version text NOT NULL,
    state          text COLLATE "C" NOT NULL,
    account        text COLLATE "C",
    created_ms     bigint NOT NULL,
    expires_ms     bigint NOT NULL,
    CONSTRAINT cli_pairings_pk PRIMARY KEY (id),
    CONSTRAINT cli_pairings_one_for_each_token UNIQUE (token_hash),
    CONSTRAINT cli_pairings_one_for_each_code UNIQUE (code_hash),
    CONSTRAINT cli_pairings_state_known CHECK (state IN ('pending', 'approved', 'denied', 'redeemed')),
    CONSTRAINT cli_pairings_approved_for_an_account CHECK ((account IS NOT NULL) = (state IN ('approved', 'redeemed')))
);
CREATE INDEX cli_pairings_by_age ON cli_pairings (created_ms);

-- A session ends with the key that it was opened with. Sessions of an earlier version have none here and are not found
-- any more, so that the CLI opens others.
ALTER TABLE cli_sessions ADD COLUMN key_hash bytea;

-- Up to where events of an account under the session's own have arrived there: a row for each that had any since the
-- session was opened. The session's own place is in cli_sessions.
CREATE TABLE cli_session_places (
    account       text COLLATE "C" NOT NULL,
    livemode      boolean NOT NULL,
    hash          bytea NOT NULL,
    event_account text COLLATE "C" NOT NULL,
    acked_place   bigint NOT NULL,
    CONSTRAINT cli_session_places_pk PRIMARY KEY (account, livemode, hash, event_account),
    CONSTRAINT cli_session_places_session
        FOREIGN KEY (account, livemode, hash) REFERENCES cli_sessions ON DELETE CASCADE
);

-- Whose event is sent again, where a platform listens for its accounts; NULL means the session's own account.
ALTER TABLE cli_resends ADD COLUMN event_account text COLLATE "C";
