-- Live top-ups by ACH: whose files they are, what they hold, what the bank answered. All of it belongs to a platform
-- (`account`), whose connected accounts' top-ups its files collect; so a file, its entries and the bank's lines lie on
-- one node. The tables are new and empty, so they may be made while the earlier version serves.

-- How files are made for an originator: its profile is a document, checked when it is written (`core.rails.ach.profile`).
-- Traces and batch numbers are counted here, in the transaction that makes a file, and never go back.
CREATE TABLE originators (
    account       text COLLATE "C" NOT NULL,
    livemode      boolean NOT NULL,
    id            text COLLATE "C" NOT NULL,
    status        text COLLATE "C" NOT NULL,
    version       bigint NOT NULL,
    profile       jsonb NOT NULL,
    sealed        bytea NOT NULL,
    last4         text COLLATE "C" NOT NULL,
    next_trace    bigint NOT NULL,
    next_batch    bigint NOT NULL,
    created_ms    bigint NOT NULL,
    changed_by    text COLLATE "C" NOT NULL,
    activated_ms  bigint,
    activated_by  text COLLATE "C",
    CONSTRAINT originators_pk PRIMARY KEY (account, livemode, id),
    CONSTRAINT originators_status_known CHECK (status IN ('draft', 'active', 'suspended')),
    CONSTRAINT originators_active_was_activated CHECK (status = 'draft' OR activated_ms IS NOT NULL),
    CONSTRAINT originators_counters_positive CHECK (next_trace > 0 AND next_batch > 0)
);
-- A platform's live money goes through one originator at a time.
CREATE UNIQUE INDEX originators_one_active ON originators (account, livemode) WHERE status = 'active';

