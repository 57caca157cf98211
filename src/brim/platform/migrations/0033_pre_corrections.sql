-- What banks correct: notifications of change about entries, and what they have changed of bank accounts on file.

-- One notification of change, once. It belongs to the platform whose entry it is about (`account`), as the entry does;
-- `owner` has the bank account. `topup` is the top-up or the prenote of the entry. `routing_number` to `account_type` are
-- what was on file before, the columns that begin with `new_` what was on file afterwards where it was applied.
-- `sealed` has the corrected data and the account number from before. `originator` is NULL in test mode.
CREATE TABLE corrections (
    account             text COLLATE "C" NOT NULL,
    livemode            boolean NOT NULL,
    id                  text COLLATE "C" NOT NULL,
    owner               text COLLATE "C" NOT NULL,
    funding_source      text COLLATE "C" NOT NULL,
    originator          text COLLATE "C",
    topup               text COLLATE "C" NOT NULL,
    number              smallint NOT NULL,
    bank_file           text COLLATE "C",
    change_code         text COLLATE "C" NOT NULL,
    original_trace      text COLLATE "C",
    trace               text COLLATE "C" NOT NULL,
    status              text COLLATE "C" NOT NULL,
    reason              text,
    corrected           text[] COLLATE "C" NOT NULL,
    routing_number      text NOT NULL,
    last4               text NOT NULL,
    fingerprint         text COLLATE "C" NOT NULL,
    account_type        text,
    new_routing_number  text,
    new_last4           text,
    new_fingerprint     text COLLATE "C",
    new_account_type    text,
    sealed              bytea NOT NULL,
    break_id            text COLLATE "C",
    refusal_code        text COLLATE "C",
    refusal_file        text COLLATE "C",
    refusal_trace       text COLLATE "C",
    received_ms         bigint NOT NULL,
    ended_ms            bigint,
    ended_by            text COLLATE "C",
    CONSTRAINT corrections_pk PRIMARY KEY (account, livemode, id),
    CONSTRAINT corrections_once UNIQUE (account, livemode, topup, number, change_code, trace),
    CONSTRAINT corrections_status_known CHECK (status IN ('applied', 'noted', 'open', 'dismissed', 'refused')),
    CONSTRAINT corrections_open_or_ended CHECK ((status = 'open') = (ended_ms IS NULL)),
    CONSTRAINT corrections_applied_has_new CHECK ((status = 'applied') = (new_fingerprint IS NOT NULL)),
    CONSTRAINT corrections_refused_has_code CHECK ((status = 'refused') = (refusal_code IS NOT NULL)),
    CONSTRAINT corrections_only_the_end_of_a_number CHECK (length(last4) <= 4 AND length(new_last4) <= 4)
);
CREATE INDEX corrections_of_funding_source ON corrections (account, livemode, funding_source, id);
CREATE INDEX corrections_open ON corrections (account, livemode, id) WHERE status = 'open';
-- Few are refused, and each is told its bank with the next file.
CREATE INDEX corrections_to_refuse ON corrections (account, livemode, originator, id)
WHERE status = 'refused' AND refusal_file IS NULL;
CREATE INDEX corrections_refused_in ON corrections (account, livemode, refusal_file, id) WHERE refusal_file IS NOT NULL;

-- When a bank has last corrected a bank account on file (Unix milliseconds): what was queued for a file before may have
-- the numbers from before.
ALTER TABLE funding_sources ADD COLUMN corrected_ms bigint;
