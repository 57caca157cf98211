-- Which statements of a bank account were posted, by what places them: their days, balances and numbers. `bank_account` is
-- its name in the ledger, `content` a hash of what a statement says whatever number it has, `place` where it belongs beside
-- the others. One that another has replaced (`replaced_by`) only tells that it came.
CREATE TABLE bank_statements (
    account       text COLLATE "C" NOT NULL,
    livemode      boolean NOT NULL,
    id            text COLLATE "C" NOT NULL,
    bank_account  text COLLATE "C" NOT NULL,
    currency      text COLLATE "C" NOT NULL,
    bank_file     text COLLATE "C" NOT NULL,
    number        text COLLATE "C" NOT NULL,
    first_day     date NOT NULL,
    last_day      date NOT NULL,
    opening       bigint NOT NULL,
    closing       bigint NOT NULL,
    line_count    integer NOT NULL,
    content       bytea NOT NULL,
    place         text COLLATE "C" NOT NULL,
    replaced_by   text COLLATE "C",
    created_ms    bigint NOT NULL,
    CONSTRAINT bank_statements_pk PRIMARY KEY (account, livemode, id),
    CONSTRAINT bank_statements_content UNIQUE (account, livemode, bank_account, currency, content),
    CONSTRAINT bank_statements_content_is_sha256 CHECK (octet_length(content) = 32),
    CONSTRAINT bank_statements_days_in_order CHECK (first_day <= last_day)
);
CREATE INDEX bank_statements_days ON bank_statements (account, livemode, bank_account, currency, last_day);

-- What is known of a bank account's days, to tell which lines of a statement are new.
CREATE INDEX statement_lines_days ON statement_lines (account, livemode, bank_account, booked_on);