-- What an account holder agreed to: without it no live debit is made. Kept for two years after its end, since the bank
-- may ask for it (Nacha's operating rules), so it is never deleted with the bank account.
CREATE TABLE authorizations (
    account         text COLLATE "C" NOT NULL,
    livemode        boolean NOT NULL,
    id              text COLLATE "C" NOT NULL,
    funding_source  text COLLATE "C" NOT NULL,
    sec_code        text COLLATE "C" NOT NULL,
    text            text NOT NULL,
    accepted_ms     bigint NOT NULL,
    evidence        jsonb NOT NULL,
    created_ms      bigint NOT NULL,
    ended_ms        bigint,
    end_reason      text,
    CONSTRAINT authorizations_pk PRIMARY KEY (account, livemode, id),
    CONSTRAINT authorizations_sec_code_known CHECK (sec_code IN ('PPD', 'WEB', 'CCD'))
);
CREATE UNIQUE INDEX authorizations_in_force ON authorizations (account, livemode, funding_source)
WHERE ended_ms IS NULL;

-- How much is asked for: by an account in a day of its originator, and pending from a bank account. One row for each,
-- changed in the transaction of the create and of the end of a top-up, so that caps hold under any race.
CREATE TABLE exposures (
    account   text COLLATE "C" NOT NULL,
    livemode  boolean NOT NULL,
    kind      text COLLATE "C" NOT NULL,
    key       text COLLATE "C" NOT NULL,
    amount    bigint NOT NULL,
    CONSTRAINT exposures_pk PRIMARY KEY (account, livemode, kind, key),
    CONSTRAINT exposures_kind_known CHECK (kind IN ('day', 'source')),
    CONSTRAINT exposures_not_negative CHECK (amount >= 0)
);

-- Where money is stopped by hand: a rail of a platform, or of one account below it (`stopped_account`, '' for all).
CREATE TABLE rail_stops (
    account          text COLLATE "C" NOT NULL,
    livemode         boolean NOT NULL,
    rail             text COLLATE "C" NOT NULL,
    stopped_account  text COLLATE "C" NOT NULL,
    reason           text NOT NULL,
    stopped_by       text COLLATE "C" NOT NULL,
    stopped_ms       bigint NOT NULL,
    CONSTRAINT rail_stops_pk PRIMARY KEY (account, livemode, rail, stopped_account)
);

-- Files that leave. The bytes are stored, encrypted, in the transaction that gives the entries their traces, and what is
-- sent is these bytes and no others; `sha256` is of the plain bytes.
CREATE TABLE ach_files (
    account          text COLLATE "C" NOT NULL,
    livemode         boolean NOT NULL,
    id               text COLLATE "C" NOT NULL,
    originator       text COLLATE "C" NOT NULL,
    test_clock       text COLLATE "C",
    status           text COLLATE "C" NOT NULL,
    name             text COLLATE "C" NOT NULL,
    file_date        date NOT NULL,
    file_time        text COLLATE "C" NOT NULL,
    modifier         text COLLATE "C" NOT NULL,
    effective_date   date NOT NULL,
    entry_count      bigint NOT NULL,
    total_debit      bigint NOT NULL,
    total_credit     bigint NOT NULL,
    byte_count       bigint NOT NULL,
    sha256           bytea NOT NULL,
    sealed           bytea NOT NULL,
    held_because     text,
    built_ms         bigint NOT NULL,
    approved_ms      bigint,
    approved_by      text COLLATE "C",
    sent_ms          bigint,
    acknowledged_ms  bigint,
    settled_ms       bigint,
    rejected_ms      bigint,
    reject_reason    text,
    voided_ms        bigint,
    CONSTRAINT ach_files_pk PRIMARY KEY (account, livemode, id),
    CONSTRAINT ach_files_status_known CHECK (
        status IN ('built', 'approved', 'sent', 'acknowledged', 'settled', 'rejected', 'voided')
    ),
    CONSTRAINT ach_files_sha256_is_sha256 CHECK (octet_length(sha256) = 32)
);
-- What left may meet, after an older database was restored, what was made since under the same name, and given up.
CREATE UNIQUE INDEX ach_files_name ON ach_files (account, livemode, originator, name) WHERE status <> 'voided';
CREATE UNIQUE INDEX ach_files_header ON ach_files (account, livemode, originator, file_date, modifier)
WHERE status <> 'voided';
CREATE INDEX ach_files_not_sent ON ach_files (built_ms, id) WHERE status IN ('built', 'approved');
CREATE INDEX ach_files_unanswered ON ach_files (sent_ms, id) WHERE status = 'sent';

CREATE TABLE ach_batches (
    account         text COLLATE "C" NOT NULL,
    livemode        boolean NOT NULL,
    file            text COLLATE "C" NOT NULL,
    number          bigint NOT NULL,
    sec_code        text COLLATE "C" NOT NULL,
    effective_date  date NOT NULL,
    entry_count     bigint NOT NULL,
    total_debit     bigint NOT NULL,
    total_credit    bigint NOT NULL,
    status          text COLLATE "C" NOT NULL,
    reject_reason   text,
    settled_by      text COLLATE "C",
    CONSTRAINT ach_batches_pk PRIMARY KEY (account, livemode, file, number),
    CONSTRAINT ach_batches_status_known CHECK (status IN ('open', 'acknowledged', 'settled', 'rejected'))
);
CREATE INDEX ach_batches_by_number ON ach_batches (account, livemode, number, file);

-- One row for each time that a top-up is presented to the bank, from the cut-off on. `owner` is the top-up's account.
-- The account number is sealed for this row; `fingerprint` is not needed, since the funding source is named.
CREATE TABLE ach_entries (
    account           text COLLATE "C" NOT NULL,
    livemode          boolean NOT NULL,
    topup             text COLLATE "C" NOT NULL,
    number            smallint NOT NULL,
    owner             text COLLATE "C" NOT NULL,
    originator        text COLLATE "C" NOT NULL,
    test_clock        text COLLATE "C",
    status            text COLLATE "C" NOT NULL,
    amount            bigint NOT NULL,
    hold_days         smallint NOT NULL,
    transaction_code  smallint NOT NULL,
    sec_code          text COLLATE "C" NOT NULL,
    routing_number    text COLLATE "C" NOT NULL,
    last4             text COLLATE "C" NOT NULL,
    sealed            bytea NOT NULL,
    receiver_name     text NOT NULL,
    claimed_ms        bigint NOT NULL,
    effective_date    date,
    file              text COLLATE "C",
    batch             bigint,
    trace             text COLLATE "C",
    confirmed_by      text COLLATE "C",
    confirmed_ms      bigint,
    return_code       text COLLATE "C",
    return_trace      text COLLATE "C",
    returned_ms       bigint,
    change_code       text COLLATE "C",
    CONSTRAINT ach_entries_pk PRIMARY KEY (account, livemode, topup, number),
    CONSTRAINT ach_entries_trace UNIQUE (account, livemode, file, trace),
    CONSTRAINT ach_entries_amount_positive CHECK (amount > 0),
    CONSTRAINT ach_entries_status_known CHECK (
        status IN ('queued', 'refused', 'in_file', 'confirmed', 'released', 'returned', 'rejected')
    ),
    CONSTRAINT ach_entries_in_file_has_trace CHECK ((status IN ('queued', 'refused')) = (trace IS NULL))
);
CREATE INDEX ach_entries_queued ON ach_entries
(account, livemode, originator, (coalesce(test_clock, '')), topup, number)
WHERE status = 'queued';
CREATE INDEX ach_entries_by_trace ON ach_entries (account, livemode, trace, claimed_ms) WHERE trace IS NOT NULL;

-- Files that came from the bank, known by their content: bytes first, then what they say.
CREATE TABLE bank_files (
    account      text COLLATE "C" NOT NULL,
    livemode     boolean NOT NULL,
    sha256       bytea NOT NULL,
    id           text COLLATE "C" NOT NULL,
    originator   text COLLATE "C" NOT NULL,
    kind         text COLLATE "C" NOT NULL,
    name         text NOT NULL,
    status       text COLLATE "C" NOT NULL,
    byte_count   bigint NOT NULL,
    sealed       bytea NOT NULL,
    findings     jsonb NOT NULL,
    received_ms  bigint NOT NULL,
    applied_ms   bigint,
    CONSTRAINT bank_files_pk PRIMARY KEY (account, livemode, sha256),
    CONSTRAINT bank_files_id UNIQUE (account, livemode, id),
    CONSTRAINT bank_files_status_known CHECK (status IN ('received', 'applied', 'held')),
    CONSTRAINT bank_files_sha256_is_sha256 CHECK (octet_length(sha256) = 32)
);
CREATE INDEX bank_files_received ON bank_files (received_ms, id) WHERE status = 'received';

-- What a statement's lines say, each once: `line_key` names it by the bank's account and reference.
CREATE TABLE statement_lines (
    account         text COLLATE "C" NOT NULL,
    livemode        boolean NOT NULL,
    bank_account    text COLLATE "C" NOT NULL,
    line_key        text COLLATE "C" NOT NULL,
    bank_file       text COLLATE "C" NOT NULL,
    position        integer NOT NULL,
    booked_on       date NOT NULL,
    amount          bigint NOT NULL,
    currency        text COLLATE "C" NOT NULL,
    type_code       text COLLATE "C" NOT NULL,
    bank_reference  text COLLATE "C",
    reference       text COLLATE "C",
    description     text NOT NULL,
    matched_kind    text COLLATE "C",
    matched         text COLLATE "C",
    created_ms      bigint NOT NULL,
    CONSTRAINT statement_lines_pk PRIMARY KEY (account, livemode, bank_account, line_key)
);
CREATE INDEX statement_lines_newest ON statement_lines (account, livemode, created_ms, position);

-- What does not match: listed until a person has settled it.
CREATE TABLE breaks (
    account       text COLLATE "C" NOT NULL,
    livemode      boolean NOT NULL,
    id            text COLLATE "C" NOT NULL,
    kind          text COLLATE "C" NOT NULL,
    cause         text COLLATE "C" NOT NULL,
    bank_file     text COLLATE "C",
    amount        bigint,
    currency      text COLLATE "C",
    reference     text COLLATE "C",
    detail        text NOT NULL,
    raw           text,
    opened_ms     bigint NOT NULL,
    resolved_ms   bigint,
    resolved_by   text COLLATE "C",
    resolution    text,
    CONSTRAINT breaks_pk PRIMARY KEY (account, livemode, id),
    CONSTRAINT breaks_cause UNIQUE (account, livemode, kind, cause)
);
CREATE INDEX breaks_open ON breaks (account, livemode, opened_ms, id) WHERE resolved_ms IS NULL;

-- In an installation that rehearses, live money is made up, and a test clock may keep its time.
ALTER TABLE topups DROP CONSTRAINT topups_clock_only_while_due;
ALTER TABLE topups ADD CONSTRAINT topups_clock_only_while_due CHECK (test_clock IS NULL OR due_ms IS NOT NULL)
NOT VALID;
ALTER TABLE test_clocks DROP CONSTRAINT test_clocks_only_in_test_mode;

-- What this installation is for, written once, when it is empty. No row: a standard one.
CREATE TABLE installation (
    only_one    boolean NOT NULL DEFAULT true,
    kind        text COLLATE "C" NOT NULL,
    created_ms  bigint NOT NULL,
    CONSTRAINT installation_pk PRIMARY KEY (only_one),
    CONSTRAINT installation_only_one CHECK (only_one),
    CONSTRAINT installation_kind_known CHECK (kind IN ('standard', 'rehearsal'))
);
