-- A general ledger: journal entries of whatever moves money, instead of transfers of top-ups.
--
-- A post step: an earlier version writes under the old names. Only the catalog changes, so however many entries there
-- are, no lock is held for longer than a moment (docs/adr/0017).

-- One row an entry. What caused it is named by source_type, source (an id) and step; a step that may happen again is
-- numbered from its second time on (bank_return, bank_return:2). The first line of an entry stands in its row; an
-- entry of several lines says how many, and has the others in journal_entry_lines. Each line moves one positive
-- amount from the account it credits to the account it debits, so no entry can be out of balance.
ALTER TABLE transfers RENAME TO journal_entries;
ALTER TABLE journal_entries RENAME COLUMN topup TO source;
ALTER TABLE journal_entries RENAME COLUMN kind TO step;
ALTER TABLE journal_entries ADD COLUMN source_type text COLLATE "C" NOT NULL DEFAULT 'topup';
ALTER TABLE journal_entries ADD COLUMN line_count smallint NOT NULL DEFAULT 1;
ALTER TABLE journal_entries RENAME CONSTRAINT transfers_pk TO journal_entries_pk;
ALTER TABLE journal_entries RENAME CONSTRAINT transfers_each_step_posts_once TO journal_entries_each_step_posts_once;
ALTER TABLE journal_entries RENAME CONSTRAINT transfers_amount_positive TO journal_entries_amount_positive;
ALTER TABLE journal_entries RENAME CONSTRAINT transfers_between_two_accounts TO journal_entries_between_two_accounts;
ALTER TABLE journal_entries DROP CONSTRAINT transfers_kind_known;
ALTER TABLE journal_entries DROP CONSTRAINT transfers_accounts_known;

CREATE TABLE journal_entry_lines (
    account        text COLLATE "C" NOT NULL,
    livemode       boolean NOT NULL,
    entry          text COLLATE "C" NOT NULL,
    line           smallint NOT NULL,
    debit_account  text COLLATE "C" NOT NULL,
    credit_account text COLLATE "C" NOT NULL,
    amount         bigint NOT NULL,
    currency       text COLLATE "C" NOT NULL,
    CONSTRAINT journal_entry_lines_pk PRIMARY KEY (account, livemode, entry, line),
    CONSTRAINT journal_entry_lines_after_the_first CHECK (line > 1),
    CONSTRAINT journal_entry_lines_amount_positive CHECK (amount > 0),
    CONSTRAINT journal_entry_lines_between_two_accounts CHECK (debit_account <> credit_account)
);

-- The lines of an entry after its first, as they are sealed and shown.
CREATE FUNCTION further_lines(text, boolean, text) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT json_agg(json_build_array(debit_account, credit_account, amount, currency) ORDER BY line)
    FROM journal_entry_lines
    WHERE account = $1 AND livemode = $2 AND entry = $3
$$;

-- Seals name the format their hashes were made in: 1 is that of transfers, 2 that of journal entries.
ALTER TABLE transfer_seals RENAME TO entry_seals;
ALTER TABLE entry_seals RENAME COLUMN transfer TO entry;
ALTER TABLE entry_seals ADD COLUMN format smallint NOT NULL DEFAULT 1;
ALTER TABLE entry_seals RENAME CONSTRAINT transfer_seals_pk TO entry_seals_pk;
ALTER TABLE entry_seals RENAME CONSTRAINT transfer_seals_each_transfer_once TO entry_seals_each_entry_once;
ALTER TABLE entry_seals RENAME CONSTRAINT transfer_seals_position_positive TO entry_seals_position_positive;
ALTER TABLE entry_seals RENAME CONSTRAINT transfer_seals_hash_is_sha256 TO entry_seals_hash_is_sha256;

ALTER TABLE unsealed_transfers RENAME TO unsealed_entries;
ALTER TABLE unsealed_entries RENAME COLUMN transfer TO entry;
ALTER TABLE unsealed_entries RENAME CONSTRAINT unsealed_transfers_pk TO unsealed_entries_pk;

ALTER TABLE verification_runs RENAME COLUMN transfers TO entries;
-- What of each top-up's money is between the bank and the balance, by the rails whose bank confirms it; see
-- docs/ledger.md. NULL for runs of earlier versions.
ALTER TABLE verification_runs ADD COLUMN clearing json;

-- Which types there are is what the capabilities that post say, and verification holds them to it.
ALTER TABLE balance_transactions DROP CONSTRAINT balance_transactions_type_known;

-- What is set aside of the balance for what will be spent: the running sum of balance:reserved.
ALTER TABLE balances ADD COLUMN reserved bigint NOT NULL DEFAULT 0;
ALTER TABLE balances ADD CONSTRAINT balances_reserved_not_negative CHECK (reserved >= 0);

-- Money set aside, once for each thing that will spend it. The amount was moved from balance:available to balance:reserved; when the hold ends, `posted` of it
-- has been spent and the rest is available again.
CREATE TABLE holds (
    account     text COLLATE "C" NOT NULL,
    livemode    boolean NOT NULL,
    id          text COLLATE "C" NOT NULL,
    source_type text COLLATE "C" NOT NULL,
    source      text COLLATE "C" NOT NULL,
    amount      bigint NOT NULL,
    currency    text COLLATE "C" NOT NULL,
    posted      bigint,
    status      text COLLATE "C" NOT NULL,
    created_ms  bigint NOT NULL,
    ended_ms    bigint,
    CONSTRAINT holds_pk PRIMARY KEY (account, livemode, id),
    CONSTRAINT holds_one_a_source UNIQUE (account, livemode, source),
    CONSTRAINT holds_amount_positive CHECK (amount > 0),
    CONSTRAINT holds_status_known CHECK (status IN ('reserved', 'posted', 'voided')),
    CONSTRAINT holds_posted_within_amount CHECK (posted > 0 AND posted <= amount),
    CONSTRAINT holds_posted_when_posted CHECK ((posted IS NOT NULL) = (status = 'posted')),
    CONSTRAINT holds_ended_unless_reserved CHECK ((ended_ms IS NULL) = (status = 'reserved'))
);

-- What the bank's statements say of top-ups: that the money came (bank_credit), or was taken back (bank_return). Each
-- was posted between a bank account and funding:clearing; `amount` is the bank's, which for a return may hold a fee.
CREATE TABLE bank_confirmations (
    account      text COLLATE "C" NOT NULL,
    livemode     boolean NOT NULL,
    topup        text COLLATE "C" NOT NULL,
    step         text COLLATE "C" NOT NULL,
    bank_account text COLLATE "C" NOT NULL,
    amount       bigint NOT NULL,
    currency     text COLLATE "C" NOT NULL,
    reference    text NOT NULL,
    created_ms   bigint NOT NULL,
    CONSTRAINT bank_confirmations_pk PRIMARY KEY (account, livemode, topup, step),
    CONSTRAINT bank_confirmations_amount_positive CHECK (amount > 0)
);
