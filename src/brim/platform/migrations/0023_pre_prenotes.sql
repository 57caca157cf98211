-- Prenotes: entries of no money, after which a bank account counts as verified unless its bank sends one back.

-- One attempt to verify a bank account by a prenote, by the account that has it. It is taken into a file as an entry
-- (`ach_entries`) under its own id. `due_ms` is when it is looked at next, in the time of `test_clock` or in real time:
-- at its cut-off, and once the bank has had the time to answer.
CREATE TABLE prenotes (
    account         text COLLATE "C" NOT NULL,
    livemode        boolean NOT NULL,
    id              text COLLATE "C" NOT NULL,
    funding_source  text COLLATE "C" NOT NULL,
    status          text COLLATE "C" NOT NULL,
    created_ms      bigint NOT NULL,
    due_ms          bigint,
    test_clock      text COLLATE "C",
    expected_ms     bigint NOT NULL,
    return_code     text COLLATE "C",
    change_code     text COLLATE "C",
    reason          text,
    ended_ms        bigint,
    CONSTRAINT prenotes_pk PRIMARY KEY (account, livemode, id),
    CONSTRAINT prenotes_status_known CHECK (status IN ('pending', 'verified', 'failed', 'canceled')),
    CONSTRAINT prenotes_ended_or_pending CHECK ((status = 'pending') = (ended_ms IS NULL)),
    CONSTRAINT prenotes_due_only_while_pending CHECK ((status = 'pending') = (due_ms IS NOT NULL)),
    CONSTRAINT prenotes_clock_only_while_due CHECK (test_clock IS NULL OR due_ms IS NOT NULL)
);
CREATE UNIQUE INDEX prenotes_pending ON prenotes (account, livemode, funding_source) WHERE status = 'pending';
CREATE INDEX prenotes_due ON prenotes (due_ms) WHERE due_ms IS NOT NULL AND test_clock IS NULL;
CREATE INDEX prenotes_due_by_clock ON prenotes (account, livemode, due_ms, id) WHERE test_clock IS NOT NULL;

-- An entry of a prenote (transaction codes 28 and 38) moves nothing; every other one moves something.
ALTER TABLE ach_entries DROP CONSTRAINT ach_entries_amount_positive;
ALTER TABLE ach_entries ADD CONSTRAINT ach_entries_amount_fits_code CHECK (
    amount > 0 OR (amount = 0 AND transaction_code IN (28, 38))
) NOT VALID;
