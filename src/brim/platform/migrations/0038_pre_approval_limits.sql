-- Four eyes, by limits of the profile: how many people approve a file, who has approved which bytes, and that nobody
-- approves what they have prepared, whatever statement says so.

-- How many people have to approve a file, by the limits of its profile when it was made. NULL in a file of the version
-- before: one, or none where the profile has approved it.
ALTER TABLE ach_files ADD COLUMN approvals_needed smallint;
ALTER TABLE ach_files ADD CONSTRAINT ach_files_approvals_known CHECK (approvals_needed BETWEEN 0 AND 2) NOT VALID;

-- That a person has approved a file: which bytes (`sha256`), and who had prepared what it does by then (`prepared_by`:
-- who changed the profile last, who let rejected debits go out again, and who dishonored returns). `one_person`: nobody
-- else could approve it. Rows are never changed.
CREATE TABLE ach_approvals (
    account      text COLLATE "C" NOT NULL,
    livemode     boolean NOT NULL,
    file         text COLLATE "C" NOT NULL,
    number       smallint NOT NULL,
    approved_by  text COLLATE "C" NOT NULL,
    approved_ms  bigint NOT NULL,
    sha256       bytea NOT NULL,
    prepared_by  text[] COLLATE "C" NOT NULL,
    one_person   boolean NOT NULL,
    CONSTRAINT ach_approvals_pk PRIMARY KEY (account, livemode, file, number),
    CONSTRAINT ach_approvals_two_people UNIQUE (account, livemode, file, approved_by),
    CONSTRAINT ach_approvals_two_at_most CHECK (number IN (1, 2)),
    CONSTRAINT ach_approvals_sha256_is_sha256 CHECK (octet_length(sha256) = 32),
    CONSTRAINT ach_approvals_not_by_who_prepared_it CHECK (one_person OR approved_by <> ALL (prepared_by))
);

-- Whether there is one operator at most who has to do with live money, so that no second person can be asked for.
CREATE FUNCTION is_one_person() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT count(*) < 2 FROM operators WHERE role IN ('admin', 'finance', 'approver') AND disabled_ms IS NULL;
$$;

-- Who prepared what a file does, as the rows of its originator, of its entries and of its dishonors say.
CREATE FUNCTION who_prepared_file(ach_files) RETURNS text[] LANGUAGE sql STABLE AS $$
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
    ) AS p;
$$;

-- An approval is one of the bytes that wait, and is what it says: by another person, or by the only one there is. Those
-- of files that wait no more come with an account of another installation, and are history.
CREATE FUNCTION check_ach_approval() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found ach_files;
BEGIN
    SELECT * INTO found
    FROM ach_files
    WHERE account = NEW.account AND livemode = NEW.livemode AND id = NEW.file
    FOR NO KEY UPDATE;
    IF found.status IS DISTINCT FROM 'built' THEN
        RETURN NEW;
    END IF;
    IF NEW.sha256 <> found.sha256 THEN
        RAISE check_violation USING CONSTRAINT = 'ach_approvals_of_its_bytes',
            MESSAGE = format('the approval of %s is of other bytes', NEW.file);
    END IF;
    IF NEW.one_person AND NOT is_one_person() THEN
        RAISE check_violation USING CONSTRAINT = 'ach_approvals_one_person_is_one',
            MESSAGE = format('%s is not approved by the only person: there are others', NEW.file);
    END IF;
    IF NOT NEW.one_person AND NEW.approved_by = ANY (who_prepared_file(found)) THEN
        RAISE check_violation USING CONSTRAINT = 'ach_approvals_not_by_who_prepared_it',
            MESSAGE = format('%s has prepared %s and may not approve it', NEW.approved_by, NEW.file);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER ach_approvals_checked BEFORE INSERT ON ach_approvals
FOR EACH ROW EXECUTE FUNCTION check_ach_approval();

-- A file is approved once as many people have approved its bytes as it needs, and is sent only then; its hash, and how
-- many it needs, never change. The version before writes no approval: the one that it names is written for it here.
CREATE FUNCTION check_ach_file_approved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    needed smallint := coalesce(NEW.approvals_needed, CASE WHEN NEW.approved_by = 'profile' THEN 0 ELSE 1 END);
    given bigint;
    alone boolean;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.sha256, NEW.approvals_needed) IS DISTINCT FROM (OLD.sha256, OLD.approvals_needed) THEN
        RAISE check_violation USING CONSTRAINT = 'ach_files_bytes_stay',
            MESSAGE = format('the hash of %s, or how many approve it, cannot be changed', NEW.id);
    END IF;
    IF NEW.status = 'sent' AND TG_OP = 'UPDATE' AND OLD.status IN ('built', 'voided') THEN
        RAISE check_violation USING CONSTRAINT = 'ach_files_sent_was_approved',
            MESSAGE = format('%s is %s, and is sent only once it is approved', NEW.id, OLD.status);
    END IF;
    IF NEW.status <> 'approved' OR needed = 0 OR (TG_OP = 'UPDATE' AND OLD.status = 'approved') THEN
        RETURN NEW;
    END IF;
    IF needed = 1 AND NEW.approved_by IS NOT NULL THEN
        INSERT INTO ach_approvals (
            account, livemode, file, number, approved_by, approved_ms, sha256, prepared_by, one_person
        )
        VALUES (
            NEW.account, NEW.livemode, NEW.id, 1, NEW.approved_by, NEW.approved_ms, NEW.sha256,
            who_prepared_file(NEW), is_one_person()
        )
        ON CONFLICT ON CONSTRAINT ach_approvals_pk DO NOTHING;
    END IF;
    SELECT count(*), coalesce(bool_or(one_person), false) INTO given, alone
    FROM ach_approvals
    WHERE account = NEW.account AND livemode = NEW.livemode AND file = NEW.id AND sha256 = NEW.sha256;
    IF given < needed AND NOT alone THEN
        RAISE check_violation USING CONSTRAINT = 'ach_files_approved_by_enough',
            MESSAGE = format('%s needs the approval of %s people, and has that of %s', NEW.id, needed, given);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER ach_files_approved BEFORE INSERT OR UPDATE ON ach_files
FOR EACH ROW EXECUTE FUNCTION check_ach_file_approved();

-- What was approved before, and waits to be sent; who had prepared it by then is not known any more.
INSERT INTO ach_approvals (account, livemode, file, number, approved_by, approved_ms, sha256, prepared_by, one_person)
SELECT account, livemode, id, 1, approved_by, approved_ms, sha256, '{}', false
FROM ach_files
WHERE status = 'approved' AND approved_by <> 'profile';

-- Who wrote a profile does not activate it, where another person could.
CREATE FUNCTION check_originator_activated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.activated_by = NEW.changed_by AND NOT is_one_person() THEN
        RAISE check_violation USING CONSTRAINT = 'originators_not_activated_by_who_wrote_it',
            MESSAGE = format('%s wrote the profile of %s and may not activate it', NEW.changed_by, NEW.id);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER originators_activated BEFORE UPDATE ON originators
FOR EACH ROW WHEN (NEW.status = 'active' AND OLD.status <> 'active')
EXECUTE FUNCTION check_originator_activated();
