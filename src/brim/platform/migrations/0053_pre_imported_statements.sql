-- A statement that a person imports posts once another person has approved it, whatever statement says so (ADR 32).

-- Who has brought a file by hand; NULL for what came through the bank's own channel, and what the version before has
-- imported. `delivered_ms`: when the channel has brought the same bytes after all. An approval is of bytes and, for CSV, of
-- a version of a mapping (`id/version`). `one_person`: nobody else could approve it.
ALTER TABLE bank_files
ADD COLUMN imported_by text COLLATE "C",
ADD COLUMN delivered_ms bigint,
ADD COLUMN approved_by text COLLATE "C",
ADD COLUMN approved_ms bigint,
ADD COLUMN approved_sha256 bytea,
ADD COLUMN approved_mapping text COLLATE "C",
ADD COLUMN one_person boolean NOT NULL DEFAULT false,
ADD COLUMN rejected_by text COLLATE "C",
ADD COLUMN rejected_ms bigint,
ADD COLUMN reject_reason text;
ALTER TABLE bank_files DROP CONSTRAINT bank_files_status_known;
ALTER TABLE bank_files ADD CONSTRAINT bank_files_status_known CHECK (
    status IN ('received', 'applied', 'held', 'awaiting_approval', 'rejected')
) NOT VALID;
ALTER TABLE bank_files ADD CONSTRAINT bank_files_approval_whole CHECK (
    (approved_by IS NULL) = (approved_ms IS NULL) AND (approved_by IS NULL) = (approved_sha256 IS NULL)
    AND (approved_mapping IS NULL OR approved_by IS NOT NULL)
) NOT VALID;
ALTER TABLE bank_files ADD CONSTRAINT bank_files_approved_by_another CHECK (
    one_person OR approved_by IS NULL
    OR (imported_by IS NOT NULL AND approved_by <> imported_by AND approved_by IS DISTINCT FROM rejected_by)
) NOT VALID;
ALTER TABLE bank_files ADD CONSTRAINT bank_files_rejected_with_reason CHECK (
    (rejected_by IS NULL) = (rejected_ms IS NULL) AND (rejected_by IS NULL) = (reject_reason IS NULL)
    AND (status <> 'rejected' OR rejected_by IS NOT NULL)
) NOT VALID;
ALTER TABLE bank_files ADD CONSTRAINT bank_files_waiting_was_imported CHECK (
    status NOT IN ('awaiting_approval', 'rejected') OR (imported_by IS NOT NULL AND kind = 'statement')
) NOT VALID;
CREATE INDEX bank_files_by_status ON bank_files (account, livemode, status, id);

-- Whether what a file says may be posted: the bank's own channel has brought it, there was one person only, or another
-- person than its importer has approved these bytes.
CREATE FUNCTION is_bank_file_approved(bank_files) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT $1.imported_by IS NULL OR $1.delivered_ms IS NOT NULL OR $1.one_person
        OR coalesce($1.approved_sha256 = $1.sha256 AND $1.approved_by <> $1.imported_by, false);
$$;

-- A statement that somebody has imported is applied only so. One that was held and is read again, by another version of
-- its mapping, waits for another approval, also where the version before has it read.
CREATE FUNCTION check_bank_file_approved() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF TG_OP = 'UPDATE' AND NEW.status = 'applied' AND NEW.approved_mapping IS NOT NULL AND NEW.delivered_ms IS NULL
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
CREATE TRIGGER bank_files_approved BEFORE INSERT OR UPDATE ON bank_files
FOR EACH ROW EXECUTE FUNCTION check_bank_file_approved();

-- No line of a file that waits or was rejected is posted, whatever its status says.
CREATE FUNCTION check_statement_line_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM bank_files AS f
        WHERE f.account = NEW.account AND f.livemode = NEW.livemode AND f.id = NEW.bank_file
            AND NOT is_bank_file_approved(f)
    ) THEN
        RAISE check_violation USING CONSTRAINT = 'statement_lines_of_approved_files',
            MESSAGE = format('a line of %s is not posted: nobody but its importer has approved it', NEW.bank_file);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER statement_lines_approved BEFORE INSERT ON statement_lines
FOR EACH ROW EXECUTE FUNCTION check_statement_line_approved();
