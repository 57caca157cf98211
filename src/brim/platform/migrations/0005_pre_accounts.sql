-- Accounts that a platform makes and names over the API.

-- What an account says of itself; nothing here decides how money moves, and both modes share it. country is an ISO
-- 3166-1 code in upper case, default_currency an ISO code in lower case. Accounts of an earlier version, and those made
-- at the command line, get the defaults.
ALTER TABLE accounts
    ADD COLUMN type text COLLATE "C" NOT NULL DEFAULT 'standard',
    ADD COLUMN country text COLLATE "C" NOT NULL DEFAULT 'US',
    ADD COLUMN default_currency text COLLATE "C" NOT NULL DEFAULT 'usd',
    ADD COLUMN email text,
    ADD COLUMN business_name text,
    ADD COLUMN business_type text COLLATE "C",
    ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}',
    ADD CONSTRAINT accounts_type_known CHECK (type IN ('standard', 'express', 'custom')),
    ADD CONSTRAINT accounts_business_type_known
        CHECK (business_type IN ('company', 'government_entity', 'individual', 'non_profit')),
    ADD CONSTRAINT accounts_country_is_a_code CHECK (country ~ '^[A-Z]{2}$');

-- A platform's accounts in the order of their ids, which is that of their making: their list is a walk along this index.
DROP INDEX accounts_platform;
CREATE INDEX accounts_by_platform ON accounts (platform, account);
