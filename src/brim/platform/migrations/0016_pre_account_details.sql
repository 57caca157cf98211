-- What accounts say of themselves, the bank accounts that they are paid out to, and their end.

-- details is the rest of what an account says of itself (domain/account_details.py); what identifies a person is not
-- among it. A deleted account stays, because its books do; nobody reaches it any more, and it says nothing of itself.
-- deleted_below counts the deleted accounts of a platform, so that who remembers whom its keys may act for looks again.
ALTER TABLE accounts
    ADD COLUMN details jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN deleted_ms bigint,
    ADD COLUMN deleted_below bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT accounts_deleted_only_below_a_platform CHECK (deleted_ms IS NULL OR platform IS NOT NULL),
    DROP CONSTRAINT accounts_type_known,
    ADD CONSTRAINT accounts_type_known CHECK (type IN ('standard', 'express', 'custom', 'none'));

-- The list of a platform's accounts walks along those that are there; whoever listens to their events needs all.
CREATE INDEX accounts_listed ON accounts (platform, account) WHERE deleted_ms IS NULL;

-- An account that was rejected or deleted is not topped up any more: a term like the others, so that no create under
-- way slips through.
ALTER TABLE owner_terms
    ADD COLUMN is_closed boolean NOT NULL DEFAULT false;

-- Bank accounts that an account is paid out to. They pay for no top-up, and there are no payouts yet: so the account
-- number itself is not kept, only what may be shown of it.
CREATE TABLE external_accounts (
    account              text COLLATE "C" NOT NULL,
    livemode             boolean NOT NULL,
    id                   text COLLATE "C" NOT NULL,
    created              bigint NOT NULL,
    routing_number       text NOT NULL,
    last4                text NOT NULL,
    fingerprint          text COLLATE "C" NOT NULL,
    bank_name            text,
    country              text NOT NULL,
    currency             text COLLATE "C" NOT NULL,
    account_holder_name  text,
    account_holder_type  text,
    account_type         text,
    is_default           boolean NOT NULL,
    metadata             jsonb NOT NULL,
    CONSTRAINT external_accounts_pk PRIMARY KEY (account, livemode, id),
    CONSTRAINT external_accounts_prefix CHECK (starts_with(id, 'ba_')),
    CONSTRAINT external_accounts_only_the_end_of_a_number CHECK (length(last4) BETWEEN 1 AND 4)
);
CREATE UNIQUE INDEX external_accounts_one_default ON external_accounts (account, livemode, currency) WHERE is_default;
