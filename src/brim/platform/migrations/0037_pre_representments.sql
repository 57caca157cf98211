-- Returned debits that are presented again, and top-ups that retry others.

-- The how manieth re-presentment of a returned debit an entry is: 0 for a debit that is presented for the first time, or
-- that goes out again because the bank has rejected its file. `retry_of` is the top-up whose debit was returned first,
-- where that is another one, and `original_date` the day on which that debit settled: both banks know it by these.
ALTER TABLE ach_entries ADD COLUMN retry smallint NOT NULL DEFAULT 0;
ALTER TABLE ach_entries ADD COLUMN retry_of text COLLATE "C";
ALTER TABLE ach_entries ADD COLUMN original_date date;
-- The entry description of a batch, and which company debits by it. NULL in rows of before.
ALTER TABLE ach_batches ADD COLUMN company_name text;
ALTER TABLE ach_batches ADD COLUMN company_id text COLLATE "C";
ALTER TABLE ach_batches ADD COLUMN description text;

-- Which top-up retries which. `number` counts those of one top-up: two at the same time would have the same. `kind` says
-- what allows it. Of one that presents a returned debit again, `root`, `retry` and `original_date` are what its first
-- entry has; of the others they are NULL.
CREATE TABLE topup_retries (
    account        text COLLATE "C" NOT NULL,
    livemode       boolean NOT NULL,
    topup          text COLLATE "C" NOT NULL,
    retry_of       text COLLATE "C" NOT NULL,
    number         smallint NOT NULL,
    kind           text COLLATE "C" NOT NULL,
    root           text COLLATE "C",
    retry          smallint,
    original_date  date,
    created_ms     bigint NOT NULL,
    CONSTRAINT topup_retries_pk PRIMARY KEY (account, livemode, topup),
    CONSTRAINT topup_retries_one_at_a_time UNIQUE (account, livemode, retry_of, number),
    CONSTRAINT topup_retries_kind_known CHECK (kind IN ('reinitiated', 'corrected', 'reauthorized', 'remedied')),
    CONSTRAINT topup_retries_reinitiated_twice CHECK (
        CASE kind
            WHEN 'reinitiated' THEN root IS NOT NULL AND retry IN (1, 2) AND original_date IS NOT NULL
            ELSE root IS NULL AND retry IS NULL AND original_date IS NULL
        END
    )
);
CREATE INDEX topup_retries_by_root ON topup_retries (account, livemode, root, topup) WHERE root IS NOT NULL;
