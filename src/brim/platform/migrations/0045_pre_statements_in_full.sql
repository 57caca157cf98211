-- Statements in full: their lines have ids and know their statement, breaks know their line, and what a statement left
-- open is settled by two people.

GRANT UPDATE ON statement_lines TO CURRENT_USER;

-- A number in base62, as ids have it.
CREATE FUNCTION base62(number bigint, digits integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(
        substr(
            '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
            (trunc(number::numeric / 62::numeric ^ digit)::bigint % 62)::integer + 1,
            1
        ),
        '' ORDER BY digit DESC
    )
    FROM generate_series(0, digits - 1) AS digit;
$$;

-- The id of a line: those of one moment sort by their place in the statement.
CREATE FUNCTION statement_line_id(statement_lines) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT
        'bsl_' || base62($1.created_ms, 8) || base62($1.position % 14776336, 4)
        || substr(md5(concat_ws('/', $1.account, $1.livemode::text, $1.bank_account, $1.line_key)), 1, 12);
$$;

-- `id` names a line outside; `statement` is the statement that brought it, NULL where a notification did, or where it is
-- not known any more.
ALTER TABLE statement_lines ADD COLUMN id text COLLATE "C";
ALTER TABLE statement_lines ADD COLUMN statement text COLLATE "C";

-- The version before writes neither.
CREATE FUNCTION name_statement_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.id := coalesce(NEW.id, statement_line_id(NEW));
    RETURN NEW;
END
$$;
CREATE TRIGGER statement_lines_named BEFORE INSERT ON statement_lines
FOR EACH ROW EXECUTE FUNCTION name_statement_line();

UPDATE statement_lines AS l
SET
    id = statement_line_id(l),
    statement = (
        SELECT CASE WHEN count(*) = 1 THEN min(s.id) END
        FROM bank_statements AS s
        WHERE
            s.account = l.account AND s.livemode = l.livemode AND s.bank_account = l.bank_account
            AND s.currency = l.currency AND s.last_day >= l.booked_on AND s.first_day <= l.booked_on
            AND s.bank_file = l.bank_file
    );

CREATE UNIQUE INDEX statement_lines_by_id ON statement_lines (account, livemode, id);
CREATE INDEX statement_lines_of_statement ON statement_lines (account, livemode, statement, id)
WHERE statement IS NOT NULL;

-- How many lines a statement has brought that were not known; NULL where the version before has taken it.
ALTER TABLE bank_statements ADD COLUMN new_count integer;

-- What a break is about: the statement, and the line if it is about a stored one; who looks after it, and what they note.
ALTER TABLE breaks ADD COLUMN statement text COLLATE "C";
ALTER TABLE breaks ADD COLUMN line text COLLATE "C";
ALTER TABLE breaks ADD COLUMN assigned_to text COLLATE "C";
ALTER TABLE breaks ADD COLUMN note text;

-- A break of a line names it in its cause: whatever version lists it, it finds its line.
CREATE FUNCTION place_break() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stored record;
BEGIN
    IF NEW.line IS NULL AND NEW.kind IN ('unmatched_line', 'line_amount') AND position('/' IN NEW.cause) > 0 THEN
        SELECT id, statement INTO stored
        FROM statement_lines
        WHERE
            account = NEW.account AND livemode = NEW.livemode AND bank_account = split_part(NEW.cause, '/', 1)
            AND line_key BETWEEN substr(NEW.cause, position('/' IN NEW.cause) + 1)
            AND substr(NEW.cause, position('/' IN NEW.cause) + 1)
        ORDER BY account, livemode, bank_account, line_key;
        IF FOUND THEN
            NEW.line := stored.id;
            NEW.statement := coalesce(NEW.statement, stored.statement);
        END IF;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER breaks_placed BEFORE INSERT ON breaks
FOR EACH ROW EXECUTE FUNCTION place_break();

UPDATE breaks AS b
SET line = l.id, statement = l.statement
FROM statement_lines AS l
WHERE
    b.kind IN ('unmatched_line', 'line_amount') AND l.account = b.account AND l.livemode = b.livemode
    AND l.bank_account = split_part(b.cause, '/', 1) AND l.line_key = substr(b.cause, position('/' IN b.cause) + 1);

-- The part of a batch that belongs to no top-up is what its line leaves open, not the whole line.
UPDATE breaks
SET amount = substring(detail FROM '^(-?[0-9]+) cents of batch')::bigint
WHERE kind = 'line_amount' AND detail ~ '^-?[0-9]+ cents of batch [0-9]+ belong to no top-up';

UPDATE breaks SET statement = reference WHERE kind = 'statement_gap' AND reference IS NOT NULL;

CREATE INDEX breaks_of_line ON breaks (account, livemode, line) WHERE line IS NOT NULL;
CREATE INDEX breaks_of_statement ON breaks (account, livemode, statement, id) WHERE statement IS NOT NULL;
CREATE INDEX breaks_open_lines ON breaks (account, livemode, line) WHERE line IS NOT NULL AND resolved_ms IS NULL;

-- How a person settles what lines left open. `status`: proposed, then posted or rejected; undo_proposed, then undone, or
-- posted again where a second person does not agree. `one_person`: nobody else could confirm. Rows are never removed:
-- what was posted is undone by a counter entry.
CREATE TABLE line_settlements (
    account       text COLLATE "C" NOT NULL,
    livemode      boolean NOT NULL,
    id            text COLLATE "C" NOT NULL,
    bank_account  text COLLATE "C" NOT NULL,
    currency      text COLLATE "C" NOT NULL,
    amount        bigint NOT NULL,
    status        text COLLATE "C" NOT NULL,
    note          text NOT NULL,
    proposed_by   text COLLATE "C" NOT NULL,
    proposed_ms   bigint NOT NULL,
    decided_by    text COLLATE "C",
    decided_ms    bigint,
    undo_note     text,
    undo_by       text COLLATE "C",
    undo_ms       bigint,
    undone_by     text COLLATE "C",
    undone_ms     bigint,
    one_person    boolean NOT NULL DEFAULT false,
    CONSTRAINT line_settlements_pk PRIMARY KEY (account, livemode, id),
    CONSTRAINT line_settlements_status_known CHECK (
        status IN ('proposed', 'posted', 'rejected', 'undo_proposed', 'undone')
    ),
    CONSTRAINT line_settlements_decided CHECK ((status = 'proposed') = (decided_by IS NULL)),
    CONSTRAINT line_settlements_undo_has_maker CHECK (status NOT IN ('undo_proposed', 'undone') OR undo_by IS NOT NULL),
    CONSTRAINT line_settlements_undone_has_checker CHECK (status <> 'undone' OR undone_by IS NOT NULL),
    CONSTRAINT line_settlements_two_people CHECK (
        one_person OR status IN ('proposed', 'rejected') OR decided_by <> proposed_by
    ),
    CONSTRAINT line_settlements_undone_by_two_people CHECK (one_person OR status <> 'undone' OR undone_by <> undo_by)
);
CREATE INDEX line_settlements_by_status ON line_settlements (account, livemode, status, id);

-- The lines of a settlement, with how much of each it settles. While it waits or is posted (`is_live`), no other has them.
CREATE TABLE line_settlement_lines (
    account     text COLLATE "C" NOT NULL,
    livemode    boolean NOT NULL,
    settlement  text COLLATE "C" NOT NULL,
    line        text COLLATE "C" NOT NULL,
    amount      bigint NOT NULL,
    is_live     boolean NOT NULL,
    CONSTRAINT line_settlement_lines_pk PRIMARY KEY (account, livemode, settlement, line)
);
CREATE UNIQUE INDEX line_settlement_lines_once ON line_settlement_lines (account, livemode, line) WHERE is_live;

-- What a settlement posts the money of its lines to, signed as the lines are: a ledger account of the chart, or a batch
-- or debit (`target`) whose money it is.
CREATE TABLE line_settlement_parts (
    account     text COLLATE "C" NOT NULL,
    livemode    boolean NOT NULL,
    settlement  text COLLATE "C" NOT NULL,
    number      smallint NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    target      text COLLATE "C",
    amount      bigint NOT NULL,
    CONSTRAINT line_settlement_parts_pk PRIMARY KEY (account, livemode, settlement, number),
    CONSTRAINT line_settlement_parts_move CHECK (amount <> 0)
);
CREATE INDEX line_settlement_parts_of_target ON line_settlement_parts (account, livemode, kind, target)
WHERE target IS NOT NULL;

-- That there is one person only is true when it is written, and a settlement goes from one status to the next only.
CREATE FUNCTION check_line_settlement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.amount, OLD.proposed_by, OLD.bank_account, OLD.currency)
        IS DISTINCT FROM (NEW.amount, NEW.proposed_by, NEW.bank_account, NEW.currency) THEN
        RAISE check_violation USING CONSTRAINT = 'line_settlements_stay',
            MESSAGE = format('what %s settles cannot be changed', NEW.id);
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('proposed', 'posted'), ('proposed', 'rejected'), ('posted', 'undo_proposed'), ('undo_proposed', 'posted'),
        ('undo_proposed', 'undone')
    ) THEN
        RAISE check_violation USING CONSTRAINT = 'line_settlements_in_order',
            MESSAGE = format('%s is %s, and cannot become %s', NEW.id, OLD.status, NEW.status);
    END IF;
    IF NEW.one_person AND NOT OLD.one_person AND NOT is_one_person() THEN
        RAISE check_violation USING CONSTRAINT = 'line_settlements_one_person_is_one',
            MESSAGE = format('%s is not settled by the only person: there are others', NEW.id);
    END IF;
    IF OLD.one_person AND NEW.status = 'undone' AND NEW.undone_by = NEW.undo_by AND NOT is_one_person() THEN
        RAISE check_violation USING CONSTRAINT = 'line_settlements_one_person_is_one',
            MESSAGE = format('%s is not undone by the only person: there are others', NEW.id);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER line_settlements_checked BEFORE UPDATE ON line_settlements
FOR EACH ROW EXECUTE FUNCTION check_line_settlement();
