-- Live top-ups by SEPA direct debit, in the tables of the other rail whose files a bank takes: an originator says by which
-- rail it collects, an authorization can be a mandate, and an entry keeps the mandate that it was sent under.

ALTER TABLE originators ADD COLUMN rail text COLLATE "C" NOT NULL DEFAULT 'ach';
ALTER TABLE originators ADD CONSTRAINT originators_rail_known CHECK (rail IN ('ach', 'sepa')) NOT VALID;
-- A platform's live money goes through one originator of a rail at a time; the version before activates one in all.
CREATE UNIQUE INDEX originators_one_active_of_rail ON originators (account, livemode, rail) WHERE status = 'active';
DROP INDEX originators_one_active;

-- Mandates have CORE in the place of Nacha's class, and the reference that banks know them by.
ALTER TABLE authorizations ADD COLUMN mandate_reference text COLLATE "C";
ALTER TABLE authorizations DROP CONSTRAINT authorizations_sec_code_known;
ALTER TABLE authorizations ADD CONSTRAINT authorizations_sec_code_known
CHECK (sec_code IN ('PPD', 'WEB', 'CCD', 'CORE')) NOT VALID;
ALTER TABLE authorizations ADD CONSTRAINT authorizations_reference_of_a_mandate
CHECK ((mandate_reference IS NOT NULL) = (sec_code = 'CORE')) NOT VALID;
CREATE UNIQUE INDEX authorizations_mandate ON authorizations (mandate_reference, livemode, account)
WHERE mandate_reference IS NOT NULL;

-- What the amounts of a file are in, and the mandate of each entry.
ALTER TABLE ach_files ADD COLUMN currency text COLLATE "C" NOT NULL DEFAULT 'usd';
ALTER TABLE ach_entries ADD COLUMN mandate_reference text COLLATE "C";
ALTER TABLE ach_entries ADD COLUMN mandate_signed_on date;
