-- Returns of debits, and their dishonors: what the bank is told of a return that was not right, and what comes of it.

-- One return of a debit, once, whether it could be applied or not. It belongs to the platform whose entry it names
-- (`account`), as the entry does; `owner` has the top-up, or is the platform where no entry is known. `settled_on` is the
-- day on which the return settled, `debited_on` that of its debit. `sealed` has the records as they came, of which the
-- dishonor is made; it is emptied once nothing can be made of it any more. `file` to `dishonor_trace` are where the dishonor
-- stands, `booked_by` is the statement's line that brought the money back, `taken_by` the one that took it again.
CREATE TABLE ach_returns (
    account                text COLLATE "C" NOT NULL,
    livemode               boolean NOT NULL,
    id                     text COLLATE "C" NOT NULL,
    owner                  text COLLATE "C" NOT NULL,
    originator             text COLLATE "C" NOT NULL,
    topup                  text COLLATE "C",
    number                 smallint,
    bank_file              text COLLATE "C" NOT NULL,
    break_id               text COLLATE "C",
    code                   text COLLATE "C" NOT NULL,
    original_trace         text COLLATE "C" NOT NULL,
    original_rdfi          text COLLATE "C" NOT NULL,
    trace                  text COLLATE "C" NOT NULL,
    amount                 bigint NOT NULL,
    sec_code               text COLLATE "C" NOT NULL,
    settled_on             date NOT NULL,
    debited_on             date,
    is_applied             boolean NOT NULL,
    status                 text COLLATE "C" NOT NULL,
    dishonorable_until_ms  bigint NOT NULL,
    sealed                 bytea,
    received_ms            bigint NOT NULL,
    dishonor_code          text COLLATE "C",
    information            text,
    dishonored_ms          bigint,
    dishonored_by          text COLLATE "C",
    leaves_ms              bigint,
    file                   text COLLATE "C",
    batch                  bigint,
    dishonor_trace         text COLLATE "C",
    booked_on              date,
    booked_by              text COLLATE "C",
    final_ms               bigint,
    contest_code           text COLLATE "C",
    contest_trace          text COLLATE "C",
    contested_ms           bigint,
    taken_by               text COLLATE "C",
    ended_ms               bigint,
    CONSTRAINT ach_returns_pk PRIMARY KEY (account, livemode, id),
    CONSTRAINT ach_returns_once UNIQUE (account, livemode, original_trace, code, trace),
    CONSTRAINT ach_returns_status_known CHECK (
        status IN ('returned', 'dishonored', 'missed', 'money_back', 'contested', 'accepted')
    ),
    CONSTRAINT ach_returns_amount_positive CHECK (amount > 0),
    CONSTRAINT ach_returns_applied_to_entry CHECK (NOT is_applied OR topup IS NOT NULL),
    CONSTRAINT ach_returns_entry_has_number CHECK ((topup IS NULL) = (number IS NULL)),
    CONSTRAINT ach_returns_dishonored_has_code CHECK ((status = 'returned') = (dishonor_code IS NULL)),
    CONSTRAINT ach_returns_in_file_has_trace CHECK ((file IS NULL) = (dishonor_trace IS NULL)),
    CONSTRAINT ach_returns_contested_has_code CHECK ((status = 'contested') = (contest_code IS NOT NULL)),
    CONSTRAINT ach_returns_accepted_was_booked CHECK (status NOT IN ('money_back', 'accepted') OR booked_by IS NOT NULL),
    CONSTRAINT ach_returns_accepted_was_not_taken CHECK (status <> 'accepted' OR taken_by IS NULL)
);
CREATE INDEX ach_returns_by_status ON ach_returns (account, livemode, status, id);
CREATE INDEX ach_returns_of_topup ON ach_returns (account, livemode, topup, id) WHERE topup IS NOT NULL;
-- By the account that has the top-up: the returns whose money has come back, or may.
CREATE INDEX ach_returns_of_owner_topup ON ach_returns (owner, livemode, topup)
WHERE status IN ('dishonored', 'money_back', 'accepted');
-- Those whose money is on its way to an account.
CREATE INDEX ach_returns_owed ON ach_returns (owner, livemode, topup)
WHERE status IN ('dishonored', 'money_back') AND topup IS NOT NULL;
-- Few are dishonored, and each leaves with the next file.
CREATE INDEX ach_returns_to_dishonor ON ach_returns (account, livemode, originator, id)
WHERE status = 'dishonored' AND file IS NULL;
CREATE INDEX ach_returns_told ON ach_returns (account, livemode, id) WHERE status = 'dishonored' AND file IS NOT NULL;
CREATE INDEX ach_returns_dishonored_in ON ach_returns (account, livemode, file, id) WHERE file IS NOT NULL;
CREATE INDEX ach_returns_by_dishonor_trace ON ach_returns (account, livemode, dishonor_trace, id)
WHERE dishonor_trace IS NOT NULL;
CREATE INDEX ach_returns_money_back ON ach_returns (final_ms, account, livemode, id) WHERE status = 'money_back';
-- Whose records are kept, until they are of no use.
CREATE INDEX ach_returns_sealed ON ach_returns (dishonorable_until_ms, account, livemode, id)
WHERE sealed IS NOT NULL AND status IN ('returned', 'missed', 'contested', 'accepted');

-- A version that knows no dishonors gives up a file without them: they wait for the next one, as its entries do.
CREATE FUNCTION requeue_dishonors() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ach_returns
    SET file = NULL, batch = NULL, dishonor_trace = NULL
    WHERE account = NEW.account AND livemode = NEW.livemode AND file BETWEEN NEW.id AND NEW.id
        AND status || '' = 'dishonored';
    RETURN NULL;
END
$$;
CREATE TRIGGER ach_files_voided AFTER UPDATE OF status ON ach_files
FOR EACH ROW WHEN (NEW.status = 'voided' AND OLD.status <> 'voided') EXECUTE FUNCTION requeue_dishonors();
