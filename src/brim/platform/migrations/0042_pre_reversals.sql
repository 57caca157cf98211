-- Reversals: the credit entries that take wrong debits back, and what comes of them.

-- One reversal of a debit. It belongs to the platform whose entry it reverses (`account`), as the entry does; `owner` has
-- the top-up. `reason` says what was wrong with the debit; NULL where that is not known, since the reversal was found in
-- a file after a restore. `original_trace` to `company_id` are those of the debit, `debited_on` is the day on which it
-- settled, and `sendable_until_ms` the deadline that follows. `file` to `trace` are where its entry stands; `settled_by`
-- is the statement's line that took the money, `returned_by` the one that brought it back. `is_credited` tells that it has
-- failed and that the money is in the balance again.
CREATE TABLE ach_reversals (
    account            text COLLATE "C" NOT NULL,
    livemode           boolean NOT NULL,
    id                 text COLLATE "C" NOT NULL,
    owner              text COLLATE "C" NOT NULL,
    originator         text COLLATE "C" NOT NULL,
    topup              text COLLATE "C" NOT NULL,
    number             smallint NOT NULL,
    reason             text COLLATE "C",
    amount             bigint NOT NULL,
    original_trace     text COLLATE "C" NOT NULL,
    debited_on         date NOT NULL,
    sec_code           text COLLATE "C" NOT NULL,
    company_name       text,
    company_id         text COLLATE "C",
    status             text COLLATE "C" NOT NULL,
    requested_by       text COLLATE "C" NOT NULL,
    requested_ms       bigint NOT NULL,
    sendable_until_ms  bigint NOT NULL,
    leaves_ms          bigint NOT NULL,
    file               text COLLATE "C",
    batch              bigint,
    trace              text COLLATE "C",
    settled_on         date,
    settled_by         text COLLATE "C",
    return_code        text COLLATE "C",
    return_trace       text COLLATE "C",
    returned_by        text COLLATE "C",
    is_credited        boolean NOT NULL DEFAULT false,
    ended_ms           bigint,
    CONSTRAINT ach_reversals_pk PRIMARY KEY (account, livemode, id),
    CONSTRAINT ach_reversals_one_per_topup UNIQUE (account, livemode, topup),
    CONSTRAINT ach_reversals_status_known CHECK (
        status IN ('requested', 'settled', 'returned', 'missed', 'superseded')
    ),
    CONSTRAINT ach_reversals_reason_known CHECK (
        reason IN ('wrong_amount', 'wrong_receiver', 'wrong_date', 'duplicate')
    ),
    CONSTRAINT ach_reversals_amount_positive CHECK (amount > 0),
    CONSTRAINT ach_reversals_in_file_has_trace CHECK ((file IS NULL) = (trace IS NULL)),
    CONSTRAINT ach_reversals_settled_was_booked CHECK (status <> 'settled' OR settled_by IS NOT NULL),
    CONSTRAINT ach_reversals_returned_has_code CHECK ((status = 'returned') = (return_code IS NOT NULL)),
    CONSTRAINT ach_reversals_credited_has_failed CHECK (NOT is_credited OR status IN ('returned', 'missed'))
);
CREATE INDEX ach_reversals_by_status ON ach_reversals (account, livemode, status, id);
-- Those whose money is on its way, by the account that has the top-up.
CREATE INDEX ach_reversals_open ON ach_reversals (owner, livemode, topup) WHERE status = 'requested';
-- Few wait, and each leaves with the next file.
CREATE INDEX ach_reversals_waiting ON ach_reversals (account, livemode, originator, id)
WHERE status = 'requested' AND file IS NULL;
CREATE INDEX ach_reversals_in_file ON ach_reversals (account, livemode, file, id) WHERE file IS NOT NULL;
CREATE INDEX ach_reversals_by_trace ON ach_reversals (account, livemode, trace, id) WHERE trace IS NOT NULL;

-- A reversal leaves in a file that somebody approves, whatever the limits of the profile say.
CREATE FUNCTION check_reversal_in_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM
    FROM ach_files
    WHERE account = NEW.account AND livemode = NEW.livemode AND id BETWEEN NEW.file AND NEW.file
        AND status || '' IN ('built', 'approved') AND approvals_needed < 1;
    IF FOUND THEN
        RAISE check_violation USING CONSTRAINT = 'ach_reversals_file_is_approved',
            MESSAGE = format('%s is in %s, which nobody has to approve', NEW.id, NEW.file);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER ach_reversals_placed BEFORE UPDATE OF file ON ach_reversals
FOR EACH ROW WHEN (NEW.file IS NOT NULL AND OLD.file IS NULL) EXECUTE FUNCTION check_reversal_in_file();

-- A version that knows no reversals gives up a file without them: they wait for the next one, as its entries do.
CREATE FUNCTION requeue_reversals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ach_reversals
    SET file = NULL, batch = NULL, trace = NULL
    WHERE account = NEW.account AND livemode = NEW.livemode AND file BETWEEN NEW.id AND NEW.id
        AND status || '' = 'requested';
    RETURN NULL;
END
$$;
CREATE TRIGGER ach_files_voided_with_reversals AFTER UPDATE OF status ON ach_files
FOR EACH ROW WHEN (NEW.status = 'voided' AND OLD.status <> 'voided') EXECUTE FUNCTION requeue_reversals();

-- Who prepared what a file does: as before (0038), and who requested a reversal in it.
CREATE OR REPLACE FUNCTION who_prepared_file(ach_files) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT p.name), '{}')
    FROM (
        SELECT changed_by AS name
        FROM originators
        WHERE account = $1.account AND livemode = $1.livemode AND id = $1.originator
        UNION ALL
        SELECT resubmitted_by
        FROM (
            SELECT resubmitted_by
            FROM ach_entries
            WHERE account = $1.account AND livemode = $1.livemode AND file BETWEEN $1.id AND $1.id
            ORDER BY file, trace
            OFFSET 0
        ) AS e
        WHERE resubmitted_by IS NOT NULL
        UNION ALL
        SELECT dishonored_by
        FROM (
            SELECT dishonored_by
            FROM ach_returns
            WHERE account = $1.account AND livemode = $1.livemode AND file BETWEEN $1.id AND $1.id
            ORDER BY file, id
            OFFSET 0
        ) AS r
        WHERE dishonored_by IS NOT NULL
        UNION ALL
        SELECT requested_by
        FROM (
            SELECT requested_by
            FROM ach_reversals
            WHERE account = $1.account AND livemode = $1.livemode AND file BETWEEN $1.id AND $1.id
            ORDER BY file, id
            OFFSET 0
        ) AS v
    ) AS p;
$$;
