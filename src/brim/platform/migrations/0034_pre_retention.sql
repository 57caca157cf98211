-- What is no longer needed for ever: each finds what is old enough, the oldest first. Bytes of files for banks and from
-- them, and the account numbers of their entries, are NULL once they are older than the law asks for; names, hashes,
-- totals and entries stay.
ALTER TABLE ach_files ALTER COLUMN sealed DROP NOT NULL;
ALTER TABLE ach_entries ALTER COLUMN sealed DROP NOT NULL;
ALTER TABLE bank_files ALTER COLUMN sealed DROP NOT NULL;
CREATE INDEX ach_files_with_bytes ON ach_files (built_ms) WHERE sealed IS NOT NULL;
CREATE INDEX bank_files_with_bytes ON bank_files (received_ms) WHERE sealed IS NOT NULL;

-- Ended keys, and what operators' pages had of them.
CREATE INDEX api_keys_by_end ON api_keys (expires_ms) WHERE expires_ms IS NOT NULL;
CREATE INDEX operator_keys_by_hash ON operator_keys (hash);

-- Tokens of bank accounts, and sums of days that are over.
CREATE INDEX bank_tokens_by_age ON bank_tokens (created);
CREATE INDEX exposures_by_day ON exposures (key) WHERE kind = 'day';

-- The platform of a held account: what belongs to that, and tells of the accounts below it, is kept too.
ALTER TABLE legal_holds ADD COLUMN platform text COLLATE "C";
CREATE INDEX legal_holds_below ON legal_holds (platform);
