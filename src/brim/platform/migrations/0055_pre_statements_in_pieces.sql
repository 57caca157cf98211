-- A long file of statements is applied in pieces that commit (ADR 35).

-- While a file is applied in pieces: the bank account whose lines they are, what is left to do (JSON), and how many of how
-- many lines are applied. Such a file is `received` to its last piece, also for the version before, whose worker would
-- take what is left for known and cannot write that it is applied.
ALTER TABLE bank_files
ADD COLUMN applying_to text COLLATE "C",
ADD COLUMN applying jsonb,
ADD COLUMN line_count integer,
ADD COLUMN lines_applied integer;
ALTER TABLE bank_files ADD CONSTRAINT bank_files_applying_whole CHECK (
    (applying_to IS NULL) = (applying IS NULL) AND (applying_to IS NULL) = (line_count IS NULL)
    AND (applying_to IS NULL) = (lines_applied IS NULL)
) NOT VALID;
ALTER TABLE bank_files ADD CONSTRAINT bank_files_applying_not_applied CHECK (
    applying_to IS NULL OR (status = 'received' AND sealed IS NOT NULL)
) NOT VALID;

-- One file of a bank account is applied at a time.
CREATE UNIQUE INDEX bank_files_applying ON bank_files (account, livemode, applying_to) WHERE applying_to IS NOT NULL;

-- A file that was approved by a version of a mapping is begun by it, and goes on by it: `applying` keeps it.
CREATE OR REPLACE FUNCTION check_bank_file_approved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_begun boolean := TG_OP = 'UPDATE' AND OLD.applying_to IS NOT NULL;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.imported_by IS NOT NULL
        AND (NEW.imported_by, NEW.sha256) IS DISTINCT FROM (OLD.imported_by, OLD.sha256) THEN
        RAISE check_violation USING CONSTRAINT = 'bank_files_importer_stays',
            MESSAGE = format('the hash of %s, or who has imported it, cannot be changed', NEW.id);
    END IF;
    IF NEW.imported_by IS NULL OR NEW.kind <> 'statement' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status = 'held' AND NEW.status = 'received' AND NEW.delivered_ms IS NULL THEN
        NEW.one_person := is_one_person();
        NEW.approved_by := NULL;
        NEW.approved_ms := NULL;
        NEW.approved_sha256 := NULL;
        NEW.approved_mapping := NULL;
        IF NOT NEW.one_person THEN
            NEW.status := 'awaiting_approval';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.status NOT IN ('received', 'applied') THEN
        RETURN NEW;
    END IF;
    IF NEW.one_person AND NEW.status = 'received' AND (TG_OP = 'INSERT' OR NOT OLD.one_person)
        AND NOT is_one_person() THEN
        RAISE check_violation USING CONSTRAINT = 'bank_files_one_person_is_one',
            MESSAGE = format('%s is not taken by the only person: there are others', NEW.id);
    END IF;
    IF NOT is_bank_file_approved(NEW) THEN
        RAISE check_violation USING CONSTRAINT = 'bank_files_imported_are_approved',
            MESSAGE = format('%s was imported by %s, and nobody else has approved it', NEW.id, NEW.imported_by);
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.status = 'applied' OR NEW.applying_to IS NOT NULL) AND NOT is_begun
        AND NEW.approved_mapping IS NOT NULL AND NEW.delivered_ms IS NULL
        AND NOT EXISTS (
            SELECT FROM statement_mappings
            WHERE account = NEW.account AND livemode = NEW.livemode
                AND id = split_part(NEW.approved_mapping, '/', 1)
                AND version = split_part(NEW.approved_mapping, '/', 2)::integer
        ) THEN
        RAISE check_violation USING CONSTRAINT = 'bank_files_approved_with_mapping',
            MESSAGE = format('%s was approved with the mapping %s, which has changed', NEW.id, NEW.approved_mapping);
    END IF;
    RETURN NEW;
END
$$;

-- Nothing else is placed or posted beside a file of which only a part is known, whichever statement tries it.
CREATE FUNCTION check_bank_account_free() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM bank_files AS f
        WHERE f.account = NEW.account AND f.livemode = NEW.livemode AND f.applying_to = NEW.bank_account
            AND f.id <> NEW.bank_file
    ) THEN
        RAISE check_violation USING CONSTRAINT = 'statements_one_at_a_time',
            MESSAGE = format('nothing is posted to %s: a file of it is applied in pieces', NEW.bank_account);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER statement_lines_one_at_a_time BEFORE INSERT ON statement_lines
FOR EACH ROW EXECUTE FUNCTION check_bank_account_free();
CREATE TRIGGER bank_statements_one_at_a_time BEFORE INSERT ON bank_statements
FOR EACH ROW EXECUTE FUNCTION check_bank_account_free();
