-- Seals: a hash chain over each owner's transfers, and what the verifications found.
--
-- A pre step: everything is new. A version that posted transfers beside it would not queue them for their seals, but
-- 0002, which is never without this step, asks already that none of an earlier version runs.

-- One row a transfer, in the order in which a worker sealed them. position counts 1, 2, 3 for each owner; hash is the
-- SHA-256 of the hash before it and of the transfer as it was then (domain/chain.py). Never changed: a transfer that
-- is changed, removed or slipped in later no longer fits its seal.
CREATE TABLE transfer_seals (
    account  text COLLATE "C" NOT NULL,
    livemode boolean NOT NULL,
    position bigint NOT NULL,
    transfer text COLLATE "C" NOT NULL,
    hash     bytea NOT NULL,
    CONSTRAINT transfer_seals_pk PRIMARY KEY (account, livemode, position),
    CONSTRAINT transfer_seals_each_transfer_once UNIQUE (account, livemode, transfer),
    CONSTRAINT transfer_seals_position_positive CHECK (position > 0),
    CONSTRAINT transfer_seals_hash_is_sha256 CHECK (octet_length(hash) = 32)
);

-- Where each owner's chain ends: what the next seal is made from, and what an auditor writes down.
CREATE TABLE chain_heads (
    account  text COLLATE "C" NOT NULL,
    livemode boolean NOT NULL,
    position bigint NOT NULL,
    hash     bytea NOT NULL,
    CONSTRAINT chain_heads_pk PRIMARY KEY (account, livemode),
    CONSTRAINT chain_heads_position_not_negative CHECK (position >= 0),
    CONSTRAINT chain_heads_hash_is_sha256 CHECK (octet_length(hash) = 32)
) WITH (fillfactor = 50);

-- The transfers that wait for their seals: a row is written with its transfer and goes when that is sealed, so the
-- table is nearly always nearly empty, and what is left of gone rows is soon cleared away.
CREATE TABLE unsealed_transfers (
    account  text COLLATE "C" NOT NULL,
    livemode boolean NOT NULL,
    transfer text COLLATE "C" NOT NULL,
    CONSTRAINT unsealed_transfers_pk PRIMARY KEY (account, livemode, transfer)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

-- What there is already is sealed like what comes: from here on it cannot change unseen.
INSERT INTO unsealed_transfers (account, livemode, transfer)
SELECT account, livemode, id
FROM transfers
ORDER BY account, livemode, id;

-- One row a verification, the operator's and no account's; only the newest are kept. A worker claims the moment whose
-- turn it is (turn_ms, Unix milliseconds; NULL for one that a person asked for), so two workers do not both verify.
-- ended_ms is NULL while it runs, and for ever when it was cut off. transfers, sealed, unsealed and heads count what
-- the walk along the chain met; NULL where only the books were recomputed.
CREATE TABLE verification_runs (
    id          text COLLATE "C" NOT NULL,
    turn_ms     bigint,
    began_ms    bigint NOT NULL,
    ended_ms    bigint,
    transfers   bigint,
    sealed      bigint,
    unsealed    bigint,
    heads       bigint,
    differences json,
    CONSTRAINT verification_runs_pk PRIMARY KEY (id),
    CONSTRAINT verification_runs_once_a_turn UNIQUE (turn_ms),
    CONSTRAINT verification_runs_result_when_ended CHECK ((ended_ms IS NULL) = (differences IS NULL)),
    CONSTRAINT verification_runs_end_after_beginning CHECK (ended_ms >= began_ms)
);
