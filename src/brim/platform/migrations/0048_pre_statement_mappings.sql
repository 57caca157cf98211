-- How banks write statements as CSV, which has no standard.

-- The mapping of each bank account, by its name in the ledger. `version` counts how often it was saved; what it was before is
-- in the audit log.
CREATE TABLE statement_mappings (
    account       text COLLATE "C" NOT NULL,
    livemode      boolean NOT NULL,
    id            text COLLATE "C" NOT NULL,
    bank_account  text COLLATE "C" NOT NULL,
    version       integer NOT NULL,
    mapping       jsonb NOT NULL,
    created_ms    bigint NOT NULL,
    updated_ms    bigint NOT NULL,
    changed_by    text COLLATE "C" NOT NULL,
    CONSTRAINT statement_mappings_pk PRIMARY KEY (account, livemode, id),
    CONSTRAINT statement_mappings_bank_account UNIQUE (account, livemode, bank_account),
    CONSTRAINT statement_mappings_version_positive CHECK (version > 0)
);
