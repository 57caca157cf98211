-- How many debits come back: Nacha watches each originator's return rates over sixty days, and so does Brim, for the
-- originator and for each account that debits through it. The tables are new, so they may be made while the earlier
-- version serves; what was sent and returned until then is counted by 0043, once none of that version runs.

-- Debits sent, by the day on which they settle, and returns, by the day on which they came: for each account (`owner`),
-- and for all together ('').
CREATE TABLE return_counts (
    account         text COLLATE "C" NOT NULL,
    livemode        boolean NOT NULL,
    originator      text COLLATE "C" NOT NULL,
    owner           text COLLATE "C" NOT NULL,
    day             date NOT NULL,
    debits          bigint NOT NULL,
    unauthorized    bigint NOT NULL,
    administrative  bigint NOT NULL,
    returned        bigint NOT NULL,
    CONSTRAINT return_counts_pk PRIMARY KEY (account, livemode, originator, owner, day)
);
CREATE INDEX return_counts_by_day ON return_counts (day);

-- Where a rate has come near its limit (`warned`), or to it (`reached`): no row, no worry. A create reads it.
CREATE TABLE return_guards (
    account     text COLLATE "C" NOT NULL,
    livemode    boolean NOT NULL,
    originator  text COLLATE "C" NOT NULL,
    owner       text COLLATE "C" NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    level       text COLLATE "C" NOT NULL,
    debits      bigint NOT NULL,
    returns     bigint NOT NULL,
    since_ms    bigint NOT NULL,
    CONSTRAINT return_guards_pk PRIMARY KEY (account, livemode, originator, owner, kind),
    CONSTRAINT return_guards_kind_known CHECK (kind IN ('unauthorized', 'administrative', 'overall')),
    CONSTRAINT return_guards_level_known CHECK (level IN ('warned', 'reached'))
);

-- That debits go on although a limit is reached: asked for by one person, approved by another, until a moment. At most
-- one is asked for and one in force, for all accounts ('') or for one; the audit log has those before.
CREATE TABLE return_overrides (
    account      text COLLATE "C" NOT NULL,
    livemode     boolean NOT NULL,
    originator   text COLLATE "C" NOT NULL,
    owner        text COLLATE "C" NOT NULL,
    status       text COLLATE "C" NOT NULL,
    reason       text NOT NULL,
    until_ms     bigint NOT NULL,
    asked_by     text COLLATE "C" NOT NULL,
    asked_ms     bigint NOT NULL,
    approved_by  text COLLATE "C",
    approved_ms  bigint,
    one_person   boolean NOT NULL DEFAULT false,
    CONSTRAINT return_overrides_pk PRIMARY KEY (account, livemode, originator, owner, status),
    CONSTRAINT return_overrides_status_known CHECK (status IN ('asked', 'approved')),
    CONSTRAINT return_overrides_approved_by_somebody CHECK ((status = 'approved') = (approved_by IS NOT NULL)),
    CONSTRAINT return_overrides_two_people CHECK (one_person OR approved_by IS NULL OR approved_by <> asked_by)
);
