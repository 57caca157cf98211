-- Erasure of personal data: what was erased, and where an interrupted erasure goes on.

-- One row for each account or payer whose data were erased. `target` is the account itself, and then both modes are meant
-- and `livemode` is false; or a bank account on file, or a customer, of the account in that mode. `step` is the last step
-- that is complete, `counts` has the rows changed by table, `kept` what a law keeps and until when. It holds ids only.
CREATE TABLE erasures (
    account   text COLLATE "C" NOT NULL,
    livemode  boolean NOT NULL,
    target    text COLLATE "C" NOT NULL,
    step      text COLLATE "C" NOT NULL,
    counts    jsonb NOT NULL,
    kept      jsonb NOT NULL,
    began_ms  bigint NOT NULL,
    ended_ms  bigint,
    CONSTRAINT erasures_pk PRIMARY KEY (account, livemode, target)
);

-- What the rule book keeps of an authorization whose holder's data were erased: its text and evidence, encrypted, for two
-- years after its end. The columns that pages show are empty then.
ALTER TABLE authorizations ADD COLUMN sealed bytea;

-- An account number that was erased is gone, and not even encrypted.
ALTER TABLE funding_sources ALTER COLUMN sealed DROP NOT NULL;
ALTER TABLE ach_entries ALTER COLUMN sealed DROP NOT NULL;
ALTER TABLE corrections ALTER COLUMN sealed DROP NOT NULL;
