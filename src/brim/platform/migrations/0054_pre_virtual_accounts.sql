-- Account numbers of a bank account that its bank has allotted, each of which is one account's: money that comes to it is
-- that account's, whatever the payer writes.

-- The numbers that were given. They belong to the platform (`account`), whose bank account it is; `owner` is the account
-- that is credited, by its lasting `instructions`. `body` is the number, or an IBAN without its check digits, so that
-- bodies are in the order of the range. A number that was `released` keeps its row, and is another account's only long
-- after; until then, what comes to it waits for a person. `lineage` is the copy of the database in which it was given or
-- released last: in another one it is not known whom the next numbers were given.
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
    CONSTRAINT virtual_accounts_pk PRIMARY KEY (account, livemode, bank_account, body),
    CONSTRAINT virtual_accounts_number UNIQUE (account, livemode, bank_account, number)
);
CREATE UNIQUE INDEX virtual_accounts_live ON virtual_accounts (account, livemode, owner, bank_account)
WHERE released_ms IS NULL;
CREATE INDEX virtual_accounts_by_owner ON virtual_accounts (owner, livemode) WHERE released_ms IS NULL;
CREATE INDEX virtual_accounts_released ON virtual_accounts (account, livemode, bank_account, released_ms, body)
WHERE released_ms IS NOT NULL;

-- The virtual account number that a transfer was sent to; NULL where its statement names none.
ALTER TABLE incoming_transfers ADD COLUMN number text COLLATE "C";
