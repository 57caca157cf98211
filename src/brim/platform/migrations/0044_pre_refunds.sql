-- Refunds: the credit entries that pay top-ups back, whole or in part, because the platform wants it.

-- One refund of a top-up, of which there may be several. It belongs to the platform whose entry debited the customer
-- (`account`); `owner` has the top-up, and its balance paid for the refund (`balance_transaction`). `number` is the
-- presentment that was paid, `debited_on` the day on which it settled. `transaction_code` to `sealed` say to which bank
-- account it went, as that was on file when its file was made; `sealed` is the account number, encrypted. `file` to
-- `trace` are where its entry stands; `settled_by` is the statement's line that took the money, `returned_by` the one that
-- brought it back. Of one that failed or was canceled, the balance has the money again (`failure_balance_transaction`).
CREATE TABLE refunds (
    account                      text COLLATE "C" NOT NULL,
    livemode                     boolean NOT NULL,
    id                           text COLLATE "C" NOT NULL,
    owner                        text COLLATE "C" NOT NULL,
    originator                   text COLLATE "C" NOT NULL,
    topup                        text COLLATE "C" NOT NULL,
    number                       smallint NOT NULL,
    amount                       bigint NOT NULL,
    description                  text,
    metadata                     jsonb,
    debited_on                   date NOT NULL,
    sec_code                     text COLLATE "C" NOT NULL,
    status                       text COLLATE "C" NOT NULL,
    failure_reason               text COLLATE "C",
    requested_by                 text COLLATE "C" NOT NULL,
    requested_ms                 bigint NOT NULL,
    leaves_ms                    bigint NOT NULL,
    balance_transaction          text COLLATE "C" NOT NULL,
    failure_balance_transaction  text COLLATE "C",
    transaction_code             smallint,
    routing_number               text COLLATE "C",
    last4                        text COLLATE "C",
    receiver_name                text,
    sealed                       bytea,
    file                         text COLLATE "C",
    batch                        bigint,
    trace                        text COLLATE "C",
    settled_on                   date,
    settled_by                   text COLLATE "C",
    return_code                  text COLLATE "C",
    return_trace                 text COLLATE "C",
    returned_by                  text COLLATE "C",
    canceled_by                  text COLLATE "C",
    ended_ms                     bigint,
    CONSTRAINT refunds_pk PRIMARY KEY (account, livemode, id),
    CONSTRAINT refunds_status_known CHECK (status IN ('pending', 'succeeded', 'failed', 'canceled')),
    CONSTRAINT refunds_failure_reason_known CHECK (
        failure_reason IN ('charge_for_pending_refund_disputed', 'declined', 'unknown')
    ),
    CONSTRAINT refunds_amount_positive CHECK (amount > 0),
    CONSTRAINT refunds_in_file_has_trace CHECK ((file IS NULL) = (trace IS NULL)),
    CONSTRAINT refunds_succeeded_was_booked CHECK (status <> 'succeeded' OR settled_by IS NOT NULL),
    CONSTRAINT refunds_failed_has_reason CHECK ((status = 'failed') = (failure_reason IS NOT NULL)),
    CONSTRAINT refunds_returned_has_failed CHECK (return_code IS NULL OR status = 'failed'),
    CONSTRAINT refunds_canceled_by_somebody CHECK ((status = 'canceled') = (canceled_by IS NOT NULL)),
    CONSTRAINT refunds_money_is_somewhere CHECK (
        (status IN ('failed', 'canceled')) = (failure_balance_transaction IS NOT NULL)
    )
);
CREATE INDEX refunds_by_status ON refunds (account, livemode, status, id);
CREATE INDEX refunds_of_topup ON refunds (account, livemode, topup, id);
-- By the account that has the top-up, as its journal is read.
CREATE INDEX refunds_of_owner ON refunds (owner, livemode, id);
-- Those whose money is on its way.
CREATE INDEX refunds_open ON refunds (owner, livemode, topup) WHERE status = 'pending';
-- Few wait, and each leaves with the next file.
CREATE INDEX refunds_waiting ON refunds (account, livemode, originator, id) WHERE status = 'pending' AND file IS NULL;
CREATE INDEX refunds_in_file ON refunds (account, livemode, file, id) WHERE file IS NOT NULL;
CREATE INDEX refunds_by_trace ON refunds (account, livemode, trace, id) WHERE trace IS NOT NULL;

-- A refund leaves in a file that somebody approves, whatever the limits of the profile say.
CREATE FUNCTION check_refund_in_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM
    FROM ach_files
    WHERE account = NEW.account AND livemode = NEW.livemode AND id BETWEEN NEW.file AND NEW.file
        AND status || '' IN ('built', 'approved') AND approvals_needed < 1;
    IF FOUND THEN
        RAISE check_violation USING CONSTRAINT = 'refunds_file_is_approved',
            MESSAGE = format('%s is in %s, which nobody has to approve', NEW.id, NEW.file);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER refunds_placed BEFORE UPDATE OF file ON refunds
FOR EACH ROW WHEN (NEW.file IS NOT NULL AND OLD.file IS NULL) EXECUTE FUNCTION check_refund_in_file();

-- A version that knows no refunds gives up a file without them: they wait for the next one, as its entries do.
CREATE FUNCTION requeue_refunds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE refunds
    SET
        file = NULL, batch = NULL, trace = NULL, transaction_code = NULL, routing_number = NULL, last4 = NULL,
        receiver_name = NULL, sealed = NULL
    WHERE account = NEW.account AND livemode = NEW.livemode AND file BETWEEN NEW.id AND NEW.id
        AND status || '' = 'pending';
    RETURN NULL;
END
$$;
CREATE TRIGGER ach_files_voided_with_refunds AFTER UPDATE OF status ON ach_files
FOR EACH ROW WHEN (NEW.status = 'voided' AND OLD.status <> 'voided') EXECUTE FUNCTION requeue_refunds();

-- Who prepared what a file does: as before (0042), and who requested a refund in it.
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
        UNION ALL
        SELECT requested_by
        FROM (
            SELECT requested_by
            FROM refunds
            WHERE account = $1.account AND livemode = $1.livemode AND file BETWEEN $1.id AND $1.id
            ORDER BY file, id
            OFFSET 0
        ) AS b
    ) AS p;
$$;
