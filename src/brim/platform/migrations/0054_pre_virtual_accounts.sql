-- Account numbers of a bank account that its bank has allotted, each of which is one account's: money that comes to it is
-- that account's, whatever the payer writes.

-- The numbers that were given. They belong to the platform (`account`), whose bank account it is, whatever the ledger calls
-- that later; `owner` is the account that is credited, by its lasting `instructions`. `body` is the number, or an IBAN without its check digits, so that
-- bodies are in the order of the range. A number that was `released` keeps its row, and is another account's only long
-- after; until then, what comes to it waits for a person. `lineage` is the copy of the database in which it was given first:
-- in another one it is not known whom the next numbers were given. `released_in` is that in which it was released: in
-- another one it is not known whether it was given again.
CREATE TABLE virtual_accounts (
    account       text COLLATE "C" NOT NULL,
    livemode      boolean NOT NULL,
    bank_account  text COLLATE "C" NOT NULL,
    body          text COLLATE "C" NOT NULL,
    number        text COLLATE "C" NOT NULL,
    owner         text COLLATE "C" NOT NULL,
    instructions  text COLLATE "C" NOT NULL,
    given_ms      bigint NOT NULL,
    released_ms   bigint,
    lineage       text COLLATE "C" NOT NULL DEFAULT database_lineage(),
    released_in   text COLLATE "C",
    CONSTRAINT virtual_accounts_pk PRIMARY KEY (account, livemode, body),
    CONSTRAINT virtual_accounts_number UNIQUE (account, livemode, number)
);
CREATE UNIQUE INDEX virtual_accounts_live ON virtual_accounts (account, livemode, owner, bank_account)
WHERE released_ms IS NULL;
CREATE INDEX virtual_accounts_by_owner ON virtual_accounts (owner, livemode) WHERE released_ms IS NULL;
CREATE INDEX virtual_accounts_released ON virtual_accounts (account, livemode, bank_account, released_ms, body)
WHERE released_ms IS NOT NULL;

-- The virtual account number that a transfer was sent to; NULL where its statement names none.
ALTER TABLE incoming_transfers ADD COLUMN number text COLLATE "C";
CREATE INDEX incoming_transfers_by_number ON incoming_transfers (account, livemode, number, id) WHERE number IS NOT NULL;

-- Who has sent a transfer, as its statement says: a name, and a bank account by its last digits and a fingerprint.
-- `remember_payer`: whoever approves the assignment also lets the account be paid by them from then on.
ALTER TABLE incoming_transfers ADD COLUMN payer_name text;
ALTER TABLE incoming_transfers ADD COLUMN payer_last4 text COLLATE "C";
ALTER TABLE incoming_transfers ADD COLUMN payer_fingerprint text COLLATE "C";
ALTER TABLE incoming_transfers ADD COLUMN remember_payer boolean;

-- From whom transfers by these instructions are credited; NULL where the originator's profile says so.
ALTER TABLE funding_instructions ADD COLUMN payers text COLLATE "C";

-- Who may pay an account (`owner`) of a platform where not everybody may: as one person has proposed and another approved,
-- with the assignment of a transfer. One whose personal data was erased has ended.
CREATE TABLE known_payers (
    account       text COLLATE "C" NOT NULL,
    livemode      boolean NOT NULL,
    id            text COLLATE "C" NOT NULL,
    owner         text COLLATE "C" NOT NULL,
    name          text,
    last4         text COLLATE "C",
    fingerprint   text COLLATE "C",
    transfer      text COLLATE "C" NOT NULL,
    proposed_by   text COLLATE "C" NOT NULL,
    approved_by   text COLLATE "C" NOT NULL,
    one_person    boolean NOT NULL,
    created_ms    bigint NOT NULL,
    ended_by      text COLLATE "C",
    ended_ms      bigint,
    CONSTRAINT known_payers_pk PRIMARY KEY (account, livemode, id),
    CONSTRAINT known_payers_have_a_name CHECK (ended_ms IS NOT NULL OR name IS NOT NULL OR fingerprint IS NOT NULL),
    CONSTRAINT known_payers_two_people CHECK (one_person OR NOT livemode OR proposed_by <> approved_by)
);
CREATE INDEX known_payers_of_owner ON known_payers (account, livemode, owner, id);
