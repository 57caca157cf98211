-- Bank accounts that pay for top-ups, and the secrets that are stored sealed.
--
-- sealed is encrypted by the service (services/vault.py) and bound to its row; no key to it is in this database.

-- Bank accounts on file: payment methods and sources. last4 is the end of the account number, fingerprint is the same
-- for equal numbers and tells nothing else about them. A detached one is kept for the top-ups that name it.
-- attempts_left counts the guesses at its micro-deposits. party is whose it is; scenario is what the sandbox plays
-- with money from there, NULL is plain success; currency and client_secret are a source's.
CREATE TABLE funding_sources (
    account             text COLLATE "C" NOT NULL,
    livemode            boolean NOT NULL,
    id                  text COLLATE "C" NOT NULL,
    kind                text COLLATE "C" NOT NULL,
    created             bigint NOT NULL,
    verification        text COLLATE "C" NOT NULL,
    attempts_left       smallint NOT NULL,
    is_detached         boolean NOT NULL DEFAULT false,
    sealed              bytea NOT NULL,
    routing_number      text NOT NULL,
    last4               text NOT NULL,
    fingerprint         text COLLATE "C" NOT NULL,
    bank_name           text,
    country             text NOT NULL,
    currency            text COLLATE "C",
    account_holder_type text,
    account_type        text,
    allow_redisplay     text NOT NULL,
    client_secret       text,
    scenario            text COLLATE "C",
    party               jsonb NOT NULL,
    metadata            jsonb,
    CONSTRAINT funding_sources_pk PRIMARY KEY (account, livemode, id),
    CONSTRAINT funding_sources_kind_known CHECK (kind IN ('payment_method', 'source')),
    CONSTRAINT funding_sources_prefix_of_kind
        CHECK (starts_with(id, CASE kind WHEN 'source' THEN 'src_' ELSE 'pm_' END)),
    CONSTRAINT funding_sources_secret_of_a_source CHECK ((client_secret IS NOT NULL) = (kind = 'source')),
    CONSTRAINT funding_sources_verification_known CHECK (verification IN ('verified', 'pending', 'failed')),
    CONSTRAINT funding_sources_attempts_bounded CHECK (attempts_left BETWEEN 0 AND 3),
    CONSTRAINT funding_sources_no_attempts_means_failed CHECK (attempts_left > 0 OR verification = 'failed'),
    CONSTRAINT funding_sources_only_the_end_of_a_number CHECK (length(last4) BETWEEN 1 AND 4),
    CONSTRAINT funding_sources_scenario_only_in_test_mode CHECK (scenario IS NULL OR NOT livemode)
);

-- Numbers on their way to become a source, once: used_as is that source, used_by the request that made it.
CREATE TABLE bank_tokens (
    account             text COLLATE "C" NOT NULL,
    livemode            boolean NOT NULL,
    id                  text COLLATE "C" NOT NULL,
    created             bigint NOT NULL,
    sealed              bytea NOT NULL,
    routing_number      text NOT NULL,
    last4               text NOT NULL,
    fingerprint         text COLLATE "C" NOT NULL,
    bank_name           text,
    country             text NOT NULL,
    currency            text COLLATE "C",
    account_holder_name text,
    account_holder_type text,
    account_type        text,
    used_as             text COLLATE "C",
    used_by             text,
    CONSTRAINT bank_tokens_pk PRIMARY KEY (account, livemode, id),
    CONSTRAINT bank_tokens_only_the_end_of_a_number CHECK (length(last4) BETWEEN 1 AND 4),
    CONSTRAINT bank_tokens_used_by_somebody CHECK ((used_as IS NULL) = (used_by IS NULL))
);

-- The server's own secrets, sealed; of no account. On a cluster this is a reference table.
CREATE TABLE service_secrets (
    name   text COLLATE "C" NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT service_secrets_pk PRIMARY KEY (name)
);
