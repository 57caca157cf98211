-- People who sign in to the pages of this installation, and what they did there.
--
-- Operators stand above accounts, so these tables name none, but for the keys that operators have for them. Like
-- api_keys they are small and belong to no lane: on a cluster they are reference tables.

-- Who may sign in. email is normalised; password_hash is an argon2id hash with its own parameters in it, NULL for who
-- signs in by a provider only. totp_secret, sealed, makes one-time codes; it counts once totp_is_on. totp_step is the
-- time step of the code used last: neither it nor an earlier one is accepted again. Nobody is removed, only disabled,
-- so that the audit log goes on naming people who exist.
CREATE TABLE operators (
    id            text COLLATE "C" NOT NULL,
    email         text COLLATE "C" NOT NULL,
    name          text NOT NULL,
    role          text COLLATE "C" NOT NULL,
    password_hash text COLLATE "C",
    totp_secret   bytea,
    totp_is_on    boolean NOT NULL DEFAULT false,
    totp_step     bigint NOT NULL DEFAULT 0,
    created       bigint NOT NULL,
    disabled_ms   bigint,
    CONSTRAINT operators_pk PRIMARY KEY (id),
    CONSTRAINT operators_email UNIQUE (email),
    CONSTRAINT operators_role_known CHECK (role IN ('admin', 'developer', 'viewer')),
    CONSTRAINT operators_codes_need_a_secret CHECK (totp_secret IS NOT NULL OR NOT totp_is_on)
);

-- What stands in for a one-time code, once each: the SHA-256 of 80 random bits.
CREATE TABLE operator_recovery_codes (
    operator text COLLATE "C" NOT NULL,
    hash     bytea NOT NULL,
    CONSTRAINT operator_recovery_codes_pk PRIMARY KEY (operator, hash),
    CONSTRAINT operator_recovery_codes_operator FOREIGN KEY (operator) REFERENCES operators
);

-- Browsers that are signed in, each named by the SHA-256 of its cookie. One that awaits a code has shown the password
-- only and may do nothing yet. seen_ms is when it was last known to be used, ends_ms when it ends however much it is.
CREATE TABLE operator_sessions (
    hash        bytea NOT NULL,
    operator    text COLLATE "C" NOT NULL,
    awaits_code boolean NOT NULL,
    address     text,
    created_ms  bigint NOT NULL,
    seen_ms     bigint NOT NULL,
    ends_ms     bigint NOT NULL,
    CONSTRAINT operator_sessions_pk PRIMARY KEY (hash),
    CONSTRAINT operator_sessions_hash_is_sha256 CHECK (octet_length(hash) = 32),
    CONSTRAINT operator_sessions_operator FOREIGN KEY (operator) REFERENCES operators
);
CREATE INDEX operator_sessions_by_operator ON operator_sessions (operator);
CREATE INDEX operator_sessions_by_end ON operator_sessions (ends_ms);

-- The key by which an operator's pages speak to the API for one account in one mode: which one, and its secret, sealed.
CREATE TABLE operator_keys (
    account  text COLLATE "C" NOT NULL,
    livemode boolean NOT NULL,
    operator text COLLATE "C" NOT NULL,
    hash     bytea NOT NULL,
    secret   bytea NOT NULL,
    CONSTRAINT operator_keys_pk PRIMARY KEY (account, livemode, operator),
    CONSTRAINT operator_keys_operator FOREIGN KEY (operator) REFERENCES operators,
    CONSTRAINT operator_keys_key FOREIGN KEY (hash) REFERENCES api_keys
);
CREATE INDEX operator_keys_by_operator ON operator_keys (operator);

-- The SHA-256 of the token that makes the first operator; one row at most, replaced at every start, gone once used.
CREATE TABLE first_run (
    is_only    boolean NOT NULL DEFAULT true,
    hash       bytea NOT NULL,
    expires_ms bigint NOT NULL,
    CONSTRAINT first_run_pk PRIMARY KEY (is_only),
    CONSTRAINT first_run_is_one_row CHECK (is_only)
);

-- How often somebody lately tried to sign in as somebody, or from somewhere, and when they may try again. A subject is
-- a kind and what stands for it; an email address is hashed, because people type all kinds of things there.
CREATE TABLE sign_in_tries (
    subject text COLLATE "C" NOT NULL,
    tries   integer NOT NULL,
    next_ms bigint NOT NULL,
    seen_ms bigint NOT NULL,
    CONSTRAINT sign_in_tries_pk PRIMARY KEY (subject)
);
CREATE INDEX sign_in_tries_by_time ON sign_in_tries (seen_ms);

-- Who did what to what, when and from where: never changed, and kept. actor and actor_name are as they were then;
-- account and livemode are those of the object, where it has any.
CREATE TABLE audit_log (
    id         text COLLATE "C" NOT NULL,
    at_ms      bigint NOT NULL,
    actor_kind text COLLATE "C" NOT NULL,
    actor      text COLLATE "C",
    actor_name text,
    address    text,
    action     text COLLATE "C" NOT NULL,
    object     text COLLATE "C",
    account    text COLLATE "C",
    livemode   boolean,
    detail     text,
    CONSTRAINT audit_log_pk PRIMARY KEY (id),
    CONSTRAINT audit_log_actor_kind_known CHECK (actor_kind IN ('operator', 'key', 'cli', 'nobody')),
    CONSTRAINT audit_log_mode_of_an_account CHECK ((account IS NULL) = (livemode IS NULL))
);
