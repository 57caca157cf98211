-- Mandates of SEPA in full: of the B2B scheme, for one collection, and until when they can be used.

ALTER TABLE authorizations DROP CONSTRAINT authorizations_sec_code_known;
ALTER TABLE authorizations ADD CONSTRAINT authorizations_sec_code_known
CHECK (sec_code IN ('PPD', 'WEB', 'CCD', 'CORE', 'B2B')) NOT VALID;
ALTER TABLE authorizations DROP CONSTRAINT authorizations_reference_of_a_mandate;
ALTER TABLE authorizations ADD CONSTRAINT authorizations_reference_of_a_mandate
CHECK ((mandate_reference IS NOT NULL) = (sec_code IN ('CORE', 'B2B'))) NOT VALID;

-- Of a mandate: whether it is for several collections (RCUR, also where nothing is said) or for one (OOFF), and the top-up
-- that makes that one, or that tells banks of an amendment; when the debtor has confirmed it to their bank, which the B2B scheme demands.
ALTER TABLE authorizations ADD COLUMN sequence_type text COLLATE "C";
ALTER TABLE authorizations ADD CONSTRAINT authorizations_sequence_type_known
CHECK (sequence_type IN ('RCUR', 'OOFF')) NOT VALID;
ALTER TABLE authorizations ADD COLUMN used_by text COLLATE "C";
ALTER TABLE authorizations ADD COLUMN confirmed_ms bigint;

-- Of a collection: its mandate, and the sequence type that it is sent with.
ALTER TABLE ach_entries ADD COLUMN authorization_id text COLLATE "C";
ALTER TABLE ach_entries ADD COLUMN sequence_type text COLLATE "C";

-- The last day on which anything can be collected under a mandate: 36 months after the last collection that was
-- presented. Where nothing is said, none was, and the day of the signature counts. And what banks know its creditor by: the
-- identifier and name with which a collection was presented.
ALTER TABLE authorizations ADD COLUMN lapses_on date;
ALTER TABLE authorizations ADD COLUMN creditor_identifier text COLLATE "C";
ALTER TABLE authorizations ADD COLUMN creditor_name text;
UPDATE authorizations AS u
SET
    lapses_on = (c.effective_date + interval '36 months')::date, creditor_identifier = c.company_id,
    creditor_name = c.company_name
FROM (
    SELECT DISTINCT ON (e.owner, e.livemode, e.mandate_reference)
        e.owner, e.livemode, e.mandate_reference, e.effective_date, b.company_id, b.company_name
    FROM ach_files AS f
    JOIN ach_entries AS e ON e.account = f.account AND e.livemode = f.livemode AND e.file = f.id
    JOIN ach_batches AS b ON b.account = e.account AND b.livemode = e.livemode AND b.file = e.file AND b.number = e.batch
    WHERE f.currency = 'eur' AND f.sent_ms IS NOT NULL
    ORDER BY e.owner, e.livemode, e.mandate_reference, e.effective_date DESC
) AS c
WHERE u.account = c.owner AND u.livemode = c.livemode AND u.mandate_reference = c.mandate_reference;
CREATE INDEX authorizations_lapsing ON authorizations (lapses_on) WHERE ended_ms IS NULL AND lapses_on IS NOT NULL;

-- How a mandate was amended: what it had before, by whom, and the day of the collection that told banks of it, none
-- before that.
CREATE TABLE mandate_amendments (
    account                    text COLLATE "C" NOT NULL,
    livemode                   boolean NOT NULL,
    authorization_id           text COLLATE "C" NOT NULL,
    number                     smallint NOT NULL,
    created_ms                 bigint NOT NULL,
    amended_by                 text COLLATE "C",
    former_reference           text COLLATE "C",
    former_funding_source      text COLLATE "C",
    former_creditor_identifier text COLLATE "C",
    former_creditor_name       text,
    presented_on               date,
    CONSTRAINT mandate_amendments_pk PRIMARY KEY (account, livemode, authorization_id, number)
);
CREATE INDEX mandate_amendments_reference ON mandate_amendments (former_reference, livemode, account)
WHERE former_reference IS NOT NULL;

-- What a collection tells banks of its mandate's amendments.
ALTER TABLE ach_entries ADD COLUMN former_reference text COLLATE "C";
ALTER TABLE ach_entries ADD COLUMN is_of_new_account boolean;
ALTER TABLE ach_entries ADD COLUMN former_creditor_identifier text COLLATE "C";
ALTER TABLE ach_entries ADD COLUMN former_creditor_name text;

-- When what has left was compared after a restore: nothing leaves until all is read that the bank had sent by then.
ALTER TABLE bank_readings ADD COLUMN awaited_ms bigint;
