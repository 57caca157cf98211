-- An entry of a statement that carries several payments is several lines: each payment is a line whose parent is the entry's.

-- `parent` is the id of the line whose payment this one is; its statement, day and place are the parent's. A parent is in no
-- entry of the ledger itself: the break about it has its whole amount, and is resolved. `remittance` is what the payer wrote.
-- Both are NULL for lines of the version before.
ALTER TABLE statement_lines ADD COLUMN parent text COLLATE "C";
ALTER TABLE statement_lines ADD COLUMN remittance text;
CREATE INDEX statement_lines_of_parent ON statement_lines (account, livemode, parent, id) WHERE parent IS NOT NULL;

-- A transfer in suspense whose payments the bank has listed since is `itemized`: each of them is a transfer of its own.
ALTER TABLE incoming_transfers DROP CONSTRAINT incoming_transfers_status_known;
ALTER TABLE incoming_transfers ADD CONSTRAINT incoming_transfers_status_known CHECK (
    status IN ('credited', 'suspended', 'returning', 'returned', 'recalled', 'itemized')
) NOT VALID;
ALTER TABLE incoming_transfers ADD CONSTRAINT incoming_transfers_itemized_was_suspended CHECK (
    status <> 'itemized' OR topup IS NULL AND reason IS NOT NULL AND instructions IS NULL AND proposed IS NULL
) NOT VALID;

-- What is itemized leaves suspense without a decision: only where lines of its payments are there for all of its amount.
CREATE FUNCTION check_incoming_transfer_itemized() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    listed bigint;
BEGIN
    SELECT sum(p.amount) INTO listed
    FROM (
        SELECT id
        FROM statement_lines
        WHERE account = NEW.account AND livemode = NEW.livemode AND bank_account = NEW.bank_account
            AND line_key BETWEEN NEW.line_key AND NEW.line_key
        ORDER BY account, livemode, bank_account, line_key
        OFFSET 0
    ) AS l
    CROSS JOIN LATERAL (
        SELECT amount
        FROM statement_lines
        WHERE account = NEW.account AND livemode = NEW.livemode AND parent BETWEEN l.id AND l.id
        ORDER BY account, livemode, parent, id
        OFFSET 0
    ) AS p;
    IF listed IS DISTINCT FROM NEW.amount THEN
        RAISE check_violation USING CONSTRAINT = 'incoming_transfers_itemized_in_full',
            MESSAGE = format('%s is of %s, and its payments are %s', NEW.id, NEW.amount, coalesce(listed, 0));
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER incoming_transfers_itemized BEFORE UPDATE ON incoming_transfers
FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status AND NEW.status = 'itemized')
EXECUTE FUNCTION check_incoming_transfer_itemized();
