-- Four eyes also for a file with a reversal, a refund or a dishonored return that went out again: who has let it may not approve it.

-- Who lets what a bank has rejected go out again, as of debits (0025); NULL where nobody had to, or the version before
-- did it.
ALTER TABLE ach_reversals ADD COLUMN resubmitted_by text COLLATE "C";
ALTER TABLE refunds ADD COLUMN resubmitted_by text COLLATE "C";
ALTER TABLE ach_returns ADD COLUMN resubmitted_by text COLLATE "C";

-- An approval is not by who has let reversals, refunds or dishonored returns in the file go out again, where another person could
-- give it. Those of files that wait no more are history, as in 0038.
CREATE FUNCTION check_ach_approval_of_resubmitted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.one_person OR NOT EXISTS (
        SELECT FROM ach_files
        WHERE account = NEW.account AND livemode = NEW.livemode AND id = NEW.file AND status || '' = 'built'
    ) THEN
        RETURN NEW;
    END IF;
    IF NEW.approved_by IN (
        SELECT resubmitted_by
        FROM (
            SELECT resubmitted_by
            FROM ach_reversals
            WHERE account = NEW.account AND livemode = NEW.livemode AND file BETWEEN NEW.file AND NEW.file
            ORDER BY file, id
            OFFSET 0
        ) AS v
        WHERE resubmitted_by IS NOT NULL
        UNION ALL
        SELECT resubmitted_by
        FROM (
            SELECT resubmitted_by
            FROM refunds
            WHERE account = NEW.account AND livemode = NEW.livemode AND file BETWEEN NEW.file AND NEW.file
            ORDER BY file, id
            OFFSET 0
        ) AS b
        WHERE resubmitted_by IS NOT NULL
        UNION ALL
        SELECT resubmitted_by
        FROM (
            SELECT resubmitted_by
            FROM ach_returns
            WHERE account = NEW.account AND livemode = NEW.livemode AND file BETWEEN NEW.file AND NEW.file
            ORDER BY file, id
            OFFSET 0
        ) AS r
        WHERE resubmitted_by IS NOT NULL
    ) THEN
        RAISE check_violation USING CONSTRAINT = 'ach_approvals_not_by_who_prepared_it',
            MESSAGE = format('%s has resubmitted what is in %s and may not approve it', NEW.approved_by, NEW.file);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER ach_approvals_resubmitted BEFORE INSERT ON ach_approvals
FOR EACH ROW EXECUTE FUNCTION check_ach_approval_of_resubmitted();

-- Once the break of a reversal or refund that no statement books is resolved, the balance is credited: not by who has
-- requested it, where another person could do it.
CREATE FUNCTION check_break_of_credit_resolved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF is_one_person() THEN
        RETURN NEW;
    END IF;
    IF EXISTS (
        SELECT FROM ach_reversals
        WHERE account = NEW.account AND livemode = NEW.livemode AND id = NEW.reference
            AND requested_by || '' = NEW.resolved_by
    ) OR EXISTS (
        SELECT FROM refunds
        WHERE account = NEW.account AND livemode = NEW.livemode AND id = NEW.reference
            AND requested_by || '' = NEW.resolved_by
    ) THEN
        RAISE check_violation USING CONSTRAINT = 'breaks_of_credits_not_resolved_by_who_requested_them',
            MESSAGE = format('%s has requested the credit that resolving %s ends', NEW.resolved_by, NEW.id);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER breaks_of_credits_resolved BEFORE UPDATE ON breaks
FOR EACH ROW WHEN (
    NEW.kind IN ('failed_reversal', 'failed_refund') AND NEW.cause LIKE '%/unanswered' AND NEW.resolved_ms IS NOT NULL
    AND OLD.resolved_ms IS NULL
)
EXECUTE FUNCTION check_break_of_credit_resolved();
