-- Micro-deposits: two small credits, and one debit of their sum where the profile has it, whose amounts the holder of a
-- bank account states. They are rows of `prenotes`, as whatever verifies a bank account by entries, under ids that begin
-- with mdep_.

-- `sealed` has the two amounts, encrypted for the row; `fingerprint` is that of the bank account when they were started,
-- by which those to one account number are counted; `has_debit` is whether a debit takes their sum back. All three are
-- NULL of a prenote; the first two also once the bank account was erased.
ALTER TABLE prenotes
    ADD COLUMN sealed bytea,
    ADD COLUMN fingerprint text COLLATE "C",
    ADD COLUMN has_debit boolean;
CREATE INDEX prenotes_microdeposits ON prenotes (created_ms) WHERE has_debit IS NOT NULL;
CREATE INDEX prenotes_microdeposits_to ON prenotes (account, livemode, funding_source, id) WHERE has_debit IS NOT NULL;

-- The amounts of their entries are in that secret and not in the rows of the entries, where they are 0.
ALTER TABLE ach_entries DROP CONSTRAINT ach_entries_amount_fits_code;
ALTER TABLE ach_entries ADD CONSTRAINT ach_entries_amount_fits_code CHECK (
    amount > 0 OR (amount = 0 AND (transaction_code IN (28, 38) OR starts_with(topup, 'mdep_')))
) NOT VALID;
